"""One row of the table of benchmarks, and the table: what each took, against what, and whether that was the aim.

A module ``tests/benchmarks/bench_NAME.py`` gives rows by functions of its own whose names begin with ``rows``::

    def rows(quick: bool) -> Iterator[Row]:
        yield Row("import", ours=(3.1, 3.0), against="read_csv + sjoin", peer=(13.9, 13.5), times_as_fast=3)

``python -m tests.benchmarks`` calls each in a process of its own: ``rows`` as NAME, ``rows_again`` as NAME-again.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

LIMIT = "limit"
MET, NOT_MET = "met", "not met"
_HEAD = ("work", "ours", "against", "theirs", "ratio", "aim", "aim met", "spread of ours", "peak memory", "rows")
_LEFT = {"work", "against", "aim", "aim met"}


@dataclass(frozen=True)
class Row:
    """One benchmark: ours, and a peer or a limit.

    Parameters
    ----------
    work : str
        What was done, in a few words.
    ours : tuple of float
        What each run took, in ``unit``; the table shows the median.
    unit : str
        "s" is wall time, "s of processor" processor time; also "MB", "errors".
    against : str
        Name of the peer; "" with a limit.
    peer : tuple of float
        What each run of the peer took, in the same run of the command.
    limit : float, optional
        The most that ours may be, in ``unit``.
    times_as_fast : float, optional
        The least of theirs / ours that is the aim.
    times_as_long : float, optional
        The most of ours / theirs that is the aim; of what is no time, as much for as long.
    rows : int, optional
        How many rows, cells, people ... were worked on.
    peak_mb : float, optional
        Highest memory, in megabytes (10^6 bytes); that of the benchmark's process where nothing is given.
    failed : str
        Why there is no figure.
    """

    work: str
    ours: tuple[float, ...] = ()
    unit: str = "s"
    against: str = ""
    peer: tuple[float, ...] = ()
    limit: float | None = None
    times_as_fast: float | None = None
    times_as_long: float | None = None
    rows: int | None = None
    peak_mb: float | None = None
    failed: str = ""

    @property
    def met(self) -> bool:
        """Whether there is a figure and every aim is met."""
        if self.failed or not self.ours:
            return False
        ours, theirs = statistics.median(self.ours), statistics.median(self.peer or (float("nan"),))
        aims = (
            self.limit is None or ours <= self.limit,
            self.times_as_fast is None or theirs >= self.times_as_fast * ours,
            self.times_as_long is None or ours <= self.times_as_long * theirs,
        )
        return all(aims)

    def cells(self) -> tuple[str, ...]:
        """Give the texts of the row, in the order of the table's head."""
        memory = "" if self.peak_mb is None else f"{self.peak_mb:,.0f} MB"
        count = "" if self.rows is None else f"{self.rows:,}"
        named = self.against or (LIMIT if self.limit is not None else "")
        aim = "; ".join(self._aims())
        if self.failed or not self.ours:
            why = f"failed: {self.failed or 'no figure'}"
            return (self.work, why, named, "", "", aim, NOT_MET, "", memory, count)
        ours = statistics.median(self.ours)
        spread = f"{_figure(min(self.ours))} to {_figure(max(self.ours))}" if len(self.ours) > 1 else "one run"
        theirs, ratio = "", []
        if self.peer:
            other = statistics.median(self.peer)
            theirs = f"{_figure(other)} {self.unit}"
            if self._long == "as long" and (ours <= other or self.times_as_fast is not None):
                ratio.append(f"{_figure(other / ours)} times as fast" if ours else "")
            else:
                ratio.append(f"{_figure(ours / other)} times {self._long}" if other else "")
        if self.limit:
            ratio.append(f"{100 * ours / self.limit:.0f} % of the limit")
        met = (MET if self.met else NOT_MET) if aim else ""
        return (self.work, f"{_figure(ours)} {self.unit}", named, theirs, "; ".join(filter(None, ratio)), aim, met,
                spread, memory, count)  # fmt: skip

    @property
    def _long(self) -> str:
        return "as long" if self.unit.split()[0] == "s" else "as much"

    def _aims(self) -> Iterator[str]:
        if self.limit is not None:
            yield f"at most {_figure(self.limit)} {self.unit}"
        if self.times_as_fast is not None:
            yield f"at least {self.times_as_fast:g} times as fast"
        if self.times_as_long is not None:
            yield f"at most {self.times_as_long:g} times {self._long}"


def _figure(value: float) -> str:
    """Write a figure with three digits that count."""
    if value != value or value in (float("inf"), float("-inf")):
        return "not known"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 or value == 0 else f"{value:.2e}"


def table(rows: Iterable[Row]) -> list[str]:
    """Write rows as lines of a table in Markdown, its columns as wide as what is in them."""
    cells = [_HEAD, *(tuple(_plain(text) for text in row.cells()) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(_set(text, widths[at], _HEAD[at]) for at, text in enumerate(line)) + " |" for line in cells
    ]
    rules = ["-" * (w + 1) + ("-" if h in _LEFT else ":") for w, h in zip(widths, _HEAD, strict=True)]
    return [lines[0], f"|{'|'.join(rules)}|", *lines[1:]]


def _set(text: str, wide: int, column: str) -> str:
    return text.ljust(wide) if column in _LEFT else text.rjust(wide)


def _plain(text: str) -> str:
    """Keep a reason within its cell."""
    return " ".join(text.replace("|", "/").replace("`", "'").split())


def timed(call: Callable[[], object], clock: Callable[[], float], times: int) -> tuple[float, ...]:
    """Give what each of several calls took, by a clock such as ``time.process_time``."""
    return by_clocks((call,), (clock,), times)[0][0]


def by_turns(
    ours: Callable[[], object], theirs: Callable[[], object], clock: Callable[[], float], times: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give what each call of ours and of a peer took, one after the other, so that both meet the same machine."""
    (mine,), (other,) = by_clocks((ours, theirs), (clock,), times)
    return mine, other


def by_clocks(
    calls: Sequence[Callable[[], object]], clocks: Sequence[Callable[[], float]], times: int
) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """Give what each of several calls took by each of several clocks, the calls turn about: by call, clock and turn."""
    taken: list[list[list[float]]] = [[[] for _ in clocks] for _ in calls]
    for _ in range(times):
        for call, into in zip(calls, taken, strict=True):
            began = [clock() for clock in clocks]
            call()
            for clock, start, each in zip(clocks, began, into, strict=True):
                each.append(clock() - start)
    return tuple(tuple(tuple(each) for each in into) for into in taken)
