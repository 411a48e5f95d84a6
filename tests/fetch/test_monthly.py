"""Months that no archive has: by outline, the archive's rows but for force and LSOA, until the archive has them."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.fetch.history import fetch_history
from data.fetch.hosts import Hosts
from data.fetch.monthly import Monthly
from data.fetch.outline import outline_of
from data.fetch.record import read_record
from data.fetch.report import FetchReport
from data.fetch.web import FetchError, Web
from data.kinds.crime_types import CATEGORIES
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.layout import NEEDED
from data.store.manifest import read_manifest
from data.store.news import last_import
from data.store.schema import BY_OUTLINE
from data.store.status import store_status
from data.store.store import load
from geo.errors import InputError
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.police_api import ApiHost, as_api, as_api_file
from tests.fetch.standin import Reply, Standin, as_json, stand_in
from tests.fetch.test_history import packed
from tests.published.police_files import NOW, crime, named, points_of, row, table

MONTHS = ("2024-10", "2024-11")
NEXT = "2024-12"
ALIKE = ("incident_id", "month", "category", "easting_m", "northing_m", "ward_code")


@pytest.fixture
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",), buffer_forces=("beside",))


@pytest.fixture
def archives(ours: Area, tmp_path: Path) -> ArchiveHost:
    return ArchiveHost({"2024-11": packed(ours, tmp_path, MONTHS)})


@pytest.fixture
def api() -> ApiHost:
    return ApiHost()


@pytest.fixture
def standin(archives: ArchiveHost, api: ApiHost) -> Iterator[Standin]:
    with stand_in() as server:
        archives.play(server)
        api.play(server)
        yield server


@pytest.fixture
def web() -> Web:
    return Web(tries=2, wait=0.0, seconds=(2.0, 2.0))


def month_of(area: Area, month: str = NEXT, rows: int = 20) -> list[dict[str, str]]:
    """Rows of every force in and round the area: crimes, ASB that is alike, and some of the railways' police."""
    at = points_of(area)
    found = [crime(at.inside, 5_000 + k, Month=month) for k in range(rows)]
    found += [row(at.other, Month=month)] * 3 + [crime(at.buffer, 9_000, Month=month)]
    return [*found, crime(at.other, 9_001, Month=month, Falls_within="British Transport Police")]


def fetch(web: Web, standin: Standin, store: Path, area: Area, **more: Any) -> FetchReport:
    return fetch_history(web, Hosts(police=standin.address), store, area, now=NOW, **more)


def rows_of(store: Path, area: Area, month: str = NEXT) -> pd.DataFrame:
    frame = load(store, area).frame
    return frame[frame["month"] == pd.Period(month, "M")]


def alike(frame: pd.DataFrame) -> pd.DataFrame:
    """What a month by outline shares with the archive's; rows without an ID are told by their place."""
    plain = frame[list(ALIKE)].astype(object)
    plain.loc[plain["incident_id"].str.startswith("police.uk:"), "incident_id"] = ""
    return plain.sort_values(list(ALIKE[:-1]), ignore_index=True)


# --- what comes ------------------------------------------------------------------------------------------------------
def test_a_month_that_no_archive_has_comes_by_outline(
    web: Web, api: ApiHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    store, wanted = tmp_path / "s", month_of(ours)
    api.months = {"2024-11": [], NEXT: [as_api(one) for one in wanted]}
    report = fetch(web, standin, store, ours)
    assert report.ok
    assert report.monthly.months == (NEXT,)
    assert f"By outline, until the archive has them: {NEXT} (2 questions)." in report.lines()
    import_paths([put_archive(tmp_path, wanted)], tmp_path / "i", ours, now=NOW)
    pd.testing.assert_frame_equal(alike(rows_of(store, ours)), alike(load(tmp_path / "i", ours).frame))
    found = rows_of(store, ours)
    assert found["lsoa_code"].isna().all()
    assert found["force"].isna().all()
    assert set(found["source"]) == {"police.uk"}
    assert [str(month) for month in load(store, ours).months] == [*MONTHS, NEXT]
    again = fetch(web, standin, store, ours)
    assert (again.monthly.months, again.monthly.questions) == ((), 1)
    assert read_record(store).newest_month == NEXT
    state = store_status(store, ours)
    assert "police.uk, by outline, until the archive has them: 1 month from 2024-12 to 2024-12" in " ".join(
        state.lines()
    )
    plain = state.to_json()
    assert (plain["newest_month"], plain["by_outline"]) == (NEXT, [NEXT])
    assert plain["fetched"]["newest_archive"] == "2024-11"
    assert plain["fetched"]["newest_month_by_outline"] == NEXT
    assert plain["fetched"]["checked_at"] == plain["fetched"]["months_checked_at"] == NOW.isoformat()
    assert not plain["fetched"]["older_archives"]["agreed"]


def put_archive(folder: Path, rows: list[dict[str, str]], month: str = NEXT) -> Path:
    path = folder / named(month)
    path.write_bytes(table(rows))
    return path


def test_the_archives_month_takes_its_place_whole_and_nothing_is_a_revision(
    web: Web, archives: ArchiveHost, api: ApiHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    store = tmp_path / "s"
    api.months = {NEXT: [as_api(one) for one in month_of(ours)]}
    fetch(web, standin, store, ours)
    before = last_import(store, ours)
    assert before is not None
    assert NEXT in before.added
    archives.archives[NEXT] = packed(ours, tmp_path, (*MONTHS, NEXT), rows=7)
    report = fetch(web, standin, store, ours)
    assert report.monthly.months == ()
    manifest = read_manifest(store)
    assert manifest is not None
    assert not [unit for unit in manifest.units.values() if unit.by_outline]
    assert {file.release for file in manifest.files.values()} == {NEXT, "2024-11"}
    assert not [one for one in manifest.revisions if one.month == NEXT]
    assert len(rows_of(store, ours)) == 7 + 1 + 3
    assert set(rows_of(store, ours)["force"]) == {"somewhere", "beside"}
    late = tmp_path / f"{NEXT}-{BY_OUTLINE}-street.csv"  # it never replaces an archive's month
    late.write_bytes(table([crime(points_of(ours).inside, 1, Month=NEXT)]))
    refused = import_paths([late], store, ours, now=NOW)
    assert not refused.ok
    assert "from the forces' own files" in str(refused.files[0].error)
    assert len(rows_of(store, ours)) == 7 + 1 + 3


def test_while_one_of_two_forces_has_published_no_row_counts_twice(ours: Area, tmp_path: Path) -> None:
    two, store = replace(ours, forces=("somewhere", "elsewhere"), buffer_forces=()), tmp_path / "s"
    at = points_of(two)
    path = tmp_path / f"{NEXT}-{BY_OUTLINE}-street.csv"
    path.write_bytes(table([crime(at.inside, 1, Month=NEXT), crime(at.other, 2, Month=NEXT)]))
    import_paths([path, put_archive(tmp_path, [crime(at.inside, 1, Month=NEXT)])], store, two, now=NOW)
    assert sorted(rows_of(store, two)["incident_id"].str[-1]) == ["1", "2"]
    assert list(rows_of(store, ours)["incident_id"].str[-1]) == ["1"]  # an area of the one force that has published
    other = tmp_path / named(NEXT, "elsewhere")
    other.write_bytes(table([crime(at.other, 2, Month=NEXT)]))
    import_paths([other], store, two, now=NOW)
    assert sorted(rows_of(store, two)["incident_id"].str[-1]) == ["1", "2"]
    assert set(rows_of(store, two)["force"]) == {"somewhere", "elsewhere"}


def test_it_is_no_part_of_what_a_month_is_judged_by(ours: Area, tmp_path: Path) -> None:
    store, at = tmp_path / "s", points_of(ours)
    for number in range(1, 9):
        month = f"2024-0{number}"
        put_archive(tmp_path, [crime(at.inside, 1_000 * number + k, Month=month) for k in range(400)], month)
    path = tmp_path / f"2024-09-{BY_OUTLINE}-street.csv"
    path.write_bytes(table([crime(at.inside, 1, Month="2024-09")]))
    report = import_paths([tmp_path], store, ours, now=NOW)
    assert report.ok
    assert report.in_doubt == ()
    assert str(load(store, ours).months[-1]) == "2024-09"
    state = store_status(store, ours)
    assert BY_OUTLINE not in state.judged
    assert state.gaps == ()


def test_where_ranges_are_refused_every_month_comes_by_outline(
    web: Web, api: ApiHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    api.months = {month: [as_api(one) for one in month_of(ours, month)] for month in (*MONTHS, NEXT)}
    standin.misbehave("zip", "no range", times=99)
    report = fetch(web, standin, tmp_path / "s", ours, first="2020-01")
    assert report.ok
    assert "Months before 2024-10 stand in archives only." in report.lines()
    assert report.monthly.months == (*MONTHS, NEXT)
    assert report.lines()[0].startswith("No archive could be read by parts")
    assert [str(month) for month in load(tmp_path / "s", ours).months] == [*MONTHS, NEXT]
    status = store_status(tmp_path / "s", ours)
    assert status.missing_forces == {"area": (), "buffer": ()}


def test_a_month_that_the_force_has_not_published_is_not_a_month_without_incidents(
    web: Web, api: ApiHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    railway = [as_api(one) for one in month_of(ours) if "Transport" in one["Falls within"]]
    for rows in ([], railway):
        api.months = {NEXT: rows}
        report = fetch(web, standin, tmp_path / "s", ours)
        assert report.monthly.months == ()
        assert "no incident of a force in the area yet" in " ".join(report.lines())
        assert str(load(tmp_path / "s", ours).months[-1]) == "2024-11"


def test_a_force_that_left_the_archive_is_not_counted_by_outline(
    web: Web, api: ApiHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    gone = replace(ours, forces=("somewhere", "nowhere"))
    api.months = {NEXT: [as_api(one) for one in month_of(ours)]}
    report = fetch(web, standin, tmp_path / "s", gone)
    assert report.monthly.months == ()
    assert "nowhere did not publish the newest month" in " ".join(report.lines())


# --- limits ----------------------------------------------------------------------------------------------------------
def test_what_is_too_much_for_one_answer_comes_in_pieces(
    web: Web, api: ApiHost, standin: Standin, area: Area, tmp_path: Path
) -> None:
    """Two points with as much as one answer may have, so that many pieces are needed, and none is asked for twice."""
    api.most, api.months = 21, {NEXT: [as_api(one) for one in month_of(area)]}
    service = Monthly(web, Hosts(police=standin.address), per_second=40)  # as fast as a first burst may be
    crimes = service.crimes(outline_of(area), NEXT)
    assert sorted(one.row[0] for one in crimes) == sorted(one["Crime ID"] for one in month_of(area))
    assert 3 <= service.questions == len(standin.asked) < 20
    assert 503 in api.statuses
    assert len({asked.form["poly"] for asked in standin.asked}) == len(standin.asked)


def test_it_asks_no_faster_than_it_may_and_hears_429(web: Web, api: ApiHost, standin: Standin) -> None:
    api.months, api.burst = {NEXT: []}, 1
    service = Monthly(web, Hosts(police=standin.address))
    begun = time.monotonic()
    for _ in range(7):
        service.months()
    assert api.statuses == [200] * 7
    assert time.monotonic() - begun < 3
    hurried = Monthly(web, Hosts(police=standin.address), per_second=1e6)
    for _ in range(3):
        with_patience(hurried)
    assert 429 in api.statuses


def with_patience(service: Monthly) -> None:
    for _ in range(50):
        try:
            service.months()
            return
        except FetchError as error:
            assert error.status == 429  # noqa: PT017  tries are few here


def test_503_is_an_answer_there_and_a_failure_elsewhere(web: Web, api: ApiHost, standin: Standin, area: Area) -> None:
    api.months, api.most = {NEXT: [as_api(one) for one in month_of(area)]}, 0
    with pytest.raises(InputError, match="smallest piece"):
        Monthly(web, Hosts(police=standin.address), per_second=40).crimes(outline_of(area), NEXT)
    assert len({asked.form["poly"] for asked in standin.asked}) == len(standin.asked)  # none asked for again


@pytest.mark.parametrize(
    "fault", ["html", "500", *(pytest.param(more, marks=pytest.mark.long) for more in ("403", "reset", "short"))]
)
def test_a_service_that_fails_is_told_and_the_archives_months_stay(
    web: Web, api: ApiHost, standin: Standin, ours: Area, tmp_path: Path, fault: str
) -> None:
    store = tmp_path / "s"
    api.months = {NEXT: [as_api(one) for one in month_of(ours)]}
    standin.misbehave("all-crime", fault, times=2)
    report = fetch(web, standin, store, ours)
    assert not report.ok
    assert report.monthly.problem
    assert [str(month) for month in load(store, ours).months] == list(MONTHS)
    while not fetch(web, standin, store, ours).ok:
        pass
    assert str(load(store, ours).months[-1]) == NEXT


@pytest.mark.parametrize("key", ["month", "location", "category", "persistent_id"])
def test_a_crime_of_another_form_is_refused(web: Web, standin: Standin, area: Area, key: str) -> None:
    rows = [as_api(one) for one in month_of(area)]
    del rows[3][key]
    standin.plays = {"/api/": lambda _: as_json(rows)}  # whatever the polygon: a row without a place lies in none
    with pytest.raises(FetchError, match="another form"):
        Monthly(web, Hosts(police=standin.address)).crimes(outline_of(area), NEXT)


# --- recorded answers ------------------------------------------------------------------------------------------------
def test_the_sample_month_by_outline_is_the_archives_row_by_row(
    web: Web, archives: ArchiveHost, api: ApiHost, standin: Standin, area: Area, shared: Path, tmp_path: Path
) -> None:
    path = shared.parent / "live" / "samples" / "police_archive_2024-03_mini.zip"
    with zipfile.ZipFile(path) as whole:
        both = [whole.read(f"2024-03/{named('2024-03', force)}") for force in (area.forces[0], "btp")]
    api.months = {"2024-03": [one for raw in both for one in as_api_file(raw)]}
    archives.archives = {}
    standin.misbehave("zip", "html", times=9)
    assert fetch(web, standin, tmp_path / "s", area).monthly.months == ("2024-03",)
    import_paths([path], tmp_path / "i", area, now=NOW)
    theirs = load(tmp_path / "i", area).frame
    theirs = theirs[theirs["month"] == pd.Period("2024-03", "M")]
    pd.testing.assert_frame_equal(alike(load(tmp_path / "s", area).frame), alike(theirs))
    assert len(theirs) > 50


@pytest.mark.long
def test_a_real_month_by_outline_in_pieces_is_the_archives_row_by_row(
    web: Web, api: ApiHost, standin: Standin, area: Area, shared: Path, tmp_path: Path
) -> None:
    """All of a force's month, with a service that gives few at a time: every row of area and buffer, once."""
    path, month = shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip", "2024-11"
    with zipfile.ZipFile(path) as whole:
        (name,) = [name for name in whole.namelist() if name.endswith(named(month, area.forces[0]))]
        raw = whole.read(name)
    (tmp_path / named(month, area.forces[0])).write_bytes(raw)
    import_paths([tmp_path / named(month, area.forces[0])], tmp_path / "i", area, now=NOW)
    theirs = load(tmp_path / "i", area).frame
    for most in (10_000, 600):
        api.months, api.most, store = {month: as_api_file(raw)}, most, tmp_path / f"s{most}"
        standin.misbehave("zip", "no range", times=9)
        report = fetch(web, standin, store, area)
        pd.testing.assert_frame_equal(alike(load(store, area).frame), alike(theirs))
        print(f"at most {most:,}: {report.monthly.questions} questions, {len(theirs):,} rows of area and buffer")
    assert report.monthly.questions > 5


def test_the_recorded_answer_is_understood(web: Web, standin: Standin, shared: Path, area: Area) -> None:
    raw = (shared.parent / "live" / "samples" / "police_all-crime_trimmed.json").read_bytes()
    standin.plays = {"/api/": lambda _: Reply(raw)}
    crimes = Monthly(web, Hosts(police=standin.address)).crimes(outline_of(area), "2023-01")
    assert crimes
    assert sum(not one.of_force for one in crimes) == 3
    assert {one.row[NEEDED.index("Crime type")] for one in crimes} <= set(CATEGORIES)
