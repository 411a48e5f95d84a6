"""What changed where we acted, against what changed elsewhere: the published difference and the scaled verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.common.method import Method, list_months, period_words
from analysis.common.refusal import Refusal
from analysis.outcome.displacement import DisplacementDifference, signed, weighted_displacement_difference
from data.store.schema import months_between
from geo.errors import InputError

__all__ = ["DisplacementDifference", "Evaluation", "evaluate", "monthly_dispersion", "weighted_displacement_difference"]

LEVEL = 0.95
POWER = 0.8  # 1.96 + 0.84 = 2.8 standard errors are seen in four of five cases
LEAST_MONTHS = 6  # from which the variation of months is taken
HISTORY_MONTHS = 24  # that stand in for periods with fewer
LEAST_INCIDENTS = 10
FELL, ROSE, CANNOT_TELL = "fell more than elsewhere", "rose more than elsewhere", "cannot tell"
_REMEDY_MISSING = "Load the missing months on the Data page, or choose other periods"


@dataclass(frozen=True)
class Evaluation:
    """A treated area before and after, against a comparison area.

    Attributes
    ----------
    treated, control : (int, int)
        Incidents before and after.
    expected : float
        Incidents after in the treated area had it changed by the ratio of the comparison area.
    difference : float
        Recorded after, less ``expected``.
    standard_error : float
    interval : (float, float)
        Of the difference, at ``level``.
    ratio : float
        Recorded / expected.
    phi : float
        How much more the months vary than independent incidents would, at least 1.
    df : int
        From which phi comes.
    p : float
        Two-sided.
    smallest : float
        Smallest change against ``expected``, as a share, that would have been seen in four of five cases.
    verdict : str
        "fell more than elsewhere", "rose more than elsewhere" or "cannot tell". Relative to elsewhere: the sentence
        says where it rose less, or fell less.
    published : DisplacementDifference or None
        The published form, for comparison; None where the two periods have not as many months.
    level : float
    sentence : str
    method : Method
    """

    treated: tuple[int, int]
    control: tuple[int, int]
    expected: float
    difference: float
    standard_error: float
    interval: tuple[float, float]
    ratio: float
    phi: float
    df: int
    p: float
    smallest: float
    verdict: str
    published: DisplacementDifference | None
    level: float
    sentence: str
    method: Method


def evaluate(
    treated: pd.Series[float],
    control: pd.Series[float],
    before: tuple[pd.Period, pd.Period],
    after: tuple[pd.Period, pd.Period],
    level: float = LEVEL,
    *,
    name: str = "Incidents",
    data_version: str = "",
) -> Evaluation:
    """Say whether a treated area changed more than a comparison area did.

    Parameters
    ----------
    treated, control : Series of float
        Counts by month with a PeriodIndex; NaN or absent where a month is missing. Areas that do not overlap. The
        surroundings of the treated area are evaluated by giving them as ``treated``.
    before, after : (Period, Period)
        First and last month of each period: as a rule the same calendar months of two years.
    level : float
        Of the interval.
    name : str
        What the sentence speaks of.
    data_version : str
        For the caption.

    Returns
    -------
    Evaluation

    Raises
    ------
    Refusal
        A month is missing; fewer than ten incidents in one of the areas; none before, or none after in the
        comparison area; or too few months to know how much they vary.
    InputError
        Periods that overlap or run backwards, or a level outside 0 to 1.

    Notes
    -----
    Expected after is E = T0 C1/C0, the difference T1 - E, and with g = C1/C0 and r = T0/C0 its variance
    phi (T1 + g^2 T0 + r^2 (C1 + g^2 C0)), by the delta method. Without g, as a difference of scaled changes would have
    it, a rise of 45 % everywhere rejects in 10 % at a level of 5 %, and a doubling in 16 %; with it in 5 %. phi =
    max(1, sum over months and both areas of (observed - expected)^2/expected / (months - 2)), expected the area's total
    of the period times the month's share in both areas together; where the two periods have fewer than six months, the
    24 months before the second period stand in for them. Held against t with the degrees of freedom of phi: with the
    months of real wards split at random it rejects in 1 to 7 %, without phi in 12 to 25 %. ``smallest`` is (t + t of
    80 %) standard errors / E, which is 2.8 where months are many.

    When it misleads: a treated area is mostly chosen because it was at its worst, and falls by itself afterwards
    (regression to the mean). Areas drift apart: between real calendar years it finds a difference for 10 to 16 % of
    groups of wards in which nothing was planned. An area that differs in kind is no comparison; and "cannot tell" is
    not "no change".

    References
    ----------
    Wheeler and Ratcliffe (2018), for the design. McCullagh, P. and Nelder, J. A. (1989), for phi.
    """
    if not 0 < level < 1:
        raise InputError("a level lies between 0 and 1", column="level", value=str(level))
    first, second = _months(before, "before"), _months(after, "after")
    if first[-1] >= second[0]:
        raise InputError("the second period starts after the first ends", column="after", value=f"{second[0]}")
    for column, series in (("treated", treated), ("control", control)):
        if not isinstance(series.index, pd.PeriodIndex) or series.index.has_duplicates:
            raise InputError("a monthly series needs an index of months, each once", column=column)
    both = pd.DataFrame({"treated": treated, "control": control}, dtype=float).sort_index()
    _there(both, pd.PeriodIndex(first.append(second)))
    t0, t1 = (round(float(both.loc[months, "treated"].sum())) for months in (first, second))
    c0, c1 = (round(float(both.loc[months, "control"].sum())) for months in (first, second))
    _enough(t0, t1, c0, c1)
    phi, df, from_where = _variation(both, first, second)
    grown, scale = c1 / c0, t0 / c0
    expected = t0 * grown
    difference = t1 - expected
    error = float(np.sqrt(phi * (t1 + grown**2 * t0 + scale**2 * (c1 + grown**2 * c0))))
    reach = float(stats.t.ppf(0.5 + level / 2, df)) * error
    interval = (difference - reach, difference + reach)
    verdict = FELL if interval[1] < 0 else ROSE if interval[0] > 0 else CANNOT_TELL
    smallest = (reach + float(stats.t.ppf(POWER, df)) * error) / expected
    period = f"{period_words(second[0], second[-1])} against {period_words(first[0], first[-1])}"
    alike = len(first) == len(second)
    calendar = list(first.month) == list(second.month)
    return Evaluation(
        treated=(t0, t1),
        control=(c0, c1),
        expected=expected,
        difference=difference,
        standard_error=error,
        interval=interval,
        ratio=t1 / expected,
        phi=phi,
        df=df,
        p=float(2 * stats.t.sf(abs(difference) / error, df)),
        smallest=smallest,
        verdict=verdict,
        published=weighted_displacement_difference(
            (t0, t1), (c0, c1), level=level, data_version=data_version, period=period
        )
        if alike
        else None,
        level=level,
        sentence=_sentence(name, verdict, (t0, t1), expected, interval, level, smallest),
        method=Method(
            name="change against a scaled comparison area",
            parameters={
                "treated": f"{t0:,} to {t1:,}",
                "comparison": f"{c0:,} to {c1:,}",
                "interval": f"{100 * level:g} %, t with {df} df",
                "phi": f"{phi:.2f} {from_where}",
            },
            n=t0 + t1 + c0 + c1,
            correction="overdispersed months",
            data_version=data_version,
            period=period,
            caveats=(
                "An area chosen at its worst tends to fall by itself.",
                "It says what changed, not why.",
                *(() if calendar else ("The two periods are not the same calendar months.",)),
            ),
            source_refs=("Wheeler and Ratcliffe 2018", "McCullagh and Nelder 1989 (dispersion)"),
        ),
    )


def monthly_dispersion(*periods: NDArray[np.float64]) -> tuple[float, int]:
    """Overdispersion of the months of several areas within periods, when areas share each month's ups and downs.

    Parameters
    ----------
    *periods : ndarray, shape (months, areas)
        Incidents by month and area, one table a period.

    Returns
    -------
    phi : float
        max(1, sum of (observed - expected)^2/expected / df), expected the area's total of the period times the month's
        share of all areas together.
    df : int
        (months - periods) x (areas - 1), at least 1.

    Notes
    -----
    When it misleads: months that follow one another are alike, and a drift within a period counts as variation.
    """
    pearson, df = 0.0, 0
    for y in periods:
        expected = y.sum(axis=1, keepdims=True) * y.sum(axis=0) / max(float(y.sum()), 1.0)
        pearson += float(
            np.divide((y - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0).sum()
        )
        df += (len(y) - 1) * (y.shape[1] - 1)
    return max(1.0, pearson / max(df, 1)), max(df, 1)


def _months(period: tuple[pd.Period, pd.Period], column: str) -> pd.PeriodIndex:
    months = months_between(*period)
    if len(months) == 0:
        raise InputError("a period ends before it starts", column=column, value=f"{period[0]} to {period[1]}")
    return months


def _there(both: pd.DataFrame, months: pd.PeriodIndex) -> None:
    absent = both.reindex(months).isna().any(axis=1).to_numpy()
    if absent.any():
        raise Refusal(
            f"The two periods cannot be compared: {list_months(list(months[absent]))} "
            f"{'is' if absent.sum() == 1 else 'are'} not in the data",
            _REMEDY_MISSING,
        )


def _enough(t0: int, t1: int, c0: int, c1: int) -> None:
    for what, n in (("area", t0 + t1), ("comparison area", c0 + c1)):
        if n < LEAST_INCIDENTS:
            raise Refusal(
                f"There is no verdict: the {what} has {n} {'incident' if n == 1 else 'incidents'} in both periods "
                f"together, and it takes at least {LEAST_INCIDENTS}",
                "Choose a larger area or longer periods",
            )
    if not (t0 and c0 and c1):
        raise Refusal(
            "There is no verdict: "
            + ("the area had no incident before" if not t0 else "the comparison area had no incident in one period"),
            "Choose a larger area or longer periods",
        )


def _variation(both: pd.DataFrame, first: pd.PeriodIndex, second: pd.PeriodIndex) -> tuple[float, int, str]:
    """Take phi from the months of both periods, or, where they are few, from the months before the second."""
    tables = [both.loc[months].to_numpy(dtype=float) for months in (first, second)]
    months = len(first) + len(second)
    if months >= LEAST_MONTHS:
        return *monthly_dispersion(*tables), f"from {months} months of both periods"
    earlier = both[np.asarray(both.index < second[0])].dropna().iloc[-HISTORY_MONTHS:]
    if len(earlier) < LEAST_MONTHS:
        raise Refusal(
            f"There is no verdict: how much months vary cannot be told from {months} "
            f"{'month' if months == 1 else 'months'}, and only {len(earlier)} before the second period are in the data",
            f"Load earlier months, {LEAST_MONTHS} at least, or choose longer periods",
        )
    return *monthly_dispersion(earlier.to_numpy(dtype=float)), f"from {len(earlier)} months before the second period"


def _sentence(
    name: str,
    verdict: str,
    treated: tuple[int, int],
    expected: float,
    interval: tuple[float, float],
    level: float,
    smallest: float,
) -> str:
    before, after = treated
    against = f"{after:,} recorded where {expected:,.0f} would have matched the comparison area"
    spread = f"{100 * level:g} % interval of the difference {signed(interval[0])} to {signed(interval[1])}"
    if verdict == CANNOT_TELL:
        return (
            f"{name}: cannot tell; {against} ({spread}). A change under about {100 * smallest:.0f} % would mostly have "
            "gone unseen."
        )
    return f"{name} {verdict_words(verdict, before, after)}: {against} ({spread})."


def verdict_words(verdict: str, before: float, after: float) -> str:
    """Say a verdict, which is relative to elsewhere, so that it does not contradict the count itself.

    Parameters
    ----------
    verdict : str
        ``FELL`` or ``ROSE``.
    before, after : float
        Incidents recorded.
    """
    if verdict == FELL and after > before:
        return "rose less than elsewhere"
    if verdict == ROSE and after < before:
        return "fell less than elsewhere"
    if after == before:
        return f"stayed the same, unlike elsewhere ({'less' if verdict == FELL else 'more'} by comparison)"
    return verdict
