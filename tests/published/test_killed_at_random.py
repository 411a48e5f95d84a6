"""Imports, a feed's imports and saved plans, killed at random moments: nothing acknowledged is lost, nothing doubled.

``python -m pytest tests/published/test_killed_at_random.py -m "long or not long" -s`` does 200 kills and prints what
they met; the suite does a few.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.place.area import Area, load_area
from data.plan.plans import listed, save
from data.published.police_uk import import_paths
from data.store.store import load
from data.store.verify import verify
from tests.feed.feed_rows import import_rows, rows
from tests.plan.made_plans import made_plan
from tests.published.police_files import NOW, archive, crime, named, points_of, table

MONTHS = ("2024-08", "2024-09")
VARIANTS = (3, 4, 5, 6, 7)
OCTOBER = (date(2024, 10, 1), date(2024, 10, 31))
FEED, FORCE = "fire-service", "somewhere"
LONGEST_S = 0.4  # after the first act of a process: some five acts
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="kills and forks as POSIX has them")


def ours() -> Area:
    return replace(load_area(), forces=(FORCE,), buffer_forces=())


def release(folder: Path, variant: int, area: Area) -> Path:
    path = folder / f"{variant}.zip"
    if not path.exists():
        at = points_of(area).inside
        archive(path, {named(m): table([crime(at, k, Month=m) for k in range(variant)]) for m in MONTHS})
    return path


def act(store: Path, folder: Path, area: Area, number: int, log: int) -> None:
    """One act and its two lines: what is begun, and that it was acknowledged. Its clock jumps about."""
    what, variant = ("import", "feed", "plan")[number % 3], VARIANTS[number // 3 % len(VARIANTS)]
    now = NOW - timedelta(days=number * 37 % 100)
    os.write(log, f"begun {what} {number} {variant}\n".encode())
    if what == "import":
        assert import_paths([release(folder, variant, area)], store, area, now=now).ok
    elif what == "feed":
        made = rows(area, [f"{day:02d}/10/2024 19:00" for day in range(1, variant + 1)])
        import_rows(store, area, made, period=OCTOBER, name=f"{variant}.csv")
    else:
        save(store, made_plan(f"Operation {number}"), now)
    os.write(log, f"done {what} {number} {variant}\n".encode())


def work(store: Path, folder: Path, start: int) -> None:
    """Act on and on, until killed."""
    area = ours()
    log = os.open(folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = start
    while True:
        act(store, folder, area, number, log)
        number += 1


def killed(store: Path, folder: Path, kills: int, seed: int) -> Counter[str]:
    """Kill a process so many times, and check the store after each; count what each kill cut off."""
    area, rng, met = ours(), np.random.default_rng(seed), Counter[str]()
    for variant in VARIANTS:
        release(folder, variant, area)
    log = folder / "log"
    log.touch()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for kill in range(kills):
        lines = log.read_text().count("\n")
        start = sum(line.startswith("begun") for line in log.read_text().splitlines())
        child = context.Process(target=work, args=(store, folder, start))
        child.start()
        until = time.monotonic() + 60
        while log.read_text().count("\n") == lines and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(float(rng.uniform(0, LONGEST_S)))
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL, f"kill {kill}: the process ended by itself"
        met[check(store, area, log)] += 1
        assert log.read_text().count("\n") > lines, f"kill {kill} met nothing"
    return met


def check(store: Path, area: Area, log: Path) -> str:
    """Hold a store against what was begun and acknowledged; say what was cut off."""
    lines = [line.split() for line in log.read_text().splitlines()]
    done = [line[1:] for line in lines if line[0] == "done"]
    begun = [line[1:] for line in lines if line[0] == "begun"]
    cut = begun[-1] if begun[-1] not in done else None
    found = verify(store)
    assert found.ok, found.lines()
    for what, source, times in (("import", "police.uk", len(MONTHS)), ("feed", FEED, 1)):
        last = ([one for one in done if one[0] == what] or [[what, "-1", "0"]])[-1]
        # one that was cut off may have come to its end, as long as no later one was acknowledged
        may = {int(one[2]) for one in begun if one[0] == what and int(one[1]) > int(last[1])} | {int(last[2])}
        frame = load(store, area, source).frame
        assert len(frame) in {n * times for n in may}, (what, len(frame), may)
        assert not frame.duplicated(["incident_id", "month"]).any(), "an incident twice"
    titles = [one.title for one in listed(store)]
    assert len(titles) == len(set(titles)), "a plan twice"
    assert {f"Operation {one[1]}" for one in done if one[0] == "plan"} <= set(titles), "a plan is lost"
    assert set(titles) <= {f"Operation {one[1]}" for one in begun if one[0] == "plan"}
    return cut[0] if cut else "nothing"


@POSIX
def test_a_few_kills(tmp_path: Path) -> None:
    store = tmp_path / "store"
    met = killed(store, tmp_path, 2, 1)
    assert met.total() == 2
    log = os.open(tmp_path / "log", os.O_WRONLY | os.O_APPEND)
    for number in range(9_000, 9_003):  # the lock is free, and all goes on
        act(store, tmp_path, ours(), number, log)
    assert check(store, ours(), tmp_path / "log") == "nothing"


@POSIX
@pytest.mark.long
def test_two_hundred_kills(tmp_path: Path) -> None:
    met = killed(tmp_path / "store", tmp_path, 200, 20_250_115)
    print(f"200 kills: {dict(met)}; {len(listed(tmp_path / 'store'))} plans")
    assert met.total() == 200
    assert min(met[what] for what in ("import", "feed", "plan")) >= 10, "every kind of act was cut off"
