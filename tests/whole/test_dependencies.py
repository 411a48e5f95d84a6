"""What is imported is declared, what is declared is used, and what rests on a library's internals says so."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.conftest import ROOT

OURS = {"app", "pages", "analysis", "data", "geo", "tests", "docs"}
APP = [ROOT / "app.py", *(p for top in ("pages", "analysis", "data", "geo") for p in (ROOT / top).rglob("*.py"))]
TESTS = list((ROOT / "tests").rglob("*.py"))
# Used without an import: files are taken from the installed package.
READ_AS_FILES = {"django-js-lib-leaflet": "js_lib_leaflet", "axe-playwright-python": "axe_playwright_python"}
# Not imported here: folium puts its pages together with it, and the map rests on how.
PINNED_BELOW = {"branca": "folium"}
# Of tests/mutation.py, which says how to install them and is no part of a run.
BY_HAND = {"mutmut", "libcst"}
# Called as commands, as plugins, by the type checker, or by Streamlit's login.
COMMANDS = {
    "mypy",
    "authlib",
    "types-requests",
    "ruff",
    "pytest-benchmark",
    "pytest-xdist",
    "pandas-stubs",
    "scipy-stubs",
    "types-shapely",
    "types-tqdm",
}


def names(lines: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ \[]", line)[0].lower() for line in lines}


def project() -> tuple[set[str], set[str]]:
    """Names that the application declares, and those that tests have beside them."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return names(read["project"]["dependencies"]), names(read["dependency-groups"]["dev"])


def imported(path: Path) -> set[str]:
    """Every dotted name that a file imports from elsewhere, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {one for one in found if one.split(".")[0] not in OURS | sys.stdlib_module_names}


def distributions(files: list[Path]) -> dict[str, set[str]]:
    """Distribution of everything that is imported, with the files that import it."""
    owners = packages_distributions()
    found: dict[str, set[str]] = {}
    for path in files:
        for one in imported(path):
            top = one.split(".")[0]
            for owner in owners.get(top, [top]):
                found.setdefault(owner.lower().replace("_", "-"), set()).add(str(path.relative_to(ROOT)))
    return found


def test_what_the_application_imports_is_declared() -> None:
    declared, _ = project()
    assert {name: files for name, files in distributions(APP).items() if name not in declared} == {}


def test_what_tests_import_is_declared() -> None:
    declared, more = project()
    known = declared | more | BY_HAND
    assert {name: files for name, files in distributions(TESTS).items() if name not in known} == {}


def test_what_is_declared_is_used() -> None:
    declared, more = project()
    app, tests = distributions(APP), distributions(TESTS)
    for used, there, otherwise in ((app, declared, set(PINNED_BELOW)), (tests, more, COMMANDS)):
        files = APP if used is app else TESTS
        named = "\n".join(p.read_text(encoding="utf-8") for p in files if p != Path(__file__))
        idle = {name for name in there - set(used) if (name not in READ_AS_FILES or READ_AS_FILES[name] not in named)}
        assert idle == otherwise
    assert set(PINNED_BELOW.values()) <= set(app)


# What Streamlit does not offer: to send a chart that is kept as it is coded. Another version of it fails tests/chart.
INSIDE = {"pages/ui/chart/sent.py"}


def test_nothing_private_of_a_library_is_imported() -> None:
    private = {
        f"{path.relative_to(ROOT)}: {one}"
        for path in APP
        if path.relative_to(ROOT).as_posix() not in INSIDE
        for one in imported(path)
        if any(part.startswith("_") for part in one.split(".")) or re.match(r"streamlit\.(?!testing\b)", one)
    }
    assert private == set()
