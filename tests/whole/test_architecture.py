"""Rules that hold for the tree as a whole, each walked rather than trusted."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

MAY_IMPORT = {"geo": {"geo"}, "data": {"data", "geo"}, "analysis": {"analysis", "data", "geo"}}
SCREEN = {"streamlit", "folium", "branca", "streamlit_folium", "plotly", "matplotlib", "pptx"}
NETWORK = {"requests", "urllib3", "httpx", "aiohttp", "http", "socket", "urllib"}
MAY_USE_NETWORK = "data/fetch/"  # the only room that may talk to another machine
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
PAGE_LINES = 90
MODULE_LINES = 400
FILE_BYTES = 500_000
PINNED = {"branca", "django-js-lib-leaflet", "folium", "streamlit", "streamlit-folium"}
ARITHMETIC = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.Sub)


def tracked() -> list[Path]:
    """Files of the project as git knows them, or as they lie there outside a checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [p for p in ROOT.rglob("*") if p.is_file() and not {".venv", ".git"} & set(p.parts)]


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    """Package, path and syntax tree of every module of the computing packages."""
    for package in MAY_IMPORT:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield package, path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of everything a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_imports_point_one_way() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for package, path, tree in modules()
        for name in imported(tree) & {"geo", "data", "analysis", "pages", "app", "tests"} - MAY_IMPORT[package]
    ]
    assert wrong == []


def test_computing_packages_know_no_screen_and_no_network() -> None:
    wrong = []
    for _, path, tree in modules():
        name = str(path.relative_to(ROOT))
        forbidden = SCREEN | (set() if name.startswith(MAY_USE_NETWORK) else NETWORK)
        wrong += [f"{name} imports {found}" for found in imported(tree) & forbidden]
    assert wrong == []


def test_no_relative_imports_hide_a_direction() -> None:
    assert [
        str(path)
        for _, path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_is_a_short_script_without_computation(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    assert source.count("\n") <= PAGE_LINES
    tree = ast.parse(source)
    assert not imported(tree) & {"numpy", "scipy", "geopandas", "shapely", "folium", "plotly"}
    computing = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.BinOp) and isinstance(node.op, ARITHMETIC))
        or isinstance(node, (ast.For, ast.While, ast.FunctionDef, ast.ClassDef))
    ]
    assert computing == []


def test_nothing_in_code_names_the_area() -> None:
    area = tomllib.loads((ROOT / "data" / "area.toml").read_text(encoding="utf-8"))
    names = {area["name"], area["code"], *area["wards"], *area["wards"].values()}
    names |= {township["name"] for township in area["townships"]} | set(area["forces"]["area"])
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)), re.IGNORECASE)
    code = [p for top in ("geo", "data", "analysis", "pages") for p in (ROOT / top).rglob("*")] + [ROOT / "app.py"]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in code
        if path.suffix in {".py", ".js", ".css"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_kind_of_area_is_written_but_in_an_area_file() -> None:
    kind = tomllib.loads((ROOT / "data" / "area.toml").read_text(encoding="utf-8"))["kind"]
    of_columns = ROOT / "data" / "feed" / "personal.py"  # words that columns of any feed are called by
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked()
        if path.suffix in {".py", ".js", ".css", ".csv", ".md"} and path != of_columns
        if (ROOT / "tests") not in path.parents
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(rf"\b{kind}\b", line, re.IGNORECASE)
    ]
    assert found == []


def test_modules_hold_one_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n")
        for top in ("geo", "data", "analysis", "pages")
        for path in (ROOT / top).rglob("*.py")
    }
    assert {name: lines for name, lines in long.items() if lines > MODULE_LINES} == {}


def test_no_global_random_state() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for _, path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
        and node.attr not in {"Generator", "default_rng", "SeedSequence"}
    ]
    assert wrong == []


def test_the_tree_stays_small_and_carries_no_addresses() -> None:
    files = tracked()
    assert [str(p) for p in files if p.stat().st_size > FILE_BYTES] == []
    assert [p.name for p in files if p.name in {"uv.lock", "poetry.lock", "pdm.lock", "package-lock.json"}] == []
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-login.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text


def test_readme_and_ci_run_the_same_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python -m pip install -r requirements.txt && python -m streamlit run app.py" in readme
    assert "python -m pip install -r requirements-dev.txt && python -m pytest -n auto --dist loadfile" in readme
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last.replace(" --quiet --disable-pip-version-check", "") == (
        "python -m pip install -r requirements-dev.txt && python -m pytest -n auto --dist loadfile"
    )


def test_requirements_say_what_pyproject_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[<>=!~ ]", line)[0].lower() for line in project["project"]["dependencies"]}
    login = project["project"]["optional-dependencies"]["login"]
    more = {"requirements-dev.txt": project["dependency-groups"]["dev"], "requirements-login.txt": login}
    for name, extra in {"requirements.txt": [], **more}.items():
        pinned = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        assert wanted | {re.split(r"[<>=!~ ]", line)[0].lower() for line in extra} <= pinned
    exact = [line for line in project["project"]["dependencies"] if "==" in line]
    assert {line.split("==")[0] for line in exact} == PINNED
