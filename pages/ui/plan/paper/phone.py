"""A crew's rounds as one page for its phone: whole in itself, to be opened without a network, with boxes to tick."""

from __future__ import annotations

import base64
import io
from datetime import date
from html import escape

from data.place.area import Area
from data.plan import stops as plan_stops
from data.plan.plan import Plan
from data.streets.base_map import BaseMap
from geo.crs import to_wgs84
from pages.ui.paper import map as print_map
from pages.ui.paper.map import BASE
from pages.ui.paper.page import Sheet
from pages.ui.paper.picture import SIMULATED
from pages.ui.paper.room import Spot
from pages.ui.plan.paper import sheet as plan_sheet
from pages.ui.plan.paper.exports import about, mark
from pages.ui.plan.paper.maps import route_of, visit_spots
from pages.ui.plan.paper.patrol import route_words
from pages.ui.plan.paper.rounds import Round, numbered, rounds
from pages.ui.shell.downloads import SIMULATED_LINE

MOST_BYTES = 1_000_000
_WIDE, _HIGH, _EDGE_M = 360.0, 300.0, 250.0
_SHARP = (160, 110, 80)  # dots an inch, the first at which the file is small enough
_STYLE = (
    ":root{color-scheme:light dark}body{font:18px/1.4 system-ui,sans-serif;margin:0 auto;padding:12px;max-width:40rem;"
    "background:#fff;color:#0b0c0c}h1{font-size:1.3rem}h2{font-size:1.15rem}img{width:100%;background:#fff}"
    "ol{list-style:none;padding:0}li{border-top:1px solid #8c9196;padding:12px 0}"
    "label{display:flex;gap:12px;font-weight:bold;font-size:1.15rem;min-height:44px;align-items:center}"
    "input{width:32px;height:32px;flex:none}a{display:inline-block;padding:12px 0;color:#1d70b8}"
    "p{margin:4px 0}.mark{background:#0b0c0c;color:#fff;padding:6px}.small{font-size:.85rem}"
    "@media(prefers-color-scheme:dark){body{background:#121417;color:#f3f2f1}a{color:#7fb8ec}"
    ".mark{background:#f3f2f1;color:#0b0c0c}}"
)


def crews(plan: Plan) -> tuple[str, ...]:
    """Name the crews that go somewhere, in their order."""
    return tuple(dict.fromkeys(one.patrol.crew for one in rounds(plan) if one.visits))


def phone_page(plan: Plan, area: Area, ground: BaseMap | None, crew: str, day: date | None = None) -> bytes:
    """Write the rounds of a crew as an HTML file.

    Parameters
    ----------
    plan : Plan
        Its texts may be anything: they are escaped.
    area : Area
    ground : BaseMap or None
        Drawn under the maps.
    crew : str
    day : date, optional
        On which it was saved, for the age of its data.

    Returns
    -------
    bytes
        UTF-8, under 1 MB: maps are drawn coarser, and at last left out, to stay below. It holds no script and calls no
        other address; ``geo:`` links open a stop in the phone's own map.
    """
    own = [one for one in rounds(plan) if one.patrol.crew == crew and one.visits]
    credit = ground.attribution if ground is not None else ""
    for dots in (*_SHARP, 0):
        written = _page(
            plan, area, own, [_map(plan, area, ground, one, dots) if dots else "" for one in own], day, credit
        )
        if len(written) < MOST_BYTES:
            break
    return written


def _page(plan: Plan, area: Area, own: list[Round], maps: list[str], day: date | None, credit: str) -> bytes:
    crew = own[0].patrol.crew if own else ""
    parts = [_round(plan, area, one, picture) for one, picture in zip(own, maps, strict=True)]
    said = (
        *plan_stops.limits(plan),
        *about(area, plan, day, method=False),
        *([credit] if credit and any(maps) else []),
    )
    foot = "".join(f"<p>{escape(line)}</p>" for line in dict.fromkeys(said))
    title = escape(f"{mark(plan)}{crew}: {plan.title}")
    banner = f'<p class="mark">{escape(SIMULATED_LINE)}</p>' if plan.simulated else ""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>{banner}"
        f'{"".join(parts)}<footer class="small">{foot}</footer></body></html>\n'
    ).encode("utf-8", "replace")


def _round(plan: Plan, area: Area, one: Round, picture: str) -> str:
    stops, ways = one.stops(plan), one.ways(plan)
    names = numbered([plan_stops.title(stop) for stop in stops])
    items = []
    for n, (visit, stop, name, way) in enumerate(zip(one.visits, stops, names, ways, strict=False), start=1):
        lon, lat = (float(value[0]) for value in to_wgs84([visit.easting_m], [visit.northing_m]))
        geo = f"geo:{lat:.6f},{lon:.6f}"
        times = f"{one.arrive(visit):%H:%M} to {one.leave(visit):%H:%M}"
        items.append(
            f'<li><label><input type="checkbox">{n}. {escape(name)}</label><p>{times}, {escape(way)}</p>'
            f"<p>{escape(plan_stops.why_words(plan, stop, area.kind))}</p>"
            f'<a href="{geo}">Open {escape(visit.reference)} in the map</a></li>'
        )
    base = one.patrol.base
    alt = escape(f"Map of the {len(one.visits)} stops in order, as listed below")
    image = f'<img alt="{alt}" src="data:image/png;base64,{picture}">' if picture else ""
    return (
        f"<section><h2>{escape(one.days)}, {escape(one.hours)}</h2><p>{escape(one.who)}. Start and end at "
        f"{escape(base.name)}.</p>{image}<ol>{''.join(items)}</ol>"
        f"<p>Back at {escape(base.name)} at about {one.back:%H:%M}, {escape(ways[-1])}.</p>"
        f'<p class="small">{escape(route_words(plan, one))}</p></section>'
    )


def _map(plan: Plan, area: Area, ground: BaseMap | None, one: Round, dots: int) -> str:
    """Draw the stops of a round and give the picture as base64."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    sheet = Sheet((_WIDE, _HIGH))
    spots = visit_spots(plan, one)
    east, north = [spot.easting_m for spot in spots], [spot.northing_m for spot in spots]
    bounds = (min(east) - _EDGE_M, min(north) - _EDGE_M, max(east) + _EDGE_M, max(north) + _EDGE_M)
    squares, _ = plan_sheet.squares(plan, [visit.reference for visit in one.visits])
    base = Spot(BASE, one.patrol.base.easting_m, one.patrol.base.northing_m, square=True)
    print_map.print_map(
        sheet.axes(2, 2, _WIDE - 4, _HIGH - 4), area, bounds, ground=ground, squares=squares, spots=[*spots, base],
        route=route_of(plan, one, ground), mark=SIMULATED if plan.simulated else "",
    )  # fmt: skip
    made = io.BytesIO()
    FigureCanvasAgg(sheet.figure)
    sheet.figure.savefig(made, format="png", dpi=dots, metadata={"Software": None})
    return base64.b64encode(made.getvalue()).decode()
