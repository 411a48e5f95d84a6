"""What "Did it work" is asked of: a saved plan that was run, or places and past months of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from analysis.ahead.window import window_words
from analysis.common.refusal import Refusal
from analysis.outcome.comparison import RING_M
from analysis.outcome.operation import MOST_MONTHS
from data.place.area import Area
from data.plan.saved import Saved
from geo.grid import grid_reference
from pages.ui.map import lattice
from pages.ui.map import offered as map_offered
from pages.ui.map.judged import Did
from pages.ui.map.ranked import places as ranked_places
from pages.ui.outcome import address as outcome_address
from pages.ui.outcome import subject as outcome_subject
from pages.ui.outcome.address import CELLS, FIRST, LAST, PAST, PLACES, WARDS, WIDTH, ZONES
from pages.ui.shell import boundaries, filters, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import short_month
from pages.ui.shell.filters import Filters
from pages.ui.shell.kept_widget import held
from pages.ui.zone import offered as zone_offered

MOST_PLACES = 30
SHARE = 0.05
USUAL_MONTHS, USUAL_PLACES = 3, 5  # what is shown before a person chooses
WIDGET = outcome_subject.WIDGET


def choose(data: Dataset, subject: str, known: dict[int, Saved]) -> Did:
    """Draw the controls and give what they mean.

    Parameters
    ----------
    data : Dataset
    subject : str
        Number of a plan, or ``PAST``.
    known : dict
        Plans that were run, by number.

    Raises
    ------
    Refusal
        Nothing is loaded, or no cell was visited.
    """
    left, right = st.columns([4, 6], gap="small", vertical_alignment="bottom")
    with left:
        outcome_subject.draw(subject, known)
    with right:
        chosen = filters.draw(data, ("category", "as_at") if subject == PAST else ("as_at",))
    if chosen.as_at is None:
        raise Refusal("There are no months to look at.", "Import published files on the Data page.")
    return _own(data, chosen) if subject == PAST else _of_plan(known[int(subject)], chosen)


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
    every = [str(month) for month in reversed(pd.period_range(months[0], as_at, freq="M"))]
    names = {month: short_month(pd.Period(month, "M")) for month in every}
    zones = zone_offered.names_of(zone_offered.areas_for(data))
    with_zones = bool(zones) or bool(st.session_state.get(ZONES))
    columns = st.columns([2, 2, 3, 3, 3, 3] if with_zones else [2, 2, 4, 4, 3], gap="small")
    with columns[0]:
        end = st.session_state.get(LAST)
        end = pd.Period(end, "M") if end in names else as_at
        first = _month("First month", FIRST, names, str(max(end - USUAL_MONTHS + 1, months[0])))
    start = pd.Period(first, "M")
    with columns[1]:
        last = _month("Last month", LAST, names, str(min(start + USUAL_MONTHS - 1, as_at)))
    ranked = before(as_at, start, months)
    listed = cached(ranked_places, data, chosen.category, ranked, "", SHARE)[:MOST_PLACES] if ranked is not None else ()
    titles = {str(p.number): f"{p.number}. {p.title}" for p in listed}
    default = list(titles)[:USUAL_PLACES]
    with columns[2]:
        places = _many("Places", PLACES, titles, default, "Busiest places before these months")
    with columns[3]:
        _map_wards(data.area)
        wards = _many("Wards", WARDS, data.area.ward_names, [], "Whole wards")
    at = cached(lattice.references, data)
    in_zones: list[str] = []
    if with_zones:
        with columns[4]:
            names_of = {zone_offered.word_of(number).upper(): name for number, name in zones.items()}
            picked = _many("Zones", ZONES, names_of, [], "Cells whose middle lies in a zone")
            in_zones = [name for word in picked for name in zone_offered.cells_of(data, zone_offered.number_of(word))]
    with columns[-1]:
        listed_cells = cached(map_offered.names, data, chosen.category, as_at)
        cells = _many("Cells", CELLS, at, [], "Grid references, or click on the map", listed_cells)
    of_ward = cached(lattice.cell_wards, data)
    cells_there = cached(lattice.grid, data)
    marked = np.flatnonzero(np.isin(of_ward, wards)) if wards else np.empty(0, dtype=np.intp)
    shown = [np.searchsorted(cells_there.cells, place.cells) for place in listed if str(place.number) in places]
    own = np.array([at[name] for name in (*cells, *in_zones)], dtype=np.intp)
    chosen_cells = np.unique(np.concatenate([marked, own, *shown])).astype(np.intp)
    treated = set(grid_reference(*cells_there.corners(cells_there.cells[chosen_cells])))
    return Did(
        "", chosen.category, tuple(sorted(treated)), start, pd.Period(last, "M"), "", as_at, _width()
    )  # fmt: skip


def before(as_at: pd.Period, first: pd.Period, months: pd.PeriodIndex) -> pd.Period | None:
    """Last month there is before an operation, as far as the as-at month; None without any."""
    there = months[(months < first) & (months <= as_at)]
    return there[-1] if len(there) else None


def toggle(key: str, name: str) -> None:
    """Put a name into a list of the session, or take it out."""
    held = list(st.session_state.get(key, ()))
    st.session_state[key] = [one for one in held if one != name] if name in held else [*held, name]


def _month(label: str, key: str, names: Mapping[str, str], usual: str) -> str:
    asked = st.session_state.get(key, usual)
    if asked not in names:
        st.session_state.pop(key)
        st.info(frame.plain(f"{label}: {asked} is not among the months known at this date, and the usual is shown."))
    return st.selectbox(
        label, list(names), format_func=names.__getitem__, on_change=_take_month, args=(key,),
        key=held(WIDGET + key, asked if asked in names else usual),
    )  # fmt: skip


def _map_wards(area: Area) -> None:
    """Put wards of the layer that is looked at in place of those chosen by other boundaries, with a word."""
    asked = list(st.session_state.get(WARDS, ()))
    found, told = boundaries.mapped(asked, area)
    if told:
        unknown = [code for code in asked if not boundaries.mapped([code], area)[0]]
        st.session_state[WARDS] = [*found, *unknown]
        st.info(frame.plain(" ".join(told)))


def _many(
    label: str,
    key: str,
    names: Mapping[str, object],
    default: list[str],
    help_text: str,
    listed: Sequence[str] | None = None,
) -> list[str]:
    """Draw a list of what is there, by name; of ``listed`` and what is chosen alone where they are given."""
    asked = st.session_state.get(key, default)
    kept = [one for one in asked if one in names]
    if len(kept) < len(asked):
        gone = ", ".join(one for one in asked if one not in names)
        st.session_state[key] = kept
        st.info(frame.plain(f"{label}: what is not there is left out ({outcome_address.cut(gone)})."))
    return st.multiselect(
        label, list(names) if listed is None else list(dict.fromkeys([*listed, *kept])),
        format_func=(lambda one: str(names[one])) if listed is None else str, key=held(WIDGET + key, kept),
        on_change=take, args=(key,), help=help_text, placeholder="None",
    )  # fmt: skip


def _width() -> float:
    return float(st.session_state.get(WIDTH, RING_M))


def take(key: str) -> None:
    """Take what a widget was changed to."""
    st.session_state[key] = st.session_state[WIDGET + key]


def _take_month(key: str) -> None:
    """Take both ends of the months; the other moves with the changed one where it would lie on the wrong side."""
    for one in (FIRST, LAST):
        take(one)
    first, last = (pd.Period(st.session_state[one], "M") for one in (FIRST, LAST))
    if first > last or (last - first).n >= MOST_MONTHS:  # or over a year away
        st.session_state[LAST if key == FIRST else FIRST] = st.session_state[key]
