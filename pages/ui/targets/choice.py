"""What Plan targets is looked at from: the as-at month and the baseline; the baseline lives in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import streamlit as st

from analysis.common.counts import monthly_series
from analysis.common.refusal import Refusal
from analysis.course.target import MONTHS, financial_year
from analysis.course.target_progress import whole_years, year_of
from data.kinds.crime_types import is_sum
from data.plan.targets import Target, target_of
from geo.errors import InputError
from pages.ui.shell import bar, filters, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters

PLAN, OWN = "plan", "own"
PARAMETER = "baseline"
_OPTION, _TOTAL, _YEAR, _WRITTEN = "targets_baseline", "targets_total", "targets_year", "targets_written"
_WIDGET = "_widget"
_OWN_YEARS = 10
_MOST = 10_000_000
_TYPED = re.compile(r"(\d{1,8})-in-(\d{4}/\d{2})")


@dataclass(frozen=True)
class BaselineChoice:
    """Which baseline the person chose: ``option`` is the plan's, a financial year of the data, or their own.

    ``total`` is what they typed; 0 where nothing is typed yet.
    """

    option: str = PLAN
    year: str = ""
    total: int = 0

    @property
    def address(self) -> str:
        """As it stands in the address; empty for the plan's."""
        if self.option == OWN:
            return f"{self.total}-in-{self.year}" if self.total else ""
        return "" if self.option == PLAN else self.option


NO_TARGET = Refusal(
    "The area file sets no target, so there is nothing to hold the count against",
    "Add [target] to the area file, with category, change and by",
)


def target_in(data: Dataset) -> Target | Refusal:
    """Give the target of the area file, or say why there is none: none is set, or it is not whole."""
    try:
        return target_of(data.area.raw, data.area.file) or NO_TARGET
    except InputError as error:
        name = Path(error.file or "").name
        return Refusal(f"The target in {name} cannot be used: {error.message}", "Correct [target] in that file")


def monthly(data: Dataset, chosen: Filters, category: str) -> pd.Series:
    """Monthly counts of a crime type in the whole area, up to the as-at month."""
    return monthly_series(chosen.known(data.incidents).of(category))


ONE_TYPE = (
    "A target is of the one crime type that the plan names. The crimes that were chosen together on another page are "
    "not added here: nobody agreed a baseline or a change for their sum."
)


def choose(data: Dataset) -> tuple[Filters, BaselineChoice]:
    """Draw the as-at month and the baseline in one row; the target is one of the whole area, whatever wards stand."""
    target = target_in(data)
    if isinstance(target, Refusal):
        return replace(filters.draw(data, ("as_at",)), wards=()), BaselineChoice()
    notes = st.container()
    when, what, total, year = st.columns([2, 4, 2, 2], gap="small")
    with when:
        chosen = replace(filters.draw(data, ("as_at",)), wards=())
    with notes:
        filters.say_changed(data, chosen, target.category)
        if is_sum(filters.choice().category):
            frame.note(ONE_TYPE)
    labels, years = options(data, chosen), own_years(chosen, target)
    if told := _read_address(labels, years):
        notes.info(frame.plain(told))
    with what:
        found = BaselineChoice(_select("Baseline", tuple(labels), _OPTION, labels))
    if found.option == OWN:
        with total:
            held = st.session_state.get(_TOTAL) or stated_in(data, target)
            typed = st.number_input("Incidents in that year", 1, _MOST, held, step=1, key=_TOTAL + _WIDGET)
            st.session_state[_TOTAL] = typed
        with year:
            own = _select("Year, April to March", years, _YEAR, {one: one for one in years})
        found = BaselineChoice(OWN, own, int(typed or 0))
    _write_address(found if found.option != next(iter(labels)) else BaselineChoice())
    return chosen, found


def _select(label: str, choices: tuple[str, ...], key: str, labels: Mapping[str, str]) -> str:
    """Draw a choice that outlives its widget: Streamlit forgets widgets of pages that are not shown."""
    held = st.session_state.get(key)
    value = held if held in choices else choices[0]
    if st.session_state.get(key + _WIDGET) not in choices:
        st.session_state[key + _WIDGET] = value
    found = st.selectbox(label, choices, format_func=lambda one: labels[one], key=key + _WIDGET)
    st.session_state[key] = found
    return found


def _read_address(labels: Mapping[str, str], years: tuple[str, ...]) -> str:
    """Take the baseline from the address when it is opened or changed by hand; says what was not used."""
    asked = bar.given().get(PARAMETER, "")
    if not asked or st.session_state.get(_WRITTEN) == {PARAMETER: asked}:
        return ""
    st.session_state[_WRITTEN] = {PARAMETER: asked}
    typed = _TYPED.fullmatch(asked)
    if asked in labels and asked not in {PLAN, OWN}:
        _keep(_OPTION, asked)
    elif typed and 1 <= int(typed[1]) <= _MOST and typed[2] in years:
        _keep(_OPTION, OWN)
        _keep(_TOTAL, int(typed[1]))
        _keep(_YEAR, typed[2])
    else:
        shown = asked if len(asked) <= 40 else asked[:37] + "..."
        first = next(iter(labels.values()))
        return f"The address asks for the baseline “{shown}”, which is not there: {first} is shown."
    return ""


def _keep(key: str, value: object) -> None:
    st.session_state[key] = value
    st.session_state[key + _WIDGET] = value


def _write_address(found: BaselineChoice) -> None:
    wanted = {PARAMETER: found.address} if found.address else {}
    bar.put((PARAMETER,), wanted, st.session_state, _WRITTEN)


def options(data: Dataset, chosen: Filters) -> dict[str, str]:
    """Give the baselines known at the as-at month by key, the plan's first, with what each is called.

    On the demonstration that is the simulated count of the plan's year: no path leads from a published figure to
    simulated ones.
    """
    target = target_in(data)
    if isinstance(target, Refusal):
        return {}
    series = cached(monthly, data, chosen, target.category)
    found = {}
    stated = stated_in(data, target)
    if stated is not None and (chosen.as_at is None or financial_year(target.baseline_year)[-1] <= chosen.as_at):
        found[PLAN] = f"{stated:,} in {target.baseline_year}, published with the plan"
    years = whole_years(series, target.by) if len(series) else ()
    if data.simulated:
        years = tuple(sorted(years, key=lambda year: year != target.baseline_year))
    for year in years:
        whence = "simulated" if data.simulated else "in the data"
        found[year] = f"{series.reindex(financial_year(year)).sum():,.0f} in {year}, {whence}"
    return found | {OWN: "Type a figure ..."}


def stated_in(data: Dataset, target: Target) -> int | None:
    """Baseline as the plan states it; none on the demonstration, whose incidents are not those of the plan."""
    return None if data.simulated else target.baseline


def own_years(chosen: Filters, target: Target) -> tuple[str, ...]:
    """Financial years that a typed figure may be of: over at the as-at month, before the target year; latest first."""
    end = financial_year(target.by)[0] - 1
    if chosen.as_at is not None:
        end = min(end, chosen.as_at)
    last = end if end == financial_year(year_of(end))[-1] else financial_year(year_of(end))[0] - 1
    return tuple(year_of(last - MONTHS * back) for back in range(_OWN_YEARS))
