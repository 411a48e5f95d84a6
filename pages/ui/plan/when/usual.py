"""The short answer of step 1: what is planned for, when, and how much more than usual those months bring."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from analysis.ahead.window import window_days
from analysis.common.method import MONTH_NAMES
from analysis.common.refusal import Refusal
from analysis.when.season_effect import SeasonEffect, SeasonEffects, area_season_effects
from data.kinds.crime_types import incidents_words
from pages.ui.plan.when.operation import PlanWindow, known
from pages.ui.shell.cache import Dataset, cached


def effects_of(data: Dataset, window: PlanWindow) -> SeasonEffects | Refusal:
    """Estimate what each season runs at by what the window may know, as Seasonal peaks does, or say why not."""
    try:
        return area_season_effects(known(data, window), data.area, window.category)
    except Refusal as refusal:
        return refusal


def answer(data: Dataset, window: PlanWindow) -> str:
    """Say in two or three short sentences what, when, and how much more than usual.

    Parameters
    ----------
    data : Dataset
    window : PlanWindow

    Returns
    -------
    str
        Plain text.
    """
    days = (window.last - window.first).days + 1
    what = incidents_words(window.category)
    head = f"{what[:1].upper()}{what[1:]}, {window.words}: {days} {'day' if days == 1 else 'days'}."
    found = cached(effects_of, data, window)
    if isinstance(found, Refusal):
        return f"{head} How much more than usual these days bring cannot be said yet: too few months are loaded."
    months = pd.PeriodIndex(window_days(window.first, window.last).index).month
    mine = [effect for effect in found.effects if set(effect.season.months) & set(months)]
    if not mine:
        names = list(dict.fromkeys(MONTH_NAMES[month - 1] for month in months))
        alike = "is an ordinary month" if len(names) == 1 else "are ordinary months"
        return f"{head} {' and '.join(names)} {alike} here: no season is set apart in them."
    doubt = "" if all(effect.sound for effect in mine) else "For want of years this is rough. "
    return f"{head} {doubt}{' '.join(_says(effect) for effect in mine)}"


def _says(effect: SeasonEffect) -> str:
    months = " and ".join(MONTH_NAMES[m - 1] for m in effect.season.months)
    if not effect.differs:
        return f"{months} cannot be told from an ordinary month."
    runs = "run" if len(effect.season.months) > 1 else "runs"
    digits = len(effect.written.partition(".")[2])  # as Seasonal peaks writes it
    return (
        f"{months} {runs} at about {effect.written} times an ordinary month, day for day "
        f"(95 % interval {effect.low:.{digits}f} to {effect.high:.{digits}f})."
    )


def show(data: Dataset, window: PlanWindow) -> None:
    """Draw the answer."""
    st.html(f'<p class="answer">{escape(answer(data, window))}</p>')
