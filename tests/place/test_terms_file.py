"""School terms from a file of three columns, kept beside the area file."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from data.__main__ import main
from data.place.area import load_area
from data.place.area_calendar import operation_window
from data.place.calendar_words import assumed_words, calendar_sentence, known_words
from data.place.school import SchoolTerm
from data.place.terms_file import kept_beside, read_terms
from geo.errors import InputError
from tests.conftest import ROOT

HEAD = "start,end,name\n"
YEAR = HEAD + (
    "2026-04-13,2026-07-21,Summer term\n"
    "2025-09-02,2025-12-19,Autumn term\n"
    "27/10/2025,31/10/2025,Autumn half term\n"
    "05/01/2026,2026-02-13,Spring 1\n"
    "2026-02-23,27/03/2026,Spring 2\n"
    "2025-12-20,2026-01-04,Christmas holidays\n"
)


def written(folder: Path, text: str, name: str = "terms.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The project's own area under another name."""
    shutil.copy(ROOT / "data" / "wards.geojson", tmp_path)
    return Path(shutil.copy(ROOT / "data" / "area.toml", tmp_path / "elsewhere.toml"))


def test_terms_halves_and_half_terms(tmp_path: Path) -> None:
    found = read_terms(written(tmp_path, "\ufeff" + YEAR))
    assert found.terms == (
        SchoolTerm("Autumn", date(2025, 9, 2), date(2025, 12, 19), (date(2025, 10, 27), date(2025, 10, 31))),
        SchoolTerm("Spring", date(2026, 1, 5), date(2026, 3, 27), (date(2026, 2, 16), date(2026, 2, 20))),
        SchoolTerm("Summer", date(2026, 4, 13), date(2026, 7, 21), None),
    )
    assert found.passed_over == ("Christmas holidays",)


def test_six_terms_are_three(tmp_path: Path) -> None:
    days = [("2025-09-02", "2025-10-24"), ("2025-11-03", "2025-12-19"), ("2026-01-05", "2026-02-13"),
            ("2026-02-23", "2026-03-27"), ("2026-04-13", "2026-05-22"), ("2026-06-01", "2026-07-21")]  # fmt: skip
    text = HEAD + "".join(f"{first},{last},Term {n}\n" for n, (first, last) in enumerate(days, start=1))
    found = read_terms(written(tmp_path, text)).terms
    assert [term.name for term in found] == ["Autumn", "Spring", "Summer"]
    assert found[2].half_term == (date(2026, 5, 25), date(2026, 5, 29))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "columns are missing"),
        ("from,to,name\n", "columns are missing.*from, to, name"),
        (HEAD, "has no term"),
        (HEAD + "soon,2025-12-19,Autumn\n", "row 2, column 'start': this is no day.*soon"),
        (HEAD + "2025-12-19,2025-09-02,Autumn\n", "row 2: it ends before it starts"),
        (HEAD + "2025-09-02,2026-07-19,Autumn\n", "row 2: a term is not that long"),
        (HEAD + "2025-09-02,2025-12-19,Michaelmas\n", "row 2: this is no term.*Michaelmas"),
        (HEAD + "2025-09-02,2025-12-19,Autumn\n2025-12-01,2026-03-01,Spring\n", "row 3: this term begins before"),
        (HEAD + "2025-09-02,2025-12-19,Autumn\n2026-02-16,2026-02-20,half term\n", "row 3: this half term lies in no"),
    ],
)
def test_what_is_wrong_is_told_by_its_row(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_terms(written(tmp_path, text))


def test_they_hold_for_the_area_and_say_how_far(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_area(place)
    assert known_words(before) == "term dates are known to 22 July 2025"
    summer = before.operations[0]
    assert operation_window(before, summer, 2026).assumed
    days = (date(2026, 7, 21), date(2026, 8, 31))
    assert assumed_words(before, summer.name, *days) == "Its days are assumed: term dates are known to 22 July 2025"
    assert "not published dates: term dates are known to 22 July 2025" in calendar_sentence(before, *days)
    assert main(["terms", str(written(tmp_path, YEAR)), "--area", str(place), "--source", "the council"]) == 0
    assert "3 terms, 2025-09-02 to 2026-07-21" in capsys.readouterr().out
    after = load_area(place)
    assert known_words(after) == "term dates are known to 21 July 2026"
    assert len(after.school.terms) == len(before.school.terms) + 3
    assert after.school.source == f"{before.school.source}; the council"
    assert not operation_window(after, summer, 2025).assumed
    assert operation_window(after, summer, 2026).first == date(2026, 7, 22)
    # a correction takes the place of what it overlaps; the rest stays
    fixed = written(tmp_path, HEAD + "2026-04-13,2026-07-17,Summer\n", "fixed.csv")
    assert main(["terms", str(fixed), "--area", str(place)]) == 0
    again = load_area(place)
    assert again.school.known_to == date(2026, 7, 17)
    assert len(again.school.terms) == len(after.school.terms)
    kept = kept_beside(place).read_bytes()
    assert main(["terms", str(written(tmp_path, HEAD, "bad.csv")), "--area", str(place)]) == 1
    assert kept_beside(place).read_bytes() == kept
    capsys.readouterr()
    monkeypatch.setenv("DASHBOARD_AREA", str(place))
    assert main(["status", "--store", str(tmp_path / "store")]) == 0
    assert "School terms are known to 2026-07-17" in capsys.readouterr().out


def test_status_refuses_a_target_that_is_not_whole(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = place.read_text(encoding="utf-8").replace('by = "2026/27"', "")
    place.write_text(text.replace("[lockdown]", "[unused]"), encoding="utf-8")
    options = ["status", "--store", str(tmp_path / "store"), "--area", str(place)]
    assert main(options) == 1
    out, err = capsys.readouterr()
    assert "elsewhere.toml" in err
    assert "by '' is a financial year" in err
    assert "those of England and Wales hold: COVID restrictions" in out
    assert main([*options, "--json"]) == 1
    assert '"terms_known_to": "2025-07-22"' in capsys.readouterr().out
