"""The shelf: by bytes and by number, the least used goes; made once, however many ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from data.place.area import Area
from data.store.schema import Incidents
from pages.ui.map.maps import Hit
from pages.ui.shell import cache
from pages.ui.shell.kept import Shelf, weigh


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


def test_a_heavy_value_pushes_out_what_is_heavy_and_nothing_else() -> None:
    shelf = Shelf(9, 12, 10)
    for key in "abcd":
        shelf.get(key, key.upper, lambda _: 3)  # a quarter of 12 is not heavy
    for key, weight in (("first", 4), ("second", 6), ("third", 7), ("too heavy", 11)):
        assert shelf.get(key, key.upper, lambda _, weight=weight: weight) == key.upper()
    assert (len(shelf), shelf.weight) == (5, 19)  # of the heavy ones the third: no more than 10 bytes of them
    kept = [shelf.get(key, lambda: "made again", lambda _: 3) for key in ("a", "b", "c", "d", "third")]
    assert kept == ["A", "B", "C", "D", "THIRD"]
    assert shelf.get("first", lambda: "made again", lambda _: 3) == "made again"  # lighter now, and among the others
    assert (len(shelf), shelf.weight) == (5, 19)
    few = Shelf(2, 12, 10)
    for key, weight in (("heavy", 9), ("light", 1), ("one more", 1)):
        few.get(key, key.upper, lambda _, weight=weight: weight)
    assert len(few) == 2
    assert few.weight == 10


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


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        (np.zeros(1000), 8000, 8200),
        ({"a": (np.zeros(1000), "x" * 500)}, 8500, 9000),
        (pd.DataFrame({"a": np.zeros(1000), "b": ["word"] * 1000}), 12_000, 90_000),
        (Hit("cell", "x" * 5000), 5000, 5600),
        ([1.5] * 1000, 8000, 8300),
    ],
)
def test_a_value_weighs_what_it_holds(value: object, least: int, most: int) -> None:
    assert least <= weigh(value) <= most


def test_what_all_share_and_what_stands_twice_is_not_counted_twice(area: Area) -> None:
    one = np.zeros(1000)
    assert weigh([one, one, area]) < 8400


def test_results_are_kept_by_data_version_and_arguments(real: Incidents, area: Area, tmp_path: Path) -> None:
    st.cache_resource.clear()
    data = cache.Dataset(area, real, date(2025, 1, 15), "one", tmp_path)
    other = replace(data, version="two")
    asked = [(data, 1), (data, 2), (data, "1"), (other, 1)]
    found = [cache.cached(made, one, argument) for one, argument in asked]
    assert len({id(one) for one in found}) == len(asked)
    assert [cache.cached(made, one, argument) for one, argument in asked] == found
    assert len(cache.results()) == len(asked)
    st.cache_resource.clear()
    assert len(cache.results()) == 0


def made(data: cache.Dataset, argument: object) -> object:
    """A result that is like no other."""
    return data, argument, object()
