"""Months laid out for regressions on year and season: which month belongs to what, and which season can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.refusal import Refusal
from analysis.common.regression import Fit, estimable, poisson
from analysis.when.shape import Prepared
from data.kinds.crime_types import ASB, category_words
from data.place.area import Season
from geo.errors import InputError

YEAR_STARTS = 4  # April: an October is compared with the months before and after it, and lockdown takes out one year
LEAST_REFERENCE = 3  # months of a year to which its season is compared
SEASONS: tuple[Season, ...] = (
    Season("october", "October", (10,)),
    Season("july-august", "July and August", (7, 8)),
    Season("november", "November", (11,)),
    Season("december", "December", (12,)),
)
MORE_MONTHS = "Load more months on the Data page"
_HALF = 0.5  # added to both counts of every year where one of them is zero (Haldane 1956)


@dataclass(frozen=True, eq=False)
class Design:
    """Months laid out for a regression on year and season.

    Attributes
    ----------
    months : PeriodIndex, length n
        That are there, not left out, and of a year that has an incident.
    year : ndarray of int, shape (n,)
        Calendar year in which the month's year starts.
    x : ndarray, shape (n, years + seasons)
        An indicator for every year, then one for every season.
    """

    months: pd.PeriodIndex
    year: NDArray[np.int64]
    x: NDArray[np.float64]


def lay_out(
    months: pd.PeriodIndex, groups: Sequence[Sequence[int] | NDArray[np.bool_]], year_starts: int = YEAR_STARTS
) -> Design:
    """Lay months out by year and season.

    Parameters
    ----------
    months : PeriodIndex, length n
    groups : sequence
        A season each: calendar months (1 to 12), or the months themselves as bool, shape (n,).
    year_starts : int
        Month in which a year starts.

    Returns
    -------
    Design
    """
    year = np.asarray((months - (year_starts - 1)).year, dtype=np.int64)
    name = np.asarray(months.month)
    columns = [year == y for y in np.unique(year)]
    columns += [g if isinstance(g, np.ndarray) else np.isin(name, list(g)) for g in groups]
    return Design(months, year, np.column_stack(columns).astype(float))


def fit_overdispersed(y: NDArray[np.float64], x: NDArray[np.float64], days: NDArray[np.float64]) -> tuple[Fit, float]:
    """Fit a Poisson regression, then a negative binomial with alpha by moments.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Counts by month.
    x : ndarray, shape (n, k)
    days : ndarray, shape (n,)

    Returns
    -------
    Fit
        Of the negative binomial.
    float
        alpha = max(0, sum((y - mu)^2 - mu)/sum mu^2 x n/df).
    """
    first = poisson(y, x, days)
    mu = first.mean
    alpha = max(0.0, float(((y - mu) ** 2 - mu).sum() / (mu**2).sum()) * len(y) / first.df)
    return (poisson(y, x, days, alpha), alpha) if alpha > 0 else (first, 0.0)


def check_seasons(seasons: Sequence[Season]) -> None:
    """Check that seasons are calendar months, none in two of them, with months of no season left over.

    Raises
    ------
    InputError
    """
    months = [m for season in seasons for m in season.months]
    if not months or len(set(months)) < len(months) or not set(months) <= set(range(1, 13)):
        raise InputError(
            "seasons are calendar months from 1 to 12, none of them in two seasons", column="seasons", value=str(months)
        )
    if 12 - len(months) < LEAST_REFERENCE:
        raise InputError(
            f"seasons must leave at least {LEAST_REFERENCE} months to compare with", column="seasons", value=str(months)
        )


def told_apart(
    months: pd.PeriodIndex, y: NDArray[np.float64], seasons: Sequence[Season], year_starts: int
) -> tuple[list[Season], list[tuple[Season, str]]]:
    """Sort seasons into those whose effect can be had from some months, and those that cannot, with the reason.

    Parameters
    ----------
    months : PeriodIndex, length n
    y : ndarray, shape (n,)
        Counts.
    seasons : sequence of Season
    year_starts : int

    Returns
    -------
    list of Season
    list of (Season, str)
    """
    name = np.asarray(months.month)
    kept: list[Season] = []
    refused: list[tuple[Season, str]] = []
    for season in seasons:
        own = np.isin(name, season.months)
        if not own.any():
            refused.append((season, f"There is no effect of {season.name}: no such month is in the data"))
        elif not y[own].any():
            refused.append((season, f"There is no effect of {season.name}: there is no incident in such a month"))
        else:
            kept.append(season)
    if not kept:
        return [], refused
    used = np.ones(len(months), dtype=bool)
    for season, _ in refused:
        used &= ~np.isin(name, season.months)
    x = lay_out(months[used], [s.months for s in kept], year_starts).x
    first = x.shape[1] - len(kept)
    lone = [season for i, season in enumerate(kept) if not estimable(x, first + i)]
    refused += [
        (
            season,
            f"There is no effect of {season.name}: no year has both such a month and months to compare it with",
        )
        for season in lone
    ]
    return [season for season in kept if season not in lone], refused


@dataclass(frozen=True, eq=False)
class Usable:
    """Months from which effects of seasons can be had.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Positions in the months that were prepared: there, not left out, of a year with an incident, of no refused
        season.
    kept : list of Season
        At least one.
    refused : list of (Season, str)
        Those whose effect cannot be had, and why.
    """

    rows: NDArray[np.intp]
    kept: list[Season]
    refused: list[tuple[Season, str]]


def usable_months(data: Prepared, seasons: Sequence[Season], year_starts: int, what: str) -> Usable:
    """Find the months and seasons that a regression can be made on.

    Parameters
    ----------
    data : Prepared
        Of the whole area.
    seasons : sequence of Season
    year_starts : int
    what : str
        What is not there when it is refused: "seasonal effect".

    Raises
    ------
    Refusal
        No season can be told from the months of no season.
    """
    rows = np.flatnonzero(data.used)
    rows = rows[busy_years(data.months[rows], data.count[rows], year_starts)]
    kept, refused = told_apart(data.months[rows], data.count[rows], seasons, year_starts)
    if not kept:
        raise no_season(what)
    name = np.asarray(data.months[rows].month)
    for season, _ in refused:  # a season without any incident has no finite effect: its months leave
        rows, name = rows[~np.isin(name, season.months)], name[~np.isin(name, season.months)]
    return Usable(rows, kept, refused)


def no_season(what: str) -> Refusal:
    """Say that no season can be told from the others."""
    return Refusal(f"There is no {what}: no season can be told from the months of no season in these data", MORE_MONTHS)


def check_history(data: Prepared, least: int, what: str) -> None:
    """Refuse what needs more months than there are.

    Raises
    ------
    Refusal
    """
    if data.history < least:
        raise Refusal(
            f"There is no {what}: it needs at least {least} months, and there "
            f"{'is' if data.history == 1 else 'are'} {data.history}",
            MORE_MONTHS,
        )


class OfSeason(Protocol):
    """Something that was found for a season."""

    @property
    def season(self) -> Season: ...  # noqa: D102


_Found = TypeVar("_Found", bound=OfSeason)


def of_season(key: str, found: Sequence[_Found], refused: Sequence[tuple[Season, str]]) -> _Found:
    """Give what was found for a season.

    Raises
    ------
    Refusal
        It cannot be had.
    InputError
        It was not asked for.
    """
    for one in found:
        if one.season.key == key:
            return one
    for season, reason in refused:
        if season.key == key:
            raise Refusal(reason, MORE_MONTHS)
    raise InputError("there is no effect of such a season", value=key)


def busy_years(months: pd.PeriodIndex, y: NDArray[np.float64], year_starts: int) -> NDArray[np.bool_]:
    """Tell which months lie in a year that has an incident, shape (n,): one without says nothing of any season."""
    _, position = np.unique(np.asarray((months - (year_starts - 1)).year), return_inverse=True)
    return np.asarray(np.bincount(position, weights=y)[position] > 0)


def yearly_ratios(
    y: NDArray[np.float64],
    days: NDArray[np.float64],
    year: NDArray[np.int64],
    own: NDArray[np.bool_],
    reference: NDArray[np.bool_],
    length: int,
) -> tuple[list[int], NDArray[np.float64]]:
    """Compare a season with the reference months of its own year, year by year, per day.

    Parameters
    ----------
    y, days : ndarray, shape (n,)
        Counts and days by month.
    year : ndarray of int, shape (n,)
    own, reference : ndarray of bool, shape (n,)
        Months of the season, and of no season.
    length : int
        Months that the whole season has.

    Returns
    -------
    list of int
        Years with the whole season and at least three reference months.
    ndarray
        Log ratios of those years. Where a year has a zero, one half is added to both counts of every year.
    """
    years = [int(u) for u in np.unique(year) if _whole(year == u, own, reference, length)]
    season = np.array([[y[(year == u) & own].sum(), days[(year == u) & own].sum()] for u in years]).reshape(-1, 2)
    usual = np.array([[y[(year == u) & reference].sum(), days[(year == u) & reference].sum()] for u in years])
    usual = usual.reshape(-1, 2)
    add = _HALF if len(years) and not (season[:, 0].all() and usual[:, 0].all()) else 0.0
    return years, np.log((season[:, 0] + add) / season[:, 1]) - np.log((usual[:, 0] + add) / usual[:, 1])


def _whole(at: NDArray[np.bool_], own: NDArray[np.bool_], reference: NDArray[np.bool_], length: int) -> bool:
    return int((at & own).sum()) == length and int((at & reference).sum()) >= LEAST_REFERENCE


def year_label(year: int, year_starts: int) -> str:
    """Name a year: "2023", or "2023/24" where it does not start in January."""
    return str(year) if year_starts == 1 else f"{year}/{(year + 1) % 100:02d}"


def short_name(category: str | None) -> str:
    """Begin a sentence about a crime type: "ASB", "Drug offences", "Burglary"."""
    if category is None:
        return "Recorded crime and ASB"
    words = category_words(category)
    return "ASB" if category == ASB else words[0].upper() + words[1:]
