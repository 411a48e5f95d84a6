"""The needs assessment: its figures against other routes, its first page, and what it says where little is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.method import YEAR
from analysis.common.refusal import Refusal
from analysis.common.years import compare_series
from analysis.findings.assessment import absent_words, gaps_words, measured_words, moved_words, short_of, total_words
from analysis.findings.finding import readable
from analysis.findings.type_profile import HEADS, UNKNOWN, held, row, widened
from data.kinds.crime_types import ASB, CATEGORIES, plural
from data.place.area import Area
from data.plan.evidence import Entry, save_evidence
from data.store.schema import Incidents
from geo.errors import InputError
from pages.ui.assessment import make, parts
from pages.ui.assessment.profiles import profiles
from pages.ui.assessment.year import year_of, years
from pages.ui.document.blocks import SUMMARY_WORDS, Block, Document, Figure, Gap, Points, Section, Table
from pages.ui.shell.cache import Dataset
from tests.briefing.briefing_checks import CAUSAL, demo_data, other_data, real_data
from tests.cli.analysis_command import Asked
from tests.properties import examples


@pytest.fixture(scope="module")
def data(real_store: Path, area: Area) -> Dataset:
    return real_data(real_store, area)


@pytest.fixture(scope="module")
def document(data: Dataset) -> Document:
    return make.document(data, year_of(data, "2023/24"))


def text_of(block: Block) -> list[str]:
    """Every text of a block."""
    if isinstance(block, Points):
        return list(block.items)
    if isinstance(block, Table):
        return [block.title, block.note, *(cell for line in block.rows for cell in line)]
    if isinstance(block, Figure):
        return [block.title, block.caption, block.alt]
    if isinstance(block, Gap):
        return [block.what, block.ask, *(one.text for one in block.given)]
    return [block.text]


def every_text(made: Document) -> list[str]:
    """Every text of a document."""
    found = [made.title, *made.lines, *made.summary]
    for _, section in made.every():
        found += [section.heading, *(text for block in section.blocks for text in text_of(block))]
    return found


def section_of(made: Document, key: str) -> Section:
    return next(section for _, section in made.every() if section.key == key)


# --- figures ---------------------------------------------------------------------------------------------------------
def test_the_side_by_side_table_counts_as_the_rows_do(document: Document, data: Dataset) -> None:
    table = next(b for b in section_of(document, "side-by-side").blocks if isinstance(b, Table))
    frame = data.incidents.frame
    months = frame["month"].astype(str)
    here = frame["ward_code"].isin(data.area.wards.codes) & (months >= "2023-04") & (months <= "2024-03")
    counted = frame[here].groupby("category", observed=True).size()
    assert table.rows[0][0] == "ASB"
    assert [int(line[1].replace(",", "")) for line in table.rows] == [
        int(counted[one]) for one in sorted(CATEGORIES, key=lambda name: (name != ASB, name))
    ]
    crimes = int(counted.drop(ASB).sum())
    assert f"{crimes:,} crimes and {counted[ASB]:,} ASB incidents" in document.summary[0]


def test_concentration_is_that_of_the_command_line(document: Document, ask: Callable[..., Asked]) -> None:
    for category, name in (("asb", "type-anti-social-behaviour"), ("burglary", "type-burglary")):
        found = ask("concentration", "--category", category, "--from", "2023-04", "--to", "2024-03", "--unit", "points")
        at = found.table.query("share == 0.05").iloc[0]
        said = f"The busiest 5 % of snap points have {100 * at['observed']:.0f} % of incidents"
        assert any(said in text for block in section_of(document, name).blocks for text in text_of(block))


def test_the_wards_of_a_type_are_in_the_order_of_their_rates(document: Document, data: Dataset) -> None:
    table = next(b for b in section_of(document, "type-burglary").blocks if isinstance(b, Table))
    frame = data.incidents.frame
    months = frame["month"].astype(str)
    chosen = frame[(frame["category"] == "Burglary") & (months >= "2023-04") & (months <= "2024-03")]
    counted = chosen.groupby("ward_code", observed=True).size()
    rates = {data.area.ward_names[c]: 1000 * counted.get(c, 0) / n for c, n in data.area.residents.items()}
    best = sorted(rates, key=lambda name: (-rates[name], name))[: len(table.rows)]
    assert [line[0] for line in table.rows] == best
    assert [line[2] for line in table.rows] == [f"{rates[name]:.1f}" for name in best]


def test_every_crime_type_has_its_section_and_a_figure(document: Document) -> None:
    for category in CATEGORIES:
        found = section_of(document, f"type-{category.lower().replace(' ', '-')}")
        assert any(isinstance(block, Figure) for block in found.blocks), category


# --- words -----------------------------------------------------------------------------------------------------------
def test_the_first_page_can_be_read_aloud(document: Document) -> None:
    words = " ".join(document.summary).split()
    assert 60 < len(words) <= SUMMARY_WORDS
    assert "95 %" not in " ".join(document.summary)
    assert not [one for one in document.summary if "–" in one or " p " in one]


def test_nothing_claims_a_cause(document: Document) -> None:
    said = " ".join(text for text in every_text(document)).lower()
    assert not [cause for cause in CAUSAL if cause in said]


def test_figures_have_titles_that_can_be_read_aloud(document: Document) -> None:
    figures = [b for _, section in document.every() for b in section.blocks if isinstance(b, Figure)]
    assert len(figures) > len(CATEGORIES)
    assert not [one.title for one in figures if not readable(one.title)]
    assert all(one.alt and one.caption for one in figures)


def test_sections_have_keys_of_their_own(document: Document) -> None:
    keys = [section.key for _, section in document.every()]
    assert len(keys) == len(set(keys))


@given(st.lists(st.sampled_from(CATEGORIES), unique=True), st.lists(st.sampled_from(CATEGORIES), unique=True))
@examples(40)
def test_what_moved_is_one_sentence(rose: list[str], fell: list[str]) -> None:
    said = moved_words(rose, fell, 14)
    assert said.endswith(".")
    assert said.count(".") == 1
    assert ("rose" in said, "fell" in said) == (bool(rose), bool(fell))


def test_names_with_an_and_are_told_apart() -> None:
    said = measured_words(["ASB"], ["Abuse and violence", "Organised crime"])
    assert "abuse and violence; and organised crime: only partners can say how they are doing" in said
    assert "do not measure abuse and violence: only partners can say how that is" in measured_words(
        [], ["Abuse and violence"]
    )
    assert absent_words([]) == ""


def test_a_year_of_one_crime_type_says_nothing_of_the_others(data: Dataset) -> None:
    """What the data hold nothing of is not said to be none."""
    frame = data.incidents.frame
    alone = replace(data.incidents, frame=frame[frame["category"] == ASB])
    here = other_data(data, alone, data.area, "ASB alone")
    year = year_of(here, "2023/24")
    assert year is not None
    found = profiles(here, year)
    assert [one.category for one in found] == [ASB]
    said = " ".join(parts.summary(here, year, found, here.as_at))
    assert " 0 " not in said
    assert "No other crime type is in the data" in said
    limits = [text for _, one in Document("", (), (), (parts.annex(here, year, found),), (), "").every()
              for block in one.blocks for text in text_of(block)]  # fmt: skip
    assert any("hold no incident of" in text and "burglary" in text for text in limits)


def test_a_change_that_does_not_hold_among_all_says_so(document: Document, data: Dataset) -> None:
    year = year_of(data, "2023/24")
    assert year is not None
    for one in profiles(data, year):
        section = section_of(document, f"type-{one.category.lower().replace(' ', '-')}")
        alone = not isinstance(one.year, Refusal) and one.year.differs and not one.held
        assert ("by chance" in text_of(section.blocks[0])[0]) is alone, one.name


def test_a_county_has_a_short_table_of_wards(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_WARDS", 4)
    table = next(block for block in parts.area(data).blocks if isinstance(block, Table))
    best = sorted(data.area.residents.values(), reverse=True)[:4]
    assert [line[-1] for line in table.rows] == [f"{one:,}" for one in best]
    assert "of 15" in table.title


def test_words_of_what_is_not_known() -> None:
    assert "so the year cannot be added up" in total_words("county", None, 3, 9, pd.Period("2024-03", "M"))
    assert "24 months" not in short_of(27)
    assert "no crime type" in moved_words([], [], 0).lower()
    assert "in the six months both have" in moved_words([], [], 14, 6)
    assert measured_words(["ASB"], []).startswith("Recorded incidents tell")
    assert measured_words([], []) == "The area file names no priorities."
    assert gaps_words([], 0) == ""
    assert (
        gaps_words(["Fires"], 1)
        == "One of this document's parts waits for partners' own evidence: fires. One has been filled."
    )


@pytest.mark.parametrize(("name", "many"), [("ASB", False), ("Drug offences", True), ("Possession of weapons", False),
                                            ("Burglary", False), ("Violence and sexual offences", True)])  # fmt: skip
def test_verbs_agree(name: str, many: bool) -> None:
    assert plural(name) is many


# --- what holds ------------------------------------------------------------------------------------------------------
def test_quiet_years_are_called_clear_in_few_documents() -> None:
    """Fourteen crime types without any change: a document names one of them seldom, all of them together."""
    rng = np.random.default_rng(1994)
    months = pd.period_range("2022-04", "2024-03", freq="M")
    means = np.geomspace(3, 500, 14)
    spoke, alone = 0, 0
    for _ in range(40):
        worlds = [pd.Series(rng.negative_binomial(20, 20 / (20 + mean), 24).astype(float), months) for mean in means]
        wide = [compare_series(one, months[-1], "it", widened(14)) for one in worlds]
        spoke += any(map(bool, held([(str(i), one) for i, one in enumerate(wide)])))
        alone += any(compare_series(one, months[-1], "it").differs for one in worlds)
    assert spoke <= 0.1 * 40
    assert alone > 2 * spoke


def test_a_change_that_is_there_is_called_clear() -> None:
    months = pd.period_range("2022-04", "2024-03", freq="M")
    values = pd.Series([100.0 + i % 5 for i in range(YEAR)] + [60.0 + i % 5 for i in range(YEAR)], months)
    found = compare_series(values, months[-1], "it", widened(14))
    assert held([("it", found)]) == ([], ["it"])
    assert held([("it", Refusal("none"))]) == ([], [])


# --- years -----------------------------------------------------------------------------------------------------------
def test_years_are_those_whose_last_month_is_stored(data: Dataset) -> None:
    assert years(data)[0] == "2023/24"
    assert year_of(data, "2023/24") == year_of(data, years(data)[0])
    found = year_of(data)
    assert found is not None
    assert found.name == "2023/24"
    without = data.incidents.months[data.incidents.months != pd.Period("2023-07", "M")]
    gap = other_data(data, replace(data.incidents, months=without), data.area, "a gap")
    found = year_of(gap)
    assert found is not None
    assert found.name == "2020/21", "the last that is stored whole"
    for wrong in ("2023", "2023/25", "2024/25", "1999/00"):
        with pytest.raises(InputError):
            year_of(data, wrong)


# --- where little is known -------------------------------------------------------------------------------------------
def test_nothing_loaded_is_a_refusal(data: Dataset) -> None:
    none = replace(data.incidents, frame=data.incidents.frame.iloc[:0], months=data.incidents.months[:0])
    empty = other_data(data, none, data.area, "nothing")
    assert year_of(empty) is None
    with pytest.raises(Refusal):
        make.document(empty, None)


@pytest.mark.parametrize("months", [1, 6])
def test_few_months_say_so_and_claim_nothing(data: Dataset, months: int) -> None:
    few = short(data.incidents, months)
    here = other_data(data, few, data.area, f"{months} months")
    made = make.document(here, year_of(here))
    said = " ".join(made.summary)
    assert f"of data {'stands' if months == 1 else 'stand'} behind this document" in said
    assert ": ASB:" not in said
    assert "clearly rose" not in said
    assert "clearly fell" not in said
    for line in (row(one) for one in profiles(here, year_of(here))):  # type: ignore[arg-type]  # there is one
        assert len(line) == len(HEADS)
        assert line[1:5] == (UNKNOWN,) * 4


def short(incidents: Incidents, months: int) -> Incidents:
    """The last months alone."""
    kept = incidents.months[-months:]
    return incidents.within(kept[0], kept[-1])


def test_the_demonstration_is_marked_and_stays_apart(area: Area, tmp_path: Path) -> None:
    data = demo_data(area, tmp_path / "store")
    year = year_of(data)
    assert year is not None
    assert make.again(data, year, data.as_at) == ()
    assert "simulated" in make.file_name(data, year, "docx")
    found = section_of(Document("", (), (), (parts.gaps(data, data.as_at),), (), ""), "ask-fire")
    assert isinstance(found.blocks[-1], Gap)


def test_what_a_partner_gave_stands_in_its_part_from_the_day_it_was_given(real_store: Path, area: Area,
                                                                           tmp_path: Path) -> None:  # fmt: skip
    data = replace(real_data(real_store, area), store=tmp_path / "plans")
    moment = pd.Timestamp("2024-05-02 10:00", tz="UTC").to_pydatetime()
    new = Entry(0, "fire", pd.Timestamp("2024-03-31").date(), "120 fires were lit", "120", "Fire service", moment)
    save_evidence(data.store, new)

    def given_by(day: str) -> Gap:
        made = parts.gaps(data, pd.Timestamp(day).date())
        gap = next(one for one in made.sections if one.key == "ask-fire").blocks[-1]
        assert isinstance(gap, Gap)
        return gap

    assert [one.source for one in given_by("2024-05-03").given] == ["Fire service"]
    assert "120 fires were lit" in given_by("2024-05-03").given[0].text
    assert given_by("2024-05-01").given == (), "a document of an earlier day does not know it"
