"""Load what the first page needs, in the order in which it asks for it."""

from __future__ import annotations

from importlib import import_module

import folium.plugins  # noqa: F401  what the map's component imports; itself it must be imported in a session
import pyarrow as pa

from analysis.common.refusal import Refusal
from geo.errors import InputError
from pages.ui.chart.palette import LIGHT
from pages.ui.hotspots import picture as hotspots
from pages.ui.map import base_map
from pages.ui.shell import cache
from pages.ui.shell.choice import Choice, resolve
from pages.ui.shell.vendor import ensure_vendor


def warm() -> None:
    """Read area and incidents and make the first picture, so that a session finds them in the cache.

    Notes
    -----
    Does what the pages do, through the same caches: whoever asks meanwhile waits for what is being made and makes the
    rest. Where the store cannot be used this ends, and the page says why.
    """
    # Arrow's own pools hand little back: under fifty people the server would grow by some 60 MB in five minutes.
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        ensure_vendor()
        place = cache.whole_area()
        data = cache.dataset(layer=place.on(cache.as_at_day(place)).layer_key if place.layers else "")
        cache.doubts(data)
        chosen = resolve(Choice(), data.incidents.months)
        cache.cached(hotspots.picture, data, chosen, hotspots.DEFAULT_SHARE)
        cache.cached(base_map.payload, data, LIGHT.dark)
        import_module("scipy.optimize")  # the lists of the first page ask for it
    except (InputError, Refusal):
        return
