"""Step 2 of a plan, where: places with what is expected in the window, how firm they are, how well that predicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.ahead.calibration import Calibration
from analysis.ahead.calibration import calibration as calibration_of
from analysis.ahead.window import window_days, window_words
from analysis.ahead.window_volume import WindowVolume
from analysis.common import seeds
from analysis.common.counts import monthly_by_ward
from analysis.common.method import covered
from analysis.common.refusal import Refusal
from analysis.findings.age import expected_words
from analysis.when.seasonality import season_mask
from analysis.where.hotspots import Ranking, rank_counted
from analysis.where.lead import Lead
from analysis.where.lead import lead as lead_of
from analysis.where.moved import moved_points
from analysis.where.places import LEAST_WORD, Place, enough, find_places, too_few_words
from analysis.where.stability import stability
from analysis.where.validation import backtest
from data.plan.plan import PlanCell, PlanPlace
from data.plan.told import Told
from geo.errors import InputError
from geo.grid import Grid, grid_reference
from geo.reference import from_reference
from pages.ui.map import lattice
from pages.ui.plan.when.operation import PlanWindow, known, volume
from pages.ui.shell.cache import Dataset, cached

SHARES = (0.01, 0.02, 0.03, 0.05)
DEFAULT_SHARE = 0.05
TESTED = 40  # places whose stability is computed
BY_HAND = "added by hand"


@dataclass(frozen=True)
class OwnPlace:
    """A place that a person added, such as a known bonfire site: a name and a grid reference."""

    name: str
    reference: str


@dataclass(frozen=True, eq=False)
class Where:
    """What step 2 shows.

    Attributes
    ----------
    grid : Grid
    ranking : Ranking
        Scaled to ``volume.total``: per cent where there is no forecast.
    volume : WindowVolume
    places : tuple of PlanPlace
        Ranked ones first, then those that were added by hand.
    positions : tuple of ndarray of int
        Positions in ``grid.cells`` of the cells of every place.
    told : Told
        Whether the figures are expected incidents or parts of the area's.
    expected_words : str
        What the figures are, for map and list: "expected in 25 October to 8 November 2024".
    few : int
        Further places that have too few incidents to rank: they are not among ``places``.
    zone : str
        Name of the zone that the places were cut to; "" for the whole area.
    zone_kept : str
        How a plan says which zone that was.
    """

    grid: Grid
    ranking: Ranking
    volume: WindowVolume
    places: tuple[PlanPlace, ...]
    positions: tuple[NDArray[np.intp], ...]
    told: Told
    expected_words: str
    few: int = 0
    zone: str = ""
    zone_kept: str = ""

    @property
    def past_words(self) -> str:
        """What the past counts are: "in January 2024 to December 2024"."""
        return f"in {covered(self.ranking.months_last12)}"

    @property
    def expected(self) -> float:
        """Expected in the ranked places together; those that were added by hand may lie in them or anywhere else."""
        return sum(place.expected for place in self.places if place.label != BY_HAND)

    @property
    def few_words(self) -> str:
        """Say how many places are left out because they have too few incidents; empty where none is."""
        return too_few_words(self.few, self.past_words)

    def nothing_ranked(self, what: str) -> str:
        """Say that no place has incidents enough for a ranking; empty where one has."""
        if self.few == 0 or any(place.label != BY_HAND for place in self.places):
            return ""
        return f"Too few to rank: no place has {LEAST_WORD} {what} {self.past_words}"


def ranking(data: Dataset, window: PlanWindow) -> Ranking:
    """Rank cells by expected incidents in the window; without a forecast by their part of the area's, in per cent."""
    found = cached(volume, data, window)
    ranked = rank_counted(cached(lattice.known_cells, data, window.category, window.as_at), expected_total=found.total)
    if found.forecast is not None:
        return ranked
    parameters = {**ranked.method.parameters, "scale": "to 100 % of the area's, for want of a forecast"}
    name = "Cells by their part of the area's incidents: discounted counts, lightly smoothed"
    return replace(ranked, method=replace(ranked.method, name=name, parameters=parameters))


def found_places(data: Dataset, window: PlanWindow, share: float) -> tuple[Place, ...]:
    """Rank the places of the whole area that have incidents enough, most expected incidents first."""
    return enough(cached(every_place, data, window, share))


def every_place(data: Dataset, window: PlanWindow, share: float) -> tuple[Place, ...]:
    """Give the places of the whole area, also those with too few incidents to rank."""
    return find_places(cached(ranking, data, window), known(data, window), data.area, share)


def firm(data: Dataset, window: PlanWindow, share: float) -> tuple[float, ...]:
    """Share of 84 maps drawn another way in which each of the first places stays."""
    places = cached(found_places, data, window, share)[:TESTED]
    rng = np.random.default_rng(seeds.JITTER)
    return stability(known(data, window), data.area, places, cached(lattice.grid, data), rng, share).stays


def where(data: Dataset, window: PlanWindow, share: float, own: tuple[OwnPlace, ...] = ()) -> Where:
    """Put together the places of a window.

    Parameters
    ----------
    share : float
        Of the cells that are joined into places.
    own : tuple of OwnPlace
        Added by hand; each is the one cell that its reference lies in.

    Raises
    ------
    InputError
        An own place lies outside the area.
    """
    cells = cached(lattice.grid, data)
    ranked = cached(ranking, data, window)
    stays = cached(firm, data, window, share)
    found = cached(found_places, data, window, share)
    few = len(cached(every_place, data, window, share)) - len(found)
    positions = [np.searchsorted(cells.cells, place.cells) for place in found]
    places = [
        _place(place, ranked, at, stays[i] if i < len(stays) else None)
        for i, (place, at) in enumerate(zip(found, positions, strict=True))
    ]
    wards = cached(lattice.cell_wards, data)
    for one in own:
        at = np.array([cell_of(cells, one)], dtype=np.intp)
        positions.append(at)
        places.append(_own(one, len(places) + 1, ranked, at, str(wards[at[0]])))
    total = cached(volume, data, window)
    words, told = window_words(window.first, window.last), total.told(window.category)
    return Where(
        grid=cells,
        ranking=ranked,
        volume=total,
        places=tuple(places),
        positions=tuple(positions),
        told=told,
        expected_words=expected_words(words, over=False) if told.forecast else f"% {told.words}",
        few=few,
    )


def asked_on(found: Where, window: PlanWindow, day: date) -> Where:
    """Say of places whose days are over on a day that they were to be expected and are not yet loaded."""
    if found.volume.forecast is None or window.last >= day:
        return found
    return replace(found, expected_words=expected_words(window_words(window.first, window.last), over=True))


def marked(places: tuple[PlanPlace, ...], pinned: tuple[int, ...], left_out: tuple[int, ...]) -> tuple[PlanPlace, ...]:
    """Say of every place whether a patrol must go there or may not; leaving out goes before."""
    return tuple(
        replace(p, pinned=p.number in pinned and p.number not in left_out, left_out=p.number in left_out)
        for p in places
    )


def _cells(ranked: Ranking, positions: NDArray[np.intp]) -> tuple[PlanCell, ...]:
    order = positions[np.argsort(-ranked.expected[positions], kind="stable")]
    east, north = ranked.grid.corners(ranked.grid.cells[order])
    rows = zip(grid_reference(east, north), east, north, ranked.expected[order], strict=True)
    return tuple(PlanCell(ref, float(e), float(n), float(value)) for ref, e, n, value in rows)


def _place(place: Place, ranked: Ranking, positions: NDArray[np.intp], stays: float | None) -> PlanPlace:
    return PlanPlace(
        number=place.number,
        name=place.name,
        label=place.label,
        ward_code=place.ward_code,
        grid_reference=place.grid_reference,
        easting_m=place.easting_m,
        northing_m=place.northing_m,
        expected=place.expected,
        past=place.count_last12,
        stability=stays,
        pinned=False,
        left_out=False,
        cells=_cells(ranked, positions),
    )


def cell_of(cells: Grid, one: OwnPlace) -> int:
    """Find the cell that a place of one's own lies in, by its position.

    Raises
    ------
    InputError
        Its reference is none, or lies outside the area.
    """
    east, north = from_reference(one.reference)
    at = cells.locate(np.array([east]), np.array([north]))
    position = int(np.searchsorted(cells.cells, at[0]))
    if position >= len(cells.cells) or cells.cells[position] != at[0]:
        raise InputError(f"“{one.name}” does not lie in the area", column="grid reference", value=one.reference)
    return position


def _own(one: OwnPlace, number: int, ranked: Ranking, at: NDArray[np.intp], ward_code: str) -> PlanPlace:
    east, north = from_reference(one.reference)
    return PlanPlace(
        number=number,
        name=one.name,
        label=BY_HAND,
        ward_code=ward_code,
        grid_reference=one.reference,
        easting_m=east,
        northing_m=north,
        expected=float(ranked.expected[at].sum()),
        past=int(ranked.count_last12[at].sum()),
        stability=None,
        pinned=False,
        left_out=False,
        cells=_cells(ranked, at),
    )


# --- how well it predicts --------------------------------------------------------------------------------------------
def past_captures(data: Dataset, window: PlanWindow, share: float) -> pd.DataFrame:
    """Backtest the same ranking on the window's months of past years, each from what was known three months before."""
    counted = cached(lattice.known_cells, data, window.category, window.as_at)
    months = tuple(int(m.month) for m in window_days(window.first, window.last).index)
    if len(months) > 12:
        months = months[:12]
    table = backtest(counted, cached(lattice.grid, data), "window", None, (share,), season_months=months)
    return table[table["incidents"] > 0].reset_index(drop=True)


def lead(data: Dataset, window: PlanWindow, share: float) -> Lead:
    """Say whether the ranking was better on past windows than last year's busiest cells."""
    return lead_of(cached(past_captures, data, window, share))


def calibration(data: Dataset, window: PlanWindow) -> Calibration:
    """Hold what would have been said for the busiest cells against what came, on past months."""
    table = monthly_by_ward(known(data, window), data.area.wards.codes)
    mask = season_mask(pd.PeriodIndex(table.index), data.area, window.category)
    return calibration_of(table, mask, cached(lattice.known_cells, data, window.category, window.as_at))


def calibration_words(data: Dataset, window: PlanWindow) -> str:
    """Say it in a sentence, to stand beside what is covered; empty where there is no forecast to go by."""
    if cached(volume, data, window).forecast is None:
        return ""
    return cached(calibration, data, window).sentence


def capture_sentence(table: pd.DataFrame, share: float) -> str:
    """Say in words how the same ranking did on past windows."""
    if table.empty:
        return (
            "How the same ranking did on past windows cannot be said: no past year has these months and nine published "
            "months three months before them."
        )
    rates = 100 * table["hit_rate"]
    years = ", ".join(target[:4] for target in table["target"])
    several = len(table) > 1
    spread = f" (from {rates.min():.0f} % to {rates.max():.0f} %)" if several else ""
    return (
        f"In the same {'months' if int(table['months'].iloc[0]) > 1 else 'month'} of {years}, ranked from what was "
        f"known three months before, the top {100 * share:g} % of cells caught {rates.mean():.0f} % of incidents"
        f"{', mean of the years' if several else ''}{spread}."
    )


def true_addresses(data: Dataset, window: PlanWindow, share: float) -> str:
    """Say in one sentence how much less the same cells catch at true addresses than at published points."""
    try:
        return moved_points(
            known(data, window), cached(lattice.grid, data), np.random.default_rng(seeds.JITTER), share
        ).sentence
    except Refusal as refusal:
        return str(refusal)
