"""How many incidents a month brings, the next one or one of a season: what places are scaled to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.ahead.forecast import HORIZONS, QUANTILES, forecast, forecast_method, intervals
from analysis.common.counts import monthly_series
from analysis.common.method import MONTH_NAMES, YEAR, Method, list_months, period_words
from analysis.common.refusal import Refusal
from analysis.when.seasonality import SeasonReading, season_mask, season_reading, seasonal_index
from data.kinds.crime_types import incidents_words
from data.place.area import Area, Season
from data.store.schema import Incidents

DAYS_IN_A_MONTH = 365.25 / YEAR
FURTHEST = HORIZONS  # months after the as-at month in which a season may end and still be forecast
UNRELIABLE = "Unreliable, for want of history: "
CELLS_CAVEAT = (
    "The total is of incidents that lie in a ward. It is shared out over the cells that lie at least half inside, by "
    "scores that count everything in those cells, a strip of the buffer too."
)


@dataclass(frozen=True, eq=False)
class ExpectedVolume:
    """Incidents to be expected in a month.

    Attributes
    ----------
    season : Season or None
        None for the next month.
    months : tuple of Period
        Which months it is for; empty where it is a mean month and no forecast.
    monthly : float
        Incidents in the area a month (the mean over ``months``).
    low80, high80, low95, high95 : float
        Prediction intervals of that mean; NaN where there is no forecast.
    label : str
        What kind of figure it is: "forecast for January 2025".
    sentence : str
    reliable : bool
        A forecast from at least 24 months of history.
    reading : SeasonReading or None
        What the season has run at; None without a season, and where that cannot be told.
    method : Method
    """

    season: Season | None
    months: tuple[pd.Period, ...]
    monthly: float
    low80: float
    high80: float
    low95: float
    high95: float
    label: str
    sentence: str
    reliable: bool
    reading: SeasonReading | None
    method: Method = field(repr=False)

    @property
    def is_forecast(self) -> bool:
        """Whether it is a forecast of named months, and not a mean of past ones."""
        return bool(self.months)


def season_months(as_at: pd.Period, season: Season) -> tuple[pd.Period, ...]:
    """Find the months of a season that come next.

    Parameters
    ----------
    as_at : Period
    season : Season
        Consecutive calendar months, in order.

    Returns
    -------
    tuple of Period
        Those after ``as_at`` of the season that runs or comes next: August alone when the summer has begun with July.
    """
    ahead = [as_at + i for i in range(1, YEAR + len(season.months))]
    start = next(i for i, month in enumerate(ahead) if month.month in season.months)
    kept = list(season.months[season.months.index(ahead[start].month) :])
    return tuple(ahead[start : start + len(kept)])


def expected_month(
    incidents: Incidents, area: Area, category: str | None = None, season: Season | None = None
) -> ExpectedVolume:
    """Expect so many incidents in the next month, or in a month of a season.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, nothing later than the as-at month.
    area : Area
    category : str, optional
        The crime type: the area file's lockdown is left out for those it names.
    season : Season, optional
        By default the month after the as-at month.

    Returns
    -------
    ExpectedVolume
        A forecast where the season that comes next ends within six months of the as-at month; otherwise the mean month
        of the last 12, times what the season has run at. Without a season, the mean month stands in where there is no
        forecast. ``label`` says which it is.

    Raises
    ------
    Refusal
        Nothing is loaded; or a season is asked for with too little history for a seasonal index.

    Notes
    -----
    Several months are forecast together with one shared error, as in :func:`analysis.ahead.window.forecast_window`. The
    ranking stays that of the whole year; whether a season has its own places is measured by
    :func:`analysis.when.season_places.season_places`. When it misleads: it is a total of wards, and cells at the edge
    reach a little beyond them; and a change in recording moves it with a delay.

    References
    ----------
    As :func:`analysis.ahead.window.forecast_window`.
    """
    series = monthly_series(incidents)
    if series.empty:
        raise Refusal("There are no months to expect anything from.", "Import published files on the Data page.")
    mask = season_mask(pd.PeriodIndex(series.index), area, category)
    as_at = series.index[-1]
    months = (as_at + 1,) if season is None else season_months(as_at, season)
    reading = None if season is None else _reading(incidents, area, season, category)
    horizon = (months[-1] - as_at).n
    if horizon > FURTHEST and season is not None:
        lies = f"{list_months(months)} {'lies' if len(months) == 1 else 'lie'} more than {FURTHEST} months ahead"
        return _mean_month(incidents, area, category, season, lies)
    try:
        found = forecast(series, horizon, mask).loc[list(months)]
    except Refusal as refusal:
        return _mean_month(
            incidents, area, category, season, refusal.reason.rstrip(".").removeprefix("There is no forecast: ")
        )
    total = np.array([found["expected"].sum()])
    bounds = {name: float(v[0]) / len(months) for name, v in intervals(total, found["alpha"].iloc[0]).items()}
    reliable = bool(found["reliable"].all())
    made = forecast_method(series, mask, incidents.version)
    monthly = float(total[0]) / len(months)
    each = " a month" if len(months) > 1 else ""
    return ExpectedVolume(
        season=season,
        months=months,
        monthly=monthly,
        **bounds,
        label=f"forecast for {list_months(months)}",
        sentence=(
            f"{'' if reliable else UNRELIABLE}About {monthly:,.0f} {_what(category)}{each} are forecast for "
            f"{list_months(months)} (80 % interval {bounds['low80']:,.0f} to {bounds['high80']:,.0f})."
        ),
        reliable=reliable,
        reading=reading,
        method=Method(
            name=made.name,
            parameters={"for": list_months(months), **made.parameters},
            n=made.n,
            data_version=made.data_version,
            period=made.period,
            caveats=(*made.caveats, CELLS_CAVEAT),
        ),
    )


def _what(category: str | None) -> str:
    return "incidents" if category is None else incidents_words(category)


def _reading(incidents: Incidents, area: Area, season: Season, category: str | None) -> SeasonReading | None:
    try:
        return season_volume(incidents, area, season, category).reading
    except Refusal:
        return None


def _mean_month(
    incidents: Incidents, area: Area, category: str | None, season: Season | None, why: str
) -> ExpectedVolume:
    """Take the mean month of the last 12, times what a season has run at, and say that it is no forecast."""
    known = monthly_series(incidents).dropna().iloc[-YEAR:]
    monthly, reading, times = float(known.mean()), None, ""
    if season is not None:
        volume = season_volume(incidents, area, season, category)
        monthly, reading = volume.monthly, volume.reading
        names = " and ".join(MONTH_NAMES[month - 1] for month in season.months)
        times = f" times {reading.ratio:.2f}, what {names} {'has' if len(season.months) == 1 else 'have'} run at"
    because = f"{why[0].lower() if why.startswith('There') else why[0]}{why[1:]}"
    label = f"mean month of the last {len(known)}{times and ' times the season'}, not a forecast"
    return ExpectedVolume(
        season=season,
        months=(),
        monthly=monthly,
        **dict.fromkeys(QUANTILES, float("nan")),
        label=label,
        sentence=(
            f"About {monthly:,.0f} {_what(category)} a month are to be expected: the mean month of the last "
            f"{len(known)}{times}. It is not a forecast: {because}."
        ),
        reliable=False,
        reading=reading,
        method=Method(
            name=label,
            parameters={"no forecast because": why},
            n=int(known.sum()),
            data_version=incidents.version,
            period=period_words(known.index[0], known.index[-1]),
            caveats=("It is no forecast and has no interval.", CELLS_CAVEAT),
        ),
    )


@dataclass(frozen=True)
class SeasonVolume:
    """Expected incidents in a month of a season.

    Attributes
    ----------
    season : Season
    monthly : float
        Incidents in the area, a month of the season (the mean over its months).
    reading : SeasonReading
        What the season has run at, per day.
    sentence : str
    """

    season: Season
    monthly: float
    reading: SeasonReading
    sentence: str


def season_volume(incidents: Incidents, area: Area, season: Season, category: str | None = None) -> SeasonVolume:
    """Scale the mean month of the last 12 published months by what a season has run at.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, nothing later than the as-at month.
    area : Area
    season : Season
    category : str, optional
        The crime type: the area file's lockdown is left out of the index for those it names.

    Returns
    -------
    SeasonVolume

    Raises
    ------
    Refusal
        Too little history for a seasonal index.

    Notes
    -----
    The ranking stays that of the whole year. Misleads when the level is moving: it is a mean of the last 12 months, not
    a forecast.

    References
    ----------
    Of this project: a mean month times :func:`analysis.when.seasonality.season_reading`.
    """
    series = monthly_series(incidents)
    known = series.dropna()
    if known.empty:
        raise Refusal("There are no months to take a season from.", "Import published files on the Data page.")
    mask = season_mask(pd.PeriodIndex(series.index), area, category)
    index = seasonal_index(series, mask, data_version=incidents.version)
    reading = season_reading(index, season)
    days = sum(28.25 if month == 2 else 30 if month in {4, 6, 9, 11} else 31 for month in season.months)
    monthly = float(known.iloc[-YEAR:].mean()) * reading.ratio * days / len(season.months) / DAYS_IN_A_MONTH
    return SeasonVolume(
        season,
        monthly,
        reading,
        f"Expected incidents are the mean month of the last {min(len(known), YEAR)} times {reading.ratio:.2f}, what "
        f"the {season.name} months have run at, per day.",
    )
