"""What the controls of one page are set to, in its address: read when it is opened, written when they change.

The filters that all pages share have their own reader, :mod:`pages.ui.shell.filters`; its parameters are left alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui.shell import bar
from pages.ui.shell.bar import PAGE
from pages.ui.shell.plain import plain

LONGEST = 40  # characters of a value that is told
PART = "_"  # between the items of a list: it needs no code in an address
_FEED_LETTERS = 6
_REFERENCE, _FIGURES = re.compile(r"([A-Z]{2})([0-9]{4,10})"), 3
_WRITTEN, _KEPT = "address_written", "address_kept"


@dataclass(frozen=True)
class Control:
    """A control of a page.

    Attributes
    ----------
    name : str
        Of the parameter.
    key : str
        Of the session: the widget's own, or a plain one.
    values : mapping of str to object
        What the control is set to, by the word in the address. The first is the default and left out of the address.
        Empty where only the page can tell which words mean something: the word itself is kept.
    what : str
        What it is called in a sentence, such as "the layer".
    labels : mapping of str to str
        What a value is called, by the word in the address; the word itself where there is none.
    """

    name: str
    key: str
    values: Mapping[str, Any]
    what: str
    labels: Mapping[str, str]

    @property
    def default(self) -> Any:
        """Value of the control where the address has none."""
        return next(iter(self.values.values()), "")


def slug(text: str) -> str:
    """Write a label as a word of an address: "How good is it" as "how-good-is-it"."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def tabs(key: str, titles: Iterable[str], name: str = "tab", what: str = "the tab") -> Control:
    """Make the control of a row of tabs, the first of which is open by itself."""
    words = {slug(title): title for title in titles}
    return Control(name, key, words, what, words)


def word(name: str, what: str) -> Control:
    """Make a control whose words only the page can read: see :func:`asked` and :func:`say`."""
    return Control(name, f"address_{name}", {}, what, {})


def coarse(reference: str) -> str:
    """Write a grid reference that was typed: in capitals, without spaces, and to 100 m, so that it tells no house."""
    plain = "".join(reference.split()).upper()
    found = _REFERENCE.fullmatch(plain)
    if found is None or len(found[2]) % 2:
        return plain
    half = len(found[2]) // 2
    east, north = found[2][:half], found[2][half:]
    return f"{found[1]}{east[:_FIGURES]}{north[:_FIGURES]}"


def feed_words(names: Iterable[str]) -> dict[str, str]:
    """Give a word for each dated feed, made from its name: the name was typed, and so is in no address.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    dict of str to str
        Name by word.
    """
    return {f"feed-{hashlib.sha256(name.encode()).hexdigest()[:_FEED_LETTERS]}": name for name in names}


def not_there(what: str, value: str, instead: str) -> str:
    """Say in plain text what the address asks for in vain, and what is shown instead."""
    shown = value if len(value) <= LONGEST else value[: LONGEST - 3] + "..."
    return f"The address asks for {what} “{shown}”, which is not there: {instead}."


def read(controls: Sequence[Control], *, everywhere: bool = False) -> bool:
    """Set the controls, before they are drawn, to what the address asks for anew; tell what is not there.

    Parameters
    ----------
    controls : sequence of Control
    everywhere : bool
        They stand on several pages and mean the same there.

    Returns
    -------
    bool
        Whether the address was read: it was opened, or changed by hand. A link to another page carries no parameters:
        the controls then stand as they were when the page was left.
    """
    found = _in_address(controls)
    kept = st.session_state.get(_KEPT, {})
    same = found == st.session_state.get(_WRITTEN, {}).get(_of(controls, everywhere=everywhere))
    if not bar.emptied(one.name for one in controls) and (not found or same):
        for one in controls:
            if one.key not in st.session_state:
                st.session_state[one.key] = kept.get(one.key, one.default)
        return False
    st.session_state.setdefault(_WRITTEN, {})[_of(controls, everywhere=everywhere)] = found
    for one in controls:
        word = found.get(one.name, "")
        if not one.values:
            st.session_state[one.key] = word
            continue
        if word and word not in one.values:
            first = next(iter(one.values))
            tell(not_there(one.what, word, f"{one.labels.get(first, first)} is shown"))
        st.session_state[one.key] = one.values.get(word, one.default)
    return True


def write(controls: Sequence[Control], without: Iterable[str] = (), *, everywhere: bool = False) -> None:
    """Put what the controls are set to into the address; parameters of others are left alone.

    Parameters
    ----------
    controls : sequence of Control
    without : iterable of str
        Names of parameters that go without saying for now.
    everywhere : bool
        As in :func:`read`.
    """
    wanted, kept = {}, st.session_state.setdefault(_KEPT, {})
    for one in controls:
        value = st.session_state.get(one.key)
        kept[one.key] = value
        words = [word for word, meant in one.values.items() if meant == value] if one.values else [value]
        if words and words[0] and value != one.default and one.name not in set(without):
            wanted[one.name] = str(words[0])
    written = st.session_state.setdefault(_WRITTEN, {})
    bar.put([one.name for one in controls], wanted, written, _of(controls, everywhere=everywhere))


def hold(controls: Sequence[Control]) -> None:
    """Read the controls and write them at once, where nothing lies between."""
    read(controls)
    write(controls)


def asked(controls: Sequence[Control], *, everywhere: bool = False) -> dict[str, str] | None:
    """Give the words of controls that only the page can read, by the name of the parameter.

    Parameters
    ----------
    controls : sequence of Control
        Of :func:`word`.
    everywhere : bool
        They stand on several pages and mean the same there.

    Returns
    -------
    dict of str to str or None
        "" for the default; None where the address asks for nothing new.
    """
    if not read(controls, everywhere=everywhere):
        return None
    return {one.name: str(st.session_state[one.key]) for one in controls}


def say(controls: Sequence[Control], words: Mapping[str, str], *, everywhere: bool = False) -> None:
    """Put the words of such controls into the address: "", or none, for the default."""
    for one in controls:
        st.session_state[one.key] = words.get(one.name, "")
    write(controls, everywhere=everywhere)


def tell(note: str) -> None:
    """Show a note on the address; nothing in it is read as Markdown or HTML."""
    st.info(plain(note))


def _in_address(controls: Sequence[Control]) -> dict[str, str]:
    given = bar.given()
    return {one.name: given[one.name] for one in controls if given.get(one.name)}


def _of(controls: Sequence[Control], *, everywhere: bool) -> tuple[str, ...]:
    """Tell these controls from those of another page, or of another part of it."""
    return ("" if everywhere else str(st.session_state.get(PAGE, "")), *(one.name for one in controls))
