"""Nothing that leaves tells of a restricted zone: not its name, not its outline, not its cells."""

from __future__ import annotations

import io
import re
import time
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.access.actor import MACHINE
from data.place.area import Area
from data.problem.problem import DATA, OWN, ZONE, Line, Measure, Problem, Response, Step, Tally, TallyRow, Where
from data.zone.unnamed import cleaner
from data.zone.zone import CLOSURE, DISPERSAL, OTHER, kept_shape
from data.zone.zones import ZONES
from geo.errors import InputError
from pages.ui.problem.form import NO_MAP, document_of, form_of
from pages.ui.problem.form_cleared import NOT_PRINTED, cleared, zones_of
from pages.ui.problem.form_pdf import problem_pdf
from pages.ui.problem.form_word import problem_word
from pages.ui.problem.timeline_months import time_line
from tests.paper.print_checks import pdf_pages
from tests.problem import made_problem as made
from tests.problem.made_problem import SECRET, WHEN
from tests.properties import examples

CELLS = ("SJ470940", "SJ472940")


def with_zone(name: str = SECRET, cells: tuple[str, ...] = CELLS, others: tuple[str, ...] = ()) -> Problem:
    """A problem on the cells of zone 7, which every text of it names."""
    cell = cells[0]
    told = Step(
        (Line("count", f"At {name.upper()} and {cell}, {cell[:2]} {cell[2:5]} {cell[5:]}: 12.", DATA, data_text=name),)
    )
    return made.made_problem(
        title=f"Nuisance at {name}",
        owner=f"Team of {name}",
        where=Where((*cells, *others), (name, f"near {name}", "Mill Street"), zone=7, cell_size_m=200.0),
        objective=f"Quiet at\n{name}",
        measure=Measure("2024-07", "2024-12", f"months before {name}", 0.4, f"Unseen at {name}"),
        scanning=told, analysis=told, response=told, assessment=told,
        responses=(
            Response(ZONE, 7, f"Closure, {name}", f"Court for {name}", date(2024, 6, 1), None),
            Response(ZONE, 1, "Dispersal at the park", "Inspector", date(2024, 7, 1), None),
            Response(OWN, 0, f"Letters to {'  '.join(name.split())}", "Council", date(2024, 8, 1), None),
        ),
        tallies=(Tally(f"Calls from {name}", f"Register of {name}", date(2024, 12, 1), (TallyRow(name, 12),)),),
    )  # fmt: skip


def texts_in(raw: bytes) -> str:
    """Every text of a file, its properties too."""
    if raw[:4] == b"%PDF":
        return " ".join(text for text, _ in pdf_pages(raw)) + raw.decode("latin-1")
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        inside = " ".join(whole.read(name).decode("utf-8", "replace") for name in whole.namelist() if "xml" in name)
    return re.sub(r"<[^>]+>", "", inside) + inside


@pytest.mark.parametrize("write", [problem_pdf, problem_word])
def test_no_file_tells_of_it(write: object, area: Area) -> None:
    zones = {7: (made.closure(),), 1: (made.made_zone(),)}
    one = cleared(made.kept(with_zone()), zones)
    raw = write(one, made.drawn(one, area), area, None, when=WHEN)  # type: ignore[operator]
    text = " ".join(texts_in(raw).split())
    assert SECRET.lower() not in text.lower()
    assert not any(part in text for cell in CELLS for part in (cell, f"{cell[:2]} {cell[2:5]} {cell[5:]}"))
    assert NOT_PRINTED in text
    assert "Dispersal at the park" in text
    assert " ".join(NO_MAP.split()) in text
    # another restricted zone elsewhere gives the same file to the byte
    other = cleared(made.kept(with_zone("The Old Bakery, 3 Lane", ("SJ500900", "SJ502900"))),
                    {7: (made.closure("The Old Bakery, 3 Lane"),), 1: (made.made_zone(),)})  # fmt: skip
    assert write(other, made.drawn(other, area), area, None, when=WHEN) == raw  # type: ignore[operator]


NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs", "Mn")), min_size=4, max_size=30
).filter(lambda name: sum(c.isalpha() for c in name) >= 4 and name == " ".join(name.split()))  # fmt: skip


@given(name=NAMES, across=st.floats(1, 400), kind=st.sampled_from([CLOSURE, DISPERSAL, OTHER]))
@examples(20)
def test_its_name_is_in_no_text_of_the_form(name: str, across: float, kind: str, area: Area) -> None:
    from pages.ui.document.drawn import line

    outline = kept_shape(shapely.box(346900, 393900, 346900 + across, 393900 + across))
    zone = made.made_zone(name, kind, outline)
    one = cleared(made.kept(with_zone(name)), {7: (zone,), 1: (made.made_zone(),)})
    document = document_of(form_of(one, made.drawn(one, area), area, None, when=WHEN))
    said = " ".join(
        map(repr, (document, one.problem, time_line(one.problem, made.counts(), partner=False).table().to_csv()))
    )
    if zone.restricted:
        assert one.problem.where.cells == ()
        assert not re.search(rf"(?<!\w){re.escape(line(name))}(?!\w)", line(said.replace(NOT_PRINTED, "")))
    else:
        assert one.problem == with_zone(name) or line(name) != name
        assert not one.hidden


def test_a_zone_that_is_not_there_any_more_is_taken_for_restricted() -> None:
    one = cleared(made.kept(with_zone()), {1: (made.made_zone(),)})
    assert one.hidden
    assert one.problem.where.names == (NOT_PRINTED,)
    assert [each.what for each in one.problem.responses][:1] == ["Dispersal at the park"]


def test_a_zone_that_was_restricted_once_stays_so_here() -> None:
    was = (made.made_zone("New name"), made.closure())
    one = cleared(made.kept(with_zone()), {7: was, 1: (made.made_zone(),)})
    assert one.hidden
    assert SECRET not in repr(one)


def test_other_cells_beside_it_are_not_printed_either() -> None:
    """A map with a hole would tell what lies in it."""
    one = cleared(made.kept(with_zone(others=("SJ474940",))), {7: (made.closure(),), 1: (made.made_zone(),)})
    assert one.problem.where.cells == ()
    assert "Mill Street" in one.problem.where.names


def test_a_short_name_leaves_words_alone() -> None:
    problem = made.made_problem(objective="At 42 and in the bar", where=Where(("SJ469939",), ("bar", "Mill Street")))
    one = cleared(made.kept(problem), {1: (made.made_zone(),), 8: (made.closure("bar"),), 9: (made.closure("42"),)})
    assert one.problem.objective == "At 42 and in the bar"
    assert one.problem.where.names == (NOT_PRINTED, "Mill Street")


def test_what_is_not_restricted_leaves_as_it_is() -> None:
    problem = made.made_problem()
    assert cleared(made.kept(problem), {1: (made.made_zone(),)}).problem == problem


def test_every_revision_of_every_zone_is_read(tmp_path: Path) -> None:
    store = tmp_path / "a store"
    now = datetime(2025, 1, 3, tzinfo=UTC)
    first = ZONES.save(store, made.closure(), now, actor=MACHINE)
    ZONES.revise(store, first.id, 1, made.made_zone("Renamed"), now, actor=MACHINE)
    ZONES.archive(store, first.id, 2, now, actor=MACHINE)
    assert [zone.name for zone in zones_of(store)[first.id]] == ["Renamed", "Renamed", SECRET]


def test_a_file_that_cannot_be_read_lets_nothing_leave(tmp_path: Path) -> None:
    store = tmp_path / "a store"
    store.mkdir()
    (store / "plans.sqlite3").write_bytes(b"no database at all" * 99)
    with pytest.raises(InputError):
        zones_of(store)


def test_names_hide_behind_no_letters_that_nobody_sees() -> None:
    spelt = "Number 12 Vi\u200bne Hous\u00ade"
    problem = made.made_problem(objective=f"At {spelt}")
    one = cleared(made.kept(replace(problem)), {1: (made.made_zone(),), 7: (made.closure(),)})
    assert one.problem.objective == f"At {NOT_PRINTED}"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Vine House", "at _Vine House_, __vine house__", f"at _{NOT_PRINTED}_, __{NOT_PRINTED}__"),
        ("Tŷ Coch", "Noise at TY COCH.", f"Noise at {NOT_PRINTED}."),
        ("Café Rouge", "cafe rouge", NOT_PRINTED),
        ("Cafe Rouge", "By the Cafe\u0301 Rouge\u0301: 3", f"By the {NOT_PRINTED}: 3"),
        ("🔥🏠", "Smoke at 🔥🏠 again", f"Smoke at {NOT_PRINTED} again"),
        ("!!!", "!!!", NOT_PRINTED),
        ("!!!", "Stop!!! Now", "Stop!!! Now"),
        ("Zone", f"At {NOT_PRINTED} of the zone", f"At {NOT_PRINTED} of the {NOT_PRINTED}"),
        ("(a+)+$ vine.*", "x (A+)+$ Vine.* y", f"x ({NOT_PRINTED}.* y"),
        ("Vine House", "Straße, 19½ incidents at Grapevine House", "Straße, 19½ incidents at Grapevine House"),
    ],
)
def test_a_name_is_found_however_it_is_spelt_and_the_rest_stays(name: str, text: str, said: str) -> None:
    clean = cleaner([name])
    assert clean(text) == said
    assert clean(said) == said  # who may only look has it cleaned twice


def test_the_longest_texts_beside_two_hundred_zones_leave_in_a_moment() -> None:
    zones = {10 + k: (made.closure(f"nuisance {'nuisance ' * 10}{k}"),) for k in range(200)} | {1: (made.made_zone(),)}
    start = time.process_time()
    cleared(made.kept(made.longest_problem()), zones)
    assert time.process_time() - start < 1.5
