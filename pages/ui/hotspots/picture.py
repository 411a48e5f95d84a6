"""What the Hotspots page shows, put together once for a data version and a choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.ahead.volume import ExpectedVolume
from analysis.common import seeds
from analysis.common.counts import monthly_series
from analysis.common.method import Method
from analysis.common.rates import rates_spread, ward_rates, ward_rates_method
from analysis.common.refusal import Refusal
from analysis.common.ward_spread import WardSpread
from analysis.where.gistar import ChanceTest, more_than_chance
from analysis.where.hotspots import Ranking
from analysis.where.kde import DensitySurface, density_surface
from analysis.where.places import Place, enough, street_name
from analysis.where.unseen import Capture, unseen_year
from geo.grid import Grid
from pages.ui.map.lattice import cell_wards, grid, known_cells
from pages.ui.map.ranked import every_place, places, ranking, volume
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.filters import Filters

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
        Positions in ``grid.cells`` of the cells that are drawn, best first, in the chosen wards: those of places that
        are ranked.
    places : tuple of Place
        In the chosen wards; numbers are those of the whole area. Each has at least three incidents in the last 12
        published months and in the chosen period.
    few : int
        Further places in the chosen wards that have fewer: too few to rank.
    nothing_ranked : bool
        No place of the whole area has enough.
    chance : ChanceTest or Refusal
    capture : Capture or Refusal
        Of the same method on months it had not seen.
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
    few: int
    nothing_ranked: bool

    def is_chance(self, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of these cells are more than chance; none where the test was refused."""
        if isinstance(self.chance, Refusal):
            return np.zeros(len(positions), dtype=bool)
        return self.chance.significant[positions]

    @property
    def chance_shown(self) -> bool:
        """Whether any cell is more than chance: else nothing is outlined, and no legend speaks of outlines."""
        return not isinstance(self.chance, Refusal) and bool(self.chance.significant.any())

    def place_is_chance(self, place: Place) -> bool:
        """Whether a place holds a cell that is more than chance."""
        return bool(self.is_chance(self.positions(place)).any())

    def positions(self, place: Place) -> NDArray[np.intp]:
        """Positions in ``grid.cells`` of the cells of a place."""
        return np.searchsorted(self.grid.cells, place.cells)

    def past_of(self, place: Place) -> int:
        """Incidents of the chosen period in the cells of a place."""
        return int(self.past[self.positions(place)].sum())


def chance(data: Dataset, category: str, as_at: pd.Period, first: pd.Period, last: pd.Period) -> ChanceTest | Refusal:
    """Test which cells are more than chance in the period, or say why that cannot be told."""
    rng = np.random.default_rng(seeds.PERMUTATION)
    try:
        return more_than_chance(cached(known_cells, data, category, as_at), cached(grid, data), rng, first, last)
    except Refusal as refusal:
        return refusal


def capture(data: Dataset, category: str, as_at: pd.Period, share: float) -> Capture | Refusal:
    """Tell how much the same method caught of months it had not seen, or why that cannot be told."""
    try:
        return unseen_year(cached(known_cells, data, category, as_at), cached(grid, data), share)
    except Refusal as refusal:
        return refusal


def picture(data: Dataset, chosen: Filters, share: float) -> Picture:
    """Put together what the page draws.

    Raises
    ------
    Refusal
        Nothing is loaded.
    """
    as_at, (first, last) = chosen.latest(), chosen.span()
    cells = cached(grid, data)
    wards = cached(cell_wards, data)
    ranked = cached(ranking, data, chosen.category, as_at, chosen.season)
    top = ranked.top(share)
    every = cached(known_cells, data, chosen.category, as_at)
    on = np.isin(wards, list(chosen.wards)) if chosen.wards else np.ones(len(wards), dtype=bool)
    past = every.of(slice(every.trained_on(first - 1), every.trained_on(last))).astype(np.int64)
    listed = cached(places, data, chosen.category, as_at, chosen.season, share)
    of_period = [int(past[np.searchsorted(cells.cells, place.cells)].sum()) for place in listed]
    found = enough(listed, of_period)
    in_wards = tuple(p for p in found if not chosen.wards or p.ward_code in chosen.wards)
    anywhere = cached(every_place, data, chosen.category, as_at, chosen.season, share)
    there = sum(not chosen.wards or p.ward_code in chosen.wards for p in anywhere)
    on &= np.isin(cells.cells, np.concatenate([p.cells for p in found])) if found else False
    return Picture(
        grid=cells,
        ranking=ranked,
        volume=cached(volume, data, chosen.category, as_at, chosen.season),
        drawn=top[on[top]],
        places=in_wards,
        chance=cached(chance, data, chosen.category, as_at, first, last),
        capture=cached(capture, data, chosen.category, as_at, share),
        past=past,
        cell_wards=wards,
        few=there - len(in_wards),
        nothing_ranked=bool(anywhere) and not found,
    )


def density(data: Dataset, chosen: Filters) -> DensitySurface:
    """Incidents of the period per square kilometre and year at the centres of the cells."""
    found = chosen.known(data.incidents).of(chosen.category).within(*chosen.span())
    return density_surface(found, cached(grid, data))


def snap_points(data: Dataset, chosen: Filters) -> pd.DataFrame:
    """Snap points of the choice with their incidents, busiest first: easting_m, northing_m, location, count."""
    found = chosen.selected(data.incidents).in_area().frame
    points = found.groupby(["easting_m", "northing_m"], observed=True, sort=True)["location"].agg(["first", "size"])
    table = points.reset_index().rename(columns={"first": "location", "size": "count"})
    table["location"] = table["location"].astype("object").map(street_name)
    return table.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def by_month(data: Dataset, category: str, as_at: pd.Period | None, wards: tuple[str, ...]) -> pd.Series[float]:
    """Monthly counts up to the as-at month, of some wards or, where none is named, of all."""
    known = data.incidents if as_at is None else data.incidents.up_to(as_at)
    return monthly_series(known.of(category, wards or None), wards or None)


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


def wards_made(data: Dataset, chosen: Filters) -> tuple[Method, WardSpread]:
    """Say how :func:`wards_table` was made, where there is one, and what its intervals hold."""
    months = pd.period_range(chosen.first, chosen.last, freq="M")
    found = chosen.known(data.incidents).of(chosen.category)
    return ward_rates_method(found, data.area, months), rates_spread(found, data.area, months)


def cells_by_month(data: Dataset, category: str, as_at: pd.Period, positions: tuple[int, ...]) -> pd.Series[float]:
    """Incidents in some cells (positions in ``grid.cells``) by month, ward or no ward; NaN for a missing month."""
    every = cached(known_cells, data, category, as_at)
    cells = every.grid.cells[list(positions)]
    values = np.asarray(every.counts.tocsc()[:, cells].sum(axis=1), dtype=float).reshape(-1)
    return pd.Series(values, index=every.months).reindex(pd.period_range(every.months[0], every.months[-1], freq="M"))
