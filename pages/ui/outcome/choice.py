"""What "Did it work" is asked of: a saved plan that was run, or an area and months of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from analysis.ahead.window import window_words
from analysis.common.refusal import Refusal
from analysis.outcome.comparison import RING_M
from analysis.outcome.operation import MOST_MONTHS
from data.plan import plans
from data.plan.saved import RUN, Saved
from geo.grid import grid_reference
from pages.ui.map import lattice
from pages.ui.map.ranked import places as ranked_places
from pages.ui.shell import filters
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import short_month
from pages.ui.shell.filters import Filters
from pages.ui.shell.kept_widget import held

OWN = 0
PLACES = 30
SHARE = 0.05
USUAL_MONTHS, USUAL_PLACES = 3, 5  # what is shown before a person chooses
WIDTHS = (0, 200, 400, 600, 1000)
_SUBJECT, _FIRST, _LAST, _WARDS, _PLACES = "did_subject", "did_first", "did_last", "did_wards", "did_places"
CELLS, WIDTH, WIDGET = "did_cells", "did_width", "did_widget_"


@dataclass(frozen=True)
class Did:
    """What is asked; plain values.

    Attributes
    ----------
    title : str
        Of the plan, or "".
    category : str
    treated : tuple of str
        References of the cells where something was done, sorted.
    first, last : Period
        Months in which the operation lies.
    days : str
        Days of the plan in words, or "".
    as_at : Period
    ring_m : float
    """

    title: str
    category: str
    treated: tuple[str, ...]
    first: pd.Period
    last: pd.Period
    days: str
    as_at: pd.Period
    ring_m: float


def run_plans(data: Dataset) -> dict[int, Saved]:
    """Plans that were marked as run, by number; those of the demonstration only on it, and the other way round."""
    found = [one for one in plans.listed(data.store) if one.status == RUN and one.simulated == data.simulated]
    return {one.id: plans.load(data.store, one.id) for one in found}


def choose(data: Dataset) -> Did:
    """Draw the controls and give what they mean.

    Raises
    ------
    Refusal
        Nothing is loaded, or no cell is chosen.
    """
    known = run_plans(data)
    asked = st.session_state.get(_SUBJECT, max(known, default=OWN))
    left, right = st.columns([4, 6], gap="small")
    subject = left.selectbox(
        "Operation",
        [OWN, *known],
        format_func=lambda key: "Own area and months" if key == OWN else known[key].plan.title,
        key=held(WIDGET + _SUBJECT, asked if asked in known else OWN),
        on_change=take,
        args=(_SUBJECT,),
        help="A saved plan appears here once it is marked as run, with the cells that were really visited.",
    )
    with right:
        chosen = filters.draw(data, ("as_at",) if subject else ("category", "as_at"))
    if chosen.as_at is None:
        raise Refusal("There are no months to look at.", "Import published files on the Data page.")
    return _of_plan(known[subject], chosen) if subject else _own(data, chosen)


def _of_plan(saved: Saved, chosen: Filters) -> Did:
    plan = saved.plan
    assert chosen.as_at is not None  # noqa: S101  the caller refuses
    if not saved.visited:
        raise Refusal(
            "This plan was marked as run, but no cell was really visited", "Correct what was done in the saved plan"
        )
    return Did(
        plan.title, plan.category, saved.visited, pd.Period(plan.first, "M"), pd.Period(plan.last, "M"),
        window_words(plan.first, plan.last), chosen.as_at, _width(),
    )  # fmt: skip


def _own(data: Dataset, chosen: Filters) -> Did:
    as_at = chosen.as_at
    assert as_at is not None  # noqa: S101  the caller refuses
    months = data.incidents.months
    every = [str(month) for month in reversed(pd.period_range(months[0], as_at + 3, freq="M"))]
    names = {month: short_month(pd.Period(month, "M")) for month in every}
    for key, usual in ((_FIRST, max(as_at - USUAL_MONTHS + 1, months[0])), (_LAST, as_at)):
        if st.session_state.get(key) not in every:
            st.session_state[key] = str(usual)
    columns = st.columns([2, 2, 4, 4, 3], gap="small")
    with columns[0]:
        first = st.selectbox("First month", every, format_func=names.__getitem__,
                             key=held(WIDGET + _FIRST, st.session_state[_FIRST]), on_change=_take_month,
                             args=(_FIRST,))  # fmt: skip
    with columns[1]:
        last = st.selectbox("Last month", every, format_func=names.__getitem__,
                            key=held(WIDGET + _LAST, st.session_state[_LAST]), on_change=_take_month,
                            args=(_LAST,))  # fmt: skip
    start = pd.Period(first, "M")
    ranked = before(as_at, start, months)
    listed = cached(ranked_places, data, chosen.category, ranked, "", SHARE)[:PLACES] if ranked is not None else ()
    titles = {str(p.number): f"{p.number}. {p.title}" for p in listed}
    default = list(titles)[:USUAL_PLACES]
    with columns[2]:
        places = _many("Places", _PLACES, titles, default, "Busiest places before the operation")
    with columns[3]:
        wards = _many("Wards", _WARDS, data.area.ward_names, [], "Whole wards")
    cells_there = cached(lattice.grid, data)
    references = grid_reference(*cells_there.corners(cells_there.cells))
    with columns[4]:
        cells = _many("Cells", CELLS, {name: name for name in references}, [], "Grid references, or click on the map")
    at = lattice.cell_references(cells_there)
    of_ward = cached(lattice.cell_wards, data)
    treated = {references[i] for i in np.flatnonzero(np.isin(of_ward, wards))} | {name for name in cells if name in at}
    for place in listed:
        if str(place.number) in places:
            treated |= {references[i] for i in np.searchsorted(cells_there.cells, place.cells)}
    end = pd.Period(last, "M")
    return Did("", chosen.category, tuple(sorted(treated)), start, end, "", as_at, _width())


def before(as_at: pd.Period, first: pd.Period, months: pd.PeriodIndex) -> pd.Period | None:
    """Last month there is before an operation, as far as the as-at month; None without any."""
    there = months[(months < first) & (months <= as_at)]
    return there[-1] if len(there) else None


def toggle(key: str, name: str) -> None:
    """Put a name into a list of the session, or take it out."""
    held = list(st.session_state.get(key, ()))
    st.session_state[key] = [one for one in held if one != name] if name in held else [*held, name]


def _many(label: str, key: str, names: Mapping[str, str], default: list[str], help_text: str) -> list[str]:
    kept = [one for one in st.session_state.get(key, default) if one in names]
    return st.multiselect(
        label, list(names), format_func=names.__getitem__, key=held(WIDGET + key, kept), on_change=take,
        args=(key,), help=help_text, placeholder="None",
    )  # fmt: skip


def _width() -> float:
    return float(st.session_state.get(WIDTH, RING_M))


def take(key: str) -> None:
    """Take what a widget was changed to."""
    st.session_state[key] = st.session_state[WIDGET + key]


def _take_month(key: str) -> None:
    """Take one end of the months; the other moves with it where it would lie on the wrong side or over a year away."""
    take(key)
    first, last = (pd.Period(st.session_state[one], "M") for one in (_FIRST, _LAST))
    if first > last or (last - first).n >= MOST_MONTHS:
        st.session_state[_LAST if key == _FIRST else _FIRST] = st.session_state[key]
