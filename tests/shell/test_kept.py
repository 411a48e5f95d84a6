"""The shelf: by bytes and by number, the least used goes; made once, however many ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from pages.ui.shell.kept import Shelf


def test_bytes_and_number_are_bounded_and_the_least_used_goes() -> None:
    shelf = Shelf(3, 10)
    for key in "abc":
        shelf.get(key, key.upper, lambda _: 3)
    assert shelf.get("a", lambda: "made again", lambda _: 3) == "A"
    shelf.get("d", lambda: "D", lambda _: 3)  # a fourth: b was used longest ago
    assert (len(shelf), shelf.weight) == (3, 9)
    assert shelf.get("b", lambda: "made again", lambda _: 8) == "made again"  # 8 bytes leave no room for another
    assert (len(shelf), shelf.weight) == (1, 8)
    assert shelf.get("heavy", lambda: "H", lambda _: 11) == "H"
    assert (len(shelf), shelf.weight) == (1, 8)


def test_what_fails_is_not_kept_and_one_may_ask_for_another() -> None:
    shelf = Shelf(9, 99)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            shelf.get("a", lambda: 1 // 0, lambda _: 1)
    assert shelf.get("a", lambda: shelf.get("b", lambda: 2, lambda _: 1) + 1, lambda _: 1) == 3
    assert (len(shelf), shelf._making) == (2, {})


def test_those_who_ask_at_once_get_one_value() -> None:
    shelf, gate, made = Shelf(9, 99), Barrier(8), list[object]()

    def make() -> object:
        made.append(object())
        return made[-1]

    def ask(_: int) -> object:
        gate.wait()
        return shelf.get("key", make, lambda _: 1)

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))
    assert (len(found), len(made), shelf._making) == (1, 1, {})
