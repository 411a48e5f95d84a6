"""Step 2 of a plan in the address: how many cells, places added by hand, what must be visited and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from data.plan.plan import PlanPlace
from geo.errors import InputError
from pages.ui.map import lattice
from pages.ui.plan.where.ranking import BY_HAND, DEFAULT_SHARE, SHARES, OwnPlace, cell_of
from pages.ui.shell import address
from pages.ui.shell.address import PART, Control
from pages.ui.shell.cache import Dataset, cached

SHARE, PINNED, LEFT_OUT, OWN = "plan_share", "plan_pinned", "plan_left_out", "plan_own"  # keys of the session
MOST_OWN = 10
CONTROLS = (
    Control(
        "share",
        SHARE,
        {f"{100 * share:g}": share for share in sorted(SHARES, key=lambda share: share != DEFAULT_SHARE)},
        "the share of cells",
        {f"{100 * share:g}": f"the top {100 * share:g} %" for share in SHARES},
    ),
    address.word("own", "the place"),
)
MARKS = (address.word("must", "the place"), address.word("without", "the place"))
_KEYS = {"must": PINNED, "without": LEFT_OUT}
_MINE = "own"  # before the number of a place that was added by hand


def own() -> tuple[OwnPlace, ...]:
    """Places that were added by hand."""
    return tuple(st.session_state.get(OWN, ()))


def read_places(data: Dataset) -> None:
    """Take from the address, before places are made, how many there are and which were added by hand.

    Notes
    -----
    The name of such a place was typed, and is in no address: a session that has it keeps it.
    """
    if not address.read(CONTROLS):
        return
    mine = {address.coarse(one.reference): one for one in own()}
    found: dict[str, OwnPlace] = {}
    wrong = ""
    for word in _items(st.session_state[CONTROLS[1].key]):
        try:
            one = mine.get(word, OwnPlace(f"Own place {word}", word))
            cell_of(cached(lattice.grid, data), one)
        except InputError:
            wrong = wrong or word
            continue
        found[word] = one
    if wrong:
        address.tell(address.not_there("the place", wrong, "the others are shown"))
    st.session_state[OWN] = tuple(found.values())[:MOST_OWN]


def write_places() -> None:
    """Put into the address how many places are shown and which were added by hand."""
    st.session_state[CONTROLS[1].key] = PART.join(_references())
    address.write(CONTROLS)


def read_marks(places: Iterable[PlanPlace]) -> None:
    """Take from the address which places are marked, once it is known which there are; own1 was added by hand."""
    words = address.asked(MARKS)
    if words is None:
        return
    word_of = _word_of()
    titles = {word_of(place): place.title for place in places}
    for name, asked in words.items():
        items = _items(asked)
        for word in [word for word in items if word not in titles][:1]:
            address.tell(address.not_there("the place", word, "the others are shown"))
        st.session_state[_KEYS[name]] = tuple(titles[word] for word in items if word in titles)


def write_marks(places: Iterable[PlanPlace]) -> None:
    """Put into the address which of the places are marked."""
    word_of = _word_of()
    words = {place.title: word_of(place) for place in places}
    marked = {
        name: [words[title] for title in st.session_state.get(key, ()) if title in words] for name, key in _KEYS.items()
    }
    address.say(MARKS, {name: PART.join(found) for name, found in marked.items()})


def _items(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.split(PART))) if word else ()


def _references() -> list[str]:
    return list(dict.fromkeys(address.coarse(one.reference) for one in own()))


def _word_of() -> Callable[[PlanPlace], str]:
    numbers = {reference: number for number, reference in enumerate(_references(), start=1)}

    def word_of(place: PlanPlace) -> str:
        reference = address.coarse(place.grid_reference)
        return f"{_MINE}{numbers.get(reference, 0)}" if place.label == BY_HAND else reference

    return word_of
