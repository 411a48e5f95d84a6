"""Which ways patrols take: along the streets of the base map where a network of them was loaded, else straight."""

from __future__ import annotations

from analysis.patrol.router import STRAIGHT, Router
from analysis.patrol.streets import StreetRouter
from data.streets.network import network
from geo.errors import InputError
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.folders import by_name


def router_of(data: Dataset) -> Router:
    """Give what finds ways: along the loaded streets, or straight where there are none or :func:`problem` says why."""
    found = cached(_router, data)
    return STRAIGHT if isinstance(found, str) else found


def problem(data: Dataset) -> str:
    """Say why the streets that lie in the store are not used for ways, and what to do; "" where nothing is wrong."""
    found = cached(_router, data)
    return found if isinstance(found, str) else ""


def version(data: Dataset) -> str:
    """Version of the streets that ways follow now; "" where they follow none."""
    found = router_of(data)
    return found.network.version if isinstance(found, StreetRouter) else ""


def _router(data: Dataset) -> Router | str:
    try:
        streets = network(data.store, data.area)
    except InputError as error:  # hours can be shared out without streets too; what is wrong is said beside them
        return f"Ways do not follow the streets: {by_name(error.message)}. {error.hint or ''}".rstrip()
    return STRAIGHT if streets is None else StreetRouter(streets)
