"""Months by parts of the publisher's archives are what an import of the whole archive gives, whatever goes wrong."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.fetch.archives import FIRST, LAST_WHOLE, is_there, latest, needed_archives, read_directory, read_member
from data.fetch.history import SENTENCE, fetch_history
from data.fetch.hosts import Hosts
from data.fetch.record import read_record
from data.fetch.report import FetchReport, Step
from data.fetch.web import FetchError, Web
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.manifest import read_manifest
from data.store.report import LOADED
from data.store.store import load
from geo.errors import InputError
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.standin import FAULTS, Standin, stand_in
from tests.properties import examples
from tests.published.police_files import NOW, archive, crime, named, points_of, row, table

MONTHS = ("2024-08", "2024-09", "2024-10", "2024-11")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",), buffer_forces=("beside",))


def packed(
    area: Area, folder: Path, months: Sequence[str] = MONTHS, outcome: str = "Under investigation", rows: int = 20
) -> bytes:
    """An archive of two forces, with files that nobody wants, and a month that one of them never published."""
    at = points_of(area)
    members: dict[str, bytes] = {}
    for month in months:
        found = [crime(at.inside, 100 * int(month.replace("-", "")) + k, outcome, Month=month) for k in range(rows)]
        members[named(month)] = table([*found, row(at.other, Month=month), row(("", ""), Month=month)])
        members[named(month, "elsewhere")] = table([row(at.outside, Month=month)])
        if month != "2024-09":
            members[named(month, "beside")] = table([row(at.buffer, Month=month)] * 3)
        members[named(month).replace("-street", "-outcomes")] = b"Crime ID,Month\n"
    return archive(folder / "made.zip", members).read_bytes()


def hosts_of(standin: Standin) -> Hosts:
    return Hosts(police=standin.address)


def fetch(web: Web, standin: Standin, store: Path, area: Area, **more: object) -> FetchReport:
    return fetch_history(web, hosts_of(standin), store, area, now=NOW, **more)  # type: ignore[arg-type]


def rows_of(store: Path, area: Area) -> pd.DataFrame:
    frame = load(store, area).frame
    return frame.sort_values(list(frame.columns), ignore_index=True).astype(object)


# --- what is read ----------------------------------------------------------------------------------------------------
def test_a_table_of_contents_and_its_files_are_those_of_the_archive(
    web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    raw = packed(ours, tmp_path)
    host.archives = {"2024-10": b"", "2024-11": raw}
    assert latest(web, hosts_of(standin)) == "2024-11"
    directory = read_directory(web, hosts_of(standin), "2024-11")
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        street = {name: whole.getinfo(name) for name in whole.namelist() if name.endswith("-street.csv")}
        assert {member.name: member.crc for member in directory.members} == {n: i.CRC for n, i in street.items()}
        before = len(standin.asked)
        for member in directory.members:
            assert read_member(web, directory, member) == whole.read(member.name)
    assert len(standin.asked) - before == len(directory.members)  # one question each
    assert directory.total == len(raw)


@given(st.binary(min_size=1, max_size=400), st.integers(0, 3_000), st.sampled_from([8, 0]))
@examples(12)
def test_a_file_of_any_form_comes_back(content: bytes, extra: int, how: int) -> None:
    """Extra fields of any length, stored or deflated, with a comment at the end of the archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.comment = b"c" * 300
        info = zipfile.ZipInfo("2024-10/2024-10-somewhere-street.csv")
        info.compress_type, info.extra = how, b"\x99\x99" + (extra).to_bytes(2, "little") + b"e" * extra
        made.writestr(info, content)
    host = ArchiveHost({"2024-10": out.getvalue()})
    with stand_in() as standin:
        host.play(standin)
        web = Web(tries=1)
        directory = read_directory(web, hosts_of(standin), "2024-10")
        assert read_member(web, directory, directory.members[0]) == content


def test_fetched_months_are_imported_months(
    web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    host.archives["2024-11"] = packed(ours, tmp_path)
    steps: list[Step] = []
    report = fetch(web, standin, tmp_path / "fetched", ours, progress=steps.append)
    assert report.imported.ok
    assert (report.fetched, report.unchanged) == (7, 0)
    assert report.not_published == ("beside/2024-09",)
    path = tmp_path / "2024-11.zip"
    path.write_bytes(host.archives["2024-11"])
    whole = import_paths([path], tmp_path / "imported", ours, now=NOW)
    of_ours = [file for file in whole.files if not file.forces or file.forces[0] != "elsewhere"]
    assert sorted(f.rows_read for f in report.imported.files) == sorted(f.rows_read for f in of_ours)
    pd.testing.assert_frame_equal(rows_of(tmp_path / "fetched", ours), rows_of(tmp_path / "imported", ours))
    manifest = read_manifest(tmp_path / "fetched")
    assert manifest is not None
    assert {file.release for file in manifest.files.values()} == {"2024-11"}
    assert [step.done for step in steps] == list(range(8))
    assert steps[-1].bytes_done == steps[-1].bytes_total == report.bytes
    assert not (tmp_path / "fetched" / "fetching" / "in").exists()


def test_what_is_here_is_not_fetched_again(
    web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    store = tmp_path / "s"
    host.archives["2024-11"] = packed(ours, tmp_path)
    fetch(web, standin, store, ours)
    before = len(standin.asked)
    again = fetch(web, standin, store, ours)
    assert (again.fetched, again.unchanged, again.bytes) == (0, 7, 0)
    assert len(standin.asked) - before < 9  # the newest archive's contents, which months there are, and no file
    record = read_record(store)
    assert record.newest == "2024-11"
    assert record.not_published == ("beside/2024-09",)


def test_a_later_archive_replaces_what_changed_and_keeps_the_revision(
    web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    store = tmp_path / "s"
    host.archives["2024-10"] = packed(ours, tmp_path, MONTHS[:3])
    fetch(web, standin, store, ours)
    later = packed(ours, tmp_path, MONTHS, outcome="Investigation complete; no suspect identified")
    host.archives["2024-11"] = later
    report = fetch(web, standin, store, ours)
    revised = [file for file in report.imported.files if file.status == LOADED and file.revision]
    assert {month for file in revised for month in file.months} == set(MONTHS[:3])
    del host.archives["2024-10"]
    host.archives["2024-11"] = packed(ours, tmp_path, MONTHS[2:], outcome="Investigation complete")
    fetch(web, standin, store, ours)
    assert sorted(str(month) for month in load(store, ours).months) == list(MONTHS)  # nothing stored is deleted


# --- older archives --------------------------------------------------------------------------------------------------
def test_older_archives_need_a_word(web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path) -> None:
    store = tmp_path / "s"
    host.archives = {"2024-11": packed(ours, tmp_path), "2021-11": packed(ours, tmp_path, ("2021-06", "2021-11"))}
    with pytest.raises(InputError, match=r"out of date.*--older"):
        fetch(web, standin, store, ours, first="2021-06")
    assert read_manifest(store) is None
    heard: list[str] = []
    report = fetch(web, standin, store, ours, first="2021-06", agree=lambda said: bool(heard.append(said)) or True)
    assert heard == [SENTENCE]
    assert report.archives == ("2024-11", "2021-11")
    manifest = read_manifest(store)
    assert manifest is not None
    of = {unit.month: manifest.files[unit.file].release for unit in manifest.units.values()}
    assert of["2021-06"] == "2021-11"
    assert of["2024-11"] == "2024-11"
    agreed = read_record(store).agreed
    assert agreed is not None
    assert (agreed.sentence, agreed.agreed_at) == (SENTENCE, NOW.isoformat())
    fetch(web, standin, store, ours, first="2021-06")  # said once


@pytest.mark.parametrize(
    ("newest", "first", "names"),
    [
        ("2026-07", "2010-12", ("2026-07", "2023-07", "2020-07", "2017-07", "2017-04")),
        ("2026-09", "2010-12", ("2026-09", "2023-09", "2020-09", "2017-09", "2017-04")),
        ("2026-07", "2023-08", ("2026-07",)),
        ("2026-07", "2023-07", ("2026-07", "2023-07")),
        ("2017-04", "2011-01", ("2017-04",)),
    ],
)
def test_the_fewest_archives_are_chosen(newest: str, first: str, names: tuple[str, ...]) -> None:
    assert needed_archives(newest, first, lambda month: "2013-12" <= month <= newest) == names


def test_whether_an_archive_is_there_is_asked(web: Web, host: ArchiveHost, standin: Standin) -> None:
    host.archives = {"2024-11": b"PK"}
    assert is_there(web, hosts_of(standin), "2024-11")
    assert not is_there(web, hosts_of(standin), "2024-10")
    standin.misbehave("zip", "500", times=9)
    with pytest.raises(FetchError):
        is_there(web, hosts_of(standin), "2024-11")


@given(st.data())
@examples(60)
def test_every_month_has_an_archive_even_where_some_are_gone(data: st.DataObject) -> None:
    """Each month from the first on lies in one of the archives that are named, and all of those exist."""
    every = [str(month) for month in pd.period_range("2016-10", "2026-07", freq="M")]
    gone = data.draw(st.sets(st.sampled_from(every[1:-1]), max_size=6))
    first = data.draw(st.sampled_from([str(month) for month in pd.period_range(FIRST, "2026-07", freq="M")]))
    names = needed_archives("2026-07", first, lambda month: month in every and month not in gone)
    assert set(names) <= set(every) - gone
    held = set()
    for name in names:
        last = pd.Period(name, "M")
        held |= {str(month) for month in pd.period_range(FIRST if last <= LAST_WHOLE else last - 35, last, freq="M")}
    assert {str(month) for month in pd.period_range(first, "2026-07", freq="M")} <= held


# --- what goes wrong -------------------------------------------------------------------------------------------------
WRONG = [fault for fault in FAULTS if fault != "slow"]
SOME = [(fault, 2 * place % 9) for place, fault in enumerate(WRONG)]
MORE = [pair for fault in WRONG for after in range(10) if (pair := (fault, after)) not in SOME]


@pytest.mark.parametrize(("fault", "after"), [*SOME, *(pytest.param(*pair, marks=pytest.mark.long) for pair in MORE)])
def test_a_fault_at_any_time_leaves_the_store_whole_and_the_next_run_goes_on(
    web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path, fault: str, after: int
) -> None:
    store = tmp_path / "s"
    host.archives["2024-11"] = packed(ours, tmp_path)
    standin.misbehave("zip", fault, times=3, after=after)
    try:
        fetch(web, standin, store, ours)
    except FetchError as error:
        assert standin.address in str(error)  # noqa: PT017
    load(store, ours) if read_manifest(store) else None
    for _ in range(4):  # the fault may still be due
        try:
            fetch(web, standin, store, ours)
            break
        except FetchError:
            continue
    frame = rows_of(store, ours)
    assert len(frame) == 4 * 21 + 3 * 3
    assert frame["incident_id"].is_unique


def test_an_archive_that_is_replaced_while_it_is_read_is_told(
    web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    store = tmp_path / "s"
    host.archives["2024-11"] = packed(ours, tmp_path)

    def replaced(step: Step) -> None:
        if step.done == 2:
            host.archives["2024-11"] = packed(ours, tmp_path, rows=25)

    with pytest.raises(FetchError, match="replaced while it was read"):
        fetch(web, standin, store, ours, progress=replaced)
    assert fetch(web, standin, store, ours).imported.ok
    assert len(rows_of(store, ours)) == 4 * 26 + 3 * 3


def test_one_file_that_cannot_be_used_stops_no_other(
    web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    raw = packed(ours, tmp_path)
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    members[named("2024-10")] = b"not,a,street,file\n1,2,3,4\n"
    host.archives["2024-11"] = archive(tmp_path / "bad.zip", members).read_bytes()
    report = fetch(web, standin, tmp_path / "s", ours)
    assert not report.imported.ok
    assert "2024-10-somewhere" in " ".join(report.lines())
    assert len(rows_of(tmp_path / "s", ours)) == 3 * 21 + 2 * 3  # that month lacks the force that covers the area


def test_a_damaged_record_says_so(web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path) -> None:
    store = tmp_path / "s"
    host.archives["2024-11"] = packed(ours, tmp_path)
    fetch(web, standin, store, ours)
    path = store / "fetched.json"
    raw = json.loads(path.read_text())
    for broken in ("", "[]", json.dumps({**raw, "format": 9}), json.dumps({**raw, "months": {"a/b": {"crc": "x"}}})):
        path.write_text(broken)
        with pytest.raises(InputError, match=r"what was fetched cannot be read.*Delete it"):
            fetch(web, standin, store, ours)
    path.unlink()
    assert fetch(web, standin, store, ours).imported.ok
    assert len(rows_of(store, ours)) == 4 * 21 + 3 * 3


SCRIPT = """
import sys
from dataclasses import replace
from pathlib import Path
from data.fetch.history import fetch_history
from data.fetch.hosts import Hosts
from data.fetch.web import Web
from data.place.area import load_area
area = replace(load_area(), forces=("somewhere",), buffer_forces=("beside",))
fetch_history(Web(tries=1), Hosts(police=sys.argv[1]), Path(sys.argv[2]), area)
"""


@pytest.mark.long
def test_a_hundred_kills_lose_and_double_nothing(
    web: Web, host: ArchiveHost, standin: Standin, ours: Area, tmp_path: Path
) -> None:
    """Killed at random moments: the store opens, and the next run goes on to the same rows."""
    rng = random.Random(1)
    months = [str(month) for month in pd.period_range("2022-01", "2024-11", freq="M")]
    host.archives["2024-11"] = packed(ours, tmp_path, months)
    wanted = len(months) * 21 + sum(month != "2024-09" for month in months) * 3
    store, kills, finished = tmp_path / "s", 0, 0
    while kills < 100:
        run = subprocess.Popen([sys.executable, "-c", SCRIPT, standin.address, str(store)], cwd=ROOT)
        time.sleep(rng.uniform(0.8, 2.6))
        if run.poll() is None:
            os.kill(run.pid, signal.SIGKILL)
            kills += 1
        else:
            assert run.returncode == 0
        run.wait()
        if read_manifest(store):
            frame = rows_of(store, ours)
            assert frame["incident_id"].is_unique
            assert len(frame) <= wanted
        if run.returncode == 0:
            assert len(rows_of(store, ours)) == wanted
            finished += 1
            store = tmp_path / f"s{kills}"
    assert fetch(web, standin, store, ours).imported.ok
    assert len(rows_of(store, ours)) == wanted
    print(f"{kills} kills, {finished} runs that reached their end")


# --- real files ------------------------------------------------------------------------------------------------------
def test_the_sample_of_the_publishers_archive(
    web: Web, host: ArchiveHost, standin: Standin, area: Area, shared: Path, tmp_path: Path
) -> None:
    path = shared.parent / "live" / "samples" / "police_archive_2024-03_mini.zip"
    host.archives["2024-03"] = path.read_bytes()
    report = fetch(web, standin, tmp_path / "s", area, forces=("merseyside", "btp"))
    assert report.not_published == ("btp/2024-02",)
    import_paths([path], tmp_path / "i", area, now=NOW)
    pd.testing.assert_frame_equal(rows_of(tmp_path / "s", area), rows_of(tmp_path / "i", area))
