"""Several people at once on one app: nobody sees what another does, and an import shows whole or not at all."""

from __future__ import annotations

import asyncio
import csv
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.store import load, store_version
from tests.load import people
from tests.load.made import MONTHS, asb, import_edition
from tests.load.measure import measure
from tests.load.people import HOTSPOTS, Person, foreign, mark_of
from tests.load.served import Served, serve
from tests.load.tab import Tab
from tests.waited import ran

_TREND = "csv_hot_trend"
_VERSION = re.compile(r"[Dd]ata version[: ]+(?:</dt><dd>)?([0-9a-f]{16})")


@pytest.fixture(scope="module")
def made(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a store of the first edition, in ``store``."""
    folder = tmp_path_factory.mktemp("many")
    import_edition(area, folder, folder / "store", 0)
    return folder


@pytest.fixture(scope="module")
def app(made: Path) -> Iterator[Served]:
    """The app on that store."""
    with serve(made / "store", DASHBOARD_TODAY="2025-01-15") as found:
        yield found
        print(f"processor time of the server: {found.process.processor_seconds()} s")
        assert found.faults() == 0, found.log.read_text()


def person(app: Served, number: int) -> Person:
    return Person(number, Tab(app.address), random.Random(number))


# --- nobody sees what another does ------------------------------------------------------------------------------------
@pytest.mark.parametrize("plans", [False, pytest.param(True, marks=pytest.mark.long)])
def test_nobody_is_sent_what_another_chose_typed_or_put_up(app: Served, plans: bool) -> None:
    crowd = [person(app, number) for number in range(3)]
    months = [f"2024-0{number + 1}..2024-08" for number in range(3)]
    ran(_apart(crowd, months, plans))
    for one, own in zip(crowd, months, strict=True):
        assert one.tab.errors == []
        assert foreign(one) == set()
        assert mark_of(one).encode() in one.tab.marks or not plans  # a title comes back, an upload need not
        assert own.replace("..", "") in re.sub(r"%2E|\.\.", "", one.tab.query), one.tab.query


async def _apart(crowd: list[Person], months: list[str], plans: bool) -> None:
    async def go(one: Person, own: str) -> None:
        tab = one.tab
        await tab.open(HOTSPOTS, f"period={own}")
        if plans:
            await tab.go(people.PLAN)
            await tab.choose(people.STEP, "Saved plans")
            await tab.choose(people.TITLE, f"Operation {mark_of(one)}")
        await people.upload_a_feed(one)  # to the page
        await people.upload_a_feed(one)
        if plans:
            await tab.go(people.PLAN)
            assert tab.value(people.TITLE) == f"Operation {mark_of(one)}"
        await tab.go(HOTSPOTS)

    await asyncio.gather(*(go(one, own) for one, own in zip(crowd, months, strict=True)))
    await asyncio.gather(*(one.tab.close() for one in crowd))


# --- an import while people look --------------------------------------------------------------------------------------
def edition_of(counts: dict[str, int]) -> int:
    """Tell the edition of counts by month; fails where they are of several."""
    (found,) = {counts[month] - asb(0, month) for month in counts}
    return found


async def _seen(tab: Tab) -> tuple[int, str]:
    """Tell the edition and the data version of Hotspots as it is; fails where any two figures disagree."""
    text = tab.text()
    lines = (await tab.download(_TREND)).decode("utf-8-sig").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    counts = {row["month"]: int(row[ASB]) for row in rows if row[ASB]}
    assert set(counts) == set(MONTHS)
    edition = edition_of(counts)
    (version,) = {*_VERSION.findall(text), *_VERSION.findall("\n".join(lines))}
    return edition, version


@pytest.mark.parametrize(("editions", "lookers"), [(1, 2), pytest.param(4, 5, marks=pytest.mark.long)])
def test_an_import_shows_whole_or_not_at_all(app: Served, made: Path, area: Area, editions: int, lookers: int) -> None:
    import_edition(area, made, made / "store", 0)
    seen, versions = ran(_look(app, made, area, editions, lookers))
    for every in seen:
        assert [edition for edition, _ in every] == sorted(edition for edition, _ in every)
        assert every[-1][0] == editions
        assert {version == versions[edition] for edition, version in every} == {True}
    assert {edition for every in seen for edition, _ in every} >= {0, editions}


async def _look(
    app: Served, made: Path, area: Area, editions: int, lookers: int
) -> tuple[list[list[tuple[int, str]]], list[str]]:
    """Import one edition after another while people change what they look at; what each saw, and every version."""
    store = made / "store"
    versions = [store_version(store)]
    done, before = asyncio.Event(), asyncio.Barrier(lookers + 1)

    async def look(tab: Tab, number: int) -> list[tuple[int, str]]:
        await tab.choose("hot_share", tab.options("hot_share")[number % 2])
        seen = [await _seen(tab)]
        await before.wait()
        after = 0
        while after < 2:  # once more after the last import
            after += done.is_set()
            await tab.choose("hot_share", tab.options("hot_share")[(number + len(seen)) % 2])
            seen.append(await _seen(tab))
        assert tab.errors == []
        return seen

    async def imports() -> None:
        await before.wait()
        for edition in range(1, editions + 1):
            await asyncio.to_thread(import_edition, area, made, store, edition)
            frame = load(store, area).frame
            counted = frame[frame["ward_code"].notna()].groupby("month", observed=True).size()
            assert edition_of({str(month): int(many) for month, many in counted.items()}) == edition
            versions.append(store_version(store))
        done.set()

    tabs = [Tab(app.address) for _ in range(lookers)]
    await asyncio.gather(*(tab.open(HOTSPOTS) for tab in tabs))
    async with asyncio.TaskGroup() as group:
        looking = [group.create_task(look(tab, number)) for number, tab in enumerate(tabs)]
        group.create_task(imports())
    for tab in tabs:
        await tab.close()
    return [one.result() for one in looking], versions


# --- five minutes -----------------------------------------------------------------------------------------------------
@pytest.mark.long
def test_fifty_people_for_five_minutes(real_store: Path, area: Area, tmp_path: Path) -> None:
    """Times are of this machine and its other work: the command prints them. Here only what is right on any machine."""
    store = Path(shutil.copytree(real_store, tmp_path / "store"))
    with serve(store, DASHBOARD_TODAY="2025-01-15") as served:
        load = ran(measure([served.address], [served.process], people.SCENARIOS["all"], people=50, seconds=300))
        assert served.faults() == 0, served.log.read_text()
    assert load.errors == ()
    assert {people.OPENED, people.FILTER, people.PAGE, people.EXPORT, people.SAVED} <= set(load.times)
