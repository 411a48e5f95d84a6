"""What is asked before it is done from a button: texts that look like a person's name, and what is hard to undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from data.kinds.lists import join_words
from data.plan.names import ASK, names_in
from pages.ui.shell import screenshot
from pages.ui.shell.cache import Dataset


@dataclass(frozen=True)
class _Asked:
    """A question that stands on the page until it is answered."""

    place: str
    of: tuple[int, int] | None
    question: str
    yes: str
    no: str
    names: tuple[str, ...]
    texts: Callable[[], Iterable[str]]
    change: Callable[..., str]
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Asking:
    """How one part of the app asks; one question stands at a time.

    Attributes
    ----------
    key : str
        Of the session, and the beginning of the buttons' keys.
    act : callable
        Does a change and keeps how it went: (place, change, *args), as :func:`pages.ui.shell.done.act` after its key.
    known : callable
        Names of the data's area that are no people: its wards and streets.
    """

    key: str
    act: Callable[..., None]
    known: Callable[[Dataset], tuple[str, ...]]

    def unless_named(
        self,
        data: Dataset,
        place: str,
        texts: Callable[[], Iterable[str]],
        change: Callable[..., str],
        *args: Any,
        of: tuple[int, int] | None = None,
    ) -> None:
        """Do something that keeps typed texts, or first ask where one looks like a person's name.

        Parameters
        ----------
        data : Dataset
        place : str
            Where it is asked and told.
        texts : callable
            Gives what would be kept, as it stands when a button is pressed.
        change, *args
            As in :func:`pages.ui.shell.done.act`.
        of : tuple, optional
            Number and revision of what is looked at: the question falls when another is.
        """
        self.leave()
        names = names_in(texts(), self.known(data))
        if not names:
            self.act(place, change, *args)
            return
        question = f"{ASK}: {join_words(names)}."
        asked = _Asked(place, of, question, "Keep it anyway", "Change it", names, texts, change, args)
        st.session_state[self.key] = (asked, data)

    def unless_sure(
        self,
        place: str,
        of: tuple[int, int] | None,
        question: str,
        yes: str,
        change: Callable[..., str],
        *args: Any,
    ) -> None:
        """Ask before something is done; ``of`` as in :meth:`unless_named`."""
        st.session_state[self.key] = (_Asked(place, of, question, yes, "Leave it", (), list, change, args), None)

    def leave(self) -> None:
        """Drop the question: something else is looked at."""
        st.session_state.pop(self.key, None)

    def show(self, place: str, of: tuple[int, int] | None = None) -> None:
        """Draw the question that stands, if this is its place: the first of two buttons does what it is about.

        On a picture nothing is asked.
        """
        if screenshot.on():
            return
        asked, _ = st.session_state.get(self.key, (None, None))
        if asked is None or asked.place != place:
            return
        if asked.of != of:
            self.leave()
            return
        st.html(f'<div class="warning" role="alert">{escape(asked.question)}</div>')
        with st.container(horizontal=True, gap="small", key=f"{self.key}_{place}"):
            st.button(asked.yes, on_click=self._go_on, key=f"{self.key}_yes_{place}")
            st.button(asked.no, on_click=self.leave, type="tertiary", key=f"{self.key}_no_{place}")

    def _go_on(self) -> None:
        asked, data = st.session_state.pop(self.key, (None, None))
        if asked is None:
            return
        if data is not None and not set(names_in(asked.texts(), self.known(data))) <= set(asked.names):
            # another was typed in the meantime
            self.unless_named(data, asked.place, asked.texts, asked.change, *asked.args, of=asked.of)
            return
        self.act(asked.place, asked.change, *asked.args)
