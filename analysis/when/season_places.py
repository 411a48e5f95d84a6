"""Whether the same places lead in a season as in the year, and whether past seasons say where the next one falls."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import MONTH_NAMES, Method, covered
from analysis.common.tails import t_quantile
from analysis.when.ward_season import LEVEL, WardSeason
from analysis.where.accuracy import caught
from analysis.where.cells import CellMonths, cells_in_share
from analysis.where.hotspots import discounted_score, smoothed
from analysis.where.validation import SEASON_LAG, season_targets
from data.place.area import Season

SHARE = 0.05  # of the cells
PAST_SEASONS = (0.25, 0.5, 1.0)  # of the score goes to the same months of past years in the rivals
LEAST_TARGETS = 2
CLEAR_TARGETS = 3  # with fewer seasons, none is clearly better
NEAR = 3  # months after the season that it is compared with, besides those between the ranking and the season
AS_IN_THE_YEAR = 0.05  # of the incidents: what the year's places may hold less of in the season than around it
_ERRORS = 2  # standard errors that a difference may come to by chance
LITTLE = 0.2  # standard deviation of the wards' log ratios up to which they differ "a little"
_COLUMNS = ("target", "incidents", "by_year", "around_incidents", "around")


@dataclass(frozen=True, eq=False)
class SeasonPlaces:
    """What past seasons say about the places of the next one, tried on the seasons that are there.

    Attributes
    ----------
    season : Season
    targets : DataFrame
        A row for every season tried: ``target`` (its first month, "YYYY-MM"), ``incidents``, and how many of them the
        top cells held ``by_year`` (the ranking in use) and ``with_past_seasons`` (the best of the rivals over all
        targets); ``around_incidents`` of the months around it that the ranking had not seen either, and how many the
        same cells held ``around``.
    weight : float
        Share of the score that this rival gives to past seasons; NaN without any target.
    by_year, with_past_seasons, around : float
        Shares held over all targets; NaN without any.
    differ : bool or None
        Wards differ in the season by more than chance; None where that was not measured.
    helped : bool
        Past seasons clearly caught more.
    alike : bool
        The year's places held in the season what they held around it, within five of a hundred incidents or chance.
    sentence : str
        "" with fewer than two seasons tried: it was not measured.
    method : Method
    """

    season: Season
    targets: pd.DataFrame
    weight: float
    by_year: float
    with_past_seasons: float
    around: float
    differ: bool | None
    helped: bool
    alike: bool
    sentence: str
    method: Method = field(repr=False)

    @property
    def measured(self) -> bool:
        """At least two seasons could be tried."""
        return len(self.targets) >= LEAST_TARGETS


def season_places(
    counted: CellMonths, season: Season, wards: WardSeason | None = None, share: float = SHARE
) -> SeasonPlaces:
    """Try on every stored season whether past seasons would have said more about its places than the year did.

    Parameters
    ----------
    counted : CellMonths
        Of one crime type, nothing later than the as-at month.
    season : Season
        Consecutive calendar months.
    wards : WardSeason, optional
        The same season by ward (:func:`analysis.when.ward_season.ward_seasons`): do wards differ at all.
    share : float
        Of the cells.

    Returns
    -------
    SeasonPlaces

    Raises
    ------
    InputError
        Months that are no season.

    Notes
    -----
    Each target is ranked from the months up to three before it: by the discounted count in use, and by mixtures that
    give a quarter, a half or all of the score to the same months of past years. Past seasons have helped where the
    best of these has a higher hit rate by a one-sided t over at least three targets, at 5 % over the three
    (Bonferroni). A target needs incidents and a past season.

    When it misleads: with a handful of seasons only a large help is seen, so "has not helped" is no proof that nothing
    could. "The same places" is said of cells together, not of each.

    References
    ----------
    Of this project; hit rates as :func:`analysis.where.accuracy.hit_rate`.
    """
    rows = []
    n = cells_in_share(share, len(counted.grid.cells))
    for first, span, trained in season_targets(counted.months, season.months):
        own = np.isin(np.asarray(counted.months.month[:trained]), season.months)
        start = counted.trained_on(first - 1)
        later = counted.of(slice(start, start + span))
        if not own.any() or not later.sum():
            continue
        year = discounted_score(counted, trained)
        past = _same_months(counted, np.flatnonzero(own))
        mixed = [caught((1 - part) * _whole(year) + part * _whole(past), later, n) for part in PAST_SEASONS]
        around = counted.of(_around(counted.months, first, span))
        rows.append((str(first), later.sum(), caught(year, later, n), around.sum(), caught(year, around, n), *mixed))
    tried = pd.DataFrame(rows, columns=[*_COLUMNS, *PAST_SEASONS])
    rivals = tried[list(PAST_SEASONS)]
    weight = PAST_SEASONS[int(np.argmax(rivals.sum().to_numpy(dtype=float)))] if rows else float("nan")
    targets = tried[list(_COLUMNS)].assign(with_past_seasons=tried[weight] if rows else pd.Series(dtype=float))
    total, beside = float(targets["incidents"].sum()), float(targets["around_incidents"].sum())
    by_year, with_past = (
        float(targets[c].sum()) / total if total else np.nan for c in ("by_year", "with_past_seasons")
    )
    around_share = float(targets["around"].sum()) / beside if beside else np.nan
    helped = _clearly((targets["with_past_seasons"] - targets["by_year"]) / targets["incidents"])
    alike = _alike(by_year, total, around_share, beside)
    differ = None if wards is None else bool(wards.p <= LEVEL)
    return SeasonPlaces(
        season=season,
        targets=targets,
        weight=weight,
        by_year=by_year,
        with_past_seasons=with_past,
        around=around_share,
        differ=differ,
        helped=helped,
        alike=alike,
        sentence=_sentence(
            season,
            targets,
            None if wards is None else wards.tau,
            (by_year, with_past, around_share),
            differ=differ,
            helped=helped,
            alike=alike,
        ),
        method=Method(
            name="places of a season by the year and with past seasons, each season ranked as it was before it",
            parameters={
                "top": f"{100 * share:g} % of cells ({n:,})",
                "seasons tried": ", ".join(targets["target"]) or "none",
                **(
                    {
                        "held by the year": f"{100 * by_year:.0f} %, in the months around {100 * around_share:.0f} %",
                        "with past seasons": f"{100 * with_past:.0f} %, {100 * weight:.0f} % of the score being theirs",
                    }
                    if len(targets)
                    else {}
                ),
                "ranked": f"{SEASON_LAG} months before",
            },
            n=round(total),
            data_version=counted.version,
            period=covered(counted.months),
            caveats=("With a handful of seasons only a large help can be seen.",),
        ),
    )


def _same_months(counted: CellMonths, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Count past seasons by cell, all alike, smoothed as the ranking is."""
    grid = counted.grid
    whole = np.asarray(counted.counts[rows].sum(axis=0), dtype=float).reshape(grid.rows, grid.columns)
    return np.asarray(smoothed(whole, grid.cell_size_m).reshape(-1)[grid.cells], dtype=float)


def _whole(score: NDArray[np.float64]) -> NDArray[np.float64]:
    total = float(score.sum())
    return score / total if total > 0 else score


def _around(months: pd.PeriodIndex, first: pd.Period, span: int) -> NDArray[np.intp]:
    """Rows of the months between the ranking and the season, and of those after it."""
    away = np.asarray(months.asi8, dtype=np.int64) - first.ordinal
    return np.flatnonzero((away > -SEASON_LAG) & (away < span + NEAR) & ~((away >= 0) & (away < span)))


def _alike(here: float, n: float, around: float, beside: float) -> bool:
    """Whether a share is no lower than the one around, but for a little or for chance; not without incidents around."""
    if not (n and beside):
        return False
    p = (here * n + around * beside) / (n + beside)
    error = np.sqrt(p * (1 - p) * (1 / n + 1 / beside))
    return bool(around - here <= max(AS_IN_THE_YEAR, _ERRORS * error))


def _clearly(better: pd.Series[float]) -> bool:
    """Whether a difference is above 0 by a one-sided t over the seasons, being the best of some."""
    n = len(better)
    if n < CLEAR_TARGETS or better.mean() <= 0:
        return False
    error = float(better.std(ddof=1)) / n**0.5
    return bool(error == 0 or better.mean() / error > t_quantile(1 - LEVEL / len(PAST_SEASONS), n - 1))


def _sentence(
    season: Season,
    targets: pd.DataFrame,
    tau: float | None,
    shares: tuple[float, float, float],
    *,
    differ: bool | None,
    helped: bool,
    alike: bool,
) -> str:
    n = len(targets)
    if n < LEAST_TARGETS:
        return ""
    name = " and ".join(MONTH_NAMES[m - 1] for m in season.months)
    one = len(season.months) == 1
    tried, past = (f"{n} {name}s", f"past {name}s") if one else (f"{n} years", f"{name} of past years")
    if helped:
        better = int((targets["with_past_seasons"] > targets["by_year"]).sum())
        return (
            f"Places in {name} are not quite those of the year: using {past} has helped to predict the next {name} "
            f"(better in {better} of {tried} tried). The ranking does not do so."
        )
    by_year, with_past, around = shares
    not_helped = "has not clearly helped" if with_past > by_year else "has not helped"
    if differ:
        little = " a little" if tau is not None and tau <= LITTLE else ""
        return (
            f"Wards differ{little} in {name} (more than chance); using that {not_helped} to predict the next {name} "
            f"({n} tried)."
        )
    if alike:
        return f"The same places lead in {name} as in the year (measured on {tried})."
    return (
        f"In {name} the places of the year hold {100 * by_year:.0f} % of incidents, in the months around it "
        f"{100 * around:.0f} %; using {past} {not_helped} to predict which others lead ({tried} tried)."
    )
