"""Many people at once against one app or several: what they waited, and what it took of the machine."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.load.people import BETWEEN_SECONDS, OPENED, Acts, Person, spend
from tests.load.served import Process
from tests.load.tab import Tab

SETTLED_SECONDS = 60.0  # after the first minute memory should stay as it is
_ARRIVE_SHARE, _ARRIVE_SECONDS = 0.1, 30.0  # people come one after the other, within this share of the time, at most so


@dataclass(frozen=True)
class Load:
    """What a run found.

    Attributes
    ----------
    times : dict of str to list of float
        Seconds from an act to the end of the page's run, by what was done.
    errors : tuple of str
        What went wrong: an exception or an error box on a page, a refused file, a lost connection.
    seconds : float
    settled_mb, end_mb : float or None
        Memory of all server processes together, 60 s after the start (or halfway, where the run is shorter) and at the
        end; None where it could not be measured.
    processor_seconds : float or None
        Of all server processes, once everybody's first page had opened.
    during : float
        Seconds in which they were used.
    changes : int
        Acts in these seconds.
    client_seconds : float
        Processor time of the people themselves, who share the machine.
    received_mb : float
    """

    times: dict[str, list[float]]
    errors: tuple[str, ...]
    seconds: float
    settled_mb: float | None
    end_mb: float | None
    processor_seconds: float | None
    during: float
    changes: int
    client_seconds: float
    received_mb: float

    def acts(self) -> list[float]:
        """Give the seconds of all acts but the opening of the first page."""
        return [each for what, every in self.times.items() if what != OPENED for each in every]

    def per_change(self) -> float | None:
        """Give processor seconds of the server for one act; None where they are not known."""
        return self.processor_seconds / self.changes if self.processor_seconds is not None and self.changes else None


def percentile(seconds: Sequence[float], share: float) -> float:
    """Give the time within which this share of acts had ended; of none, not a number."""
    return float(np.quantile(seconds, share)) if seconds else float("nan")


async def measure(
    addresses: Sequence[str],
    processes: Sequence[Process],
    acts: Acts,
    *,
    people: int,
    seconds: float,
    seed: int = 1,
    between: float = BETWEEN_SECONDS,
) -> Load:
    """Let people use the app.

    Parameters
    ----------
    addresses : sequence of str
        People are spread over them in turn.
    processes : sequence of Process
        Those that serve, for memory and processor time; may be empty.
    acts : tuple
        Of ``tests.load.people``.
    people : int
    seconds : float
        From the first arrival on; the last answer may come later.
    seed : int
        Of what they choose.
    between : float
        Seconds from one act of a person to the next, on average.

    Returns
    -------
    Load
    """
    began, client = time.perf_counter(), time.process_time()
    arriving = min(_ARRIVE_SHARE * seconds, _ARRIVE_SECONDS)
    crowd = [Person(n, Tab(addresses[n % len(addresses)]), random.Random(f"{seed} {n}")) for n in range(people)]
    everybody = asyncio.gather(
        *(spend(one, acts, began + seconds, began + arriving * one.number / people, between) for one in crowd)
    )
    there = asyncio.create_task(_when_all_there(crowd, processes, began + seconds))
    await asyncio.sleep(min(SETTLED_SECONDS, seconds / 2))
    settled = _memory(processes)
    await everybody
    used, (before, acted, since) = _processor(processes), await there
    times: dict[str, list[float]] = {}
    for one in crowd:
        for what, every in one.times.items():
            times.setdefault(what, []).extend(every)
    return Load(
        times,
        tuple(error for one in crowd for error in one.tab.errors),
        time.perf_counter() - began,
        settled,
        _memory(processes),
        used - before if used is not None and before is not None else None,
        time.perf_counter() - since,
        _acted(crowd) - acted,
        time.process_time() - client,
        sum(one.tab.received_bytes for one in crowd) / 1e6,
    )


async def _when_all_there(
    crowd: list[Person], processes: Sequence[Process], end: float
) -> tuple[float | None, int, float]:
    """Give the processor time so far, the acts so far and the time, when everybody's first page has opened."""
    while any(OPENED not in one.times for one in crowd) and time.perf_counter() < end:
        await asyncio.sleep(0.2)
    return _processor(processes), _acted(crowd), time.perf_counter()


def _acted(crowd: list[Person]) -> int:
    return sum(len(every) for one in crowd for what, every in one.times.items() if what != OPENED)


def _processor(processes: Sequence[Process]) -> float | None:
    return _sum([one.processor_seconds() for one in processes])


def _memory(processes: Sequence[Process]) -> float | None:
    return _sum([one.memory_mb() for one in processes])


def _sum(figures: list[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known and len(known) == len(figures) else None
