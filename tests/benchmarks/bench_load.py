"""Fifty people who change a filter every five seconds: what they wait, and what the server holds at the end.

``python -m tests.benchmarks --only load``; ``python -m tests.load`` plays other numbers and other things to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from tests.benchmarks import given
from tests.benchmarks.table import Row
from tests.load.measure import measure, percentile
from tests.load.people import SCENARIOS
from tests.load.served import serve

PEOPLE, SECONDS, WAIT_S, MOST_MB = 50, 300.0, 1.5, 400.0
FLAT = 1.05  # of the memory after the first minute: what is at most there at the end


def rows(quick: bool) -> Iterator[Row]:
    """Wait and memory of one run."""
    people, seconds = (5, 20.0) if quick else (PEOPLE, SECONDS)
    with serve(given.real_store(), DASHBOARD_TODAY="2025-01-15") as app:
        load = asyncio.run(measure([app.address], [app.process], SCENARIOS["filter"], people=people, seconds=seconds))
    waits = load.acts()
    yield Row(
        f"{people} people, a change every 5 s: 95 of 100 within", (percentile(waits, 0.95),), limit=WAIT_S,
        rows=len(waits), peak_mb=load.end_mb,
    )  # fmt: skip
    if load.per_change() is not None:
        yield Row("the server for one of their changes", (load.per_change() or 0.0,), "s of processor", rows=len(waits),
                  peak_mb=load.end_mb)  # fmt: skip
    if load.end_mb is not None and load.settled_mb is not None:
        yield Row(f"memory of the server after {people} people", (load.end_mb,), "MB", "after the first minute",
                  (load.settled_mb,), limit=MOST_MB, times_as_long=FLAT, rows=people, peak_mb=load.end_mb)  # fmt: skip
    wrong = f"{len(load.errors)} times: {load.errors[0]}" if load.errors else ""
    yield Row("what went wrong for them", (float(len(load.errors)),), "errors", limit=0.0, rows=len(waits),
              peak_mb=load.end_mb, failed=wrong)  # fmt: skip
