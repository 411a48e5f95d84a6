"""The offline map: what stays (wards, labels) as the base, what changes with the filters as one overlay.

The browser gets whole metres and a polynomial that turns them into degrees, numbers instead of styles, and two scripts
that draw them: a filter change sends some tens of kilobytes and never remounts the map.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import folium
import numpy as np
import shapely
from folium.elements import JSCSSMixin
from jinja2 import Template

from data.place.area import Area
from data.streets.base_map import BaseMap
from geo.grid import Grid
from geo.web import local_degrees
from pages.ui.chart.palette import Palette
from pages.ui.map import ground as map_ground
from pages.ui.map import streets as map_streets
from pages.ui.shell import vendor

HERE = Path(__file__).parent
STREET_ZOOM = 14.75
OTHER_ZOOM = 16.0  # names of incidents' places that are no streets, where the streets have their names along them
WARD_ZOOM = 10.0
LABEL_GAP_M = 250  # township names stand this far outside the outline
_TEMPLATE = re.compile(r"\{(?=[{%#])")  # begins an expression, a statement or a comment of one


def _json(value: Any) -> str:
    """JSON that is safe inside a script: no character in it can end the script or a string, or begin a template.

    What a script of ours gives, folium reads as a template once more, on the server and with all that Python can do: a
    name that held one would run there. Two braces never meet in JSON but in a text.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return _TEMPLATE.sub(r"\\u007b", text)


@cache
def _script(name: str) -> Template:
    source = re.sub(r"/\*.*?\*/", "", (HERE / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    source = re.sub(r"\n\s+", "\n", source)  # sent with every filter change: comments and indents stay here
    made: Template = Template("{% macro script(this, kwargs) %}" + source + "{% endmacro %}")
    return made


class OfflineMap(folium.Map):
    """A folium map whose scripts and styles come from this app alone."""

    default_js = [("leaflet", vendor.url("leaflet.js"))]  # noqa: RUF012  as folium has it
    default_css = [("leaflet_css", vendor.url("leaflet.css"))]  # noqa: RUF012


class _Drawing(JSCSSMixin, folium.MacroElement):
    """A script with its data; adds no file of its own."""

    def __init__(self, name: str, script: str, payload: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types here
        self._name = name
        self._template = _script(script)
        self.payload = payload


@dataclass(frozen=True)
class Hit:
    """What was clicked on the map: a ``place``, ``cell`` or ``ward`` with its number, reference or code.

    While an outline is drawn: a ``corner`` with its whole metres from the lattice's corner, such as ``1200,-80``, or
    ``close``, the first corner again.
    """

    kind: str
    id: str


@dataclass(frozen=True)
class View:
    """What the map should show; it moves only when ``token`` changes. ``bounds_m``: west, south, east, north."""

    token: str
    bounds_m: tuple[float, float, float, float]


@dataclass(frozen=True)
class Overlay:
    """Everything on the map that changes, in the map's own terms; see overlay.js for the rows."""

    ward_text: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ward_fill: Mapping[str, str] = field(default_factory=dict)
    wards_on: Sequence[str] = ()
    cells: Sequence[Sequence[Any]] = ()
    chance_only: Sequence[Sequence[int]] = ()
    density: Sequence[Sequence[Any]] = ()
    areas: Sequence[Sequence[Any]] = ()
    points: Sequence[Sequence[Any]] = ()
    places: Sequence[Sequence[Any]] = ()
    chosen_cells: Sequence[Sequence[int]] = ()
    chosen_ward: str | None = None
    patches: Sequence[Sequence[Any]] = ()
    outlines: Sequence[Sequence[Any]] = ()
    routes: Sequence[Sequence[Any]] = ()
    expected_words: str = ""
    past_words: str = ""
    chance_words: str = ""
    view: View | None = None
    drawing: Sequence[Sequence[int]] | None = None  # corners so far where a click makes the next; see drawing.js


def spot(grid: Grid, easting_m: float, northing_m: float) -> list[int]:
    """Point in whole metres from the lattice's corner, as the scripts of the map take it."""
    return [round(easting_m - grid.west_m), round(northing_m - grid.south_m)]


def outline_rings(geometry: Any, grid: Grid) -> list[list[list[list[int]]]]:
    """Polygons as rings of whole metres from the lattice's corner, as ``Overlay.outlines`` takes them."""
    return _rings(geometry, grid.west_m, grid.south_m)


def _rings(geometry: Any, west: float, south: float) -> list[list[list[list[int]]]]:
    """Polygons as rings of whole metres from the south-west corner."""
    return [
        [
            np.rint(np.asarray(ring.coords) - (west, south)).astype(int).tolist()
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in shapely.get_parts(geometry)
    ]


def _ward_labels(area: Area, west: float, south: float) -> list[list[Any]]:
    points = shapely.get_coordinates([shapely.maximum_inscribed_circle(p, 20) for p in area.wards.polygons])[::2]
    order = np.argsort(-shapely.area(area.wards.polygons))
    return [
        ["ward", area.wards.names[i], round(points[i][0] - west), round(points[i][1] - south), 0, WARD_ZOOM, 16]
        for i in order
    ]


def _township_labels(area: Area, west: float, south: float) -> list[list[Any]]:
    """Names beside the outline, on the side that is nearer, level with the township."""
    labels = []
    for township in area.townships:
        shape = area.shape_of(township)
        y = shape.centroid.y
        x0, _, x1, _ = area.wards.outline.bounds
        level = shapely.intersection(area.wards.outline, shapely.LineString([(x0 - 1, y), (x1 + 1, y)]))
        left, _, right, _ = level.bounds
        to_left = shape.centroid.x - left < right - shape.centroid.x
        x = left - LABEL_GAP_M if to_left else right + LABEL_GAP_M
        labels.append(["township", township.name, round(x - west), round(y - south), -1 if to_left else 1, 0, 13])
    return labels


def base_payload(
    area: Area,
    grid: Grid,
    colours: Palette,
    streets: Sequence[tuple[str, float, float]],
    *,
    mark: str = "",
    ground: BaseMap | None = None,
) -> str:
    """Put together what stays the same while filters change, as the base script reads it.

    Parameters
    ----------
    area : Area
    grid : Grid
        Its south-west corner is the origin of everything that is sent.
    colours : Palette
    streets : sequence of (name, easting_m, northing_m)
        Street names to show when zoomed in, the more important first.
    mark : str
        Written across the corner, such as SIMULATED.
    ground : BaseMap, optional
        What lies under the map: its colours and the names that stand upright; its lines are sent by
        :func:`streets_payload`.

    Returns
    -------
    str
        JSON that is safe inside a script.
    """
    west, south = grid.west_m, grid.south_m
    east, north = west + grid.columns * grid.cell_size_m, south + grid.rows * grid.cell_size_m
    local = local_degrees(west, south, east, north)
    bounds = area.wards.outline.bounds
    polygons = shapely.coverage_simplify(area.wards.polygons, max(east - west, north - south) / 2000)
    labels = _township_labels(area, west, south) + _ward_labels(area, west, south)
    shown, first = list(streets), STREET_ZOOM
    tint = map_ground.DARK if colours.dark else map_ground.LIGHT
    if ground is not None:
        known = [*(t.name for t in area.townships), *area.wards.names]
        labels += map_streets.labels(ground, west, south, known)
        along = map_streets.quiet(ground, [name for name, _, _ in streets])
        shown = [street for street in streets if street[0] not in along]
        first = OTHER_ZOOM
    labels += [["street", name, round(e - west), round(n - south), 0, first, 22] for name, e, n in shown]
    return _json(
        {
            "alt": f"Map of {area.name}. The list beside it says the same and can be used from the keyboard.",
            "attribution": " | ".join(t for t in (area.wards.attribution, ground.attribution if ground else "") if t),
            "mark": mark,
            "bounds": [round(b - o) for b, o in zip(bounds, (west, south, west, south), strict=True)],
            "local": {
                "scale": local.scale_m,
                "powers": local.powers,
                "longitude": local.longitude,
                "latitude": local.latitude,
            },
            "look": {
                "water": tint.outside if ground else colours.water,
                "land": tint.land if ground else colours.land,
                "lake": tint.water_name,
                "park": tint.green_name,
                "line": colours.line,
                "label": colours.label,
                "muted": colours.muted,
                "text": colours.text,
                "accent": colours.accent,
                "circle": colours.series[0],
                "on_circle": "#0B0C0C" if colours.dark else "#FFFFFF",
                "ramp": colours.ramp,
            },
            "wards": [
                {"code": code, "name": name, "rings": _rings(polygon, west, south)}
                for code, name, polygon in zip(area.wards.codes, area.wards.names, polygons, strict=True)
            ],
            "outline": _rings(shapely.union_all(polygons), west, south),
            "labels": labels,
        }
    )


def streets_payload(name: str, *, dark: bool) -> str:
    """Say where the streets are and in which colours to draw them, as the script of the streets reads it.

    Parameters
    ----------
    name : str
        Of :func:`pages.ui.map.streets.put`.
    dark : bool
    """
    tint = asdict(map_ground.DARK if dark else map_ground.LIGHT)
    return _json({"url": map_streets.url(name), "dark": dark, "tint": tint})


def base_map(payload: str, streets: str = "") -> OfflineMap:
    """Draw the base; it is rendered once, since that changes it (:mod:`pages.ui.map.sent`).

    Parameters
    ----------
    payload : str
        Of :func:`base_payload`.
    streets : str
        Of :func:`streets_payload`; "" for a map with none.
    """
    m = OfflineMap(tiles=None, zoom_snap=0.1, zoom_delta=0.5, max_zoom=18, min_zoom=9)
    m.add_child(_Drawing("base", "base.js", payload))
    if streets:
        m.add_child(_Drawing("streets", "streets.js", streets))
        m.add_child(_Drawing("street_names", "street_names.js", "{}"))
    return m


def overlay_payload(overlay: Overlay, grid: Grid) -> str:
    """Put together what is sent with every filter change, as the overlay script reads it."""
    view = overlay.view
    return _json(
        {
            "cell": grid.cell_size_m,
            "west": 0,
            "south": 0,
            "wardText": overlay.ward_text,
            "wardFill": overlay.ward_fill,
            "wardOn": list(overlay.wards_on),
            "cells": overlay.cells,
            "chanceOnly": overlay.chance_only,
            "density": overlay.density,
            "areas": overlay.areas,
            "points": overlay.points,
            "places": overlay.places,
            "chosenCells": overlay.chosen_cells,
            "chosenWard": overlay.chosen_ward,
            "patches": overlay.patches,
            "outlines": overlay.outlines,
            "routes": overlay.routes,
            "expectedWords": overlay.expected_words,
            "pastWords": overlay.past_words,
            "chanceWords": overlay.chance_words,
            "view": view
            and {
                "token": view.token,
                "bounds": [
                    round(b - o)
                    for b, o in zip(view.bounds_m, (grid.west_m, grid.south_m, grid.west_m, grid.south_m), strict=True)
                ],
            },
        }
    )


def drawing_payload(overlay: Overlay) -> str:
    """Put together what the drawing script reads; "" where nothing is drawn by hand."""
    return "" if overlay.drawing is None else _json({"corners": overlay.drawing})


def overlay_group(payload: str, drawing: str = "") -> folium.FeatureGroup:
    """Make the layer that draws the payload of an overlay, and above it the face of a drawing where there is one."""
    group = folium.FeatureGroup(name="overlay")
    group.add_child(_Drawing("overlay", "overlay.js", payload))
    if drawing:
        group.add_child(_Drawing("drawing", "drawing.js", drawing))
    return group
