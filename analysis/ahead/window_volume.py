"""How many incidents the places of a window are scaled to: its forecast, or no number but parts of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.ahead.volume import UNRELIABLE
from analysis.ahead.window import WindowForecast, forecast_window, window_words
from analysis.common.refusal import Refusal
from data.place.area import Area
from data.plan.told import WHOLE, Told
from data.store.schema import Incidents

NO_NUMBER = "no forecast, so no number of incidents: places are ranked by past incidents, as parts of the area's"


@dataclass(frozen=True, eq=False)
class WindowVolume:
    """Whether a window of days has a forecast, decided once: whatever comes after asks here.

    Attributes
    ----------
    total : float
        Incidents in the area in the window; 100 where there is no forecast: what is scaled to it is per cent.
    forecast : WindowForecast or None
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
        """The label as a sentence, with a warning where there is too little history and the reason of a refusal."""
        doubt = UNRELIABLE if self.forecast is not None and not self.forecast.reliable else ""
        label = doubt + self.label
        why = f" {self.why_not}" if self.why_not is not None else ""
        return f"{label[:1].upper()}{label[1:]}.{why}"

    @property
    def answer(self) -> WindowForecast | Refusal:
        """The forecast, or why there is none."""
        return self.forecast or self.why_not or Refusal(NO_NUMBER)

    @property
    def refused(self) -> str:
        """Why there is no forecast; empty where there is one."""
        return "" if self.why_not is None else self.why_not.reason

    def told(self, category: str) -> Told:
        """Say how figures that are scaled to it may be told."""
        return Told(category, self.forecast is not None, self.refused)


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
        The forecast where there is one; otherwise why there is none, and no number.

    Raises
    ------
    Refusal
        Nothing is loaded.
    InputError
        The window ends before it begins.

    Notes
    -----
    When it misleads: without a forecast, parts are of what past incidents make of the area; they know no season.

    References
    ----------
    As :func:`analysis.ahead.window.forecast_window`.
    """
    try:
        found = forecast_window(incidents, area, first, last, category)
    except Refusal as refusal:
        if incidents.as_at_month is None:
            raise
        return WindowVolume(total=WHOLE, forecast=None, label=NO_NUMBER, why_not=refusal)
    return WindowVolume(found.expected, found, f"expected in {window_words(first, last)}; {found.label}")
