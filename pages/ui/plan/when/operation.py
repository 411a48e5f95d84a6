"""The window of a plan, and what the data say of it; each for ``cached``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.ahead.window import WindowForecast, window_words
from analysis.ahead.window_volume import WindowVolume, window_volume
from analysis.common.refusal import Refusal
from analysis.when.nights import NightHours, night_hours
from data.store.schema import Incidents
from pages.ui.shell.cache import Dataset, cached, feed


@dataclass(frozen=True)
class PlanWindow:
    """When a plan is for, and what is known at that time; plain values.

    Attributes
    ----------
    operation : str
        Name of the operation in the area file; "" for own dates.
    category : str
    first, last : date
        Both included.
    as_at : Period
        The last month that anything may know of.
    feed : str
        Name of the dated feed that hours are weighed by; "" where all count alike.
    """

    operation: str
    category: str
    first: date
    last: date
    as_at: pd.Period
    feed: str

    @property
    def words(self) -> str:
        """Days in words: "25 October to 8 November 2024"."""
        return window_words(self.first, self.last)

    @property
    def title(self) -> str:
        """Operation with its year, or the days of own dates."""
        return f"{self.operation} {self.first.year}" if self.operation else self.words


def known(data: Dataset, window: PlanWindow) -> Incidents:
    """Give incidents of the crime type up to the as-at month."""
    return data.incidents.up_to(window.as_at).of(window.category)


def volume(data: Dataset, window: PlanWindow) -> WindowVolume:
    """How many incidents the window brings, or that this cannot be said: every step and every file goes by it.

    Raises
    ------
    Refusal
        Nothing is loaded.
    """
    return window_volume(known(data, window), data.area, window.first, window.last, window.category)


def forecast_of(data: Dataset, window: PlanWindow) -> WindowForecast | Refusal:
    """Forecast the window, or say why there is no forecast."""
    try:
        return cached(volume, data, window).answer
    except Refusal as refusal:
        return refusal


def feed_of(data: Dataset, window: PlanWindow) -> Incidents | None:
    """Give the dated feed of the window: its incidents of the crime type in the area, whatever their date."""
    return feed(data, window.feed).in_area().of(window.category) if window.feed else None


def hours_of(data: Dataset, window: PlanWindow) -> NightHours:
    """Share the window out over its nights and hours, by its feed or all alike."""
    named = tuple(((night.month, night.day), night.name) for night in data.area.nights)
    return night_hours(window.first, window.last, feed_of(data, window), window.as_at, named=named)
