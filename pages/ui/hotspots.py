"""What the Hotspots page shows, put together once for a data version and a choice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from analysis import seeds
from analysis.gistar import ChanceTest, more_than_chance
from analysis.hotspots import CellMonths, Ranking, cell_counts_by_month, rank_counted
from analysis.kde import DensitySurface, density_surface
from analysis.places import Place, find_places, is_generic, street_name
from analysis.rates import ward_rates
from analysis.refusal import Refusal
from analysis.validation import Capture, unseen_year
from analysis.volume import ExpectedVolume, expected_month
from geo.assign import assign_wards
from geo.grid import Grid, grid_reference
from pages.ui.cache import Dataset, cached
from pages.ui.filters import Filters

SHARES = (0.01, 0.02, 0.05, 0.10, 0.20)
DEFAULT_SHARE = 0.05
LISTED = 10


@dataclass(frozen=True, eq=False)
class Picture:
    """Everything the page draws for one choice.

    Attributes
    ----------
    grid : Grid
    ranking : Ranking
    volume : ExpectedVolume
        Of the next month, or of the chosen season: what the ranking is scaled to.
    drawn : ndarray of int
        Positions in ``grid.cells`` of the cells that are drawn, best first, in the chosen wards.
    places : tuple of Place
        In the chosen wards; numbers are those of the whole area.
    chance : ChanceTest or Refusal
    capture : Capture or Refusal
        Of the same method on the last 12 months it had not seen.
    past : ndarray of int, shape (n,)
        Incidents of the chosen period by cell, in the order of ``grid.cells``.
    cell_wards : ndarray of str, shape (n,)
        Ward of the centre of every cell.
    """

    grid: Grid
    ranking: Ranking
    volume: ExpectedVolume
    drawn: NDArray[np.intp]
    places: tuple[Place, ...]
    chance: ChanceTest | Refusal
    capture: Capture | Refusal
    past: NDArray[np.int64]
    cell_wards: NDArray[np.object_]

    def is_chance(self, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of these cells are more than chance; none where the test was refused."""
        if isinstance(self.chance, Refusal):
            return np.zeros(len(positions), dtype=bool)
        return self.chance.significant[positions]

    def place_is_chance(self, place: Place) -> bool:
        """Whether a place holds a cell that is more than chance."""
        return bool(self.is_chance(self.positions(place)).any())

    def positions(self, place: Place) -> NDArray[np.intp]:
        """Positions in ``grid.cells`` of the cells of a place."""
        return np.searchsorted(self.grid.cells, place.cells)

    def past_of(self, place: Place) -> int:
        """Incidents of the chosen period in the cells of a place."""
        return int(self.past[self.positions(place)].sum())


def grid(data: Dataset) -> Grid:
    """Lattice of the area."""
    return data.area.grid()


def cell_wards(data: Dataset) -> NDArray[np.object_]:
    """Ward code of the centre of every cell; of the nearest ward where the centre lies just outside."""
    cells = cached(grid, data)
    east, north = cells.centres(cells.cells)
    wards = data.area.wards
    found = assign_wards(east, north, wards, 0)
    outside = np.flatnonzero(found < 0)
    nearest = shapely.STRtree(wards.polygons).nearest(shapely.points(east[outside], north[outside]))
    found[outside] = nearest
    return np.asarray(wards.codes, dtype=object)[found]


def counted(data: Dataset, category: str) -> CellMonths:
    """Incidents of a crime type by month and cell, all months."""
    return cell_counts_by_month(data.incidents.of(category), cached(grid, data))


def known_cells(data: Dataset, category: str, as_at: pd.Period) -> CellMonths:
    """Incidents of a crime type by month and cell, up to the as-at month: nothing later is in it."""
    every = cached(counted, data, category)
    n = every.trained_on(as_at)
    return replace(every, months=every.months[:n], counts=every.counts[:n])


def volume(data: Dataset, category: str, as_at: pd.Period, season: str) -> ExpectedVolume:
    """How many incidents the next month brings, or a month of the season."""
    known = data.incidents.up_to(as_at).of(category)
    return expected_month(known, data.area, category, data.area.season(season) if season else None)


def ranking(data: Dataset, category: str, as_at: pd.Period, season: str) -> Ranking:
    """Cells by expected incidents in a month, of the season where one is chosen."""
    total = cached(volume, data, category, as_at, season).monthly
    return rank_counted(cached(known_cells, data, category, as_at), expected_total=total)


def chance(data: Dataset, category: str, as_at: pd.Period, first: pd.Period, last: pd.Period) -> ChanceTest | Refusal:
    """Test which cells are more than chance in the period, or say why that cannot be told."""
    rng = np.random.default_rng(seeds.PERMUTATION)
    try:
        return more_than_chance(cached(known_cells, data, category, as_at), cached(grid, data), rng, first, last)
    except Refusal as refusal:
        return refusal


def capture(data: Dataset, category: str, as_at: pd.Period, share: float) -> Capture | Refusal:
    """Tell how much the same method caught of the last 12 months it had not seen, or why that cannot be told."""
    try:
        return unseen_year(cached(known_cells, data, category, as_at), cached(grid, data), share)
    except Refusal as refusal:
        return refusal


def places(data: Dataset, category: str, as_at: pd.Period, season: str, share: float) -> tuple[Place, ...]:
    """Places of the whole area, most expected incidents first."""
    known = data.incidents.up_to(as_at).of(category)
    return find_places(cached(ranking, data, category, as_at, season), known, data.area, share)


def picture(data: Dataset, chosen: Filters, share: float) -> Picture:
    """Put together what the page draws.

    Raises
    ------
    Refusal
        Nothing is loaded.
    """
    if chosen.as_at is None or chosen.first is None or chosen.last is None:
        raise Refusal("There are no months to show.", "Import published files on the Data page.")
    cells = cached(grid, data)
    wards = cached(cell_wards, data)
    ranked = cached(ranking, data, chosen.category, chosen.as_at, chosen.season)
    top = ranked.top(share)
    every = cached(known_cells, data, chosen.category, chosen.as_at)
    on = np.isin(wards, list(chosen.wards)) if chosen.wards else np.ones(len(wards), dtype=bool)
    found = cached(places, data, chosen.category, chosen.as_at, chosen.season, share)
    return Picture(
        grid=cells,
        ranking=ranked,
        volume=cached(volume, data, chosen.category, chosen.as_at, chosen.season),
        drawn=top[on[top]],
        places=tuple(p for p in found if not chosen.wards or p.ward_code in chosen.wards),
        chance=cached(chance, data, chosen.category, chosen.as_at, chosen.first, chosen.last),
        capture=cached(capture, data, chosen.category, chosen.as_at, share),
        past=every.of(slice(every.trained_on(chosen.first - 1), every.trained_on(chosen.last))).astype(np.int64),
        cell_wards=wards,
    )


def density(data: Dataset, chosen: Filters) -> DensitySurface:
    """Incidents of the period per square kilometre and year at the centres of the cells."""
    found = chosen.known(data.incidents).of(chosen.category).within(chosen.first, chosen.last)
    return density_surface(found, cached(grid, data))


def snap_points(data: Dataset, chosen: Filters) -> pd.DataFrame:
    """Snap points of the choice with their incidents, busiest first: easting_m, northing_m, location, count."""
    found = chosen.selected(data.incidents).in_area().frame
    points = found.groupby(["easting_m", "northing_m"], observed=True, sort=True)["location"].agg(["first", "size"])
    table = points.reset_index().rename(columns={"first": "location", "size": "count"})
    table["location"] = table["location"].astype("object").map(street_name)
    return table.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def streets(data: Dataset) -> tuple[tuple[str, float, float], ...]:
    """Every real street once, busiest first: name, and the snap point nearest the middle of its snap points."""
    frame = data.incidents.in_area().frame
    points = frame.groupby(["location", "easting_m", "northing_m"], observed=True).size().reset_index(name="n")
    names = {text: street_name(text) for text in points["location"].unique()}
    points["street"] = points["location"].astype("object").map(names)
    points = points[(points["street"] != "") & ~points["street"].map(is_generic)]
    rows = []
    for name, group in points.groupby("street"):
        e, n = group["easting_m"].to_numpy(), group["northing_m"].to_numpy()
        nearest = int(np.argmin((e - e.mean()) ** 2 + (n - n.mean()) ** 2))
        rows.append((int(group["n"].sum()), str(name), float(e[nearest]), float(n[nearest])))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return tuple((name, e, n) for _, name, e, n in rows)


def wards_table(data: Dataset, chosen: Filters) -> pd.DataFrame | Refusal:
    """Count and rate per 1,000 residents of the period by ward, highest first, or why there is none."""
    months = pd.period_range(chosen.first, chosen.last, freq="M")
    try:
        rates = ward_rates(chosen.known(data.incidents).of(chosen.category), data.area, months)
    except Refusal as refusal:
        return refusal
    if chosen.wards:
        rates = rates[rates["ward_code"].isin(chosen.wards)]
    by = "rate_per_1000" if rates["rate_per_1000"].notna().any() else "count"
    return rates.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def cells_by_month(data: Dataset, category: str, as_at: pd.Period, positions: tuple[int, ...]) -> pd.Series[float]:
    """Incidents in some cells (positions in ``grid.cells``) by month, ward or no ward; NaN for a missing month."""
    every = cached(known_cells, data, category, as_at)
    cells = every.grid.cells[list(positions)]
    values = np.asarray(every.counts.tocsc()[:, cells].sum(axis=1), dtype=float).reshape(-1)
    return pd.Series(values, index=every.months).reindex(pd.period_range(every.months[0], every.months[-1], freq="M"))


def cell_references(cells: Grid) -> dict[str, int]:
    """Position in ``grid.cells`` by the six-figure reference of the south-west corner."""
    east, north = cells.corners(cells.cells)
    return {reference: i for i, reference in enumerate(grid_reference(east, north))}
