"""Rooms: who may use whom, what a room lets others use, and that every file lies where its name says."""

from __future__ import annotations

import ast
import keyword
import re
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.structure import Arrow, arrows, circles, module_name, room, sources

# A room uses only rooms of the rows above its own: not its neighbours in a row.
ROWS: dict[str, tuple[tuple[str, ...], ...]] = {
    "data": (
        ("kinds",),
        ("access",),
        ("place",),
        ("store",),
        ("plan", "streets", "published", "feed", "demo", "measured"),
        ("zone", "problem"),
        ("fetch",),
        ("__main__",),
    ),
    "analysis": (
        ("common",),
        ("patrol", "where"),
        ("when", "outcome"),
        ("ahead",),
        ("course", "placebo"),
        ("measure", "findings"),
        ("digest", "problem", "zone"),
        ("cli",),
        ("__main__",),
    ),
    "pages.ui": (
        ("shell", "paper"),
        ("chart", "document"),
        ("map",),
        ("zone",),
        ("plan.when",),
        ("plan.where",),
        ("plan.who",),
        ("plan.paper",),
        ("plan.saved",),
        ("overview", "hotspots", "peaks", "plan", "outcome", "targets", "loading", "problem"),
        ("briefing", "start"),
        ("assessment",),
    ),
}
# Scripts outside the project call these, so a room offers them whether or not another room uses them.
FOR_SCRIPTS = {
    "analysis.where": {"gistar", "hotspots", "kde", "validation", "concentration"},
    "analysis.common": {"significance", "rates"},
    "analysis.when": {"near_repeat", "aoristic", "seasonality"},
    "analysis.ahead": {"forecast"},
    "analysis.course": {"trend"},
    "analysis.outcome": {"evaluation"},
    "analysis.patrol": {"allocation"},
}
TESTS_BESIDE_ROOMS = {"geo", "whole", "browser", "benchmarks", "deploy", "fixtures", "load", "fuzz"}


def heights() -> dict[str, tuple[str, int]]:
    """Package and row of every room."""
    return {
        f"{package}.{name}": (package, height)
        for package, rows in ROWS.items()
        for height, row in enumerate(rows)
        for name in row
    }


def wrong_way(found: list[Arrow]) -> list[str]:
    """Arrows that run up, or to a neighbour in the same row."""
    height = heights()
    wrong = []
    for arrow in found:
        by, of = room(arrow.by), room(arrow.of)
        if by == of or by not in height or of not in height or height[by][0] != height[of][0]:
            continue
        if height[of][1] >= height[by][1]:
            wrong.append(f"{arrow.by}:{arrow.line} uses {arrow.of}")
    return wrong


def offered(name: str, root: Path = ROOT) -> set[str]:
    """What the docstring of a room names as used by others."""
    text = ast.get_docstring(ast.parse((root / Path(*name.split(".")) / "__init__.py").read_text(encoding="utf-8")))
    said = re.search(r"^Others use: (.+?)\.$", text or "", re.MULTILINE | re.DOTALL)
    return set(re.split(r",\s+", said[1])) if said else set()


@pytest.fixture(scope="module")
def drawn() -> list[Arrow]:
    """Every import of the tree as it is."""
    return arrows()


def test_a_room_uses_only_rooms_to_its_left(drawn: list[Arrow]) -> None:
    assert wrong_way(drawn) == []


def test_every_room_has_its_place_in_the_order() -> None:
    there = {room(name) for name, _ in sources()} - {"app", "geo", *ROWS, "analysis", "data"}
    assert {name for name in there if not re.fullmatch(r"pages\.[a-z_]+", name)} == set(heights())


def test_nothing_runs_in_a_circle(drawn: list[Arrow]) -> None:
    found = {(arrow.by, arrow.of) for arrow in drawn}
    assert circles(found) == []
    assert circles({(room(by), room(of)) for by, of in found if room(by) != room(of)}) == []


def test_a_screen_room_is_used_by_pages_alone(drawn: list[Arrow]) -> None:
    wrong = [a for a in drawn if a.of.startswith("pages.") and not a.by.startswith(("pages.", "app"))]
    wrong += [a for a in drawn if a.by.startswith("pages.ui") and room(a.of).count(".") == 1 and a.of != "pages.ui"
              and a.of.startswith("pages.")]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("name", sorted(set(heights()) - {f"{top}.__main__" for top in ROWS}))
def test_a_room_says_what_it_answers_and_what_others_use(name: str, drawn: list[Arrow]) -> None:
    tree = ast.parse((ROOT / Path(*name.split(".")) / "__init__.py").read_text(encoding="utf-8"))
    assert [type(node) for node in tree.body] == [ast.Expr]  # a docstring: a cold start pays for every import
    used = {a.of.rpartition(".")[2] for a in drawn if room(a.of) == name and room(a.by) != name}
    assert offered(name) == used | FOR_SCRIPTS.get(name, set())


def test_names_say_it_once() -> None:
    for name, _ in sources():
        *rooms, last = name.split(".")
        assert not keyword.iskeyword(last), name
        assert last == "__main__" or last not in sys.stdlib_module_names, name
        if rooms:
            assert not last.startswith(f"{rooms[-1]}_"), name


def test_tests_lie_in_the_same_rooms() -> None:
    rooms = {part for name in heights() for part in name.split(".")[-1:]} | TESTS_BESIDE_ROOMS
    there = {path.parent.relative_to(ROOT / "tests").parts[:1] for path in (ROOT / "tests").rglob("*.py")}
    assert {one[0] for one in there if one} <= rooms
    assert [p.name for p in (ROOT / "tests").glob("test_*.py")] == []


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A small tree with every fault that the rules are about."""
    for name, text in {
        "app.py": "",
        "geo/__init__.py": "",
        "data/place/__init__.py": '"""Places.\n\nOthers use: area,\nschool.\n"""',
        "data/place/area.py": "from data.store import store\n",
        "data/store/__init__.py": "",
        "data/store/store.py": "def late() -> None:\n    import data.place.area\n",
        "data/feed/table.py": "from data.demo.feed import made\n",
        "data/demo/feed.py": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_rules_see_what_is_wrong(made: Path) -> None:
    found = arrows(made)
    assert wrong_way(found) == [
        "data.feed.table:1 uses data.demo.feed",
        "data.place.area:1 uses data.store.store",
    ]
    assert circles({(a.by, a.of) for a in found}) == [("data.place.area", "data.store.store")]
    assert offered("data.place", made) == {"area", "school"}
    assert offered("data.store", made) == set()
    assert module_name(made / "data" / "place" / "__init__.py", made) == "data.place"
