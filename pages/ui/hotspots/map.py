"""From the picture of the Hotspots page to what the map draws, and the legend that says what the colours mean."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import covered, month_name
from analysis.common.refusal import Refusal
from analysis.findings.age import expected_in_months
from analysis.findings.finding import capital
from analysis.where.places import LEAST_WORD, too_few_words
from data.kinds.crime_types import incidents_words
from geo.grid import grid_reference
from pages.ui.chart.palette import Palette
from pages.ui.hotspots import picture as hotspots
from pages.ui.hotspots import small_areas
from pages.ui.hotspots.picture import LISTED, Picture
from pages.ui.map import lattice, maps
from pages.ui.map.maps import Hit, Overlay, View
from pages.ui.map.parts import Legend, breaks, class_rows, classes
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import as_at_date
from pages.ui.shell.filters import Filters


def past_words(chosen: Filters, picture: Picture) -> str:
    """Say what past counts on the map are: "in January 2024 to December 2024", with what is missing of it."""
    months = picture.ranking.months_used
    first, last = chosen.span()
    there = int(((months >= first) & (months <= last)).sum())
    of = (last - first).n + 1
    words = f"in {chosen.period_words()}"
    return words if there == of else f"{words} ({there} of {of} months are there)"


def few_words(chosen: Filters, picture: Picture) -> str:
    """Say how many places are left out because they have too few incidents; empty where none is."""
    return too_few_words(picture.few, " or ".join(_looked_at(chosen, picture)))


def nothing_ranked(chosen: Filters, picture: Picture) -> str:
    """Say that no place has incidents enough for a ranking; empty where one has."""
    return _none_has(chosen, picture, "no place") if picture.nothing_ranked else ""


def none_in_wards(chosen: Filters, picture: Picture) -> str:
    """Say that no place of the chosen wards has incidents enough; empty where one has, or none is there at all."""
    return _none_has(chosen, picture, "no place of the chosen wards") if picture.few and not picture.places else ""


def _none_has(chosen: Filters, picture: Picture, who: str) -> str:
    what = incidents_words(chosen.category)
    when = _looked_at(chosen, picture)
    return f"Too few to rank: {who} has {LEAST_WORD} {what} {'both ' if len(when) > 1 else ''}{' and '.join(when)}"


def _looked_at(chosen: Filters, picture: Picture) -> tuple[str, ...]:
    """Months in which a place needs incidents enough: the chosen ones, the last 12, or both in turn."""
    (first, last), used = chosen.span(), picture.ranking.months_used
    usual, shown = picture.ranking.months_last12, used[(used >= first) & (used <= last)]
    if shown.isin(usual).all():
        return (past_words(chosen, picture),)
    lately = f"in {covered(usual)}"
    return (lately,) if usual.isin(shown).all() else (past_words(chosen, picture), lately)


def expected_words(picture: Picture, day: date) -> str:
    """Say what the expected incidents are on a day: "expected in January 2025", "expected a month in July 2025 ...".

    Of months that have passed: "to be expected in January 2025, not yet loaded".
    """
    volume = picture.volume
    if volume.is_forecast:
        return expected_in_months(volume.months, day)
    return "expected a month" if volume.season is None else f"expected a month in {volume.season.name}"


def note(chosen: Filters, picture: Picture, layer: str) -> str:
    """Say under the legend what circles are, and which months the layer shows: a forecast is not of the period."""
    if layer not in {"places", "cells"}:
        return ""
    circles = "Circles: the busiest places, size by expected incidents. " if layer == "places" else ""
    outlined = "" if isinstance(picture.chance, Refusal) else ", and what is more than chance"
    if outlined and not picture.chance_shown:
        outlined += ": no cell is"
    return (
        f"{circles}Ranked by every month up to {month_name(picture.ranking.months_used[-1])}, recent ones most. The "
        f"period gives the past counts {past_words(chosen, picture)}{outlined}."
    )


def overlay(
    data: Dataset, chosen: Filters, picture: Picture, layer: str, selected: Hit | None, colours: Palette, view: View
) -> tuple[Overlay, Legend]:
    """Make what the map draws for a layer, and its legend.

    Parameters
    ----------
    layer : str
        What is shown: ``places``, ``cells``, ``wards``, ``density`` or ``points``.
    selected : Hit or None
        The place, cell or ward that is chosen.
    view : View
        Where to look.

    Returns
    -------
    Overlay, Legend
    """
    cells = picture.grid
    rates = cached(hotspots.wards_table, data, chosen)
    counted, past = capital(incidents_words(chosen.category)), past_words(chosen, picture)
    texts, fills, legend = (
        _wards(rates, colours, f"{counted} per 1,000 residents {past}")
        if layer == "wards"
        else (_ward_text(rates), {}, Legend("", ()))
    )
    squares: list[list[object]] = []
    thick: list[list[int]] = []
    dense: list[list[object]] = []
    points: list[list[object]] = []
    areas: list[list[object]] = []
    column_row = np.column_stack(np.divmod(cells.cells, cells.columns))[:, ::-1]
    outlined = "more than chance" if picture.chance_shown else ""
    if layer in {"places", "cells"}:
        drawn = picture.drawn
        expected = picture.ranking.expected[drawn]
        limits = breaks(expected)
        mark = picture.is_chance(drawn)
        references = grid_reference(*cells.corners(cells.cells[drawn]))
        for at, level, value, before, more, reference in zip(
            column_row[drawn], classes(expected, limits), expected, picture.past[drawn], mark, references, strict=True
        ):
            squares.append([*map(int, at), int(level), round(float(value), 3), int(before), int(more), reference])
        on = np.isin(picture.cell_wards, list(chosen.wards)) if chosen.wards else np.ones(len(cells.cells), dtype=bool)
        rest = np.setdiff1d(np.flatnonzero(picture.is_chance(np.arange(len(cells.cells))) & on), drawn)
        thick = column_row[rest].tolist()
        legend = Legend(
            f"{counted} {expected_words(picture, as_at_date(data, chosen))}, by cell of {cells.cell_size_m:g} m",
            class_rows(limits, colours.ramp),
            outlined,
        )
    elif layer == "density":
        surface = cached(hotspots.density, data, chosen)
        values = surface.per_km2_year
        limits = breaks(values)
        shown = np.flatnonzero(values >= limits[0]) if len(limits) else np.empty(0, dtype=np.intp)
        for at, level in zip(column_row[shown], classes(values[shown], limits), strict=True):
            dense.append([*map(int, at), int(level)])
        legend = Legend(
            f"{counted} per square kilometre and year {past}, smoothed over {surface.bandwidth_m:g} m",
            class_rows(limits, colours.ramp)[1:],
        )
    elif layer == "points":
        table = cached(hotspots.snap_points, data, chosen)
        for e, n, text, count in table[["easting_m", "northing_m", "location", "count"]].itertuples(index=False):
            points.append([*maps.spot(cells, e, n), int(count), text])
        most = int(table["count"].max()) if len(table) else 0
        legend = Legend(f"{counted} at published map points {past}, area by their number; the largest has {most:,}", ())
    elif layer == small_areas.LAYER:
        on_it = selected.id if selected and selected.kind == small_areas.KIND else ""
        areas, legend = small_areas.drawn(data, chosen, on_it, colours)
    return (
        Overlay(
            ward_text=texts,
            ward_fill=fills,
            wards_on=chosen.wards or data.area.wards.codes,
            cells=squares,
            chance_only=thick,
            density=dense,
            areas=areas,
            points=points,
            places=_places(picture, selected) if layer == "places" else [],
            chosen_cells=column_row[selected_positions(picture, selected)].tolist(),
            chosen_ward=selected.id if selected and selected.kind == "ward" else None,
            expected_words=expected_words(picture, as_at_date(data, chosen)),
            past_words=past,
            chance_words="More than chance",
            view=view,
        ),
        legend,
    )


def _places(picture: Picture, selected: Hit | None) -> list[list[object]]:
    listed = picture.places[:LISTED]
    largest = max((place.expected for place in listed), default=1.0)
    return [
        [
            place.number,
            *maps.spot(picture.grid, place.easting_m, place.northing_m),
            round(place.expected / largest, 3),
            int(picture.place_is_chance(place)),
            place.title,
            round(place.expected, 2),
            picture.past_of(place),
            int(selected == Hit("place", str(place.number))),
        ]
        for place in listed
    ]


def _ward_text(rates: pd.DataFrame | Refusal) -> dict[str, list[str]]:
    if isinstance(rates, Refusal):
        return {}
    return {
        code: [f"{count:,} incidents", *([f"{rate:.1f} per 1,000 residents"] if np.isfinite(rate) else [])]
        for code, count, rate in rates[["ward_code", "count", "rate_per_1000"]].itertuples(index=False, name=None)
    }


def _wards(
    rates: pd.DataFrame | Refusal, colours: Palette, title: str
) -> tuple[dict[str, list[str]], dict[str, str], Legend]:
    if isinstance(rates, Refusal):
        return {}, {}, Legend(str(rates), ())
    values = rates["rate_per_1000"]
    if not values.notna().any():
        return _ward_text(rates), {}, Legend("No residents of these wards are known, so no rate is drawn", ())
    limits = breaks(values)
    fills = {
        code: colours.ramp[level]
        for code, value, level in zip(rates["ward_code"], values, classes(values, limits), strict=True)
        if np.isfinite(value)
    }
    return (
        _ward_text(rates),
        fills,
        Legend(title, class_rows(limits, colours.ramp)),
    )


def selected_positions(picture: Picture, selected: Hit | None) -> NDArray[np.intp]:
    """Positions in ``grid.cells`` of the chosen place or cell; empty for a ward, or nothing."""
    if selected and selected.kind == "place":
        for place in picture.places:
            if str(place.number) == selected.id:
                return picture.positions(place)
    if selected and selected.kind == "cell":
        position = lattice.cell_references(picture.grid).get(selected.id)
        if position is not None:
            return np.array([position], dtype=np.intp)
    return np.empty(0, dtype=np.intp)
