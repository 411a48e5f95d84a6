"""What a row of a partner's file stands for: one incident, one of several rows of an incident, or a number of them."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from data.__main__ import main
from data.feed.importing import import_feed
from data.feed.mapping import COUNTS, INCIDENTS, NOT_SAID, PARTS, FeedMapping
from data.feed.propose import propose
from data.feed.reasons import COUNTS_NONE, NO_COUNT, NO_SUCH_COUNT, REPEATED, TOO_MANY
from data.feed.remembered import remembered_mapping
from data.feed.table import read_table
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.manifest import read_manifest
from data.store.status import store_status
from data.store.store import is_empty, load
from geo.errors import InputError
from tests.feed.feed_files import csv_bytes, points_in
from tests.feed.feed_rows import COLUMNS, MAPPING, TODAY, import_rows, rows
from tests.properties import examples

PARTED = replace(MAPPING, rows_are=PARTS)
COUNTED = replace(MAPPING, columns=COLUMNS | {"count": "Number of incidents"}, rows_are=COUNTS)
OCTOBER = [f"{day:02d}/10/2024 19:05" for day in range(1, 32)]


def engines(area: Area, made: list[dict[str, str]], sent: int = 3) -> list[dict[str, str]]:
    """Each incident once for every engine that was sent to it."""
    return [row | {"Engine": f"E{n}"} for row in made for n in range(sent)]


# --- parts -----------------------------------------------------------------------------------------------------------
def test_parts_of_an_incident_are_one(area: Area, tmp_path: Path) -> None:
    made = engines(area, rows(area, OCTOBER))
    report = import_rows(tmp_path, area, made, PARTED)
    assert (report.rows_read, report.loaded, report.joined, report.rejected) == (93, 31, 62, 0)
    said = "\n".join(report.lines())
    assert (
        "93 rows read = 31 loaded + 0 rejected + 0 outside the area and its buffer + 62 joined to another row" in said
    )
    assert "93 rows, 31 incidents that can be used" in said
    found = load(tmp_path, area, "fire-service")
    assert found.frame["incident_id"].is_unique
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    (unit,) = manifest.units.values()
    assert (unit.rows, unit.joined, unit.extra, unit.rows_read) == (31, 62, 0, 93)
    again = import_rows(tmp_path, area, made, PARTED)
    assert (again.status, again.rows_read, again.loaded, again.joined) == ("unchanged", 93, 31, 62)
    assert store_status(tmp_path, area).feeds["rows_read"].sum() == 93


def test_the_first_in_time_is_kept_and_what_others_say_is_told(area: Area, tmp_path: Path) -> None:
    made = engines(area, rows(area, OCTOBER), 2)
    made[0]["When"] = "01/10/2024 19:15"  # the second engine's call was before
    made[3]["X"] = made[7]["X"]
    report = import_rows(tmp_path, area, made, PARTED)
    assert (report.loaded, report.joined) == (31, 31)
    frame = load(tmp_path, area, "fire-service").frame
    assert frame["occurred_at"].min() == datetime(2024, 10, 1, 19, 5)
    said = "\n".join(report.notes)
    assert "31 rows were joined to another of their incident, by its reference number" in said
    assert "1 of the joined rows have another time than the first row of their incident, which counts (row 2)" in said
    assert "1 of the joined rows have another place than the first row of their incident, which counts (row" in said
    assert "another kind" not in said
    for n, row in enumerate(made):
        row["Kind"] = "noise" if n == 0 else "Trespass"
    kinds = replace(PARTED, columns=COLUMNS | {"subcategory": "Kind"})
    again = import_rows(tmp_path / "b", area, made, kinds)
    assert "1 of the joined rows have another kind than the first row of their incident, which counts (row 2)" in (
        again.notes
    )


def test_a_number_that_begins_anew_joins_nothing(area: Area, tmp_path: Path) -> None:
    made = rows(area, OCTOBER)
    made[20]["Ref"] = "R0"
    report = import_rows(tmp_path, area, made, PARTED)
    assert (report.loaded, report.joined) == (30, 0)
    assert report.rejected_by_reason == {REPEATED: 1}
    (row,) = report.rejected_rows
    assert row.row == 22
    assert "Row 2 has it too, with another date, place or kind" in row.advice


def test_a_part_that_cannot_be_used_takes_nothing_with_it(area: Area, tmp_path: Path) -> None:
    made = engines(area, rows(area, OCTOBER), 2)
    made[0]["X"] = made[0]["Y"] = ""
    report = import_rows(tmp_path, area, made, PARTED)
    assert (report.rows_read, report.loaded, report.joined, report.rejected) == (62, 31, 30, 1)


def test_a_part_whose_hour_is_known_stands_for_those_without(area: Area, tmp_path: Path) -> None:
    made = rows(area, OCTOBER)
    noon = [row | {"When": row["When"].replace("19:05", "12:00")} for row in made]
    mapping = replace(PARTED, unknown_times=("12:00",))
    report = import_rows(tmp_path, area, [row for pair in zip(noon, made, strict=True) for row in pair], mapping)
    assert (report.loaded, report.joined) == (31, 31)
    frame = load(tmp_path, area, "fire-service").frame
    assert set(frame["occurred_at"].dt.strftime("%H:%M")) == {"19:05"}


def test_a_part_without_an_hour_of_another_day_is_another_incident(area: Area, tmp_path: Path) -> None:
    made = rows(area, OCTOBER)
    early = [made[0] | {"When": "01/10/2024 12:00", "Ref": "R20"}]
    report = import_rows(tmp_path, area, [*early, *made], replace(PARTED, unknown_times=("12:00",)))
    assert report.rejected_by_reason == {REPEATED: 1}


def test_a_mapping_of_one_incident_each_says_when_a_file_begins_to_count(area: Area, tmp_path: Path) -> None:
    more = {"Number of incidents": [str(1 + n % 3) for n in range(31)]}
    report = import_rows(tmp_path, area, rows(area, OCTOBER, **more), replace(MAPPING, rows_are=INCIDENTS))
    assert "each row is one incident, as the mapping says; “Number of incidents” holds" in " ".join(report.notes)


def test_rows_without_a_number_are_never_joined(area: Area, tmp_path: Path) -> None:
    made = [row | {"Ref": ""} for row in rows(area, ["31/10/2024 19:05"] * 2)] + rows(area, OCTOBER)
    made[1] |= made[0]
    report = import_rows(tmp_path, area, made, PARTED)
    assert (report.loaded, report.joined) == (33, 0)


# --- counts ----------------------------------------------------------------------------------------------------------
def test_a_row_counts_as_many_incidents_as_it_says(area: Area, tmp_path: Path) -> None:
    counts = ["3", "1", "2.0", "", "<5", "0", "1,001", "-1", "two"]
    made = rows(area, OCTOBER[: len(counts)], **{"Number of incidents": counts})
    report = import_rows(tmp_path, area, made, COUNTED)
    assert (report.rows_read, report.extra, report.loaded, report.rejected) == (9, 3, 6, 6)
    assert report.rejected_by_reason == {NO_COUNT: 1, NO_SUCH_COUNT: 3, COUNTS_NONE: 1, TOO_MANY: 1}
    said = "\n".join(report.lines())
    assert "9 rows read + 3 more incidents that they count = 6 loaded + 6 rejected + 0 outside" in said
    assert "9 rows, 6 incidents that can be used" in said
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    (unit,) = manifest.units.values()
    assert (unit.rows, unit.extra, unit.rows_read) == (6, 3, 9)
    again = import_rows(tmp_path, area, made, COUNTED, period=None)
    assert (again.status, again.extra) == ("unchanged", 3)


def test_incidents_of_one_row_have_its_time_and_place_and_own_ids(area: Area, tmp_path: Path) -> None:
    made = rows(area, OCTOBER, **{"Number of incidents": ["2"] * 31})
    import_rows(tmp_path, area, made, COUNTED)
    frame = load(tmp_path, area, "fire-service").frame
    assert frame["incident_id"].is_unique
    assert frame["incident_id"].str.startswith("fire-service:R").sum() == 31
    assert frame.groupby(["occurred_at", "easting_m", "northing_m"], observed=True).size().tolist() == [2] * 31


@pytest.mark.parametrize(
    ("month", "value"), [("2024-01", "2024-01"), ("Jan 2024", "Jan 2024"), ("Jan-24", "Jan-24"), ("01/2024", "01/2024")]
)
def test_months_without_a_day_are_refused_by_name(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str], month: str, value: str
) -> None:
    made = rows(area, [month] * 5, **{"Number of incidents": ["7"] * 5})
    with pytest.raises(InputError, match="months without a day: the rows are totals of months") as caught:
        import_rows(tmp_path, area, made, COUNTED)
    assert value in str(caught.value)
    assert is_empty(tmp_path)
    raw = csv_bytes(list(made[0]), made)
    found = propose(read_table("f.csv", raw), area)
    assert "start" not in found.mapping.columns
    assert any("“When” holds months without a day" in question for question in found.questions)
    path = tmp_path / "f.csv"
    path.write_bytes(raw)
    assert main(["import-feed", str(path), "--name", "x", "--yes", "--store", str(tmp_path / "s")]) == 1
    assert "holds months without a day" in capsys.readouterr().err


def test_first_days_of_months_that_count_are_totals(area: Area, tmp_path: Path) -> None:
    whens = [f"01/{month:02d}/2024" for month in range(1, 13)]
    made = rows(area, whens, **{"Number of incidents": ["7"] * 12})
    with pytest.raises(InputError, match="every date is the first of a month, and rows count incidents"):
        import_rows(tmp_path, area, made, COUNTED)
    report = import_rows(tmp_path, area, made)
    assert any("every date is the first of a month: if the file knows only the month" in note for note in report.notes)
    later = rows(area, [*whens[1:], "02/01/2024"], **{"Number of incidents": ["7"] * 12})
    assert import_rows(tmp_path / "b", area, later, COUNTED).loaded == 84


# --- asked -----------------------------------------------------------------------------------------------------------
def asked(area: Area, made: list[dict[str, Any]]) -> Any:
    return propose(read_table("f.csv", csv_bytes(list(made[0]), made)), area)


def test_parts_are_proposed_with_their_evidence(area: Area) -> None:
    made = [row | {"Row ID": str(1000 + n)} for n, row in enumerate(engines(area, rows(area, OCTOBER)))]
    found = asked(area, made)
    assert (found.mapping.rows_are, found.mapping.columns["reference"]) == (PARTS, "Ref")
    evidence = "62 of 93 rows repeat a number of “Ref”, 62 of them with the same time and place"
    assert evidence in found.rows.question
    assert f"{evidence}: about 31 incidents in 93 rows" in found.notes
    assert found.questions[0] == found.rows.question
    assert found.said(INCIDENTS).columns["reference"] == "Row ID"
    assert found.said(PARTS) == found.mapping


def test_a_number_that_repeats_elsewhere_too_is_asked_and_not_guessed(area: Area) -> None:
    made = rows(area, [f"{1 + n % 28:02d}/10/2024 19:05" for n in range(60)])
    for n, row in enumerate(made):
        row["Incident number"] = f"I{n % 20:03d}"
        if 20 <= n < 45:
            row |= {key: made[n % 20][key] for key in ("When", "X", "Y")}
    found = asked(area, made)
    assert (found.mapping.rows_are, found.mapping.columns["reference"]) == (NOT_SAID, "Ref")
    assert "Incident number" in found.rows.question
    assert found.said(PARTS).columns["reference"] == "Incident number"


def test_officers_at_one_time_and_other_places_are_asked_about(area: Area) -> None:
    made = engines(area, rows(area, OCTOBER))
    for row, (x, y) in zip(made, points_in(area, len(made), seed=7), strict=True):
        row |= {"X": str(x), "Y": str(y)}
    found = asked(area, made)
    assert (found.mapping.rows_are, found.mapping.columns["reference"]) == (PARTS, "Ref")


def test_one_row_an_incident_is_not_asked(area: Area) -> None:
    made = rows(area, OCTOBER * 3)
    for n, row in enumerate(made):
        row |= {"Ward no": str(n % 15), "Beat": f"B{n % 4}", "Year": "2024", "Number of calls": "1"}
    found = asked(area, made)
    assert (found.mapping.rows_are, found.rows.question) == (INCIDENTS, "")
    assert found.mapping.columns["reference"] == "Ref"


@pytest.mark.parametrize(
    "header",
    [
        "Number of incidents",
        "Count",
        "No of reports",
        "Total",
        "Incidents",
        "ASB count",
        "Number of ASB incidents",
        "Recorded crimes",
    ],
)
def test_a_count_is_proposed_with_its_evidence(area: Area, header: str) -> None:
    made = rows(area, OCTOBER, **{header: [str(1 + n % 4) for n in range(31)]})
    found = asked(area, made)
    assert (found.mapping.rows_are, found.mapping.columns["count"]) == (COUNTS, header)
    assert f"“{header}” holds whole numbers from 1 to 4, 76 in all" in found.rows.question
    assert "count" not in found.said(INCIDENTS).columns


@pytest.mark.parametrize("header", ["Incident number", "Number of engines", "Ward no", "Priority", "Case no"])
def test_other_numbers_are_no_counts(area: Area, header: str) -> None:
    made = rows(area, OCTOBER, **{header: [str(1 + n % 4) for n in range(31)]})
    assert "count" not in asked(area, made).mapping.columns


def test_many_rows_at_one_time_and_place_are_told(area: Area) -> None:
    made = [{key: row[key] for key in ("When", "X", "Y")} for row in engines(area, rows(area, OCTOBER))]
    found = asked(area, made)
    assert found.mapping.rows_are == INCIDENTS
    assert any("62 of 93 rows have time and place of another" in note for note in found.notes)


def test_yes_does_not_answer_what_a_row_stands_for(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = engines(area, rows(area, OCTOBER))
    path, store = tmp_path / "f.csv", tmp_path / "s"
    path.write_bytes(csv_bytes(list(made[0]), made))
    line = ["import-feed", str(path), "--name", "x", "--category", ASB, "--store", str(store)]
    assert main([*line, "--yes"]) == 1
    assert "about 31 incidents in 93 rows" in capsys.readouterr().err
    assert not store.exists()
    assert main([*line, "--yes", "--rows-are", "parts", "--dry-run"]) == 0
    assert "31 loaded" in capsys.readouterr().out
    assert main([*line, "--yes", "--rows-are", "incidents"]) == 0
    assert "93 loaded" in capsys.readouterr().out
    kept = remembered_mapping(store, "x")
    assert kept is not None
    assert (kept.rows_are, kept.columns.get("reference")) == (INCIDENTS, None)


def test_a_mapping_from_before_goes_on_and_the_evidence_is_told(area: Area, tmp_path: Path) -> None:
    made = engines(area, rows(area, OCTOBER))
    before = replace(MAPPING, columns={key: name for key, name in COLUMNS.items() if key != "reference"})
    report = import_rows(tmp_path, area, made, before)
    assert (report.loaded, report.joined) == (93, 0)
    assert any("about 31 incidents in 93 rows" in note for note in report.notes)
    assert before.to_json().keys() == {"columns", "category", "day_first"}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (replace(MAPPING, rows_are=NOT_SAID), "what a row stands for is not said"),
        (replace(PARTED, columns={k: v for k, v in COLUMNS.items() if k != "reference"}), "no column tells of which"),
        (replace(COUNTED, columns=COLUMNS), "no column tells how many"),
        (replace(COUNTED, rows_are=""), "rows are not said to count"),
    ],
)
def test_what_is_not_said_is_refused(area: Area, tmp_path: Path, mapping: FeedMapping, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        import_rows(tmp_path, area, rows(area, OCTOBER, **{"Number of incidents": ["1"] * 31}), mapping)
    assert all(problem.hint for problem in getattr(caught.value, "problems", (caught.value,)))
    assert is_empty(tmp_path)


# --- whatever is written ---------------------------------------------------------------------------------------------
Known = tuple[datetime, tuple[int, int]]


@st.composite
def incidents(draw: st.DrawFn, area: Area) -> list[Known]:
    """Incidents at different minutes of one autumn, inside the area."""
    minutes = draw(st.lists(st.integers(0, 60 * 24 * 90), min_size=4, max_size=25, unique=True))
    points = points_in(area, 12)
    places = [draw(st.sampled_from(points)) for _ in minutes]
    return [(datetime(2024, 9, 1) + timedelta(minutes=at), place) for at, place in zip(minutes, places, strict=True)]


@examples(12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data(), form=st.sampled_from([INCIDENTS, PARTS, COUNTS]), named=st.booleans())
def test_known_incidents_come_back_or_the_file_is_asked_about(
    area: Area, data: st.DataObject, form: str, named: bool
) -> None:
    known = data.draw(incidents(area))
    times = [data.draw(st.integers(1, 4)) for _ in known] if form != INCIDENTS else [1] * len(known)
    wanted = Counter({one: n if form == COUNTS else 1 for one, n in zip(known, times, strict=True)})
    made = [
        {
            "Incident number" if named else "Log ref": f"I{number:04d}",
            "Occurred": at.strftime("%Y-%m-%d %H:%M"),
            "Easting": str(x),
            "Northing": str(y),
            "Engine": f"E{engine}",
        }
        | ({"Number of incidents": str(n)} if form == COUNTS else {})
        for number, ((at, (x, y)), n) in enumerate(zip(known, times, strict=True))
        for engine in range(n if form == PARTS else 1)
    ]
    made = data.draw(st.permutations(made))
    raw = csv_bytes(list(made[0]), made)
    table = read_table("f.csv", raw)
    found = propose(table, area)
    several = any(n > 1 for n in times)
    if form == PARTS and len(made) - len(known) < max(2, 0.05 * len(made)):
        several = False  # too few repeats to ask: they are rejected as repeats, and the incidents are the same
    assert bool(found.rows.question) == several
    assert found.mapping.rows_are == (form if several else INCIDENTS)
    with tempfile.TemporaryDirectory() as folder:
        mapping = replace(found.said(form), category=ASB) if several else replace(found.mapping, category=ASB)
        store = Path(folder)
        period = (datetime(2024, 9, 1).date(), datetime(2024, 12, 31).date())
        report = import_feed(table, raw, "f", mapping, store, area, today=TODAY, period=period)
        assert report.rows_read + report.extra == report.loaded + report.rejected + report.outside + report.joined
        assert report.rows_read == len(made)
        frame = load(store, area, "f").frame
        back = Counter(
            (at.to_pydatetime(), (round(x), round(y)))
            for at, x, y in zip(frame["occurred_at"], frame["easting_m"], frame["northing_m"], strict=True)
        )
        assert back == wanted
        manifest = read_manifest(store)
        assert manifest is not None
        assert sum(unit.rows_read for unit in manifest.units.values()) == len(made)


def test_a_count_of_which_small_ones_are_held_back_is_proposed_all_the_same(area: Area, tmp_path: Path) -> None:
    texts = ["<5" if n % 3 == 0 else str(n % 7) for n in range(31)]
    made = rows(area, OCTOBER, **{"Number of incidents": texts})
    found = propose(read_table("f.csv", csv_bytes(list(made[0]), made)), area)
    assert (found.mapping.rows_are, found.mapping.columns["count"]) == (COUNTS, "Number of incidents")
    assert "11 rows hold theirs back, such as <5" in found.rows.question
    report = import_rows(tmp_path, area, made, COUNTED)
    assert report.rejected_by_reason[NO_SUCH_COUNT] == 11
    assert report.rows_read + report.extra == report.loaded + report.rejected + report.outside + report.joined


@pytest.mark.parametrize("header", ["Fires", "Number of calls"])
def test_texts_alone_are_no_counts(area: Area, header: str) -> None:
    made = rows(area, OCTOBER, **{header: ["<5"] * 31})
    assert propose(read_table("f.csv", csv_bytes(list(made[0]), made)), area).mapping.rows_are == INCIDENTS
