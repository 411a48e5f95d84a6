"""A shelf for what many sessions ask for alike: the least used goes when its bytes or its number pass a limit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any

import numpy as np
import pandas as pd

_HELD_ELSEWHERE = ("Area", "Dataset", "function", "type", "module", "Grid")  # by name: of what is shared by all
_HEAVY = 0.25  # of a shelf: what is heavier stands apart, where there is room for that
_OF_ONE = 64  # bytes of a small object with what points to it


class _Board:
    """Values with their bytes, the least used first; not safe by itself where threads share it."""

    def __init__(self, weight: int) -> None:
        self.most, self.weight = weight, 0
        self.held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def put(self, key: Hashable, value: Any, weight: int) -> None:
        self.held[key] = value, weight
        self.weight += weight
        while self.weight > self.most:
            self.drop()

    def drop(self) -> None:
        """Let the least used go."""
        self.weight -= self.held.popitem(last=False)[1][1]

    def take_out(self, key: Hashable) -> None:
        if key in self.held:
            self.weight -= self.held.pop(key)[1]


class Shelf:
    """Values by key, made once and kept up to a number and a weight; shared by threads.

    Parameters
    ----------
    entries : int
        How many are kept at most.
    weight : int
        How many bytes all of them may have.
    heavy : int, optional
        How many bytes those may have besides that are each heavier than a quarter of ``weight``: they push out each
        other and nothing else. By default they stand among the others.

    Notes
    -----
    A value heavier than all that it may stand among is given and not kept. What fails is not kept. Two that ask for one
    key at the same time get one value: the second waits. Why heavy ones stand apart: what a page shows is small and
    made of something heavy, which comes last and would push out all the small ones that the next visitor asks for.
    """

    def __init__(self, entries: int, weight: int, heavy: int = 0) -> None:
        self._entries = entries
        self._light, self._heavy = _Board(weight), _Board(heavy)
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
            if (board := self._board_of(key)) is not None:
                board.held.move_to_end(key)
                return board.held[key][0]
            alone, waiting = self._making.get(key, (RLock(), 0))
            self._making[key] = alone, waiting + 1
        try:
            with alone:
                with self._lock:
                    if (board := self._board_of(key)) is not None:
                        return board.held[key][0]
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

    def _board_of(self, key: Hashable) -> _Board | None:
        return next((board for board in (self._light, self._heavy) if key in board.held), None)

    def _put(self, key: Hashable, value: Any, weight: int) -> None:
        apart = self._heavy.most > 0 and weight > self._light.most * _HEAVY
        board = self._heavy if apart else self._light
        if weight > board.most:
            return
        with self._lock:
            for one in (self._light, self._heavy):  # made on the way, by what made it
                one.take_out(key)
            board.put(key, value, weight)
            while len(self) > self._entries:
                (self._light if self._light.held else self._heavy).drop()

    @property
    def weight(self) -> int:
        """Bytes of all that is kept."""
        return self._light.weight + self._heavy.weight

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._light.held) + len(self._heavy.held)


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
