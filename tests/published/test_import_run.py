"""How an import goes about its work: what it reads ahead, what it commits together, what it tells."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.place.area import Area
from data.published import police_uk
from data.published.police_uk import Limits, import_paths
from data.store.manifest import Manifest, read_manifest
from data.store.report import FileReport
from data.store.store import commit, load, store_version
from tests.published.police_files import NOW, archive, contents, named, points_of, put, row, table


@pytest.fixture
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",))


def month(area: Area, month: str = "2024-10", **other: str) -> bytes:
    return table([row(points_of(area).inside, Month=month, **other)])


def months(area: Area, number: int) -> dict[str, bytes]:
    """That many CSVs by name, from January 2011 on."""
    names = [f"{2011 + k // 12}-{k % 12 + 1:02}" for k in range(number)]
    return {named(name): month(area, name) for name in names}


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of units of every state that is committed."""
    seen: list[int] = []

    def told(store: Path, manifest: Manifest) -> None:
        seen.append(len(manifest.units))
        commit(store, manifest)

    monkeypatch.setattr(police_uk, "commit", told)
    return seen


# --- what is committed together


def test_single_files_are_committed_fifty_at_a_time(ours: Area, tmp_path: Path, committed: list[int]) -> None:
    paths = [put(tmp_path, raw, name) for name, raw in months(ours, 51).items()]
    assert import_paths(paths, tmp_path / "store", ours, now=NOW).ok
    assert committed == [50, 51]
    assert import_paths(paths, tmp_path / "store", ours, now=NOW).ok
    assert committed == [50, 51], "nothing new is nothing to commit"


def test_an_archive_is_committed_with_what_came_before_it(ours: Area, tmp_path: Path, committed: list[int]) -> None:
    parts = list(months(ours, 5).items())
    single = [put(tmp_path, raw, name) for name, raw in (parts[0], parts[4])]
    zips = [archive(tmp_path / f"{k}.zip", dict(parts[k:end])) for k, end in ((1, 3), (3, 4))]
    assert import_paths([single[0], *zips, single[1]], tmp_path / "store", ours, now=NOW).ok
    assert committed == [3, 4, 5]


def test_rebuilding_commits_once(ours: Area, tmp_path: Path, committed: list[int]) -> None:
    paths = [archive(tmp_path / f"{k}.zip", dict([one])) for k, one in enumerate(months(ours, 3).items())]
    store = tmp_path / "store"
    assert import_paths(paths[:1], store, ours, now=NOW).ok
    assert import_paths(paths[1:], store, ours, now=NOW, rebuild=True).ok
    assert committed == [1, 2]


def test_rebuilding_with_one_bad_file_keeps_everything_as_it_was(ours: Area, tmp_path: Path) -> None:
    store, (old, new, more) = tmp_path / "store", (put(tmp_path, raw, name) for name, raw in months(ours, 3).items())
    bad = put(tmp_path, b"<html>", "bad.csv")
    assert import_paths([old], store, ours, now=NOW).ok
    before = contents(store)
    both = archive(tmp_path / "a.zip", {new.name: new.read_bytes(), more.name: more.read_bytes(), "x.txt": b""})
    files = import_paths([new, bad, both], store, ours, now=NOW, rebuild=True).files
    why = "not kept, because another file of this import failed. Nothing was changed."
    assert files[0] == FileReport(new.name, "failed", error=why)
    assert (files[1].name, files[1].status) == ("bad.csv", "failed")
    assert (files[1].error or "").startswith("bad.csv: this is a web page"), "its own problem, not that of the others"
    assert files[2] == FileReport("a.zip", "failed", left_alone=1, error=why)
    assert len(files) == 3
    assert before.items() <= contents(store).items()
    assert len(load(store, ours).frame) == 1, "what it held is still there, not only its manifest"
    import_paths([old], store, ours, now=NOW)
    assert contents(store) == before, "and what was written for nothing is swept"


def test_a_state_that_cannot_be_committed_fails_what_was_to_be_in_it(
    ours: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, (one, two, three) = tmp_path / "store", (put(tmp_path, raw, name) for name, raw in months(ours, 3).items())
    assert import_paths([one], store, ours, now=NOW).ok
    before = contents(store)
    bad = put(tmp_path, b"<html>", "bad.csv")

    def full(store: Path, manifest: Manifest) -> None:
        raise police_uk.InputError("the store cannot be written: No space left on device")

    monkeypatch.setattr(police_uk, "commit", full)
    files = import_paths([two, bad, three], store, ours, now=NOW).files
    assert [file.status for file in files] == ["failed"] * 3
    assert [file.error for file in files][::2] == ["the store cannot be written: No space left on device"] * 2
    assert "web page" in (files[1].error or "")
    assert contents(store) == before


# --- what an archive that fails leaves


def test_an_archive_that_fails_half_way_leaves_nothing_and_the_next_one_counts(ours: Area, tmp_path: Path) -> None:
    store = tmp_path / "store"
    parts = months(ours, 4)
    first, second, third, fourth = parts
    bad = archive(tmp_path / "bad.zip", {first: parts[first], second: b"<html>", third: parts[third], "x.txt": b""})
    good = archive(tmp_path / "good.zip", {fourth: parts[fourth], "y.txt": b"", "z.txt": b""})
    report = import_paths([bad, good], store, ours, now=NOW)
    failed, loaded = report.files
    assert (failed.name, failed.status, failed.left_alone, failed.archive) == ("bad.zip", "failed", 1, None)
    assert (failed.error or "").startswith(f"bad.zip/{second}: this is a web page")
    assert (loaded.name, loaded.archive, loaded.left_alone) == (f"good.zip/{fourth}", "good.zip", 2)
    assert list(load(store, ours).months.astype(str)) == [fourth[:7]]
    manifest = read_manifest(store)
    assert manifest is not None
    assert set(contents(store)) == manifest.paths | {"manifest.json"}


def test_what_is_left_alone_is_counted_with_the_first_file_only(ours: Area, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", months(ours, 3) | {"x.txt": b""})
    files = import_paths([path], tmp_path / "store", ours, now=NOW).files
    assert [file.left_alone for file in files] == [1, 0, 0]
    assert [file.archive for file in files] == ["a.zip"] * 3
    (single,) = import_paths([put(tmp_path, month(ours))], tmp_path / "store", ours, now=NOW).files
    assert (single.archive, single.left_alone) == (None, 0)


def test_an_archive_that_changes_under_the_import_is_told(
    ours: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path / "a.zip", months(ours, 2))
    found = police_uk.find_containers

    def then_gone(*arguments: object) -> object:
        containers = found(*arguments)  # type: ignore[arg-type]
        path.unlink()
        return containers

    monkeypatch.setattr(police_uk, "find_containers", then_gone)
    (file,) = import_paths([path], tmp_path / "store", ours, now=NOW).files
    assert file.error == "a.zip: the archive has changed or gone. Import it again."


def test_the_same_bytes_under_the_names_of_two_forces_are_two_units(ours: Area, tmp_path: Path) -> None:
    raw, store = month(ours), tmp_path / "store"
    both = {named(): raw, named(force="elsewhere"): raw}
    assert [file.status for file in import_paths([put(tmp_path, raw)], store, ours, now=NOW).files] == ["loaded"]
    files = import_paths([archive(tmp_path / "a.zip", both)], store, ours, now=NOW).files
    assert {file.forces: file.status for file in files} == {("elsewhere",): "loaded", ("somewhere",): "unchanged"}
    assert len(load(store, replace(ours, forces=())).frame) == 2


def test_bytes_that_lost_their_place_in_the_same_import_are_read_again(ours: Area, tmp_path: Path) -> None:
    """Known when they are read ahead, and no longer when it is their turn."""
    old, new = month(ours), month(ours, Location="Elm Street")
    store, first = tmp_path / "store", put(tmp_path / "1", old)
    import_paths([first], store, ours, now=NOW)
    both = archive(tmp_path / "a.zip", {"a.csv/x": b"", f"1/{named()}": new})
    assert import_paths([both, first], store, ours, now=NOW).ok
    assert load(store, ours).frame["location"].tolist() == ["On or near High Street"]
    # in one container: several forces in files of any other name would be needed, so the reader is asked directly
    job = police_uk._Import(store, ours, read_manifest(store) or Manifest(None), NOW, Limits(), None, together=False)  # type: ignore[arg-type]
    entry = police_uk.Entry(named(), named())
    before = job._read(entry, lambda _: old, job.state)
    assert (before.checked, before.raw) == (None, old)
    job._store(police_uk.Container("b.csv", first), entry, job._read(entry, lambda _: new, job.state))
    report = job._store(police_uk.Container("a.csv", first), entry, before)
    assert (report.status, report.loaded, report.replaced) == ("loaded", 1, 1)


# --- reading ahead


class AtOnce:
    """An executor that does what it is given before it returns."""

    def __init__(self, threads: int) -> None:
        assert threads == 2

    def __enter__(self) -> AtOnce:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def submit(self, what: Callable[..., object], *arguments: object) -> Future[object]:
        future: Future[object] = Future()
        try:
            future.set_result(what(*arguments))
        except police_uk.InputError as error:
            future.set_exception(error)
        return future


def test_a_few_files_are_read_ahead_and_no_more(ours: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.zip", months(ours, 8))
    read, ahead = 0, list[tuple[int, int]]()
    original = zipfile.ZipFile.open

    def counted(self: zipfile.ZipFile, *arguments: object, **others: object) -> object:
        nonlocal read
        read += 1
        return original(self, *arguments, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(zipfile.ZipFile, "open", counted)
    monkeypatch.setattr(police_uk, "ThreadPoolExecutor", AtOnce)
    report = import_paths([path], tmp_path / "store", ours, lambda done, *_: ahead.append((done, read)), now=NOW)
    assert report.ok
    assert ahead == [(0, 5), (1, 6), (2, 7), (3, 8), (4, 8), (5, 8), (6, 8), (7, 8), (8, 8)]


def test_progress_counts_the_files_of_every_archive(ours: Area, tmp_path: Path) -> None:
    parts = months(ours, 3)
    path = archive(tmp_path / "a.zip", dict(list(parts.items())[:2]))
    single = put(tmp_path, month(ours))
    told: list[tuple[int, int, str]] = []
    import_paths([path, tmp_path / "nothing.zip", single], tmp_path / "store", ours, lambda *s: told.append(s), now=NOW)
    names = [f"a.zip/{name}" for name in list(parts)[:2]] + [single.name]
    assert told == [*((k, 3, name) for k, name in enumerate(names)), (3, 3, "")]


# --- the clock and the limits


def test_the_clock_says_what_can_have_been_published(ours: Area, tmp_path: Path) -> None:
    def rejected(now: datetime | None, name: str) -> dict[str, int]:
        raw = table([row(points_of(ours).inside, Month=one) for one in ("2024-10", "2024-11")])
        (file,) = import_paths([put(tmp_path, raw, "a.csv")], tmp_path / name, ours, now=now).files
        return dict(file.rejected_by_reason)

    assert rejected(datetime(2024, 10, 1, tzinfo=UTC), "a") == {"month out of range": 1}
    assert rejected(datetime(2024, 11, 1, tzinfo=UTC), "b") == {}
    assert rejected(None, "c") == {}


def test_an_import_is_dated_by_the_clock_in_whole_seconds(ours: Area, tmp_path: Path) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    import_paths([put(tmp_path, month(ours))], tmp_path / "a", ours)
    import_paths([put(tmp_path, month(ours))], tmp_path / "b", ours, now=NOW.replace(microsecond=7))
    clock, given = (
        next(iter(manifest.files.values())).imported_at
        for manifest in (read_manifest(tmp_path / name) for name in "ab")
        if manifest is not None
    )
    assert before <= datetime.fromisoformat(clock) <= datetime.now(UTC)
    assert "." not in clock
    assert given == "2025-01-15T12:00:00+00:00"


def test_a_store_is_swept_before_anything_else(ours: Area, tmp_path: Path) -> None:
    store, path = tmp_path / "store", put(tmp_path, month(ours))
    import_paths([path], store, ours, now=NOW)
    before, version = contents(store), store_version(store)
    put(store / "incidents", b"x", "2024-10.0123456789abcdef.parquet")
    assert import_paths([], store, ours, now=NOW).files == ()
    assert contents(store) == before
    assert store_version(store) == version


def test_limits_reach_archives_files_and_units(ours: Area, tmp_path: Path) -> None:
    two = table([row(points_of(ours).inside, Month=one) for one in ("2024-09", "2024-10")])
    path, packed = put(tmp_path, two, "two.csv"), archive(tmp_path / "a.zip", {named(): month(ours), "x.txt": b""})
    for limits, words in {
        Limits(members=1): "a.zip: the archive holds more files",
        Limits(file_bytes=10): "a.zip: a file in the archive is larger",
    }.items():
        assert words in (import_paths([packed], tmp_path / "store", ours, now=NOW, limits=limits).files[0].error or "")
    for limits, words in {
        Limits(units=1): "two.csv: the file holds more than 1 months of forces",
        Limits(file_bytes=10): "two.csv: the file is larger than it may be",
    }.items():
        assert words in (import_paths([path], tmp_path / "store", ours, now=NOW, limits=limits).files[0].error or "")
    assert import_paths([path, packed], tmp_path / "store", ours, now=NOW).ok
