"""From nothing to a dashboard: the area by its name, and every month of the newest archive, streets under its map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.access.actor import MACHINE, Actor
from data.access.acts import acting, allow
from data.fetch.area import fetch_area
from data.fetch.history import FETCHING, fetch_history
from data.fetch.hosts import Hosts
from data.fetch.incoming import scratch
from data.fetch.report import FetchReport, Step
from data.fetch.streets import COMMAND, fetch_streets, lacks_streets
from data.fetch.web import Web
from data.kinds.lists import join_words
from data.place.area import AREA_VARIABLE, Area, chosen_area, load_area
from data.place.folders import OWN_AREA
from data.place.small_areas import kept_beside, read_small_areas
from data.store.manifest import Layer, read_manifest
from data.store.same_area import check_layer
from data.store.store import importing, write_whole
from data.streets.importing import BasemapReport
from geo.errors import InputError

BEFORE = "area-before.toml"  # the area file that another one took the place of


@dataclass(frozen=True)
class Started:
    """A dashboard that can be opened.

    Attributes
    ----------
    area : Area
    notes : tuple of str
        What is not known of the area, and what was chosen.
    report : FetchReport
    streets : BasemapReport or None
        What was fetched to lie under the map; None where it was there, or could not be had.
    lacking : str
        Why it could not be had, and what to do; "" where nothing is wrong.
    """

    area: Area
    notes: tuple[str, ...]
    report: FetchReport
    streets: BasemapReport | None = None
    lacking: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        area = {"file": self.area.file, "name": self.area.name, "code": self.area.code, "notes": list(self.notes)}
        streets = {"fetched": self.streets.to_json() if self.streets else None, "problem": self.lacking}
        return {"ok": self.ok, "area": area, "fetched": self.report.to_json(), "streets": streets}

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for came and could be used."""
        return self.report.ok and not self.lacking

    def lines(self) -> list[str]:
        """Tell a person."""
        return [
            f"{self.area.name} ({self.area.code}), {len(self.area.wards.codes)} wards: {self.area.file}",
            *self.notes,
            *self.report.lines(),
            *(self.streets.text() if self.streets else []),
            *([self.lacking] if self.lacking else []),
            "Open it: python -m streamlit run app.py",
            "What is new, each month: python -m data fetch",
        ]


def start(
    web: Web,
    hosts: Hosts,
    store: Path,
    names: Sequence[str] = (),
    *,
    census: bool = False,
    progress: Callable[[Step], None] | None = None,
    now: datetime | None = None,
    actor: Actor = MACHINE,
) -> Started:
    """Make a store hold an area and all months of the newest archive.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    store : Path
        Made where it does not exist. The area file lies in it, and is the one that the dashboard opens with.
    names : sequence of str
        Local authorities or partnerships, by name or code; none for the area that is chosen already.
    census : bool
        Residents of the census in place of the latest estimate.
    progress : callable, optional
    now : datetime, optional
    actor : Actor
        Who does it.

    Returns
    -------
    Started

    Raises
    ------
    NotAllowedError
        The actor may not import.
    InputError
        The area cannot be found, the store holds another one, or a service failed. What came before is stored, and
        the next run goes on. Streets that cannot be had are no reason: ``lacking`` says why.
    """
    allow(actor, "start")
    if names:
        with acting(store, actor, "start"):
            area, notes = _settled(web, hosts, store, names, census=census)
    else:
        area, notes = load_area(chosen_area(None, store)), ()
    report = fetch_history(web, hosts, store, area, progress=progress, now=now, actor=actor)
    streets, lacking = _streets(web, hosts, store, area, progress, actor)
    return Started(area, notes, report, streets, lacking)


def _streets(
    web: Web, hosts: Hosts, store: Path, area: Area, progress: Callable[[Step], None] | None, actor: Actor
) -> tuple[BasemapReport | None, str]:
    """Fetch what lies under the map where it is not there; a map without it is whole all the same."""
    if not lacks_streets(store, area):
        return None, ""
    try:
        with acting(store, actor, "basemap"):
            return fetch_streets(web, hosts, store, area, progress=progress), ""
    except InputError as error:
        return None, f"No streets under the map: {error}. All else is here; for the streets run: {COMMAND}"


def _settled(
    web: Web, hosts: Hosts, store: Path, names: Sequence[str], *, census: bool
) -> tuple[Area, tuple[str, ...]]:
    """Find the area, and keep its files in the store where they are not there yet."""
    own = store / OWN_AREA
    with scratch() as folder:
        made, notes = fetch_area(web, hosts, names, folder / OWN_AREA, census=census)
        manifest, begun = read_manifest(store), own.is_file()
        if begun:
            here = load_area(own)
            if here.code != made.code:
                raise _another(store, here.name)
            lacking = _lacking(here, made)
            if not lacking or (manifest and not manifest.layer.same(Layer.of(made))):
                return here, ("The area file that is here was kept.", *_small_areas(own, here, made))
            notes = (f"The area file lacked {lacking} and was made anew; the one before is {BEFORE}.", *notes)
        if manifest is not None:
            if manifest.layer.code != made.code:
                raise _another(store, manifest.layer.area)
            check_layer(manifest, made, store)
        with importing(store / FETCHING):  # two that begin at once do not write over each other's
            if own.is_file() and not begun:
                raise InputError("another run made the area file", file=str(own), hint="Run the command again.")
            if begun:
                write_whole(store / BEFORE, own.read_bytes())
            for path in sorted(folder.iterdir(), key=lambda path: path.name == OWN_AREA):  # the area file last
                write_whole(store / path.name, path.read_bytes())
    if chosen_area(None, store) != own:
        notes = (*notes, f"{AREA_VARIABLE} names another file: without it the dashboard opens with this one.")
    return load_area(own), notes


def _small_areas(own: Path, here: Area, made: Area) -> tuple[str, ...]:
    """Put neighbourhoods beside an area file that has none yet."""
    new, kept = kept_beside(Path(made.file)), kept_beside(own)
    if kept.is_file() or not new.is_file():
        return ()
    try:
        read_small_areas(here, new)
    except InputError as error:  # the wards here are others
        return (f"Its neighbourhoods (LSOA) are not known: {error.message}.",)
    write_whole(kept, new.read_bytes())
    return ("Its neighbourhoods (LSOA) were added.",)


def _lacking(here: Area, made: Area) -> str:
    """Name what could not be had when the area file was made, and can now."""
    lacking = {
        "residents": bool(made.residents) and not here.residents,
        "police forces": bool(made.forces) and not here.forces,
        "neighbouring police forces": bool(made.buffer_forces) and not here.buffer_forces,
    }
    return join_words([name for name, lacks in lacking.items() if lacks])


def _another(store: Path, name: str) -> InputError:
    return InputError(
        f"this folder belongs to {name} already",
        file=str(store),
        hint="Choose another one for this area: --store FOLDER, or DASHBOARD_DATA=FOLDER for the pages too.",
    )
