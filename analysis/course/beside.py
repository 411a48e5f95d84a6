"""An area beside other districts: rates by residents, and which differences are more than years vary by."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import YEAR, Method, list_months
from analysis.common.rates import PER
from analysis.common.refusal import Refusal
from analysis.common.tails import normal_quantile, t_above, t_quantile
from analysis.common.years import compare_series
from analysis.course.districts import FEWEST, Districts

LOWER, HIGHER, NEAR = "lower", "higher", "not told apart"
LEVEL = 0.95
_ZERO = 0.5  # added to counts before their logarithm is taken
FEW_PAIRS = 3
RESIDENTS_ELSEWHERE = (
    "Rates are by residents, and residents are not who is there: a city centre with shops, stations and nights out has "
    "many people in it who live elsewhere, so that its rate says little of the risk of a resident."
)
ONE_CENSUS = "Residents of one census stand for all years: where a district grew since, its rate is too high."


@dataclass(frozen=True)
class YearSpread:
    """How much districts move against each other from one year to the next.

    Attributes
    ----------
    sigma : float
        Standard deviation of the change of ln(count) of a district against the mean of all, beyond chance.
    df : int
        Degrees of freedom behind it; 0 where it is not known.
    pairs : int
        Pairs of years.
    """

    sigma: float
    df: int
    pairs: int

    @property
    def known(self) -> bool:
        """Whether there is a pair of years to tell it from."""
        return self.df > 0


@dataclass(frozen=True, eq=False)
class Beside:
    """An area among districts, lowest rate first.

    Attributes
    ----------
    table : DataFrame
        ``district``, ``own``, ``count``, ``residents``, ``rate`` (for every 1,000 residents, in the months compared),
        ``low``, ``high`` (95 % interval), ``against`` (the other: ``lower``, ``higher`` or ``not told apart`` from the
        area; empty of the area itself and where it is not known), ``p`` (corrected), ``change``, ``change_low``,
        ``change_high`` (ratio to the year before; NaN where there is none), ``index`` (the last 12 months, the first 12
        that all have being 100; NaN where there are none).
    index : DataFrame
        Months by districts: 12 months' counts up to each, the first ones being 100; NaN where one of them is missing.
    own : str
    end : Period
        The as-at month.
    months : PeriodIndex
        That are compared, of the last 12.
    spread : YearSpread
    rank : int
        Of the area, 1 is the lowest rate; of equal rates the first.
    lowest, highest : int
        Ranks that the area may have when differences within what years vary by count as none.
    left_out : tuple of (str, str)
    nowhere : float
        Share of rows without a small area.
    method : Method
    """

    table: pd.DataFrame = field(repr=False)
    index: pd.DataFrame = field(repr=False)
    own: str
    end: pd.Period
    months: pd.PeriodIndex
    spread: YearSpread
    rank: int
    lowest: int
    highest: int
    left_out: tuple[tuple[str, str], ...]
    nowhere: float
    method: Method

    @property
    def of(self) -> int:
        """Number of districts, the area among them."""
        return len(self.table)

    def named(self, against: str) -> list[str]:
        """Names of the other districts that stand so to the area, the nearest rate first."""
        rows = self.table[self.table["against"] == against]
        rate = float(self.table.loc[self.table["own"], "rate"].iloc[0])
        order = np.argsort(np.abs(rows["rate"].to_numpy() - rate), kind="stable")
        return [str(name) for name in rows["district"].to_numpy()[order]]


def year_spread(series: pd.DataFrame, end: pd.Period) -> YearSpread:
    """Measure how much districts move against each other from one year to the next.

    Parameters
    ----------
    series : DataFrame of float, shape (months, districts)
        As :class:`analysis.course.districts.Districts`.
    end : Period
        Years are counted back from it, 12 months each, so that none overlaps another.

    Returns
    -------
    YearSpread
        Of all pairs of neighbouring years with at least six calendar months that all districts have in both.

    Notes
    -----
    What all districts do together (a new way of recording, a lockdown) is no difference between them and is taken out.
    Chance alone (Poisson) is taken off by moments. When it misleads: a district that changed once, for good, in one of
    few years makes all intervals wide.

    References
    ----------
    Of this project.
    """
    squares = chance = 0.0
    df = pairs = 0
    whole = series.dropna()
    back = 0
    while len(whole) and end - back * YEAR >= whole.index[0]:
        now = pd.period_range(end - (back + 1) * YEAR + 1, end - back * YEAR, freq="M")
        both = [month for month in now if month in whole.index and month - YEAR in whole.index]
        if len(both) >= FEWEST:
            a = whole.loc[both].sum().to_numpy(dtype=float) + _ZERO
            b = whole.loc[[month - YEAR for month in both]].sum().to_numpy(dtype=float) + _ZERO
            change = np.log(a / b)
            squares += float(((change - change.mean()) ** 2).sum())
            chance += (1 - 1 / len(a)) * float((1 / a + 1 / b).sum())
            df, pairs = df + len(a) - 1, pairs + 1
        back += 1
    return YearSpread(float(np.sqrt(max(0.0, squares - chance) / df)) if df else 0.0, df, pairs)


def beside(found: Districts, name: str, data_version: str = "") -> Beside:
    """Compare the rate of an area with those of other districts.

    Parameters
    ----------
    found : Districts
    name : str
        What is counted, such as "ASB".
    data_version : str
        For the caption.

    Returns
    -------
    Beside
        With fewer than two years that can be paired, intervals are those of chance alone, and no difference is called
        one: ``spread.known`` is False.

    Raises
    ------
    Refusal
        Nothing was recorded anywhere.

    Notes
    -----
    The question is whether an order would be the same in another year. The logarithm of the ratio of two districts'
    rates changes from one year to the next with variance 2 s² + 2/a + 2/b: s is what districts move by
    (:func:`year_spread`), a and b are their counts, of this year and about as many in the other. A difference is called
    one where it is larger than that change would be in 5 of 100 cases (t, with the degrees of freedom of s), Holm's
    correction over all other districts. The interval of a rate is where that of another year lies in 95 of 100 cases,
    but for what all districts do together. How often both hold is printed by
    ``python -m pytest -m long -s tests/course/test_beside_real.py``.

    When it misleads: residents are not who is there, so a city centre has a high rate whatever its residents meet with;
    recording differs between forces, and within one over time; few pairs of years say little of how much years vary.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scand. J. Statist. 6, 65-70.
    Goldstein, H. and Spiegelhalter, D. J. (1996). League tables and their limitations. J. R. Statist. Soc. A 159,
    385-443.
    """
    counted = found.series.loc[found.months].sum().to_numpy(dtype=float)
    if not counted.sum():
        raise Refusal(f"{name}: none was recorded in any of the districts", "Choose another crime type")
    people = found.residents.reindex(found.series.columns).to_numpy(dtype=float)
    n = np.maximum(counted, _ZERO)
    logs = np.log(n / people)
    spread = year_spread(found.series, found.end)
    own = list(found.series.columns).index(found.own)
    t = float(t_quantile((1 + LEVEL) / 2, spread.df)) if spread.known else float(normal_quantile((1 + LEVEL) / 2))
    # without years to tell from, the interval is that of the count alone
    wide = t * np.sqrt(spread.sigma**2 + (2 if spread.known else 1) / n)
    p = _against(logs, n, own, spread)
    side = np.where(p < 1 - LEVEL, np.where(logs < logs[own], LOWER, HIGHER), NEAR).astype(object)
    side[own] = ""
    if not spread.known:
        side[:] = ""
    changes = [_change(found, column) for column in found.series.columns]
    index = _index(found.series)
    table = pd.DataFrame(
        {
            "district": [str(one) for one in found.series.columns],
            "own": np.arange(len(n)) == own,
            "count": counted.astype(int),
            "residents": people.astype(int),
            "rate": PER * counted / people,
            "low": PER * np.exp(logs - wide),
            "high": PER * np.exp(logs + wide),
            "against": side.astype(str),
            "p": p,
            "change": [one[0] for one in changes],
            "change_low": [one[1] for one in changes],
            "change_high": [one[2] for one in changes],
            "index": index.iloc[-1].to_numpy(dtype=float),
        }
    ).sort_values("rate", kind="stable", ignore_index=True)
    rates = table["rate"].to_numpy()
    mine = float(table.loc[table["own"], "rate"].iloc[0])
    clear = spread.known
    return Beside(
        table=table,
        index=index,
        own=found.own,
        end=found.end,
        months=found.months,
        spread=spread,
        rank=1 + int((rates < mine).sum()),
        lowest=1 + int((table["against"] == LOWER).sum()) if clear else 1,
        highest=len(table) - int((table["against"] == HIGHER).sum()) if clear else len(table),
        left_out=found.left_out,
        nowhere=found.nowhere,
        method=_method(found, spread, int(counted.sum()), data_version),
    )


def _against(logs: NDArray[np.float64], n: NDArray[np.float64], own: int, spread: YearSpread) -> NDArray[np.float64]:
    """P-values of the area's difference to each of the others, corrected for all of them (Holm); NaN of its own."""
    p = np.full(len(n), np.nan)
    others = np.flatnonzero(np.arange(len(n)) != own)
    if not spread.known:
        return p
    error = np.sqrt(2 * spread.sigma**2 + 2 / n[others] + 2 / n[own])
    raw = 2 * t_above(np.abs(logs[others] - logs[own]) / error, spread.df)
    order = np.argsort(raw, kind="stable")
    stepped = np.maximum.accumulate(raw[order] * np.arange(len(raw), 0, -1))
    p[others[order]] = np.minimum(stepped, 1.0)
    return p


def _change(found: Districts, column: str) -> tuple[float, float, float]:
    """Ratio of the last 12 months to those before, with its interval; NaN where too few are there."""
    series = found.series[column]
    try:
        one = compare_series(series, found.end, column)
    except Refusal:
        return np.nan, np.nan, np.nan
    return one.change_ratio, one.low, one.high


def _index(series: pd.DataFrame) -> pd.DataFrame:
    """Put counts of 12 months up to each month as shares of the first that all districts have, which are 100."""
    totals = series.rolling(YEAR, min_periods=YEAR).sum()
    whole = totals.dropna()
    if whole.empty:
        return totals
    base = whole.iloc[0]
    return 100 * totals / base.where(base > 0)


def _method(found: Districts, spread: YearSpread, n: int, data_version: str) -> Method:
    months = list(found.months)
    caveats = [RESIDENTS_ELSEWHERE, ONE_CENSUS]
    caveats.append(
        "Incidents count to the district in which their small area (LSOA) lies, as its own force published them; what "
        "the transport police or another force recorded there is in none."
    )
    if found.nowhere:
        caveats.append(f"{100 * found.nowhere:.1f} % of the rows have no small area, and count to no district.")
    if 0 < spread.pairs < FEW_PAIRS:
        caveats.append("Few pairs of years tell how much years vary: what is called clear may be less so.")
    if len(months) < YEAR:
        caveats.append(f"{YEAR - len(months)} of the 12 months are missing: rates are of {len(months)} months.")
    measured = (
        f"{100 * spread.sigma:.1f} % a year beyond chance, from {spread.pairs} pairs of years, {spread.df} df"
        if spread.known
        else "not known: two years are needed"
    )
    return Method(
        name="rates by residents, differences against what years vary by",
        parameters={
            "districts": ", ".join(map(str, found.series.columns)),
            "residents": found.source or "as the area file gives them",
            "districts move against each other by": measured,
            "interval": "95 %, where another year's rate lies" if spread.known else "95 %, chance alone",
        },
        n=n,
        correction="Holm over the other districts" if spread.known else "",
        data_version=data_version,
        period=list_months(months),
        caveats=tuple(caveats),
        source_refs=("Holm 1979", "Goldstein and Spiegelhalter 1996"),
    )
