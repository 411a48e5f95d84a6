"""The comparison with other districts on a page: the claim of the plan, what is counted, two charts."""

from __future__ import annotations

from html import escape

import streamlit as st

from analysis.common.percents import interval
from analysis.common.refusal import Refusal
from analysis.course.beside import Beside
from analysis.findings.beside import Verdict, beside_title, claim_verdict, left_out_words, trend_words, verdict_words
from data.kinds.crime_types import ASB, category_words
from data.kinds.lists import join_words
from data.place.neighbours import Claim
from geo.errors import InputError
from pages.ui.chart import beside, charts
from pages.ui.shell import address, downloads, frame
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters
from pages.ui.shell.kept_widget import held

_KEY, _WIDGET = "beside_counted", "_widget"
_CONTROL = Control(
    "beside", _KEY, {word: word for word in beside.CHOICES}, "the count beside neighbours",
    {word: one.name for word, one in beside.CHOICES.items()},
)  # fmt: skip
_WHOSE = "A row counts in the district that its file names: sums differ by a few from those of wards."
NOTE = (
    "Points: incidents for every 1,000 residents. Lines: where the rate of another year lies in 95 of 100 cases, but "
    "for what all districts do together. Residents are not who is there: a city centre has visitors, so that its rate "
    "says little of the risk of those who live there. " + _WHOSE
)
CHANCE_NOTE = (
    "Points: incidents for every 1,000 residents. Lines: chance alone, for two years are needed to tell how much years "
    "vary. Residents are not who is there: a city centre has visitors. " + _WHOSE
)
INDEX_NOTE = (
    "Each point adds up 12 months; the first 12 that all districts have are 100. There is a gap where one of the 12 is "
    "missing. Residents of one census stand for all years."
)


def show(data: Dataset, chosen: Filters) -> None:
    """Draw the whole comparison: claims, what is counted by choice, rates and their course."""
    try:
        beside.neighbours(data)
        show_claims(data, chosen)
        found, counted = _choose(data, chosen)
    except InputError as error:  # the rest of the page does not hang on it
        frame.failed(error)
        return
    except Refusal as refusal:
        frame.refused(refusal)
        return
    if isinstance(found, Refusal):
        frame.refused(found)
        return
    _charts(data, chosen, found, counted)


def _choose(data: Dataset, chosen: Filters) -> tuple[Beside | Refusal, beside.Counted]:
    address.read([_CONTROL], everywhere=True)
    word = st.session_state.get(_KEY, _CONTROL.default)
    left, _ = st.columns([1, 2], gap="medium")
    left.selectbox(
        "What is counted", list(beside.CHOICES), format_func=lambda one: beside.CHOICES[one].name,
        key=held(_KEY + _WIDGET, word), on_change=_take,
    )  # fmt: skip
    address.write([_CONTROL], everywhere=True)
    counted = beside.CHOICES[st.session_state.get(_KEY, _CONTROL.default)]
    return cached(beside.compared, data, chosen, counted.name, counted.categories), counted


def _take() -> None:
    st.session_state[_KEY] = st.session_state[_KEY + _WIDGET]


def _charts(data: Dataset, chosen: Filters, found: Beside, counted: beside.Counted) -> None:
    told = beside_title(found, counted.name)
    asb = ASB in counted.categories
    whom = neighbours_words(data)
    what = f"{counted.name} beside {whom}, rates by residents"
    left_out = left_out_words(found)
    lines = (
        *downloads.about(data, what, found.method.period, found.method, asb=asb),
        *filter(None, (told.detail, left_out)),
    )
    slug = downloads.slug(counted.name)
    left, right = st.columns(2, gap="medium")
    with left:
        charts.show(
            beside.rate_chart(found, told.sentence), data, f"beside_{slug}",
            downloads.file_name(data, "beside", counted.name, str(chosen.as_at)), lines,
            NOTE if found.spread.known else CHANCE_NOTE,
        )  # fmt: skip
        frame.note(told.detail)
        if left_out:
            frame.note(left_out)
    with right:
        if found.index.iloc[-1].notna().any():
            course = f"{counted.name} beside {whom}, 12 months each, the first being 100"
            charts.show(
                beside.index_chart(found, _moved(found, counted.name)), data, f"beside_index_{slug}",
                downloads.file_name(data, "beside-course", counted.name, str(chosen.as_at)),
                downloads.about(data, course, "", found.method, asb=asb),
                INDEX_NOTE,
            )  # fmt: skip
            frame.note(trend_words(found))
        else:
            frame.note("There is no course: not all of the last 12 months are there.")
    frame.how(found.method)


def _moved(found: Beside, name: str) -> str:
    """Say the change against the year before as a title; a change is claimed only outside its noise."""
    mine = found.table[found.table["own"]].iloc[0]
    ratio, low, high = (float(mine[one]) for one in ("change", "change_low", "change_high"))
    if not low > 1 and not high < 1:
        return f"{name} in {found.own}: no clear change against the year before"
    verb = "rose" if ratio > 1 else "fell"
    return f"{name} in {found.own} {verb} against the year before ({interval(low, high)})"


def neighbours_words(data: Dataset) -> str:
    """Name the districts together: "the districts of Liverpool City Region"."""
    name = beside.neighbours(data).name
    return f"the districts of {name}" if name else "other districts"


# --- claims ----------------------------------------------------------------------------------------------------------
def verdict(data: Dataset, chosen: Filters, claim: Claim) -> Verdict | Refusal:
    """Hold a claim of the plan against the figures of its crime types."""
    found = cached(beside.compared, data, chosen, "The claim", claim.counted)
    return found if isinstance(found, Refusal) else claim_verdict(found, claim)


def claim_words(data: Dataset, chosen: Filters, claim: Claim) -> tuple[str, str, str]:
    """Give the claim, the verdict in a word and the sentence behind it, in plain text."""
    said = verdict(data, chosen, claim)
    counted = join_words(map(category_words, claim.categories)) or "all recorded crime"
    told = f"“{claim.text}” ({claim.source})" if claim.source else f"“{claim.text}”"
    if isinstance(said, Refusal):
        return told, "Cannot be checked", str(said)
    return told, verdict_words(said), f"By {counted} for every 1,000 residents, {said.sentence}"


def show_claims(data: Dataset, chosen: Filters) -> None:
    """Draw a line for each claim of the plan, with its verdict."""
    for claim in beside.claims(data):
        told, word, why = claim_words(data, chosen, claim)
        st.html(f'<p class="answer">The plan: {escape(told)}. <strong>{escape(word)}.</strong> {escape(why)}</p>')
