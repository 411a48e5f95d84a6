"""Panels on where: the hotspot map of the whole area, and a map of every township with its places."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.common.refusal import Refusal
from analysis.findings.leaders import leading_place, part_of_places
from data.kinds.crime_types import category_words
from data.place.area import Township
from geo.grid import grid_reference
from pages.ui.briefing import maps as briefing_maps
from pages.ui.briefing.maps import Mapped
from pages.ui.briefing.panel import (
    ANALYST,
    HOTSPOTS,
    PARTNERSHIP,
    TOWNSHIPS,
    Ask,
    Panel,
    panel,
)
from pages.ui.document.blocks import Column, Table
from pages.ui.hotspots import map as hotspot_map
from pages.ui.hotspots import panel as hotspot_panel
from pages.ui.hotspots import picture as hotspots
from pages.ui.hotspots.picture import DEFAULT_SHARE, LISTED, Picture
from pages.ui.map import base_map
from pages.ui.map import parts as map_parts
from pages.ui.paper.map import SHADES, Squares
from pages.ui.paper.picture import SIMULATED
from pages.ui.paper.room import Spot
from pages.ui.shell import unlocated
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import as_at_date
from pages.ui.shell.downloads import slug


def mapped(data: Dataset, ask: Ask, picture: Picture, places: int = LISTED) -> Mapped:
    """Make what the maps draw of the picture of the Hotspots page."""
    cells = picture.grid
    east, north = cells.corners(cells.cells[picture.drawn])
    expected = picture.ranking.expected[picture.drawn]
    limits = map_parts.breaks(expected)
    chance = picture.is_chance(picture.drawn)
    return Mapped(
        Squares(
            east.tolist(), north.tolist(), map_parts.classes(expected, limits).tolist(), chance.tolist(),
            cells.cell_size_m,
        ),
        tuple(text for _, text in map_parts.class_rows(limits, SHADES)),
        tuple(Spot(str(p.number), p.easting_m, p.northing_m, p.name) for p in picture.places[:places]),
        f"In a cell of {cells.cell_size_m:g} m, {expected_words(data, ask, picture)}:",
        "" if isinstance(picture.chance, Refusal) or not chance.any() else "more than chance",
        SIMULATED if data.simulated else "",
    )  # fmt: skip


def expected_words(data: Dataset, ask: Ask, picture: Picture) -> str:
    """Say what the expected incidents are to somebody who asks for this briefing."""
    return hotspot_map.expected_words(picture, as_at_date(data, ask.filters(data)))


def figures(data: Dataset, picture: Picture) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay places and drawn cells out as tables."""
    names = data.area.ward_names
    places = pd.DataFrame(
        {
            "number": [p.number for p in picture.places],
            "place": [p.title for p in picture.places],
            "ward": [names.get(p.ward_code, "") for p in picture.places],
            "grid_reference": [p.grid_reference for p in picture.places],
            "expected": [round(p.expected, 3) for p in picture.places],
            "incidents_12_months": [picture.past_of(p) for p in picture.places],
            "more_than_chance": [picture.place_is_chance(p) for p in picture.places],
        }
    )
    corners = picture.grid.corners(picture.grid.cells[picture.drawn])
    cells = pd.DataFrame(
        {
            "cell": grid_reference(*corners),
            "expected": picture.ranking.expected[picture.drawn].round(4),
            "incidents_12_months": picture.past[picture.drawn],
            "more_than_chance": picture.is_chance(picture.drawn),
        }
    )
    return places, cells


def table(ask: Ask, places: pd.DataFrame, title: str) -> Table:
    """Lay places out as the list beside a map: with wards and grid references for those who go there."""
    meeting = ask.audience == PARTNERSHIP  # which looks at the map: the slide is the map's
    columns = [Column("No."), Column("Place")]
    columns += [] if meeting else [Column("Ward"), Column("Middle")]
    columns += [Column("Expected", right=True)]
    columns += [] if meeting else [Column("Last 12 months", right=True)]
    if ask.audience == ANALYST:
        columns += [Column("Chance")]
    rows = []
    for row in places.itertuples():
        cells = [str(row.number), str(row.place)]
        cells += [] if meeting else [str(row.ward), str(row.grid_reference)]
        cells += [f"{row.expected:.1f}"]
        cells += [] if meeting else [f"{row.incidents_12_months:,}"]
        cells += ["more than" if row.more_than_chance else "–"] if ask.audience == ANALYST else []
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows), title, (0,) if rows else ())


def map_share(ask: Ask) -> float:
    """Share of the width that a map takes beside its list."""
    return 0.76 if ask.audience == PARTNERSHIP else 0.62


def picture_of(data: Dataset, ask: Ask) -> Picture:
    """Give the picture of the Hotspots page, for the whole area and the last 12 months."""
    return cached(hotspots.picture, data, ask.filters(data), DEFAULT_SHARE)


def ranked_picture(data: Dataset, ask: Ask) -> Picture:
    """Give the picture of the Hotspots page where it has a ranking.

    Raises
    ------
    Refusal
        No place has incidents enough.
    """
    picture = picture_of(data, ask)
    if none := hotspot_map.nothing_ranked(ask.filters(data), picture):
        raise Refusal(none, "Choose another crime type")
    return picture


def whole(data: Dataset, ask: Ask) -> Panel:
    """Show the hotspot map: the whole area, one map per township, and the ten busiest places."""
    chosen, picture = ask.filters(data), ranked_picture(data, ask)
    what = category_words(chosen.category)
    page = hotspot_panel.finding(data.area, chosen, picture, DEFAULT_SHARE, as_at_date(data, chosen))
    title = leading_place(picture.places[0].title, what).title if picture.places else page
    places, cells = figures(data, picture)
    held = f" {picture.capture}" if isinstance(picture.capture, Refusal) else ""
    more = f"{page}.{held}" if picture.places else ""
    few = hotspot_map.few_words(chosen, picture)
    ground = base_map.base_map_of(data)
    listed = table(ask, places[:LISTED], f"The {min(LISTED, len(places))} busiest places")
    lead = "; ".join(f"{r.number} {r.place}, {r.ward}: {r.expected:.1f}" for r in places[:LISTED].itertuples())
    chance = picture.chance
    told = () if isinstance(chance, Refusal) else (f"How “more than chance” was tested: {chance.method.line()}",)
    return panel(
        data, ask, HOTSPOTS, title, picture.ranking.method,
        category=chosen.category, more=more, period=f"ranked from {picture.ranking.method.period}",
        alt=f"Maps of cells by expected incidents, the whole area and each township, with numbered places: {lead}.",
        marked=True, draw=briefing_maps.townships(data.area, ground, mapped(data, ask, picture)),
        table=listed if len(places) else None,
        numbers=(("places", places), ("cells", cells)), attribution=(ground.attribution,) if ground else (),
        share=map_share(ask), caveats=(few, *unlocated.told(data, (chosen.category,), *chosen.span())),
        notes=(f"Volume: {picture.volume.monthly:,.1f} {expected_words(data, ask, picture)}.", *told, NOT_HARM),
    )  # fmt: skip


NOT_HARM = "Places are where incidents were reported, not where harm will happen: that depends on who reports what."


def townships(data: Dataset, ask: Ask) -> tuple[Panel, ...]:
    """One map per township with the places in it; the numbers are those of the whole area."""
    if not data.area.townships:
        raise Refusal("The area file names no townships", "Add [[townships]] with their wards to the area file")
    return tuple(_township(data, ask, township) for township in data.area.townships)


def _township(data: Dataset, ask: Ask, township: Township) -> Panel:
    chosen, picture = ask.filters(data), ranked_picture(data, ask)
    places, _ = figures(data, picture)
    held = np.array([p.ward_code in township.wards for p in picture.places], dtype=bool)
    here = places[held].reset_index(drop=True)
    total = float(here["expected"].sum())
    every = float(picture.ranking.expected.sum())
    words = expected_words(data, ask, picture)
    what = category_words(chosen.category)
    finding = part_of_places(township.name, len(here), len(places), what).title
    more = ""
    if len(here):
        lead = here.iloc[0]
        more = (
            f"About {total:,.1f} of the {every:,.0f} incidents of {what} {words}. "
            f"{lead['place']} leads here with {lead['expected']:.1f} (number {lead['number']} of the {data.area.kind})."
        )
    ground = base_map.base_map_of(data)
    shown = here[:LISTED]
    drawn = mapped(data, ask, picture, len(picture.places))
    spots = tuple(spot for spot in drawn.spots if spot.text in {str(n) for n in shown["number"]})
    seen = Mapped(drawn.squares, drawn.classes, spots, drawn.title, drawn.outline, drawn.mark)
    listed = "; ".join(f"{r.number} {r.place}, {r.ward}: {r.expected:.1f}" for r in shown.itertuples())
    return panel(
        data, ask, f"{TOWNSHIPS}-{slug(township.name)}", finding, picture.ranking.method, category=chosen.category,
        name=f"Township map: {township.name}", place=f"{township.name}, {data.area.name}",
        period=f"ranked from {picture.ranking.method.period}", more=more,
        alt=f"Map of {township.name} with cells by expected incidents" + (f" and places: {listed}." if listed else "."),
        marked=True, draw=briefing_maps.one(data.area, ground, seen, township),
        table=table(ask, shown, f"Busiest places in {township.name}") if len(shown) else None,
        numbers=(("places", here),), attribution=(ground.attribution,) if ground else (), share=map_share(ask),
        notes=(NOT_HARM,),
    )  # fmt: skip
