"""Runs of pages take turns: a few at once are sooner done than fifty that share one interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

import streamlit as st

AT_ONCE = 2  # one computes while another waits for a file or sends
LONGEST_S = 2.0  # then it runs all the same: nothing may hang on a run that takes long


class Turns:
    """Turns that are shared by threads.

    Parameters
    ----------
    at_once : int
        How many hold one at the same time.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = BoundedSemaphore(at_once)

    @contextmanager
    def one(self, seconds: float = LONGEST_S) -> Iterator[bool]:
        """Hold a turn while what is inside runs; it is given back however that ends.

        Parameters
        ----------
        seconds : float
            How long it is waited for.

        Yields
        ------
        bool
            Whether there was one; without one it runs all the same.
        """
        held = self._free.acquire(timeout=seconds)
        try:
            yield held
        finally:
            if held:
                self._free.release()


@st.cache_resource(show_spinner=False)
def turns() -> Turns:
    """Give the turns of this server."""
    return Turns()
