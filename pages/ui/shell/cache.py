"""What the pages keep between runs: the area, the incidents, and results.

Every cache is keyed on the version of the data and on plain values, never on a frame: frames are hashed on a sample,
and two different ones have collided. What is cached is shared by every session: nothing may change it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from data.demo.dataset import Demo, make_demo
from data.place.area import Area, chosen_area, load_area
from data.place.terms_file import kept_beside
from data.store.accepted import read_accepted
from data.store.doubts import doubts_of
from data.store.manifest import read_manifest
from data.store.schema import POLICE_UK, Incidents
from data.store.store import EMPTY, default_store, feed_names, is_empty, load, store_version
from data.store.whole import Doubt
from data.streets.base_map import basemap_version
from data.streets.network import network_version
from geo.errors import InputError

TODAY_VARIABLE = "DASHBOARD_TODAY"  # an as-at date of one's own, for a rehearsal or a test
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Dataset:
    """What every page starts from.

    Attributes
    ----------
    area : Area
    incidents : Incidents
        All of the source, buffer included.
    as_at : date
        The day on which the person asks: today, or the demonstration's day.
    version : str
        Of data, area and roads together: two with the same version give the same answers and the same maps.
    store : Path
    demo : Demo or None
        The demonstration with its dated feed, when the store is empty.
    """

    area: Area
    incidents: Incidents
    as_at: date
    version: str
    store: Path
    demo: Demo | None = None

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
    """Give the area, read again when its file or ward file changes."""
    return _area(str(_area_path()), _area_stamp())


def _area_path() -> Path:
    return chosen_area()


def _area_stamp() -> tuple[int, ...]:
    """Change times of the area file, of every boundary file beside it, and of the school terms kept there."""
    path = _area_path()
    beside = sorted(p for kind in ("*.geojson", "*.gpkg", "*.json") for p in path.parent.glob(kind))
    beside.append(kept_beside(path))
    return tuple(p.stat().st_mtime_ns for p in (path, *beside) if p.is_file())


@st.cache_resource(max_entries=4, show_spinner=False)
def _area(path: str, stamp: tuple[int, ...]) -> Area:  # noqa: ARG001  part of the key
    return load_area(path)


def dataset(source: str = POLICE_UK) -> Dataset:
    """Incidents of the store, or the demonstration when it is empty.

    Parameters
    ----------
    source : str

    Raises
    ------
    InputError
        The area file or the store cannot be used; the message says what to do.
    """
    store = default_store()
    place = area()
    drawn = "+".join(filter(None, (basemap_version(store), network_version(store))))
    if is_empty(store):
        demo = _demo(str(_area_path()), _area_stamp())
        return Dataset(
            place, demo.incidents, demo.as_at, f"{demo.incidents.version}|{place.wards.version}|{drawn}", store, demo
        )
    incidents, version = _incidents(str(store), store_version(store), str(_area_path()), _area_stamp(), source)
    return Dataset(place, incidents, today(), f"{version}|{drawn}", store)


def feeds(data: Dataset) -> tuple[str, ...]:
    """Names of the dated feeds there are, in order; the demonstration has one.

    Parameters
    ----------
    data : Dataset
    """
    if data.demo is not None:
        return (data.demo.feed.source,)
    return _feeds(str(data.store), store_version(data.store))


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
    return _incidents(str(data.store), store_version(data.store), str(_area_path()), _area_stamp(), name)[0]


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
    found = _doubts(str(data.store), store_version(data.store), str(_area_path()), _area_stamp())
    return tuple(doubt for doubt in found if doubt.force in data.area.forces)


@st.cache_resource(max_entries=4, show_spinner=False)
def _doubts(store: str, store_version: str, area_path: str, area_stamp: tuple[int, ...]) -> tuple[Doubt, ...]:  # noqa: ARG001
    manifest = read_manifest(Path(store))
    if manifest is None:
        return ()
    return doubts_of(manifest, _area(area_path, area_stamp), read_accepted(Path(store)))


@st.cache_resource(max_entries=4, show_spinner=False)
def _feeds(store: str, store_version: str) -> tuple[str, ...]:  # noqa: ARG001  part of the key
    return feed_names(Path(store))


@st.cache_resource(max_entries=8, show_spinner="Loading incidents ...")
def _incidents(
    store: str,
    store_version: str,  # noqa: ARG001  part of the key
    area_path: str,
    area_stamp: tuple[int, ...],
    source: str,
) -> tuple[Incidents, str]:
    place = _area(area_path, area_stamp)
    incidents = load(Path(store), place, source)
    return incidents, f"{incidents.version}|{source}|{area_path}|{area_stamp}"


@st.cache_resource(max_entries=2, show_spinner="Making the demonstration ...")
def _demo(area_path: str, area_stamp: tuple[int, ...]) -> Demo:
    return make_demo(_area(area_path, area_stamp))


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
    return _result(name, data.version, key, function, data, args, kwargs)  # type: ignore[no-any-return]


@st.cache_resource(max_entries=512, show_spinner=False)
def _result(name: str, version: str, key: str, _function: Any, _data: Dataset, _args: Any, _kwargs: Any) -> Any:  # noqa: ARG001
    return _function(_data, *_args, **_kwargs)


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
