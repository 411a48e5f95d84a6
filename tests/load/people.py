"""What people do on a meeting's morning: look at Hotspots, change a filter, go to another page, plan, take a file."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from websockets.exceptions import WebSocketException

from tests.load.tab import AnswerError, Tab

HOTSPOTS = "hotspots"
CATEGORY = "filter_category"
SEVERAL = "Several crimes together ..."  # opens a second list: nothing is changed yet
BETWEEN_SECONDS = 5.0  # from one change to the next, on average
_SPREAD = 0.5  # as a share of that: from half of it to one and a half
OPENED, FILTER = "opens Hotspots", "changes the filter"


@dataclass
class Person:
    """One person at one tab, with chance of their own."""

    number: int
    tab: Tab
    chance: random.Random
    times: dict[str, list[float]] = field(default_factory=dict)

    def note(self, what: str, seconds: float) -> None:
        """Keep how long something took."""
        self.times.setdefault(what, []).append(seconds)


Act = Callable[[Person], Awaitable[float]]
Acts = tuple[tuple[str, int, Act], ...]


async def change_filter(person: Person) -> float:
    """Choose another crime type, any of those that are offered."""
    tab = person.tab
    now = tab.value(CATEGORY)
    others = [option for option in tab.options(CATEGORY) if option not in {now, SEVERAL}]
    return await tab.choose(CATEGORY, person.chance.choice(others))


SIMPLE: Acts = ((FILTER, 1, change_filter),)
SCENARIOS = {"filter": SIMPLE}


async def spend(person: Person, acts: Acts, until: float, arrives: float, between: float = BETWEEN_SECONDS) -> None:
    """Open Hotspots, then act until a time of ``time.perf_counter``; a person waits for the page before the next act.

    Parameters
    ----------
    person : Person
    acts : tuple of (str, int, act)
        What it is called, how often beside the others, and how it is done.
    until, arrives : float
    between : float
        Seconds from one act's beginning to the next one's, on average.
    """
    await asyncio.sleep(max(0.0, arrives - time.perf_counter()))
    try:
        person.note(OPENED, await person.tab.open(HOTSPOTS))
        due = time.perf_counter() + person.chance.uniform(0, between)
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due = time.perf_counter() + person.chance.uniform(1 - _SPREAD, 1 + _SPREAD) * between
            ((what, _, act),) = person.chance.choices(acts, [weight for _, weight, _ in acts])
            person.note(what, await act(person))
    except (AnswerError, OSError, TimeoutError, WebSocketException, httpx.HTTPError) as error:
        person.tab.errors.append(f"person {person.number}: {type(error).__name__}: {error}")
    finally:
        await person.tab.close()
