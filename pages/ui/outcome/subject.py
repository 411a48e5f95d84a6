"""Which operation "Did it work" is about: the last that was run, another one, past months, or none yet."""

from __future__ import annotations

from html import escape

import streamlit as st

from analysis.common.refusal import Refusal
from data.plan import plans
from data.plan.saved import DRAFT, RUN, Listed, Saved
from pages.ui.outcome import address as outcome_address
from pages.ui.outcome.address import PAST, SUBJECT
from pages.ui.shell import filters, frame
from pages.ui.shell.cache import Dataset
from pages.ui.shell.kept_widget import held

WIDGET = "did_widget_"
_SINCE = "did_since"  # the last plan that was run when a person chose
_TRY = "Past months: try it"
NEEDS = (
    "This page needs a saved plan that was run: save one under Plan an operation, and afterwards mark it there as run, "
    "with the cells that were really visited. "
    "Once the months of the operation are published, usually two months later, it says whether crime where you went "
    "changed more than in places like it."
)


def listed(data: Dataset, status: str) -> tuple[Listed, ...]:
    """Plans of some status, the last saved first; those of the demonstration only on it, and the other way round."""
    return tuple(one for one in plans.listed(data.store) if one.status == status and one.simulated == data.simulated)


def run_plans(data: Dataset) -> dict[int, Saved]:
    """Plans that were marked as run, by number, the last operation first; those that visited nothing come last."""
    found = [plans.load(data.store, one.id) for one in listed(data, RUN)]
    found.sort(key=lambda one: (bool(one.visited), one.plan.last, one.saved_at, one.id), reverse=True)
    return {one.id: one for one in found}


def subject(known: dict[int, Saved]) -> str:
    """Tell what the page shows: the number of a plan, ``PAST``, or "" for none yet.

    Parameters
    ----------
    known : dict
        Of :func:`run_plans`.

    Notes
    -----
    A plan that is marked as run after a person chose ends that choice: the page opens on it. What an address asks for
    stands.
    """
    last = str(next(iter(known), ""))
    wrong = outcome_address.read()
    if wrong is not None:
        st.session_state[_SINCE] = last
    if st.session_state.get(_SINCE, last) != last:
        take("", last)
    asked = st.session_state.get(SUBJECT, "")
    if asked not in {"", PAST, *map(str, known)}:
        wrong = (*(wrong or ()), outcome_address.shown("did", asked))
        take("", last)
        asked = ""
    if wrong:
        st.info(frame.plain(f"The address asks for what is not there ({', '.join(wrong)}): the usual is shown."))
    found = asked or last
    outcome_address.write(found)
    return str(found)


def take(chosen: str, last: str) -> None:
    """Take what the page is to show, when a plan was the last that was run; "" for the usual."""
    st.session_state[SUBJECT], st.session_state[_SINCE] = chosen, last


def _take_widget(last: str) -> None:
    take(st.session_state[WIDGET + SUBJECT], last)


def draw(found: str, known: dict[int, Saved]) -> None:
    """Draw the choice between the plans that were run and past months; without a plan the way back alone."""
    last = str(next(iter(known), ""))
    if not known:
        st.button("Back to what this page needs", on_click=take, args=("", last), type="tertiary", key="did_back")
        return
    titles = [one.plan.title for one in known.values()]
    names = {
        str(one.id): one.plan.title + (f" (plan {one.id})" if titles.count(one.plan.title) > 1 else "")
        for one in known.values()
    }
    names[PAST] = _TRY
    st.selectbox(
        "Operation", list(names), format_func=names.__getitem__, key=held(WIDGET + SUBJECT, found),
        on_change=_take_widget, args=(last,),
        help="A saved plan appears here once it is marked as run, with the cells that were really visited.",
    )  # fmt: skip


# --- nothing was run -------------------------------------------------------------------------------------------------
def finding(data: Dataset) -> str:
    """Say that there is no operation to judge, and which saved plan comes nearest to one."""
    drafts = listed(data, DRAFT)
    if not drafts:
        return "No operation to judge yet: no plan is saved."
    if len(drafts) == 1:
        return f"No operation to judge yet: {drafts[0].title} is saved, but not marked as run."
    return f"No operation to judge yet: {len(drafts)} plans are saved, and none of them is marked as run."


def show_needs(data: Dataset) -> None:
    """Say in two sentences what a verdict needs, and offer to try the page on past months."""
    filters.draw(data, ())  # what was chosen stays in the address
    st.html(f'<p class="needs">{escape(NEEDS)}</p>')
    if len(data.incidents.months):
        st.button(
            "Try it on past months", on_click=take, args=(PAST, ""), key="did_try",
            help="Shows what such a verdict can tell and what it cannot, on places and months of your choice. Nobody "
            "ran an operation there, as far as this page knows.",
        )  # fmt: skip
    else:
        frame.refused(Refusal("There are no past months to try it on", "Import published files on the Data page"))
