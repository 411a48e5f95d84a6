"""What a page computed for one session is computed for no other: the expensive functions are called once."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.tab_pages import open_page

EXPENSIVE = {
    "data.place.area": ("make_grid",),
    "pages.ui.hotspots.tabs": ("cell_concentration", "point_concentration", "stability", "backtest", "moved_points"),
    "pages.ui.hotspots.picture": ("more_than_chance", "unseen_year"),
    "pages.ui.map.ranked": ("find_places",),
    "pages.ui.map.lattice": ("cell_counts_by_month", "cell_references"),
    "pages.ui.plan.where.ranking": ("rank_counted", "find_places", "stability", "backtest"),
    "pages.ui.map.judged": ("Lattice", "propose", "judge"),
}
VISITS = (
    ("pages/hotspots.py", {}),
    ("pages/hotspots.py", {"tab": "how-good-is-it"}),
    ("pages/plan_operation.py", {"step": "2-where"}),
    ("pages/did_it_work.py", {"did": "past"}),
)


def test_a_second_visitor_waits_for_nothing_that_was_computed(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    for page, query in VISITS:
        open_page(monkeypatch, store, page, **query)
    calls: Counter[str] = Counter()

    def count(module: Any, name: str) -> None:
        real = getattr(module, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            calls[f"{module.__name__}.{name}"] += 1
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, counted)

    for where, names in EXPENSIVE.items():
        for name in names:
            count(importlib.import_module(where), name)
    for page, query in VISITS:
        open_page(monkeypatch, store, page, **query)
        assert not calls, f"{page} {query}"
