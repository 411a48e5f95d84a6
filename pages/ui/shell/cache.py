"""What the pages keep between runs: the area, the incidents, and results.

Every cache is keyed on the version of the data and on plain values, never on a frame: frames are hashed on a sample,
and two different ones have collided. What is cached is shared by every session: nothing may change it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from data.demo.dataset import Demo, demo_in, demonstration_day, make_demo
from data.place.area import Area, chosen_area, load_area
from data.place.terms_file import kept_beside
from data.store.accepted import read_accepted
from data.store.doubts import doubts_of
from data.store.in_wards import in_wards
from data.store.schema import POLICE_UK, Incidents
from data.store.store import EMPTY, default_store, feed_names, load, store_version, stored
from data.store.sums import settled
from data.store.whole import Doubt
from data.streets.base_map import BASEMAP, basemap_version
from data.streets.network import NETWORK, network_version
from geo.errors import InputError
from pages.ui.shell.kept import Shelf, weigh
from pages.ui.shell.one_state import TRIES, Changed, of_one_state, still

TODAY_VARIABLE = "DASHBOARD_TODAY"  # an as-at date of one's own, for a rehearsal or a test
_LAYER = "ward_layer"  # session key: the ward layer that is looked at
_SEEN: ContextVar[dict[tuple[str, Path], Any] | None] = ContextVar("seen", default=None)  # what a run has met
_RESULTS, _RESULT_BYTES = 2_048, 64_000_000  # five pages with every crime type of 73 months make 22 MB
_HEAVY_BYTES = 64_000_000  # a county's cells with their neighbours by month: what they are counted with is 20 to 60 MB
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Dataset:
    """What every page starts from.

    Attributes
    ----------
    area : Area
        With the ward layer that is looked at.
    incidents : Incidents
        All of the source, buffer included; their wards are those of the area.
    as_at : date
        The day on which the person asks: today, or the demonstration's day.
    version : str
        Of data, area and roads together: two with the same version give the same answers and the same maps.
    store : Path
    demo : Demo or None
        The demonstration with its dated feed, when the store is empty.
    state : str
        Version of the store from which it was read; empty where it was read from none.
    """

    area: Area
    incidents: Incidents
    as_at: date
    version: str
    store: Path
    demo: Demo | None = None
    state: str = ""

    @property
    def simulated(self) -> bool:
        """Made up for the demonstration."""
        return self.incidents.simulated


def today() -> date:
    """Tell the day on which the person asks.

    Raises
    ------
    InputError
        ``DASHBOARD_TODAY`` is set and is not a date.
    """
    text = os.environ.get(TODAY_VARIABLE)
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError("a day is written YYYY-MM-DD", column=TODAY_VARIABLE, value=text) from error


def area() -> Area:
    """Give the area with the wards that are looked at, read again when its file or ward file changes."""
    return _looked_at(_area(str(_area_path()), _area_stamp()))


def whole_area() -> Area:
    """Give the area with its first wards, as its file begins."""
    return _area(str(_area_path()), _area_stamp())


def look_at(key: str) -> None:
    """Choose, for this session, the ward layer of :func:`area`, :func:`dataset` and :func:`feed`.

    Parameters
    ----------
    key : str
        Of a layer; of one that the area has not, the one in force is looked at.
    """
    st.session_state[_LAYER] = key


@contextmanager
def one_look() -> Iterator[None]:
    """Look at store and area once while a page is drawn: all of it is of one state, whatever is imported meanwhile.

    Notes
    -----
    What imports in the middle of a page ends in another run of it.
    """
    token = _SEEN.set({})
    try:
        yield
    finally:
        _SEEN.reset(token)


def version_seen(store: Path) -> str:
    """Tell the version of a store, within :func:`one_look` always the same."""
    return once("store", store, store_version)


def once(what: str, path: Path, ask: Callable[[Path], _T]) -> _T:
    """Ask something of a file or folder, within :func:`one_look` the first time only; ``what`` names the question."""
    seen = _SEEN.get()
    if seen is None:
        return ask(path)
    if (what, path) not in seen:
        seen[what, path] = ask(path)
    found: _T = seen[what, path]
    return found


def _look_again() -> None:
    """Forget what was seen: the store became another one."""
    if (seen := _SEEN.get()) is not None:
        seen.clear()


def nothing_loaded() -> bool:
    """Whether nothing was ever loaded, so that the demonstration is shown."""
    return version_seen(default_store()) == EMPTY


def as_at_day(place: Area) -> date:
    """Tell the day on which the person asks; on the demonstration, its day."""
    return demonstration_day(place) if nothing_loaded() else today()


def _looked_at(place: Area) -> Area:
    """Give the area with the layer that was chosen in this session, else with the one in force."""
    if not place.layers:
        return place
    key = str(st.session_state.get(_LAYER, ""))
    known = key in {one.key for one in place.layers}
    return place.with_layer(key) if known else place.on(as_at_day(place))


def _area_path() -> Path:
    return chosen_area()


def _area_stamp() -> tuple[int, ...]:
    """Change times of the area file, of every boundary file beside it, and of the school terms kept there."""
    return once("area", _area_path(), _stamps)


def _stamps(path: Path) -> tuple[int, ...]:
    beside = sorted(p for kind in ("*.geojson", "*.gpkg", "*.json") for p in path.parent.glob(kind))
    beside.append(kept_beside(path))
    return tuple(p.stat().st_mtime_ns for p in (path, *beside) if p.is_file())


@st.cache_resource(max_entries=4, show_spinner=False)
def _area(path: str, stamp: tuple[int, ...]) -> Area:  # noqa: ARG001  part of the key
    return load_area(path)


def dataset(source: str = POLICE_UK, layer: str = "") -> Dataset:
    """Incidents of the store, or the demonstration when it is empty.

    Parameters
    ----------
    source : str
    layer : str, optional
        Key of a ward layer; by default the one that is looked at in this session.

    Raises
    ------
    InputError
        The area file or the store cannot be used; the message says what to do.
    """
    store = default_store()
    place = whole_area().with_layer(layer) if layer else area()
    drawn = "+".join(filter(None, (basemap_version(store), network_version(store), _written(store))))
    for _ in range(TRIES):
        kept = keyed(store)
        state = kept[1]
        if state == EMPTY:
            demo = _demo(str(_area_path()), _area_stamp(), place.layer_key)
            version = f"{demo.incidents.version}|{kept[2:]}|{place.layer_key}|{drawn}"
            return Dataset(place, demo.incidents, demo.as_at, version, store, demo, state)
        with suppress(Changed):  # an import has ended meanwhile
            incidents, version = _incidents(*kept, source, place.layer_key)
            return Dataset(place, incidents, today(), f"{version}|{drawn}", store, state=state)
        _look_again()
    raise InputError("the store changes all the time", file=str(store), hint="Wait until imports have ended.")


def _written(store: Path) -> str:
    """When streets were put there: what was damaged and is imported again has the version that it had."""
    found = (store / name for name in (BASEMAP, NETWORK))
    return ",".join(str(path.stat().st_mtime_ns) for path in found if path.is_file())


def keyed(store: Path, state: str = "") -> tuple[str, str, str, tuple[int, ...]]:
    """Give what everything that is kept of a store is keyed on: store, version (that is seen), area file, its times."""
    return str(store), state or version_seen(store), str(_area_path()), _area_stamp()


def feeds(data: Dataset) -> tuple[str, ...]:
    """Names of the dated feeds there are, in order; the demonstration has one.

    Parameters
    ----------
    data : Dataset
    """
    if data.demo is not None:
        return (data.demo.feed.source,)
    store, state = str(data.store), data.state or version_seen(data.store)
    return of_one_state(lambda: _feeds(store, state), lambda: feed_names(data.store))


def feed(data: Dataset, name: str) -> Incidents:
    """Incidents of a dated feed, buffer included. They are never added to those of data.police.uk.

    Parameters
    ----------
    data : Dataset
    name : str
        One of :func:`feeds`; of any other name there are no incidents and no months.

    Raises
    ------
    InputError
        The store cannot be used.
    """
    if data.demo is not None:
        none = data.demo.feed.frame.iloc[:0]
        return data.demo.feed if name == data.demo.feed.source else Incidents(none, data.demo.feed.months[:0], EMPTY)
    kept, layer = keyed(data.store, data.state), data.area.layer_key
    return of_one_state(lambda: _incidents(*kept, name, layer), lambda: _read(*kept, name, layer))[0]


def doubts(data: Dataset) -> tuple[Doubt, ...]:
    """Months in doubt of the forces of the area, which are left out of ``data.incidents``; by month and force.

    Parameters
    ----------
    data : Dataset

    Raises
    ------
    InputError
        The store cannot be used.
    """
    if data.simulated:
        return ()
    kept = keyed(data.store, data.state)
    found = of_one_state(lambda: _doubts(*kept), lambda: _in_doubt(*kept))
    return tuple(doubt for doubt in found if doubt.force in data.area.forces)


@st.cache_resource(max_entries=4, show_spinner=False)
def _doubts(store: str, state: str, area_path: str, area_stamp: tuple[int, ...]) -> tuple[Doubt, ...]:
    found = _in_doubt(store, state, area_path, area_stamp)
    still(Path(store), state)
    return found


def _in_doubt(store: str, state: str, area_path: str, area_stamp: tuple[int, ...]) -> tuple[Doubt, ...]:  # noqa: ARG001
    manifest, damage = settled(Path(store))
    if manifest is None:
        return ()
    return doubts_of(manifest, _area(area_path, area_stamp), read_accepted(Path(store)), damage.units)


@st.cache_resource(max_entries=4, show_spinner=False)
def _feeds(store: str, state: str) -> tuple[str, ...]:
    found = feed_names(Path(store))
    still(Path(store), state)
    return found


@st.cache_resource(max_entries=8, show_spinner="Loading incidents ...")
def _stored(store: str, state: str, area_path: str, area_stamp: tuple[int, ...], source: str) -> tuple[Incidents, str]:
    found = stored(Path(store), _area(area_path, area_stamp), source)
    still(Path(store), state)
    return found


@st.cache_resource(max_entries=8, show_spinner="Loading incidents ...")
def _incidents(
    store: str, state: str, area_path: str, area_stamp: tuple[int, ...], source: str, layer: str
) -> tuple[Incidents, str]:
    found = _read(store, state, area_path, area_stamp, source, layer)
    still(Path(store), state)
    return found


def _read(
    store: str, state: str, area_path: str, area_stamp: tuple[int, ...], source: str, layer: str
) -> tuple[Incidents, str]:
    place = _area(area_path, area_stamp).with_layer(layer)
    if place.layers:  # read once, whatever layers are looked at
        found, version = _stored(store, state, area_path, area_stamp, source)
        incidents = found if version in {"", place.wards.version} else in_wards(found, place)
    else:
        incidents = load(Path(store), place, source)
    return incidents, f"{incidents.version}|{source}|{area_path}|{area_stamp}|{layer}"


@st.cache_resource(max_entries=4, show_spinner="Making the demonstration ...")
def _demo(area_path: str, area_stamp: tuple[int, ...], layer: str) -> Demo:
    place = _area(area_path, area_stamp)
    if layer == place.layer_key:
        return make_demo(place)
    return demo_in(_demo(area_path, area_stamp, place.layer_key), place.with_layer(layer))


def cached(function: Callable[Concatenate[Dataset, _P], _T], data: Dataset, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Give the result of a function of the data, computed once for a data version and these arguments.

    Parameters
    ----------
    function : callable
        A function of a module, with the data as its first argument; pure, and its result is never changed.
    data : Dataset
    *args, **kwargs
        Plain values: text, numbers, dates, months, tuples of them, frozen dataclasses such as ``Filters``.

    Raises
    ------
    TypeError
        An argument is not a plain value, or the function has no name of its own (a lambda, a nested function).
    """
    name = f"{function.__module__}.{function.__qualname__}"
    if "<" in name:
        raise TypeError(f"only a function of a module can be cached, not {name}")
    key = repr((_key(args), _key(tuple(sorted(kwargs.items())))))

    def made() -> _T:
        found = function(data, *args, **kwargs)
        still(data.store, data.state)  # it may have read the store by itself
        return found

    def kept() -> _T:
        found: _T = results().get((name, data.version, key), made, weigh)
        return found

    return of_one_state(kept, lambda: function(data, *args, **kwargs))


@st.cache_resource(show_spinner=False)
def results() -> Shelf:
    """Give the shelf of :func:`cached`."""
    return Shelf(_RESULTS, _RESULT_BYTES, _HEAVY_BYTES)


def _key(value: Any) -> Any:
    """Plain form of an argument, equal for equal values and different for different ones."""
    if value is None or isinstance(value, (str, int, float, bool, date)):
        return value
    if isinstance(value, pd.Period):
        return f"{value.freqstr}:{value.ordinal}"
    if isinstance(value, tuple):
        return tuple(_key(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type) and value.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return (type(value).__name__, *((field.name, _key(getattr(value, field.name))) for field in fields(value)))
    raise TypeError(f"a cache is keyed on plain values, not on {type(value).__name__}")
