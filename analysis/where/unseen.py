"""What the ranking caught of the last 12 months, none of which it had seen: one number, with one name everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.common.method import YEAR, Method, list_months, period_words
from analysis.common.refusal import Refusal
from analysis.where.accuracy import caught
from analysis.where.cells import CellMonths, cell_counts_by_month, cells_in_share
from analysis.where.hotspots import discounted_score
from analysis.where.validation import LEAST_TRAINING, MOST_STEP_BACK, next_months
from data.store.schema import Incidents
from geo.grid import Grid

FEW_INCIDENTS = 30  # under so many a share of them moves by several points with every one, so their number is said


@dataclass(frozen=True, eq=False)
class Capture:
    """What a ranking caught in the last 12 months, each of which it had not seen.

    Attributes
    ----------
    months : DataFrame
        Those that were tested: month ("YYYY-MM"), incidents, caught (whole where no cells tie at the border), hit_rate.
    share : float
        Of the cells.
    cells : int
    incidents, caught : float
        Over all these months.
    hit_rate : float
        ``caught / incidents``: what the words say, and what a page, a slide and a file call caught.
    mean : float
        Unweighted mean of the monthly hit rates: what compares with the mean of a backtest.
    low, high : float
        Between these lie 95 % of the months (2.5 and 97.5 % quantiles of the monthly hit rates).
    words : str
        Which months were tested, how, and what was caught; no capital, no full stop.
    method : Method
    """

    months: pd.DataFrame
    share: float
    cells: int
    incidents: int
    caught: float
    hit_rate: float
    mean: float
    low: float
    high: float
    words: str
    method: Method

    @property
    def sentence(self) -> str:
        """``words`` as a sentence."""
        return f"{self.words[:1].upper()}{self.words[1:]}."


def unseen_months(months: pd.PeriodIndex) -> tuple[int, ...]:
    """Tell which of the last 12 published months can be tested: those that a backtest takes as targets.

    Parameters
    ----------
    months : PeriodIndex
        All published months that may be known.

    Returns
    -------
    tuple of int
        Positions in ``months``, ascending: each with at least nine published months before it, and at most three
        missing right before it.
    """
    return tuple(position for position in next_months(months) if position >= len(months) - YEAR)


def spell_words(months: pd.PeriodIndex, tested: Sequence[int]) -> str:
    """Say which months were tested: "the last 12 months (January 2024 to December 2024)", gaps and all.

    Parameters
    ----------
    months : PeriodIndex
        All published months that may be known.
    tested : sequence of int
        Positions of those that were tested, from :func:`unseen_months`; at least one.
    """
    start = max(len(months) - YEAR, LEAST_TRAINING)
    window = months[start:]
    missing = (window[-1] - window[0]).n + 1 - len(window)
    left_out = [month for position, month in enumerate(window, start) if position not in tested]
    period = period_words(window[0], window[-1])
    if missing:
        period += f", {missing} {'month' if missing == 1 else 'months'} missing"
    kind = "published months" if missing or left_out else "months"
    spell = f"the last {len(window)} {kind}" if len(window) > 1 else "the last month"
    if not left_out:
        return f"{spell} ({period})"
    why = f"without {list_months(left_out)}, for which the months before are missing"
    return f"{len(tested)} of {spell} ({period}), {why}"


def unseen_year(
    incidents: Incidents | CellMonths, grid: Grid, share: float = 0.05, as_at_month: pd.Period | None = None
) -> Capture:
    """Say how much the ranking caught in the last 12 published months, each forecast from the months before it.

    Parameters
    ----------
    incidents : Incidents or CellMonths
        Of one crime type, buffer included.
    grid : Grid
    share : float
        Of the cells.
    as_at_month : Period, optional
        Nothing later is looked at; the last month there is by default.

    Returns
    -------
    Capture

    Raises
    ------
    Refusal
        No month with incidents can be tested.
    InputError
        A share outside 0 to 1.

    Notes
    -----
    A month without nine published months before it, or with more than three missing right before it, is left out, as
    by :func:`analysis.where.validation.backtest`; the words name it.

    Misleads as a promise: months differ, and the range over them is given. It is no share of anything that is expected:
    the top cells hold a larger share of the months they were ranked by. "Not seen" means that no month helped to
    rank for itself; the half-life and the smoothing were chosen on data up to 2024.

    References
    ----------
    As :func:`analysis.where.validation.backtest`.
    """
    counted = incidents if isinstance(incidents, CellMonths) else cell_counts_by_month(incidents, grid)
    n = cells_in_share(share, len(grid.cells))
    known = counted.months[: counted.trained_on(as_at_month)]
    tested = unseen_months(known)
    rows = []
    for index in tested:
        later = counted.of(slice(index, index + 1))
        rows.append(
            {
                "month": str(counted.months[index]),
                "incidents": int(later.sum()),
                "caught": caught(discounted_score(counted, index), later, n),
            }
        )
    months = pd.DataFrame(rows, columns=["month", "incidents", "caught"])
    total = int(months["incidents"].sum())
    if total == 0:
        raise Refusal(
            f"How well this ranking predicts cannot be said: no month with incidents has {LEAST_TRAINING} published "
            f"months before it, with at most {MOST_STEP_BACK} missing right before it",
            "Load more months.",
        )
    months["hit_rate"] = (months["caught"] / months["incidents"]).where(months["incidents"] > 0)
    held = float(months["caught"].sum())
    low, high = np.percentile(months["hit_rate"].dropna(), [2.5, 97.5])
    return Capture(
        months=months,
        share=share,
        cells=n,
        incidents=total,
        caught=held,
        hit_rate=held / total,
        mean=float(months["hit_rate"].mean()),
        low=float(low),
        high=float(high),
        words=(
            f"tested on {spell_words(known, tested)}, {'each ' if len(tested) > 1 else ''}forecast from the months "
            f"before it, the top {share * 100:g} % of cells caught {100 * held / total:.0f} % of {_counted(total)}"
        ),
        method=Method(
            name="Capture of months not seen",
            parameters={
                "top": f"{share * 100:g} % of cells ({n:,} of {len(grid.cells):,})",
                "each month": "ranked from the months before it alone",
                "95 % of months": f"between {100 * low:.0f} % and {100 * high:.0f} %",
            },
            n=total,
            data_version=counted.version,
            period=period_words(pd.Period(months["month"].iloc[0], "M"), pd.Period(months["month"].iloc[-1], "M")),
            caveats=("Capture depends on the size of the cells: compare on one grid only.",),
            source_refs=("Chainey, Tompson and Uhlig 2008",),
        ),
    )


def _counted(incidents: int) -> str:
    if incidents >= FEW_INCIDENTS:
        return "incidents"
    return f"only {incidents} incident{'' if incidents == 1 else 's'}"


def pooled(table: pd.DataFrame) -> pd.DataFrame:
    """Take all incidents of all targets of a backtest together, by share: what :func:`unseen_year` says of one.

    Parameters
    ----------
    table : DataFrame
        From :func:`backtest`, of one kind.

    Returns
    -------
    DataFrame
        share, cells, months (targets with incidents), hit_rate, rival_hit_rate, pai (of all incidents together), pei
        (unweighted mean over the targets). Empty where no target has incidents.
    """
    there = table[table["incidents"] > 0]
    rates = ["hit_rate", "rival_hit_rate", "pai"]
    held = there[rates].mul(there["incidents"], axis=0).groupby(there["share"], sort=True).sum()
    grouped = there.groupby("share", sort=True)
    means = held.div(grouped["incidents"].sum(), axis=0)
    means.insert(0, "cells", grouped["cells"].first())
    means.insert(1, "months", grouped.size())
    means["pei"] = grouped["pei"].mean()
    return means.reset_index()
