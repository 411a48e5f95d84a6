"""Rates per 1,000 residents, with Byar's interval, by ward widened by what wards move between years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.common.counts import monthly_by_ward
from analysis.common.method import Method, days_in, period_words
from analysis.common.refusal import Refusal
from analysis.common.tails import normal_quantile
from analysis.common.ward_spread import WardSpread, ward_spread
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError

PER = 1000
DAYS_IN_A_YEAR = 365.25
WHO_REPORTS = (
    "Counts are what people and officers reported and recorded: a ward with more reporting shows more incidents."
)
RATE_COLUMNS = ("ward_code", "ward_name", "residents", "count", "rate_per_1000", "low", "high")


def byar_interval(count: float, level: float = 0.95) -> tuple[float, float]:
    """Byar's interval for the mean of a Poisson count.

    Parameters
    ----------
    count : float
        Incidents, not negative.
    level : float
        Between 0 and 1.

    Returns
    -------
    (low, high) : float
        ``low`` is 0 for a count of 0.

    Raises
    ------
    InputError
        A negative count or one that is not a number, or a level outside 0 to 1.

    Notes
    -----
    Breslow and Day 1987; used by UKHSA (PHEindicatormethods). Within a few thousandths of the exact interval from a
    count of 10 up. When it misleads: incidents that come in bursts vary more than Poisson, so that it is too narrow.

    References
    ----------
    Breslow, N. E. and Day, N. E. (1987). Statistical Methods in Cancer Research II. IARC. UKHSA, PHEindicatormethods.
    """
    if not (np.isfinite(count) and count >= 0):
        raise InputError("a count is a number that is not negative", column="count", value=str(count))
    if not 0 < level < 1:
        raise InputError("a level lies between 0 and 1", column="level", value=str(level))
    z = float(normal_quantile(0.5 + level / 2))
    low = count * (1 - 1 / (9 * count) - z / (3 * count**0.5)) ** 3 if count > 0 else 0.0
    above = count + 1
    return max(0.0, low), above * (1 - 1 / (9 * above) + z / (3 * above**0.5)) ** 3


def widened_interval(count: float, variance: float, level: float = 0.95) -> tuple[float, float]:
    """Say between which counts a ward's next year lies, given the count of one year.

    Parameters
    ----------
    count : float
        Incidents, not negative.
    variance : float
        Of the ratio between the ward's true rates of two years (:class:`analysis.common.ward_spread.WardSpread`).
    level : float
        Between 0 and 1.

    Returns
    -------
    (low, high) : float
        Incidents.

    Raises
    ------
    InputError
        A negative variance; as :func:`byar_interval`.

    Notes
    -----
    Byar's interval of count/phi, times phi = 2 + variance count: chance is in both counts (2), and the ward's own rate
    moves. It holds the next year in 92 to 98 % of simulated areas' wards, when the area as a whole stays as it is.
    When it misleads: the ward that came first had luck too, and falls back more often than it rises further.

    References
    ----------
    As :func:`byar_interval`; counts divided by phi: McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models,
    2nd ed.
    """
    if not variance >= 0:
        raise InputError("a variance is not negative", column="variance", value=str(variance))
    phi = 2 + variance * max(count, 0.0)
    low, high = byar_interval(count / phi, level)
    return low * phi, high * phi


def rate_months(incidents: Incidents, months: pd.PeriodIndex | None) -> pd.PeriodIndex:
    """Give the months wanted, all of them published: by default the 12 up to the last published.

    Raises
    ------
    Refusal
        Nothing is loaded, or a month is missing.
    InputError
        No month is chosen.
    """
    if months is None:
        end = incidents.as_at_month
        if end is None:
            raise Refusal("There is no rate: nothing is loaded", "Load published files on the Data page")
        months = pd.period_range(end - 11, end, freq="M")
    months = months.unique().sort_values()
    if len(months) == 0:
        raise InputError("a rate needs at least one month", column="months")
    missing = months[~months.isin(incidents.months)]
    if len(missing):
        raise Refusal(
            f"There is no rate for {period_words(months[0], months[-1])}: {len(missing)} of {len(months)} months "
            f"{'is' if len(missing) == 1 else 'are'} not in the data, the first of them "
            f"{period_words(missing[0], missing[0])}",
            "Choose months that are there, or load the missing ones on the Data page",
        )
    return months


def rate_interval(count: float, spread: WardSpread) -> tuple[float, float]:
    """Interval of a count, widened by a spread; Byar's where that is of chance alone."""
    if spread.chance_alone:
        return byar_interval(count, spread.level)
    return widened_interval(count, spread.variance, spread.level)


def rates_spread(
    incidents: Incidents, area: Area, months: pd.PeriodIndex | None = None, *, level: float = 0.95
) -> WardSpread:
    """Give the spread by which the intervals of :func:`ward_rates` are widened; same arguments, same refusals."""
    return ward_spread(monthly_by_ward(incidents, area.wards.codes), rate_months(incidents, months), level)


def ward_rates(
    incidents: Incidents,
    area: Area,
    months: pd.PeriodIndex | None = None,
    *,
    annualised: bool = False,
    level: float = 0.95,
) -> pd.DataFrame:
    """Incidents per 1,000 residents by ward.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, or of all.
    area : Area
        Its wards, and residents by ward.
    months : PeriodIndex, optional
        Months to count, all of them published; by default the 12 months up to the last one.
    annualised : bool
        Scale rate and interval from the days of the months to a year of 365.25 days. Off by default; whoever shows it
        has to say so (:func:`ward_rates_method` does).
    level : float
        Of the interval.

    Returns
    -------
    DataFrame
        A row for every ward of the area, in the order of its codes: ``ward_code``, ``ward_name``, ``residents``
        (float, NaN where there is no figure), ``count``, ``rate_per_1000``, ``low``, ``high`` (per 1,000 residents over
        the months; NaN without residents).

        The interval says where the rate of the same months of another year lies, if the area as a whole stays as it
        is: :func:`widened_interval` with the spread that the stored years show. With fewer than two years to compare
        it is Byar's, of chance alone; :func:`rates_spread` tells which.

    Raises
    ------
    Refusal
        Nothing is loaded, or a chosen month is missing.
    InputError
        No month is chosen, or the level is not between 0 and 1.

    Notes
    -----
    When it misleads: residents are not the people who are there. A town centre or a retail park has few residents and
    many visitors; its rate is high wherever the people come from.

    References
    ----------
    As :func:`widened_interval` and :func:`analysis.common.ward_spread.ward_spread`.
    """
    months = rate_months(incidents, months)
    table = monthly_by_ward(incidents, area.wards.codes)
    count = table.reindex(months).sum()
    spread = ward_spread(table, months, level)
    residents = pd.Series([area.residents.get(code, np.nan) for code in area.wards.codes], dtype=float).to_numpy()
    residents = np.where(residents > 0, residents, np.nan)
    scale = PER / residents * (DAYS_IN_A_YEAR / days_in(months) if annualised else 1.0)
    bounds = np.array([rate_interval(float(n), spread) for n in count]).reshape(-1, 2)
    return pd.DataFrame(
        {
            "ward_code": list(area.wards.codes),
            "ward_name": list(area.wards.names),
            "residents": residents,
            "count": count.to_numpy(dtype=np.int64),
            "rate_per_1000": count.to_numpy(dtype=float) * scale,
            "low": bounds[:, 0] * scale,
            "high": bounds[:, 1] * scale,
        },
        columns=list(RATE_COLUMNS),
    )


def ward_rates_method(
    incidents: Incidents,
    area: Area,
    months: pd.PeriodIndex | None = None,
    *,
    annualised: bool = False,
    level: float = 0.95,
) -> Method:
    """How :func:`ward_rates` is made, for its caption; same arguments, same refusals."""
    months = rate_months(incidents, months)
    table = monthly_by_ward(incidents, area.wards.codes)
    spread = ward_spread(table, months, level)
    lacking = sum(1 for code in area.wards.codes if not area.residents.get(code))
    return Method(
        name="incidents per 1,000 residents",
        parameters={
            **spread.parameters(),
            "residents": area.residents_source or "none in the area file",
            "basis": "scaled to a year of 365.25 days" if annualised else f"over {len(months)} months, not scaled",
        },
        n=int(table.reindex(months).to_numpy().sum()),
        data_version=incidents.version,
        period=period_words(months[0], months[-1]),
        caveats=(
            WHO_REPORTS,
            spread.sentence,
            "Residents are not the people who are there: town centres and retail parks have few residents and many "
            "visitors.",
            *((f"{lacking} wards have no residents figure, and so no rate.",) if lacking else ()),
        ),
        source_refs=("Breslow and Day 1987",),
    )
