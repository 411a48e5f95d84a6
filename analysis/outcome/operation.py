"""Did it work: what an operation's months brought, against what they would have brought by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import Method, list_months, month_name, period_words
from analysis.common.refusal import Refusal
from analysis.common.tails import normal_quantile, t_above, t_quantile
from analysis.outcome.drift import Lattice, Residuals, Spread, residuals, spread
from analysis.outcome.evaluation import (
    CANNOT_TELL,
    FELL,
    LEVEL,
    POWER,
    ROSE,
    DisplacementDifference,
    verdict_words,
    weighted_displacement_difference,
)
from analysis.outcome.expectation import SEASON_PRIOR, Expectation, expect
from data.kinds.lists import join_words
from data.store.schema import months_between
from geo.errors import InputError

LEAST_BEFORE = 10
MOST_MONTHS = 12
LAG_MONTHS = 2  # after which data.police.uk has usually published a month
_STEPS = 20


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the months of an operation brought in an area.

    Attributes
    ----------
    recorded : int
    expected : float
        Had the area gone on as before and changed as its comparison area did.
    usual : (float, float)
        Between which the recorded would lie with nothing planned, at ``level``.
    ratio : float
        Recorded over expected.
    interval : (float, float)
        Of that ratio.
    smallest_fall, smallest_rise : float
        Shares that would have been seen in four of five cases.
    verdict : str
        "fell more than elsewhere", "rose more than elsewhere" or "cannot tell".
    p : float
        Two-sided.
    spread : Spread
    before : DataFrame
        The same months of every year that was used, latest first, the operation's on top: months, treated, comparison.
    left_out : tuple of str
        Years that could not be used, with the reason.
    series : DataFrame
        By month: treated, comparison, scaled (comparison at the level of the treated area); NaN where a month is
        missing.
    published : DisplacementDifference or None
        Against the same months a year before; None where they are not there.
    level : float
    sentence : str
    method : Method
    """

    recorded: int
    expected: float
    usual: tuple[float, float]
    ratio: float
    interval: tuple[float, float]
    smallest_fall: float
    smallest_rise: float
    verdict: str
    p: float
    spread: Spread
    before: pd.DataFrame
    left_out: tuple[str, ...]
    series: pd.DataFrame
    published: DisplacementDifference | None
    level: float
    sentence: str
    method: Method

    @property
    def usual_counts(self) -> tuple[int, int]:
        """Fewest and most incidents that lie within ``usual``."""
        return whole(self.usual)


@dataclass(frozen=True)
class Call:
    """A verdict in numbers: ``usual`` range of recorded, ``interval`` of the ratio, two-sided p."""

    verdict: str
    usual: tuple[float, float]
    interval: tuple[float, float]
    p: float


def call(recorded: float, expected: float, found: Spread, level: float = LEVEL) -> Call:
    """Hold recorded against expected.

    Notes
    -----
    log((recorded + 1/2)/(expected + 1/2)) has mean -sd^2/2 where ``expected`` is a mean and what strays is lognormal.
    """
    log_ratio = float(np.log((recorded + 0.5) / (expected + 0.5)))
    centred = log_ratio + found.sd**2 / 2
    reach = float(t_quantile(0.5 + level / 2, found.df)) * found.sd
    low, high = (float((expected + 0.5) * np.exp(-(found.sd**2) / 2 + side * reach) - 0.5) for side in (-1, 1))
    verdict = FELL if centred < -reach else ROSE if centred > reach else CANNOT_TELL
    return Call(
        verdict,
        (max(low, 0.0), high),
        (float(np.exp(centred - reach)), float(np.exp(centred + reach))),
        float(2 * t_above(abs(centred) / found.sd, found.df)),
    )


def whole(usual: tuple[float, float]) -> tuple[int, int]:
    """Fewest and most whole incidents within a range; a count outside them is outside the range."""
    return int(np.ceil(usual[0])), int(np.floor(usual[1]))


def smallest(expected: float, found: Spread, side: int, level: float = LEVEL) -> float:
    """Share of ``expected`` by which an area must fall (side -1) or rise (1) to be seen in four of five cases.

    Notes
    -----
    At the smaller or larger count chance weighs differently, so the share is found in steps.
    """
    reach = float(t_quantile(0.5 + level / 2, found.df)) * found.sd
    ratio = 1.0
    for _ in range(_STEPS):
        variance = found.sd**2 - 1 / (expected + 0.5) + 1 / (expected * ratio + 0.5)
        step = float(np.exp(side * (reach + float(normal_quantile(POWER)) * np.sqrt(max(variance, 1e-9)))))
        ratio = np.sqrt(ratio * step)  # halfway, or it would swing
    return float(side * (ratio - 1))


def judge(
    lattice: Lattice,
    treated: NDArray[np.intp],
    comparison: NDArray[np.intp],
    first: pd.Period,
    last: pd.Period,
    library: Residuals,
    level: float = LEVEL,
    *,
    name: str = "Incidents",
) -> Verdict:
    """Say whether an area changed more than elsewhere in the months of an operation.

    Parameters
    ----------
    lattice : Lattice
        Of one crime type, up to the as-at month.
    treated, comparison : ndarray of int
        Positions in ``grid.cells``, no cell in both. The ring is judged by giving it as ``treated``.
    first, last : Period
        Months of the operation, at most twelve.
    library : Residuals
        Of :meth:`analysis.outcome.drift.Lattice.library`, for areas of that size and windows of that length.
    level : float
    name : str
        What the sentence speaks of.

    Returns
    -------
    Verdict

    Raises
    ------
    Refusal
        A month of the operation is missing or is left out; the same months a year or more before are; too little
        history, or too few incidents.
    InputError
        A level outside 0 to 1, a period that runs backwards, areas that overlap or are empty.

    Notes
    -----
    Expected as :func:`analysis.outcome.expectation.expect`, how far it strays as
    :func:`analysis.outcome.drift.spread`. When it misleads: patrols record what they see, so an operation can raise
    the count of what it lowers; and "cannot tell" is not "no change".

    References
    ----------
    Wheeler and Ratcliffe (2018) for the design, Smyth (2004) for the variances; the rest is of this project.
    """
    if not 0 < level < 1:
        raise InputError("a level lies between 0 and 1", column="level", value=str(level))
    if len(treated) == 0 or len(comparison) == 0:
        raise InputError("an area has at least one cell", column="treated" if len(treated) == 0 else "comparison")
    if len(np.intersect1d(treated, comparison)):
        raise InputError("the comparison area shares cells with the area", column="comparison")
    start = position(lattice, first, last)
    length = (last - first).n + 1
    both = lattice.series([treated, comparison])
    t, c = both[:1], both[1:]
    found = expect(t, c, lattice.months, lattice.used, start, length)
    left_out = _left_out(lattice, first, length, found.windows if found else ())
    if found is None or not found.windows:
        raise Refusal(
            f"There is no verdict: {list_months(list(months_between(first - 12, last - 12)))} "
            f"{'is' if length == 1 else 'are'} needed to compare with, or the same months of an earlier year"
            + (f" ({'; '.join(left_out)})" if left_out else ""),
            "Load earlier months on the Data page",
        )
    windows = [int(np.searchsorted(lattice.months.asi8, w[0].ordinal)) for w in found.windows]
    had = int(sum(t[0, a : a + length].sum() for a in windows))
    if had < LEAST_BEFORE or found.expected[0] <= 0:
        raise Refusal(
            f"There is no verdict: the area had {had} {'incident' if had == 1 else 'incidents'} in the same months of "
            f"earlier years together, and it takes at least {LEAST_BEFORE}",
            "Choose a larger area or a longer period",
        )
    own = residuals(t, c, lattice.months, lattice.used, length, start)
    strays = spread(own, 0, int(np.searchsorted(own.starts, start)), library, lattice.months)
    expected, recorded = float(found.expected[0]), round(float(found.recorded[0]))
    said = call(recorded, expected, strays, level)
    fall, rise = (smallest(expected, strays, side, level) for side in (-1, 1))
    rows = [(period_words(first, last), recorded, int(c[0, start : start + length].sum()))]
    rows += [
        (period_words(w[0], w[-1]), int(t[0, a : a + length].sum()), int(c[0, a : a + length].sum()))
        for w, a in zip(found.windows, windows, strict=True)
    ]
    year_before = found.windows[0][0] == first - 12
    before = pd.DataFrame(rows, columns=["months", "treated", "comparison"])
    return Verdict(
        recorded=recorded,
        expected=expected,
        usual=said.usual,
        ratio=recorded / expected,
        interval=said.interval,
        smallest_fall=fall,
        smallest_rise=rise,
        verdict=said.verdict,
        p=said.p,
        spread=strays,
        before=before,
        left_out=left_out,
        series=_series(lattice, t[0], c[0], float(found.share[0])),
        published=_published(before, level, lattice.version) if year_before else None,
        level=level,
        sentence=_sentence(
            name, said.verdict, recorded, expected, said.usual, fall, rows[1][1] if year_before else None, level
        ),
        method=_method(found, strays, before, len(comparison), level, lattice.version),
    )


def _published(before: pd.DataFrame, level: float, version: str) -> DisplacementDifference:
    """Give the published difference of the operation's months, on top, against those a year before."""
    now, then = before.iloc[0], before.iloc[1]
    return weighted_displacement_difference(
        (then["treated"], now["treated"]),
        (then["comparison"], now["comparison"]),
        level=level,
        data_version=version,
        period=f"{now['months']} against {then['months']}",
    )


def _method(found: Expectation, strays: Spread, before: pd.DataFrame, cells: int, level: float, version: str) -> Method:
    """Say how a verdict was made, in a comparison area of so many cells."""
    years = len(found.windows)
    return Method(
        name="months of an operation against what they would have brought by themselves",
        parameters={
            "comparison": f"{cells:,} cells, {before['comparison'].iloc[0]:,} incidents in the operation's months",
            "expected": f"{found.expected[0]:.1f} = comparison x share {found.share[0]:.4f} (half-life 12 months) x "
            f"own season {found.season[0]:.2f} (from {years} earlier {'year' if years == 1 else 'years'}, drawn to 1 "
            f"as by {SEASON_PRIOR:g} incidents)",
            "spread": f"{strays.sd:.2f} of log ratio, t with {strays.df:.0f} df; like areas drift by "
            f"{strays.drift:.2f}; own {strays.windows} past windows had {strays.own:.2f} of their variance",
            "level": f"{100 * level:g} %",
        },
        n=int(before[["treated", "comparison"]].to_numpy().sum()),
        correction="drift between areas, from windows in which nothing was planned",
        data_version=version,
        period=f"{before['months'].iloc[0]} against {covered_by(found.windows)}",
        caveats=CAVEATS,
        source_refs=("Wheeler and Ratcliffe 2018 (design)", "Smyth 2004 (variances)"),
    )


CAVEATS = (
    "An area chosen at its worst tends to fall by itself: the expected figure leans on all months before, not on the "
    "worst one alone, but cannot undo such a choice altogether.",
    "Patrols change what is recorded: more officers can mean more records.",
    "It says what changed, not why.",
)


def position(lattice: Lattice, first: pd.Period, last: pd.Period) -> int:
    """Position of the first month of an operation, whose months must all be there.

    Raises
    ------
    Refusal
        A month is not in the data yet, is missing, or is left out.
    InputError
        The period runs backwards or is longer than a year.
    """
    wanted = months_between(first, last)
    if len(wanted) == 0 or len(wanted) > MOST_MONTHS:
        raise InputError(
            f"an operation has 1 to {MOST_MONTHS} months", column="months", value=f"{first} to {last}",
            hint="Choose a shorter period.",
        )  # fmt: skip
    absent = [month for month in wanted if month not in lattice.months]
    if absent:
        later = [month for month in absent if len(lattice.months) == 0 or month > lattice.months[-1]]
        raise Refusal(
            f"The operation cannot be judged yet: {list_months(absent)} {'is' if len(absent) == 1 else 'are'} not in "
            "the data",
            f"data.police.uk usually publishes a month within about two months of its end: look for "
            f"{month_name(absent[-1])} from {month_name(absent[-1] + LAG_MONTHS)} on, and load it on the Data page"
            if later
            else "Load the missing months on the Data page",
        )
    start = int(np.searchsorted(lattice.months.asi8, first.ordinal))
    if not lattice.used[start : start + len(wanted)].all():
        raise Refusal(
            f"There is no verdict for {period_words(first, last)}: lockdown is in it, when breaches of its rules were "
            "often recorded as anti-social behaviour",
            "Choose other months",
        )
    return start


def covered_by(windows: tuple[pd.PeriodIndex, ...]) -> str:
    """Name the years of earlier windows: "the same months of 2023, 2022 and 2019"."""
    years = [str(window[0].year) for window in windows]
    return f"the same months of {join_words(years)}"


def _left_out(lattice: Lattice, first: pd.Period, length: int, taken: tuple[pd.PeriodIndex, ...]) -> tuple[str, ...]:
    """Say which earlier years could not be used, and why."""
    if len(lattice.months) == 0:
        return ()
    out = []
    month = first - 12
    while month >= lattice.months[0]:
        wanted = months_between(month, month + length - 1)
        if not any(window[0] == month for window in taken):
            absent = [m for m in wanted if m not in lattice.months]
            why = f"{list_months(absent)} missing" if absent else "lockdown"
            out.append(f"{period_words(wanted[0], wanted[-1])}: {why}")
        month -= 12
    return tuple(out)


def _series(lattice: Lattice, t: NDArray[np.float64], c: NDArray[np.float64], share: float) -> pd.DataFrame:
    every = months_between(lattice.months[0], lattice.months[-1])
    table = pd.DataFrame({"treated": t, "comparison": c, "scaled": c * share}, index=lattice.months)
    return table.reindex(every)


def _sentence(
    name: str,
    verdict: str,
    recorded: int,
    expected: float,
    usual: tuple[float, float],
    fall: float,
    before: int | None,
    level: float,
) -> str:
    fewest, most = whole(usual)
    against = (
        f"{recorded:,} recorded where about {expected:,.0f} were to be expected (with nothing planned "
        f"{fewest:,} to {most:,} in {100 * level:g} of 100 cases)"
    )
    if verdict == CANNOT_TELL:
        seen = f"A fall under about {100 * fall:.0f} % would mostly have gone unseen" if fall < 0.995 else (
            "Even a fall to almost nothing would mostly have gone unseen"
        )  # fmt: skip
        return f"{name}: cannot tell; {against}. {seen}."
    words = verdict if before is None else verdict_words(verdict, before, recorded)
    return f"{name} {words}: {against}."
