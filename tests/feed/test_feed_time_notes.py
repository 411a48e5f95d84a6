"""What a file's times show: midnights moved by a label, times that are not known, delays of reports; and the cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.feed.importing import import_feed
from data.feed.mapping import AS_LABELLED, LOCAL, FeedMapping, mapping_from_json
from data.feed.odd_times import moved_midnights, piled_up
from data.feed.propose import Proposal, propose
from data.feed.remembered import remembered_mapping
from data.feed.report import FeedReport
from data.feed.table import Table, read_table
from data.feed.times import Times, read_times
from data.kinds.crime_types import ASB
from data.place.area import Area
from geo.errors import InputError
from tests.feed.feed_rows import MAPPING, import_rows, rows
from tests.feed.test_feed_time_forms import IN_UTC, LABELLED, PLAIN
from tests.properties import examples

LONDON = ZoneInfo("Europe/London")
TODAY = date(2025, 12, 31)


@pytest.fixture
def cases(shared: Path) -> Path:
    if not (shared / "cases").is_dir():
        pytest.skip("the cases in ../shared/data/cases")
    return shared / "cases"


def read(texts: list[str], zone: ZoneInfo = LONDON, **options: object) -> Times:
    table = Table("f.csv", {"When": texts}, list(range(2, 2 + len(texts))))
    return read_times(table, FeedMapping(columns={"start": "When"}, day_first=True, **options), zone)  # type: ignore[arg-type]


def imported(path: Path, area: Area, store: Path, **options: object) -> FeedReport:
    raw = path.read_bytes()
    table = read_table(path.name, raw)
    mapping = replace(propose(table, area).mapping, **options)  # type: ignore[arg-type]
    mapping = replace(mapping, category=mapping.category or ASB)
    return import_feed(table, raw, "f", mapping, store, area, today=TODAY)


# --- the cases -------------------------------------------------------------------------------------------------------
def test_midnights_in_utc_are_judged_on_what_is_stored(cases: Path, area: Area, tmp_path: Path) -> None:
    path = cases / "midnight_in_utc" / "midnight_in_utc.csv"
    right = imported(path, area, tmp_path, labelled_times=AS_LABELLED)
    assert right.loaded == 120
    assert [note for note in right.notes if note.startswith("120 of 120 times are exactly 00:00.")]
    unknown = imported(path, area, tmp_path, labelled_times=AS_LABELLED, midnight_unknown=True)
    assert (unknown.without_time, unknown.notes) == (120, ())
    local = imported(path, area, tmp_path, labelled_times=LOCAL)
    said = "76 of 120 stand at 23:00 in summer only: these are midnights, so the label is right"
    assert any(note.startswith(said) for note in local.notes)
    assert not any("exactly 23:00" in note for note in local.notes)
    with pytest.raises(InputError, match=f"nobody has said whether the label is right.*{said}"):
        imported(path, area, tmp_path)
    proposal = propose(read_table(path.name, path.read_bytes()), area)
    assert any(said in note for note in proposal.notes)


def test_a_hub_s_short_offsets_are_read(cases: Path, area: Area, tmp_path: Path) -> None:
    path = cases / "hub_plus00" / "hub_plus00.csv"
    with pytest.raises(InputError, match="nobody has said whether the label is right"):
        imported(path, area, tmp_path)
    proposal = propose(read_table(path.name, path.read_bytes()), area)
    assert proposal.mapping.columns["start"] == "incident_date"
    assert any("carry a label such as +00:00" in note for note in proposal.notes)
    report = imported(path, area, tmp_path, labelled_times=AS_LABELLED)
    assert (report.loaded, report.rejected) == (120, 0)
    theirs = pd.to_datetime(pd.read_csv(path)["incident_date"] + "00", format="%Y/%m/%d %H:%M:%S%z", utc=True)
    mapping = replace(proposal.mapping, labelled_times=AS_LABELLED)
    ours = read_times(read_table(path.name, path.read_bytes()), mapping, LONDON)
    right = theirs.dt.tz_convert("Europe/London").dt.tz_localize(None)
    np.testing.assert_array_equal(ours.start, right.to_numpy().astype("datetime64[s]"))


def test_the_end_of_a_day_in_the_cases(cases: Path, area: Area, tmp_path: Path) -> None:
    one = imported(cases / "f_2400" / "f.csv", area, tmp_path / "a")
    assert (one.rejected, one.last) == (0, "2025-04-21")
    assert "1 time is 24:00, the end of a day, and read as 00:00 of the next." in one.notes
    many = imported(cases / "feed_forms" / "h24.csv", area, tmp_path / "b")
    assert many.rejected == 0
    assert any(note.startswith("8 times are 24:00, the end of a day") for note in many.notes)
    assert not any("00:00. If" in note for note in many.notes)


# --- midnights that were moved ---------------------------------------------------------------------------------------
def midnights(zone: str, days: pd.DatetimeIndex) -> list[datetime]:
    """The midnights of a zone, in UTC."""
    return [day.to_pydatetime().replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in days]


YEAR = pd.date_range("2024-01-02", "2024-12-30", freq="3D")


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/London", "{summer} of 122 stand at 23:00 in summer only: these are midnights"),
        (
            "Europe/Madrid",
            "{summer} of 122 stand at 22:00 in summer only and {winter} at 23:00 in winter only: these are",
        ),
        (
            "America/New_York",
            "{summer} of 122 stand at 04:00 in summer only and {winter} at 05:00 in winter only: these",
        ),
        ("Asia/Kolkata", "122 of 122 stand at 18:30: these are probably midnights"),
    ],
)
def test_midnights_in_utc_are_known_in_any_zone(zone: str, said: str) -> None:
    texts = [f"{at:%Y-%m-%d %H:%M:%S}+00" for at in midnights(zone, YEAR)]
    local = read(texts, ZoneInfo(zone), labelled_times=LOCAL)
    summer = sum(bool(day.replace(tzinfo=ZoneInfo(zone)).dst()) for day in YEAR.to_pydatetime())
    assert local.label_notes[0].startswith(said.format(summer=summer, winter=122 - summer))
    told = read(texts, ZoneInfo(zone), labelled_times=AS_LABELLED)
    assert told.label_notes == ()
    assert told.notes[0].startswith("122 of 122 times are exactly 00:00")


def test_midnights_with_a_wrong_label_are_known_too() -> None:
    texts = [f"{day:%Y-%m-%d}T00:00:00Z" for day in YEAR]
    told = read(texts, labelled_times=AS_LABELLED)
    assert any("at 01:00 in summer only: these are written as 00:00, so the label is wrong" in n for n in told.notes)
    assert read(texts, labelled_times=LOCAL).label_notes == ()


def test_midnights_in_utc_without_a_label_are_pointed_out() -> None:
    texts = [f"{at:%d/%m/%Y %H:%M}" for at in midnights("Europe/London", YEAR)]
    assert any("these are midnights in UTC, so the times are not local" in note for note in read(texts).notes)


def test_a_night_without_seasons_tells_nothing() -> None:
    rng = np.random.default_rng(3)
    texts = [f"{day:%Y-%m-%d}T{rng.choice([21, 22, 23, 0]):02d}:00:00Z" for day in YEAR]
    assert read(texts, labelled_times=LOCAL).label_notes == ()


def test_one_time_all_the_year_round_is_no_moved_midnight() -> None:
    texts = [f"{day:%Y-%m-%d}T23:00:00Z" for day in YEAR]
    assert read(texts, labelled_times=LOCAL).label_notes == ()


def test_a_few_late_evenings_are_no_moved_midnights() -> None:
    """Ten of sixty at 23:00 in summer, and too few rows in winter to show that it is summer only."""
    summer = [f"2024-07-{1 + n % 30:02d}T{23 if n < 10 else 8 + n % 13:02d}:00:00Z" for n in range(60)]
    winter = [f"2024-12-0{n}T1{n}:00:00Z" for n in range(1, 6)]
    assert read([*summer, *winter], labelled_times=LOCAL).label_notes == ()


def test_full_hours_are_no_stand_ins() -> None:
    """A file of full hours has more than 5 % in most of those it has at all."""
    texts = [f"{1 + n % 28}/10/2024 {9 + n % 12:02d}:00" for n in range(240)]
    assert read(texts).notes == ()


@examples(30)
@given(st.integers(0, 2**32 - 1))
def test_ordinary_times_are_never_taken_for_midnights_or_stand_ins(seed: int) -> None:
    """Evenings, to the full or half hour in three rows of ten, as people write them."""
    rng = np.random.default_rng(seed)
    n = 400
    minutes = rng.normal(20 * 60, 180, n).astype(int) % 1_440
    minutes = np.where(rng.random(n) < 0.3, minutes // 30 * 30, minutes)
    utc = np.datetime64("2024-01-01", "s") + (rng.integers(366, size=n) * 86_400 + minutes * 60).astype(
        "timedelta64[s]"
    )
    there = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(LONDON).tz_localize(None).to_numpy()
    assert moved_midnights(utc, there.astype("datetime64[s]"), utc, LONDON).words == ""
    assert [note for note in piled_up(utc) if "00:00" not in note] == []


# --- times that are not known ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("stand_in", ["00:00", "00:01", "09:00", "12:00", "23:59"])
def test_a_time_that_holds_too_many_is_pointed_out_and_can_be_said_to_be_unknown(stand_in: str) -> None:
    rng = np.random.default_rng(1)
    usual = [f"{15 + n % 10}/10/2024 {rng.integers(8, 24):02d}:{rng.integers(60):02d}" for n in range(100)]
    texts = [*usual, *[f"{10 + n}/10/2024 {stand_in}" for n in range(20)]]
    there = sum(text.endswith(stand_in) for text in texts)
    notes = read(texts).notes
    assert [note[: len(f"{there} of 120 times are exactly {stand_in}")] for note in notes] == [
        f"{there} of 120 times are exactly {stand_in}"
    ]
    mapping = {"midnight_unknown": True} if stand_in == "00:00" else {"unknown_times": (stand_in,)}
    assert f"say so (--unknown-time {stand_in}): " in notes[0]
    said = read(texts, **mapping)
    assert (said.without_time, said.notes) == (there, ())
    assert (said.until[-1] - said.start[-1]) == np.timedelta64(1, "D")
    assert said.start[-1] == np.datetime64("2024-10-29")
    both = read(texts, unknown_times=("00:00", stand_in))
    assert both.without_time >= there


def test_the_end_of_a_day_may_stand_for_an_unknown_time_of_that_day() -> None:
    texts = ["31/10/2024 24:00"] * 6 + ["31/10/2024 00:00"] * 2
    found = read(texts)
    assert "say so (--unknown-time 24:00)" in found.notes[-1]
    said = read(texts, unknown_times=("24:00",))
    assert said.without_time == 6
    assert said.start[0] == np.datetime64("2024-10-31")
    assert read(texts, midnight_unknown=True).without_time == 2


def test_unknown_times_stay_known_to_the_feed(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["31/10/2024 12:00", "05/11/2024 00:00", "06/11/2024 19:05"])
    mapping = replace(MAPPING, unknown_times=("12:00",), midnight_unknown=True)
    report = import_rows(tmp_path, area, made, mapping)
    assert report.without_time == 2
    kept = remembered_mapping(tmp_path, "Fire service")
    assert kept is not None
    assert kept.unknown_times == ("12:00",)
    assert mapping_from_json(json.loads(json.dumps(kept.to_json()))) == kept
    assert "unknown_times" not in FeedMapping(midnight_unknown=True).to_json()  # a file of before stays the same


@pytest.mark.parametrize("wrong", ["12:00", ["noon"], [12], ["12:00Z"]])
def test_an_unknown_time_is_a_time(wrong: object) -> None:
    with pytest.raises(InputError, match="unknown_times"):
        mapping_from_json({"unknown_times": wrong})
    if wrong == ["noon"]:
        with pytest.raises(InputError, match="no time of day"):
            read(["31/10/2024 12:00"], unknown_times=("noon",))


# --- when it happened, and when it was reported ----------------------------------------------------------------------
def proposal(area: Area, n: int = 60, **columns: list[str]) -> Proposal:
    named = {name.replace("_", " "): values for name, values in columns.items()}
    found = {**named, "Easting": ["344000"] * n, "Northing": ["391000"] * n}
    return propose(Table("f.csv", found, list(range(2, 2 + n))), area)


HAPPENED = [datetime(2024, 10, 1, 20) + timedelta(hours=11 * n) for n in range(60)]


@pytest.mark.parametrize("happened", ["Date", "Date occurred", "Incident date", "From"])
@pytest.mark.parametrize("reported", ["Date reported", "Created", "Incident reported date", "Date logged to system"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_date_that_it_happened_is_proposed(area: Area, happened: str, reported: str, turned: bool) -> None:
    columns = {
        happened: [f"{at:%d/%m/%Y %H:%M}" for at in HAPPENED],
        reported: [f"{at + timedelta(hours=30):%d/%m/%Y %H:%M}" for at in HAPPENED],
    }
    columns = dict(reversed(columns.items())) if turned else columns
    found = proposal(area, **columns)
    assert found.mapping.columns["start"] == happened
    assert "end" not in found.mapping.columns
    assert found.notes == (
        f"2 columns hold dates: “{happened}” is taken for when it happened, “{reported}” for when it was reported: a "
        "median of 1.2 days later, 60 of 60 on a later day.",
    )


@given(st.lists(st.integers(-5_000, 9_000), min_size=60, max_size=60))
@examples(15)
def test_the_delay_is_what_pandas_finds(area: Area, minutes: list[int]) -> None:
    told = [at + timedelta(minutes=more) for at, more in zip(HAPPENED, minutes, strict=True)]
    found = proposal(
        area,
        Date=[f"{at:%d/%m/%Y %H:%M}" for at in HAPPENED],
        Date_reported=[f"{at:%d/%m/%Y}" for at in told],
        Time_reported=[f"{at:%H:%M}" for at in told],
    )
    one, other = pd.Series(HAPPENED), pd.Series(told)
    late = int((other.dt.normalize() > one.dt.normalize()).sum())
    early = int((other < one).sum())
    assert f"{late} of 60 on a later day" in found.notes[0]
    assert (f"; {early} before it, which is doubtful" in found.notes[0]) == (early > 0)
    middle = (other - one).median()
    assert ("earlier" in found.notes[0]) == (middle <= -timedelta(minutes=1))
    assert "start_time" not in found.mapping.columns  # the time of the report is no time of the incident


def test_days_alone_are_compared_as_days(area: Area) -> None:
    found = proposal(
        area,
        Date=[f"{at:%d/%m/%Y}" for at in HAPPENED],
        Time=[f"{at:%H:%M}" for at in HAPPENED],
        Date_reported=[f"{at + timedelta(days=n % 2):%d/%m/%Y}" for n, at in enumerate(HAPPENED)],
    )
    assert found.mapping.columns["start_time"] == "Time"
    assert "30 of 60 on a later day." in found.notes[0]  # the same day at 00:00 is not before 20:00 of it


def test_a_date_that_is_mostly_blank_is_not_preferred(area: Area) -> None:
    texts = [f"{at:%d/%m/%Y %H:%M}" for at in HAPPENED]
    found = proposal(area, Date_occurred=[texts[0]] + [""] * 59, Date_reported=texts)
    assert found.mapping.columns["start"] == "Date reported"
    assert found.notes == ("“Date reported” tells when incidents were reported; no column tells when they happened.",)


def test_midnights_in_utc_leave_room_for_a_time_apart(area: Area) -> None:
    texts = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in midnights("Europe/London", YEAR[:60])]
    found = proposal(area, Date=texts, Time=[f"{at:%H:%M}" for at in HAPPENED])
    assert found.mapping.columns["start_time"] == "Time"


FORMS = [(forms, name) for forms in (PLAIN, LABELLED, IN_UTC) for name in forms]


@pytest.mark.parametrize(("forms", "name"), FORMS, ids=[name for _, name in FORMS])
def test_every_form_is_proposed_and_comes_back(
    area: Area, forms: dict[str, Callable[[datetime], str]], name: str
) -> None:
    """From a file through the proposal to the times, those of British summer and winter."""
    here = [at.replace(tzinfo=LONDON) + timedelta(days=2 * n) for n, at in enumerate(HAPPENED)]
    written = [at.astimezone(UTC) for at in here] if forms is IN_UTC else here
    lines = [f'R{n},"{forms[name](at)}",344000,391000' for n, at in enumerate(written)]
    table = read_table("f.csv", "\n".join(["Ref,Happened at,Easting,Northing", *lines]).encode())
    mapping = propose(table, area).mapping
    assert mapping.columns["start"] == "Happened at"
    found = read_times(table, replace(mapping, labelled_times=AS_LABELLED), LONDON)
    assert not any(found.why)
    assert found.start.tolist() == [at.replace(tzinfo=None) for at in here]


@pytest.mark.parametrize(("header", "taken"), [("CreationDate", True), ("Log ref", False), ("Phone no", False)])
def test_counts_since_1970_are_proposed_as_a_date(area: Area, header: str, taken: bool) -> None:
    found = proposal(area, **{header: [f"{at.replace(tzinfo=UTC).timestamp():.0f}" for at in HAPPENED]})
    assert (found.mapping.columns.get("start") == header) is taken
    assert any("count from 1970 in UTC" in note for note in found.notes) is taken


def test_dates_that_are_not_read_are_named(area: Area) -> None:
    found = proposal(area, When=["2024-W44-4"] * 60)
    assert found.notes == ("“When” holds values like 2024-W44-4: date by week of the year.",)
    assert "Which column is the date?" in found.questions
