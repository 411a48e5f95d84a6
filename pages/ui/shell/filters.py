"""The filters that all pages share: they survive a change of page and live in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pandas as pd
import streamlit as st

from data.kinds.changes import absent_words, same_meaning
from data.kinds.crime_types import (
    ASB,
    GROUPS,
    addable,
    category_title,
    category_words,
    is_sum,
    kinds_of,
    sum_words,
    together,
)
from data.place.area import Area
from pages.ui.shell import bar, screenshot
from pages.ui.shell.boundaries import mapped
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import (
    CHOICE,
    CHOICE_WRITTEN,
    LAST_12,
    OWN,
    OWN_MONTHS,
    PARAMETERS,
    Choice,
    Filters,
    as_at_month,
    categories,
    changed,
    from_address,
    period_options,
    resolve,
    short_month,
    short_period,
    to_address,
    window,
)
from pages.ui.shell.frame import PAGE, carried_note, knows, plain
from pages.ui.shell.kept_widget import held

__all__ = ["FIELDS", "Choice", "Filters", "choice", "choose", "draw", "draw_what", "say_changed", "say_sum"]

FIELDS = ("category", "period", "season", "wards", "as_at")
_STATE, _NOTES, _DRAWN, _WRITTEN, _PREFIX = CHOICE, "choice_notes", "filters_drawn_on", CHOICE_WRITTEN, "filter_"
_OFFERED = "choice_categories"
_ENDS = ("from", "to")
SEVERAL = "Several crimes together ..."
_KINDS, _MANY = "kinds", "choice_several"  # the list of crimes to add; whether it is open


def choice() -> Choice:
    """Tell what this person chose so far."""
    chosen: Choice = st.session_state.get(_STATE, Choice())
    return chosen


def choose(**changes: object) -> None:
    """Change the shared choice, from a callback or before the filters are drawn."""
    st.session_state[_STATE] = replace(choice(), **changes)  # type: ignore[arg-type]


def draw(data: Dataset, show: Iterable[str] = FIELDS) -> Filters:
    """Draw the filters in one row and say what they mean.

    Parameters
    ----------
    data : Dataset
    show : iterable of str
        Those of ``FIELDS`` that change something on this page; the others keep their value unseen.

    Returns
    -------
    Filters
    """
    area, months = data.area, data.incidents.months
    _read_address(area, months)
    asked = choice()
    chosen = _still_there(asked, area, months)
    offered = st.session_state[_OFFERED] = categories(data.incidents, as_at_month(chosen, months))
    if not set(kinds_of(chosen.category)) <= set(offered):
        told = f"{_why_not(chosen.category, as_at_month(chosen, months))} {category_words(ASB).capitalize()} is shown."
        st.session_state[_NOTES] = (*st.session_state.get(_NOTES, ()), told)
        chosen = replace(chosen, category=ASB)
    if chosen.period != asked.period:
        told = "The period that was chosen is not among the months known at this date: the last 12 months are shown."
        st.session_state[_NOTES] = (*st.session_state.get(_NOTES, ()), told)
    st.session_state[_STATE] = chosen
    as_at = as_at_month(chosen, months)
    shown = [field for field in FIELDS if field in set(show)]
    widths = {"category": 3, "period": 3, "season": 2, "wards": 3, "as_at": 2}
    for note in st.session_state.pop(_NOTES, ()):
        st.info(plain(note))
    # A widget of another page is another widget, though its key still answers: it has to be given its value anew.
    fresh = st.session_state.get(_DRAWN) != st.session_state.get(PAGE)
    if fresh:
        for field in (*FIELDS, *_ENDS, _KINDS):
            st.session_state.pop(_PREFIX + field, None)
    if shown:
        with st.container(key="filters"):
            columns = st.columns([widths[field] for field in shown], gap="small")
        for field, column in zip(shown, columns, strict=True):
            with column:
                _DRAW[field](chosen, area, months, as_at)
        if "category" in shown and _several(chosen):
            _draw_kinds(chosen)
        if "period" in shown and _own_months(chosen):
            _draw_own(chosen, months, as_at)
    st.session_state[_DRAWN] = st.session_state.get(PAGE)
    _write_address(chosen)
    found = resolve(chosen, months)
    screenshot.chosen(_words(found, area, shown))
    knows(found.as_at if found.stepped_back else None)
    if "category" in shown:
        say_sum(found)
        say_changed(data, found, found.category)
    return found


def draw_what() -> None:
    """Draw the choice of crime types by itself, below the filters of a page of which only a part follows it."""
    chosen = choice()
    with st.container(key="filters_what"):
        _draw_category(chosen)
        if _several(chosen):
            _draw_kinds(chosen)


def say_sum(found: Filters) -> None:
    """Say which crime types a sum adds, and why that may be done; nothing of a single one."""
    carried_note(sum_words(found.category))


def say_changed(data: Dataset, found: Filters, category: str) -> None:
    """Say which months are left out of a crime type because it was counted otherwise, where there are such months.

    Parameters
    ----------
    data : Dataset
    found : Filters
    category : str
        What the page shows, which need not be what was chosen.
    """
    carried_note(changed(data, category, found.as_at))


def _why_not(category: str, as_at: pd.Period | None) -> str:
    if as_at is None or same_meaning(category, str(as_at)) is not None:
        return f"No file that is loaded holds {category_words(category)}."
    return absent_words(category, str(as_at))


def _words(found: Filters, area: Area, shown: list[str]) -> str:
    """Say what the filters of this page are set to, for a view that hides them."""
    names = area.ward_names
    wards = ", ".join(names[code] for code in found.wards) or f"all {len(names)} wards"
    season = next((one.name for one in area.seasons if one.key == found.season), "")
    words = {
        "category": category_words(found.category),
        "season": season and f"{season} only",
        "wards": wards,
        "as_at": f"as at {short_month(found.as_at)}" if found.as_at is not None else "",
    }
    return ", ".join(words[field] for field in words if field in shown and words[field])


def _still_there(chosen: Choice, area: Area, months: pd.PeriodIndex) -> Choice:
    """Drop what the data no longer hold: another store may have been opened in this session."""
    keep, told = mapped(chosen.wards, area)
    st.session_state[_NOTES] = (*st.session_state.get(_NOTES, ()), *told)
    as_at = chosen.as_at if chosen.as_at in {str(month) for month in months[:-1]} else ""
    season = chosen.season if chosen.season in {season.key for season in area.seasons} else ""
    kept = replace(chosen, wards=keep, as_at=as_at, season=season)
    return kept if window(kept.period, as_at_month(kept, months), months) else replace(kept, period=LAST_12)


def _in_address() -> dict[str, str]:
    return {key: value for key, value in bar.given().items() if key in PARAMETERS}


def _read_address(area: Area, months: pd.PeriodIndex) -> None:
    """Take the choice from the address when it is opened, and when a person goes back or changes it by hand.

    A link to another page carries no parameters: the choice of the session then stands. Going back on a page to where
    nothing was chosen takes all of it back.
    """
    found = _in_address()
    anew = found and found != st.session_state.get(_WRITTEN)
    if _STATE not in st.session_state or anew or bar.emptied(PARAMETERS):
        st.session_state[_STATE], st.session_state[_NOTES] = from_address(found, area, months)
        st.session_state[_MANY] = False
        st.session_state[_WRITTEN] = found


def _write_address(chosen: Choice) -> None:
    """Put the choice into the address; parameters of others are left alone."""
    bar.put(PARAMETERS, to_address(chosen), st.session_state, _WRITTEN)


def _take(field: str) -> None:
    """Take what a widget was changed to."""
    value = st.session_state[_PREFIX + field]
    choose(**{field: tuple(value) if isinstance(value, list) else value})


def _draw_category(chosen: Choice, *_: object) -> None:
    offered = st.session_state[_OFFERED]
    options = [
        *offered,
        *(group.category for group in GROUPS if set(kinds_of(group.category)) <= set(offered)),
        SEVERAL,
    ]
    key = held(_PREFIX + "category", SEVERAL if _several(chosen) else chosen.category)
    st.selectbox("What", options, format_func=category_title, key=key, on_change=_take_category)


def _several(chosen: Choice) -> bool:
    """Whether the crimes to add are chosen one by one: a sum without a name of its own always is."""
    unnamed = is_sum(chosen.category) and category_title(chosen.category) == chosen.category
    return unnamed or bool(st.session_state.get(_MANY))


def _take_category() -> None:
    value = st.session_state[_PREFIX + "category"]
    st.session_state[_MANY] = value == SEVERAL
    if value != SEVERAL:
        choose(category=value)


def _take_kinds() -> None:
    st.session_state[_MANY] = True
    choose(category=together(st.session_state[_PREFIX + _KINDS] or [ASB]))


def _draw_kinds(chosen: Choice) -> None:
    kinds = [kind for kind in kinds_of(chosen.category) if addable(kind)]
    st.multiselect(
        "Crimes to add together",
        [kind for kind in st.session_state[_OFFERED] if addable(kind)],
        key=held(_PREFIX + _KINDS, kinds),
        on_change=_take_kinds,
        placeholder=f"Choose two or more; until then {category_words(ASB)} is shown",
        select_all=False,  # that is "All recorded crime"
        help="ASB is not in the list: it is never added to crimes, since one incident may stand in both.",
    )


def _draw_season(chosen: Choice, area: Area, months: pd.PeriodIndex, as_at: pd.Period | None) -> None:  # noqa: ARG001
    names = {"": "All year"} | {season.key: season.name for season in area.seasons}
    key = held(_PREFIX + "season", chosen.season)
    st.selectbox("Season", list(names), format_func=names.__getitem__, key=key, on_change=_take, args=("season",))


def _draw_wards(chosen: Choice, area: Area, months: pd.PeriodIndex, as_at: pd.Period | None) -> None:  # noqa: ARG001
    key = held(_PREFIX + "wards", list(chosen.wards))
    names = area.ward_names
    codes = sorted(names, key=lambda code: names[code])
    st.multiselect(
        "Wards",
        codes,
        format_func=names.__getitem__,
        placeholder=f"All {len(codes)} wards",
        select_all=False,  # none chosen is all
        key=key,
        on_change=_take,
        args=("wards",),
    )


def _draw_as_at(chosen: Choice, area: Area, months: pd.PeriodIndex, as_at: pd.Period | None) -> None:  # noqa: ARG001
    options = [""] + [str(month) for month in reversed(months[:-1])]
    names = {option: short_month(pd.Period(option, "M")) for option in options[1:]}
    names[""] = f"{short_month(months[-1])} (latest)" if len(months) else "No months loaded"
    st.selectbox(
        "As at",
        options,
        format_func=names.__getitem__,
        key=held(_PREFIX + "as_at", chosen.as_at),
        on_change=_take,
        args=("as_at",),
        help="Step back: nothing after this month is known to any figure or map.",
    )


def _own_months(chosen: Choice) -> bool:
    return bool(OWN_MONTHS.fullmatch(chosen.period))


def _take_period(first: pd.Period, last: pd.Period) -> None:
    value = st.session_state[_PREFIX + "period"]
    choose(period=f"{first}..{last}" if value == OWN else value)


def _draw_period(chosen: Choice, area: Area, months: pd.PeriodIndex, as_at: pd.Period | None) -> None:  # noqa: ARG001
    options = period_options(as_at, months)
    key = held(_PREFIX + "period", OWN if _own_months(chosen) else chosen.period)
    span = window(chosen.period, as_at, months)
    if span and chosen.period not in options and not _own_months(chosen):
        options = {chosen.period: short_period(*span)} | options
    st.selectbox(
        "Period",
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=_take_period,
        args=span or (as_at, as_at),
    )


def _take_own(changed: str) -> None:
    """Take one end of a period of one's own; the other end moves with it where it would lie on the wrong side."""
    first, last = (st.session_state[_PREFIX + end] for end in _ENDS)
    if first > last:
        first, last = (first, first) if changed == _ENDS[0] else (last, last)
    choose(period=f"{first}..{last}")


def _draw_own(chosen: Choice, months: pd.PeriodIndex, as_at: pd.Period | None) -> None:
    span = window(chosen.period, as_at, months)
    if span is None:
        return
    every = [str(month) for month in reversed(pd.period_range(months[0], as_at, freq="M"))]
    names = {month: short_month(pd.Period(month, "M")) for month in every}
    columns = st.columns([3, 3, 7], gap="small")
    for column, end, label, month in zip(columns, _ENDS, ("From", "To"), span, strict=False):
        key = held(_PREFIX + end, str(month))
        column.selectbox(label, every, format_func=names.__getitem__, key=key, on_change=_take_own, args=(end,))


_DRAW: dict[str, Callable[..., None]] = {
    "category": _draw_category,
    "period": _draw_period,
    "season": _draw_season,
    "wards": _draw_wards,
    "as_at": _draw_as_at,
}
