"""How many incidents the places of a window are scaled to: its forecast, or the mean of the last year and said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.ahead.volume import DAYS_IN_A_MONTH, UNRELIABLE
from analysis.ahead.window import LABEL, WindowForecast, forecast_window, window_words
from analysis.common.counts import monthly_series
from analysis.common.method import YEAR, covered
from analysis.common.refusal import Refusal
from data.place.area import Area
from data.store.schema import Incidents


@dataclass(frozen=True, eq=False)
class WindowVolume:
    """Incidents that the places of a window are scaled to.

    Attributes
    ----------
    total : float
        Incidents in the area in the window.
    forecast : WindowForecast or None
        None where there is none: ``total`` then is the mean of the last 12 published months.
    label : str
        What kind of figure it is; it has to stand beside it.
    why_not : Refusal or None
        Why there is no forecast.
    """

    total: float
    forecast: WindowForecast | None
    label: str
    why_not: Refusal | None = None

    @property
    def sentence(self) -> str:
        """The label as a sentence, with a warning where there is too little history."""
        doubt = UNRELIABLE if self.forecast is not None and not self.forecast.reliable else ""
        label = doubt + self.label
        return f"{label[:1].upper()}{label[1:]}."


def window_volume(incidents: Incidents, area: Area, first: date, last: date, category: str) -> WindowVolume:
    """Expect so many incidents in a window of days, to share them out over places.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, nothing later than the as-at month.
    area : Area
    first, last : date
        Both included.
    category : str
        The crime type.

    Returns
    -------
    WindowVolume
        The forecast where there is one, otherwise the mean of the last 12 published months times the window's days.

    Raises
    ------
    Refusal
        Nothing is loaded.
    InputError
        The window ends before it begins.

    Notes
    -----
    When it misleads: without a forecast it knows nothing of the season. The order of the places is the same either way;
    the numbers then only say how they compare.

    References
    ----------
    As :func:`analysis.ahead.window.forecast_window`.
    """
    try:
        found = forecast_window(incidents, area, first, last, category)
    except Refusal as refusal:
        series = monthly_series(incidents).dropna()
        if series.empty:
            raise
        recent = series.iloc[-YEAR:]
        days = (last - first).days + 1
        return WindowVolume(
            total=float(recent.sum()) / (len(recent) * DAYS_IN_A_MONTH) * days,
            forecast=None,
            label=(
                f"no forecast: {days} days at the mean of {covered(pd.PeriodIndex(recent.index))}, with no season in it"
            ),
            why_not=refusal,
        )
    return WindowVolume(found.expected, found, f"expected in {window_words(first, last)}; {LABEL}")
