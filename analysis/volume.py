"""How many incidents a month of a season brings: the mean month, times what the season has run at."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.counts import monthly_series
from analysis.refusal import Refusal
from analysis.seasonality import SeasonReading, season_mask, season_reading, seasonal_index
from data.area import Area, Season
from data.schema import Incidents

YEAR = 12
DAYS_IN_A_MONTH = 365.25 / YEAR


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
    A season changes the volume, not the places: the ranking stays that of the whole year. Misleads when the level is
    moving: it is a mean of the last 12 months, not a forecast.
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
        f"the {season.name} months have run at, per day. Season changes the volume, not the places.",
    )
