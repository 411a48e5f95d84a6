"""The structure that imports draw: ``python -m tests.structure`` prints its size, arrows and circles."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
TOPS = ("geo", "data", "analysis", "pages")


class Arrow(NamedTuple):
    """One import: the module that imports, the module it imports from, and the line."""

    by: str
    of: str
    line: int


def module_name(path: Path, root: Path = ROOT) -> str:
    """Dotted name of a file of the tree; a package is its ``__init__.py``."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources(root: Path = ROOT) -> Iterator[tuple[str, ast.Module]]:
    """Name and syntax tree of every module of the application."""
    for path in [root / "app.py", *(p for top in TOPS for p in sorted((root / top).rglob("*.py")))]:
        yield module_name(path, root), ast.parse(path.read_text(encoding="utf-8"))


def arrows(root: Path = ROOT) -> list[Arrow]:
    """Every import of one module of the application by another, wherever in it."""
    trees = dict(sources(root))
    found = []
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                named = [one if one in trees else node.module for one in inner]
            else:
                continue
            found += [Arrow(name, one, node.lineno) for one in named if one in trees and one != name]
    return found


def room(module: str) -> str:
    """Room of a module: the package it lies in; a file at the top of ``data``, ``analysis`` or ``pages`` is its own."""
    package, _, _ = module.rpartition(".")
    if module.split(".")[0] == "geo":
        return "geo"
    return module if package in {"", *TOPS, "pages.ui"} else package


def circles(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Groups that can reach each other, each sorted; none where all arrows run one way."""
    after: Mapping[str, set[str]] = defaultdict(set)
    for by, of in pairs:
        after[by].add(of)

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            for one in after.get(ahead.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    ahead.append(one)
        return seen

    reached = {one: reach(one) for one in list(after)}
    found = {
        tuple(sorted({one, *(o for o in to if one in reached.get(o, ()))})) for one, to in reached.items() if one in to
    }
    return sorted(found)


def main(root: Path = ROOT) -> None:
    """Print files, lines, rooms, arrows and circles."""
    names = dict(sources(root))
    files = [
        path for top in (*TOPS, "app.py") for path in ([root / top] if top == "app.py" else (root / top).rglob("*.py"))
    ]
    lines = sum(path.read_text(encoding="utf-8").count("\n") for path in files)
    every = {(a.by, a.of) for a in arrows(root)}
    rooms = {(room(by), room(of)) for by, of in every if room(by) != room(of)}
    print(f"{len(files)} files, {lines:,} lines, {len({room(one) for one in names})} rooms")
    print(f"{len(every)} arrows between files, {len(rooms)} between rooms")
    for prefix in ("data.", "analysis.", "pages.ui."):
        inside = {(a, b) for a, b in rooms if a.startswith(prefix) and b.startswith(prefix)}
        print(f"  inside {prefix[:-1]}: {len(inside)} between {len({one for pair in inside for one in pair})} rooms")
    print("circles of files:", circles(every) or "none")
    print("circles of rooms:", circles(rooms) or "none")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)
