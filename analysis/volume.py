"""How many incidents a month of a season brings, from the mean month and the seasonal index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.counts import monthly_series
from analysis.refusal import Refusal
from analysis.seasonality import SeasonalIndex, seasonal_index
from data.area import Area, Season
from data.schema import Incidents

YEAR = 12


@dataclass(frozen=True, eq=False)
class SeasonVolume:
    """Expected incidents in a month of a season.

    Attributes
    ----------
    season : Season
    monthly : float
        Expected incidents in the area, a month of the season (the mean over its months).
    ratio : float
        That, divided by the mean month of the last 12.
    index : SeasonalIndex
        What the ratio was read from.
    """

    season: Season
    monthly: float
    ratio: float
    index: SeasonalIndex


def season_volume(incidents: Incidents, area: Area, season: Season) -> SeasonVolume:
    """Scale the mean month of the last 12 published months by the seasonal index of a season.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, nothing later than the as-at month.
    area : Area
        Its lockdown months are left out of the index for the crime types it names.
    season : Season

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
    category = incidents.frame["category"].iloc[0] if len(incidents.frame) else None
    index = seasonal_index(series, mask=area.lockdown_mask(series.index, category))
    per_day = np.array([index.of(month) for month in season.months])
    days = np.array([known.index[known.index.month == m].days_in_month.to_numpy().mean() for m in season.months])
    ratio = float((per_day * days).mean() / (365.25 / YEAR))
    mean_month = float(known.iloc[-YEAR:].mean())
    return SeasonVolume(season, mean_month * ratio, ratio, index)
