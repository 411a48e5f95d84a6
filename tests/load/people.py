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

HOTSPOTS, PLAN, DATA = "hotspots", "plan_operation", "data"
PAGES = (HOTSPOTS, "seasonal_peaks", PLAN, "plan_targets", "did_it_work", DATA, "")  # the last is the overview
CATEGORY = "filter_category"
FILTERS = (CATEGORY, "filter_period", "filter_season", "filter_wards")
# They open a second list: nothing is changed yet.
MORE = {"Several crimes together ...", "Own months ..."}
FEED_FILE = "feed_file_0"
STEP, TITLE, SAVE = "plan_step_widget", "plan_saved_title_widget", "plan_saved_new"
BETWEEN_SECONDS = 5.0  # from one change to the next, on average
_SPREAD = 0.5  # as a share of that: from half of it to one and a half
OPENED, FILTER, PAGE, PLANNING = "opens Hotspots", "changes a filter", "opens another page", "plans: next step"
SHARED_OUT, SAVED, EXPORT = "plans: shares out the hours", "saves a plan", "takes a file"
UPLOAD = "puts up a file"
FAULTS = (AnswerError, OSError, TimeoutError, WebSocketException, httpx.HTTPError)
Step = tuple[str, Callable[["Person"], Awaitable[float]]]
Acts = tuple[tuple[int, tuple[Step, ...]], ...]


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


async def another_crime_type(person: Person) -> float:
    """Choose another crime type, any of those that are offered."""
    return await _another(person, CATEGORY)


async def another_filter(person: Person) -> float:
    """Change any filter of the page, most often the crime type; where it has none, go to Hotspots."""
    there = [key for key in (*[CATEGORY] * 3, *FILTERS) if person.tab.has(key)]
    return await (_another(person, person.chance.choice(there)) if there else person.tab.go(HOTSPOTS))


async def _another(person: Person, key: str) -> float:
    tab = person.tab
    now, page = tab.value(key), tab.title
    options = [
        option for option in tab.options(key) if option not in {*MORE, *([now] if isinstance(now, str) else now)}
    ]
    several = tab.widget(key).kind == "multiselect"
    wanted = person.chance.sample(options, person.chance.randint(0, 2)) if several else person.chance.choice(options)
    seconds = await tab.choose(key, wanted)
    if tab.title != page:
        raise AnswerError(f"{page} became {tab.title}")
    if tab.has(key) and tab.value(key) != wanted:
        raise AnswerError(f"{wanted} was chosen, and {tab.value(key)} is shown as {key}")
    return seconds


async def another_page(person: Person) -> float:
    """Follow a link to another page."""
    return await person.tab.go(person.chance.choice([page for page in PAGES if page != person.tab.path]))


async def take_a_file(person: Person) -> float:
    """Press a download button, any of the page; where it has none, go to Hotspots."""
    files = person.tab.of_kind("download_button")
    if not files:
        return await person.tab.go(HOTSPOTS)
    began = time.perf_counter()
    await person.tab.fetch(person.chance.choice(files).proto.url)
    return time.perf_counter() - began


async def _plan_page(person: Person) -> float:
    return await (person.tab.go(PLAN) if person.tab.path != PLAN else person.tab.choose(STEP, "1 When"))


def _choose(key: str, value: str) -> Callable[[Person], Awaitable[float]]:
    return lambda person: person.tab.choose(key, value)


def title_of(person: Person) -> str:
    """Give the title of this person's plans, which no other has."""
    return f"Operation {person.number:04d}"


def mark_of(person: Person) -> str:
    """Give what this person alone types and never saves; of the form of ``tests.load.tab.MARK``."""
    return f"zq{person.number:04d}zq"


async def _type(person: Person) -> float:
    return await person.tab.choose(TITLE, f"Operation {mark_of(person)}")


async def upload_a_feed(person: Person) -> float:
    """Put a file of a partner's feed into the field of the Data page, and leave it there."""
    if person.tab.path != DATA:
        return await person.tab.go(DATA)
    mark = mark_of(person)
    content = f"When,Where {mark},Kind\n2024-10-01,SJ414906,{mark}\n2024-10-02,SJ414906,{mark}\n"
    return await person.tab.upload(FEED_FILE, f"{mark}.csv", content.encode())


async def _save(person: Person) -> float:
    await person.tab.choose(TITLE, title_of(person))
    return await person.tab.press(SAVE)


PLANS: tuple[Step, ...] = (
    (PAGE, _plan_page),
    (PLANNING, _choose(STEP, "2 Where")),
    (PLANNING, _choose(STEP, "3 Who")),
    (SHARED_OUT, lambda person: person.tab.press("plan_share_out")),
    (PLANNING, _choose(STEP, "Saved plans")),
    (PLANNING, _type),
    (SAVED, _save),
)
SCENARIOS: dict[str, Acts] = {
    "filter": ((1, ((FILTER, another_crime_type),)),),
    "all": (
        (64, ((FILTER, another_filter),)),
        (20, ((PAGE, another_page),)),
        (14, ((EXPORT, take_a_file),)),
        (2, PLANS),  # of seven steps: one act in ten or so
        (1, ((PAGE, upload_a_feed), (UPLOAD, upload_a_feed))),
    ),
}


def foreign(person: Person) -> set[bytes]:
    """Give the marks of others in what this person was sent."""
    return person.tab.marks - {mark_of(person).encode()}


async def spend(person: Person, acts: Acts, until: float, arrives: float, between: float = BETWEEN_SECONDS) -> None:
    """Open Hotspots, then act until a time of ``time.perf_counter``; a person waits for the page before the next act.

    Parameters
    ----------
    person : Person
    acts : tuple of (int, tuple of step)
        How often beside the others, and the steps of it, each with what it is called and how it is done.
    until, arrives : float
    between : float
        Seconds from one step's beginning to the next one's, on average.
    """
    await asyncio.sleep(max(0.0, arrives - time.perf_counter()))
    try:
        person.note(OPENED, await person.tab.open(HOTSPOTS))
        due, steps = time.perf_counter() + person.chance.uniform(0, between), list[Step]()
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due = time.perf_counter() + person.chance.uniform(1 - _SPREAD, 1 + _SPREAD) * between
            if not steps:
                (chosen,) = person.chance.choices([steps for _, steps in acts], [weight for weight, _ in acts])
                steps = list(chosen)
            what, act = steps.pop(0)
            person.note(what, await act(person))
    except FAULTS as error:
        person.tab.errors.append(f"person {person.number}: {type(error).__name__}: {error}")
    finally:
        person.tab.errors += [f"person {person.number} was sent {mark.decode()}" for mark in foreign(person)]
        await person.tab.close()
