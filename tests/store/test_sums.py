"""A stored file that is missing, cut or changed: its month is in doubt and left out, everything else works."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.__main__ import main
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store import sums
from data.store.accept import accept
from data.store.doubts import doubt_lines, left_out_line
from data.store.manifest import Unit, read_manifest
from data.store.status import store_status
from data.store.store import load, store_version
from data.store.sums import CHANGED, MISSING, damaged_files, settled, with_damage
from geo.errors import InputError
from tests.published.police_files import NOW, crime, named, points_of, put, table

MONTHS = ("2024-07", "2024-08", "2024-09")
HURT = MONTHS[1]
SAMPLED = 120


@pytest.fixture
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",))


@pytest.fixture
def files(ours: Area, tmp_path: Path) -> list[Path]:
    at = points_of(ours)
    return [
        put(tmp_path, table([crime(at.inside, k, Month=month) for k in range(5)]), named(month)) for month in MONTHS
    ]


@pytest.fixture
def store(ours: Area, files: list[Path], tmp_path: Path) -> Path:
    assert import_paths(files, tmp_path / "store", ours, now=NOW).ok
    return tmp_path / "store"


def unit_of(store: Path, month: str = HURT) -> Unit:
    manifest = read_manifest(store)
    assert manifest is not None
    return manifest.units[f"police.uk/somewhere/{month}"]


def hurt(path: Path, how: str) -> None:
    raw = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_bytes(raw[: len(raw) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "folder":
        path.unlink()
        path.mkdir()
    else:
        flipped(path, raw, len(raw) * 4)


def flipped(path: Path, raw: bytes, bit: int) -> None:
    """Write a file with one bit turned; the time is told apart from that of every other bit."""
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    os.utime(path, ns=(bit, bit))


@pytest.mark.parametrize("how", ["missing", "cut", "empty", "flipped", "folder"])
def test_a_damaged_month_is_named_and_left_out_and_comes_back(
    ours: Area, files: list[Path], store: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before, version, unit = load(store, ours), store_version(store), unit_of(store)
    hurt(store / unit.path, how)
    found = load(store, ours)
    assert found.months.astype(str).tolist() == [MONTHS[0], MONTHS[2]]
    assert len(found.frame) == 10
    assert found.version == store_version(store) != version, "what is cached of before is not shown"
    state = store_status(store, ours)
    assert [(one.force, one.month, one.damaged) for one in state.in_doubt] == [("somewhere", HURT, True)]
    assert state.version == found.version
    assert state.months == (MONTHS[0], MONTHS[2])
    (line,) = doubt_lines(state.in_doubt)
    assert line.startswith(f"IN DOUBT, left out: somewhere {HURT}, its stored file is missing or damaged.")
    assert "import somewhere 2024-08 again" in line
    assert line in state.lines()
    assert left_out_line(state.in_doubt).startswith("Left out, because what is stored of it is damaged: somewhere")
    with pytest.raises(InputError, match="is damaged"):
        accept(store, ours, "somewhere", HURT, "somebody")
    assert main(["verify", "--store", str(store)]) == 1
    told = capsys.readouterr().out
    assert f"DAMAGED: {unit.path} (somewhere {HURT})" in told
    assert "1 damaged" in told
    if how == "folder":
        (store / unit.path).rmdir()
    (report,) = import_paths([files[1]], store, ours, now=NOW).files
    assert report.status == "loaded"
    assert any("is whole again" in note for note in report.notes)
    after = load(store, ours)
    pd.testing.assert_frame_equal(after.frame, before.frame)
    assert after.version == store_version(store) != found.version
    assert main(["verify", "--store", str(store)]) == 0
    assert "none is damaged" in capsys.readouterr().out
    assert import_paths([files[1]], store, ours, now=NOW).files[0].status == "unchanged"


def test_a_store_that_lost_every_file_is_one_without_months(ours: Area, files: list[Path], store: Path) -> None:
    for path in (store / "incidents").rglob("*.parquet"):
        path.unlink()
    found = load(store, ours)
    assert found.frame.empty
    assert len(found.months) == 0
    assert [one.month for one in store_status(store, ours).in_doubt] == list(MONTHS)
    assert import_paths(files, store, ours, now=NOW).ok
    assert load(store, ours).months.astype(str).tolist() == list(MONTHS)


def test_another_release_takes_the_place_of_a_damaged_month(ours: Area, store: Path, tmp_path: Path) -> None:
    hurt(store / unit_of(store).path, "cut")
    content = table([crime(points_of(ours).inside, k, Month=HURT) for k in range(7)])
    (report,) = import_paths([put(tmp_path / "newer", content, named(HURT))], store, ours, now=NOW).files
    assert (report.status, report.revision) == ("loaded", ())
    assert len(load(store, ours).frame) == 17


@pytest.mark.parametrize("seed", [7])
def test_a_single_turned_bit_is_found_wherever_it_is(ours: Area, store: Path, seed: int) -> None:
    path = store / unit_of(store).path
    raw = path.read_bytes()
    rng = np.random.default_rng(seed)
    for bit in rng.choice(len(raw) * 8, SAMPLED, replace=False).tolist():
        flipped(path, raw, int(bit))
        assert damaged_files(store, [unit_of(store).path]) == {unit_of(store).path: CHANGED}
    assert HURT not in load(store, ours).months.astype(str)
    path.write_bytes(raw)
    assert settled(store)[1].files == {}


def test_each_file_is_read_once(store: Path, ours: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    load(store, ours)
    monkeypatch.setattr(sums, "sum_now", lambda path: pytest.fail(f"{path} is read again"))
    load(store, ours)
    assert store_version(store)


def test_a_file_without_a_sum_in_its_name_has_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "plain.parquet").write_bytes(b"anything")
    assert damaged_files(tmp_path, ["plain.parquet", "gone.parquet"]) == {"gone.parquet": MISSING}


def test_what_is_damaged_is_part_of_the_version() -> None:
    assert with_damage("abc", []) == "abc"
    assert with_damage("abc", ["a", "b"]) == with_damage("abc", ["b", "a"]) != with_damage("abc", ["a"]) != "abc"


@pytest.mark.long
def test_what_the_sums_cost(area: Area, real_store: Path) -> None:
    """``python -m pytest tests/store/test_sums.py -m long -s`` prints it."""

    def seconds(*, first: bool) -> float:
        if first:
            sums._sum.cache_clear()
        start = time.process_time()
        load(real_store, area)
        return time.process_time() - start

    seconds(first=True)
    times = np.array([[seconds(first=True), seconds(first=False)] for _ in range(15)])
    cold, warm = np.median(times, axis=0)
    months = len(load(real_store, area).months)
    print(f"{months} months: {cold:.3f} s with every file summed, {warm:.3f} s without, {cold / warm - 1:+.0%}")
    assert cold < 1.25 * warm
