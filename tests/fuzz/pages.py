"""Addresses of pages: what reads them, and the pages themselves, run without a browser."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pandas as pd
from streamlit.testing.v1 import AppTest

from pages.ui.shell import address
from pages.ui.shell.choice import from_address, resolve, to_address
from tests.conftest import ROOT
from tests.fuzz.kept import copied, good_store
from tests.fuzz.spoil import Sample, any_bytes, words
from tests.fuzz.world import Lost, World
from tests.tab_pages import PAGES

MONTHS = pd.period_range("2023-01", "2024-12", freq="M")
LONGEST = 4000
ADDRESSES = tuple(
    Sample(page, urlencode(query).encode())
    for page, query in {
        "Overview": {"category": "Drugs", "period": "2023-02..2024-03", "tab": "months", "as-at": "2024-06"},
        "Hotspots": {
            "category": "Drugs + Robbery",
            "wards": "E05010935,E05010936",
            "season": "halloween",
            "at": "SJ450900",
        },
        "Seasonal peaks": {"season": "halloween", "tab": "months", "source": "police.uk", "against": "all"},
        "Did it work": {"did": "past", "at": "SJ450900", "first": "2024-02", "last": "2024-03", "plan": "1"},
        "Plan targets": {"tab": "plan", "target": "2024", "period": "last-12"},
        "Briefing": {"wards": "E05010935", "period": "last-12", "page": "2"},
        "Data": {"tab": "loaded", "feed": "feed-abcdef", "as-at": "2024-01"},
        "Plan": {"plan": "1", "revision": "1", "first": "2024-10-31", "last": "2024-11-05", "share": "5", "map": "1"},
    }.items()
)
SCRIPTS = PAGES | {"Plan": "pages/plan_operation.py"}


def query(rng: Random, one: Sample) -> Sample:
    """Spoil an address: values, names, parameters of other pages, or its text."""
    if rng.random() < 0.2:
        return any_bytes(rng, one)
    found = dict(parse_qsl(one.raw.decode()))
    for _ in range(rng.choice((1, 1, 2, 4))):
        other = dict(parse_qsl(rng.choice(ADDRESSES).raw.decode()))
        name = rng.choice([*found, *other])
        old = found.get(name, other.get(name, ""))
        found[name] = rng.choice(
            (words(rng), words(rng), old + words(rng), old[: rng.randrange(len(old) + 1)], old * 3)
        )
    return Sample(one.name, urlencode(found, errors="replace").encode())


def _read(one: Sample) -> dict[str, str]:
    return {key: text[:LONGEST] for key, text in parse_qsl(one.raw.decode("utf-8", "replace"), keep_blank_values=True)}


def choice(world: World, one: Sample, folder: Path) -> None:
    """Read the filters of an address, and write them again."""
    for months in (MONTHS, MONTHS[:0], MONTHS[3:4]):
        found, notes = from_address(_read(one), world.area, months)
        resolve(found, months)
        again, _ = from_address(to_address(found), world.area, months)
        if again != found:
            raise Lost(f"{found} is written as {to_address(found)}, which reads as {again}")
        if any(len(note) > 400 for note in notes):
            raise Lost("a note as long as the address")


def _script() -> None:
    from pages.ui.shell import address
    from pages.ui.shell.address import Control

    controls = [
        address.tabs("tabs", ["Months", "Plan", "How it was made"]),
        Control("season", "season", {"all": "", "halloween": "h"}, "the season", {}),
        address.word("at", "the place"),
        address.word("plan", "the plan"),
    ]
    address.read(controls)
    address.write(controls)


def controls(world: World, one: Sample, folder: Path) -> None:
    """Read and write the controls of an address, in a page that has nothing else."""
    given = _read(one)
    address.coarse(given.get("at", ""))
    _run(AppTest.from_function(_script, default_timeout=60), given)


def _run(at: AppTest, given: Mapping[str, str]) -> AppTest:
    for name, text in given.items():
        if name:
            at.query_params[name] = text
    at.run()
    if at.exception:
        told: Any = at.exception[0]
        raise Lost(f"a page ends in {told.message}: {told.stack_trace[-1] if told.stack_trace else ''}")
    return at


def _opened(store: Path, page: str, given: Mapping[str, str]) -> None:
    os.environ |= {"DASHBOARD_DATA": str(store), "DASHBOARD_TODAY": "2025-01-15"}
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if SCRIPTS[page]:
        at.switch_page(SCRIPTS[page])
    _run(at, given)


def page(world: World, one: Sample, folder: Path) -> None:
    """Open a page on a store, by a spoiled address."""
    _opened(good_store(world), one.name, _read(one))


def page_of_spoiled(world: World, one: Sample, folder: Path) -> None:
    """Open a page on a store of which a file is spoiled."""
    store = copied(world, folder)
    path = store / one.name
    path.unlink(missing_ok=True)
    path.write_bytes(one.raw)
    _opened(store, Random(one.raw).choice(sorted(SCRIPTS)), {})
