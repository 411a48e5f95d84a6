"""A shelf for what many sessions ask for alike: the least used goes when its bytes or its number pass a limit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any

import numpy as np
import pandas as pd

_HELD_ELSEWHERE = ("Area", "Dataset", "function", "type", "module", "Grid")  # by name: of what is shared by all
_OF_ONE = 64  # bytes of a small object with what points to it


class Shelf:
    """Values by key, made once and kept up to a number and a weight; shared by threads.

    Parameters
    ----------
    entries : int
        How many are kept at most.
    weight : int
        How many bytes all of them may have.

    Notes
    -----
    A value heavier than the whole shelf is given and not kept. What fails is not kept. Two that ask for one key at the
    same time get one value: the second waits.
    """

    def __init__(self, entries: int, weight: int) -> None:
        self._entries, self._most, self._weight = entries, weight, 0
        self._held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, tuple[RLock, int]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Any], weigh: Callable[[Any], int]) -> Any:
        """Give what stands under a key, made now where nothing does.

        Parameters
        ----------
        key : hashable
            Says everything the value depends on.
        make : callable
            Without arguments; may ask the shelf for other keys.
        weigh : callable
            From a value to its bytes.
        """
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
            alone, waiting = self._making.get(key, (RLock(), 0))
            self._making[key] = alone, waiting + 1
        try:
            with alone:
                with self._lock:
                    if key in self._held:
                        return self._held[key][0]
                value = make()
                self._put(key, value, weigh(value))
                return value
        finally:
            with self._lock:
                _, waiting = self._making[key]
                if waiting == 1:
                    del self._making[key]
                else:
                    self._making[key] = alone, waiting - 1

    def _put(self, key: Hashable, value: Any, weight: int) -> None:
        if weight > self._most:
            return
        with self._lock:
            if key in self._held:  # made on the way, by what made it
                self._weight -= self._held.pop(key)[1]
            self._held[key] = value, weight
            self._weight += weight
            while len(self._held) > self._entries or self._weight > self._most:
                self._weight -= self._held.popitem(last=False)[1][1]

    @property
    def weight(self) -> int:
        """Bytes of all that is kept."""
        return self._weight

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._held)


def weigh(value: object) -> int:
    """Estimate the bytes of a value with all that it holds.

    Parameters
    ----------
    value : object
        Plain values, arrays, frames, and what is made of them.

    Notes
    -----
    Memory that two values share is counted for both, so that a shelf holds rather less than it may.
    """
    seen = set[int]()
    waiting, found = [value], 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or type(one).__name__ in _HELD_ELSEWHERE:
            continue
        seen.add(id(one))
        found += _OF_ONE
        if isinstance(one, np.ndarray):
            found += one.nbytes
        elif isinstance(one, pd.DataFrame):
            found += int(one.memory_usage(deep=True).sum())
        elif isinstance(one, (pd.Series, pd.Index)):
            found += int(one.memory_usage(deep=True))
        elif isinstance(one, (str, bytes)):
            found += len(one)
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, (tuple, list, set, frozenset)):
            found += 8 * len(one)
            waiting += one
        else:
            waiting += vars(one).values() if hasattr(one, "__dict__") else ()
    return found
