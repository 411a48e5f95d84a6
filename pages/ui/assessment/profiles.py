"""What is known of every crime type in a year, each figure the one that its page shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.common import seeds
from analysis.common.counts import compare_years, monthly_series
from analysis.common.method import YEAR
from analysis.common.rates import ward_rates
from analysis.common.refusal import Refusal
from analysis.course.trend import Trend, seasonal_mann_kendall
from analysis.findings.change import RECENT_YEARS, course_of_years
from analysis.findings.finding import Finding
from analysis.findings.type_profile import Profile, widened
from analysis.where.concentration import Concentration, point_concentration
from data.kinds.crime_types import ASB
from pages.ui.assessment.year import DocumentYear, filters
from pages.ui.chart import beside
from pages.ui.overview import funnel
from pages.ui.peaks import page as peaks_page
from pages.ui.shell import choice, words
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters

_T = TypeVar("_T")


def categories(data: Dataset, year: DocumentYear) -> tuple[str, ...]:
    """List the crime types of a document: ASB, then the others as they are published; those that the data hold."""
    there = choice.categories(data.incidents, year.last)
    missing = set(absent(data, year))
    held = [name for name in there if name not in missing] or there
    return tuple(sorted(held, key=lambda name: (name != ASB, name)))


def absent(data: Dataset, year: DocumentYear) -> tuple[str, ...]:
    """List the crime types that the data hold no incident of up to the year's end: nothing is known of them."""
    there = choice.categories(data.incidents, year.last)
    return tuple(name for name in there if not len(filters(data, year, name).history(data.incidents).frame))


def profile(data: Dataset, year: DocumentYear, category: str, compared: int) -> Profile:
    """Put together what is known of a crime type.

    Parameters
    ----------
    data : Dataset
    year : DocumentYear
    category : str
    compared : int
        Crime types that are compared with the year before, for which the wider interval allows.
    """
    chosen = filters(data, year, category)
    incidents = chosen.history(data.incidents)
    series = monthly_series(incidents)
    name = words.name_of(category)
    last = series.reindex(pd.period_range(year.first, year.last, freq="M"))
    change = or_why(lambda: compare_years(incidents, year.last, name=name))
    wide = or_why(lambda: compare_years(incidents, year.last, name=name, level=widened(compared)))
    counted = beside.counted_of(category)
    return Profile(
        category=category,
        name=name,
        end=year.last,
        total=None if last.isna().any() else int(last.sum()),
        year=change,
        wide=wide,
        course=or_why(lambda: _recent(series, name)),
        course_words=or_why(lambda: _course(series, name, data.incidents.version)),
        seasons=cached(peaks_page.effects_or_why, data, chosen),
        wards=or_why(lambda: ward_rates(incidents, data.area)),
        funnel=or_why(lambda: cached(funnel.wards_against_area, data, chosen, category)),
        concentration=or_why(lambda: _concentration(data, chosen, year)),
        beside=cached(beside.compared, data, chosen, counted.name, counted.categories),
    )


def or_why(made: Callable[[], _T]) -> _T | Refusal:
    """Give what is made, or the refusal that stands in its place."""
    try:
        return made()
    except Refusal as refusal:
        return refusal


def _recent(series: pd.Series[float], name: str) -> Trend:
    return seasonal_mann_kendall(series.iloc[-RECENT_YEARS * YEAR :], name=name)


def _course(series: pd.Series[float], name: str, version: str) -> Finding:
    return course_of_years(series, name, version)[0]


def _concentration(data: Dataset, chosen: Filters, year: DocumentYear) -> Concentration:
    counted = chosen.history(data.incidents).within(year.first, year.last)
    return point_concentration(counted, chosen.known(data.incidents), np.random.default_rng(seeds.THROWS))


def profiles(data: Dataset, year: DocumentYear) -> tuple[Profile, ...]:
    """Put together what is known of all crime types, in the order of :func:`categories`."""
    there = categories(data, year)
    return tuple(cached(profile, data, year, one, len(there)) for one in there)


def residents_of(data: Dataset) -> int:
    """Add up the residents of the area; 0 where they are not known of every ward."""
    known = data.area.residents
    return sum(known.values()) if set(data.area.wards.codes) <= set(known) else 0
