"""The documents: every name, path, command and link in them exists, and what is made of the code is as it is now."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from analysis.cli.names import COMMANDS
from data.feed.mapping import TARGETS, FeedMapping
from data.place.area import load_area
from data.store.checks import Rejected
from data.store.manifest import Layer, Revision, SourceFile, Unit
from data.store.schema import COLUMNS
from docs import make_methods
from pages.ui.outcome.address import PARAMETERS as DID_PARAMETERS
from pages.ui.shell.choice import PARAMETERS
from tests.conftest import ROOT
from tests.whole.test_rooms import ROWS
from tests.whole.written_names import DOTTED, PAPERS, module_file, wrong_command, wrong_span

MOST_FILES = 8  # of the walk from a CSV to the map
MOST_LINES = 65  # of a decision
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_name_exists(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    spans = set(_SPAN.findall(_FENCED.sub("", text)))
    assert {one: why for one in sorted(spans) if (why := wrong_span(one))} == {}
    commands = [line for kind, block in _FENCED.findall(text) if not kind for line in block.splitlines()]
    assert {line: why for line in commands if line.startswith("python ") and (why := wrong_command(line))} == {}


def test_a_name_that_does_not_exist_is_seen() -> None:
    for right in (
        "geo.grid.Grid.locate", "pages.ui.plan.when", "data/local/", "pages/ui/NAME/", "tests/benchmarks/bench_*.py",
        "python -m data import-feed COUNCIL.csv --name X", "--store", "streets_dropped",
    ):  # fmt: skip
        assert wrong_span(right) == "", right
    for wrong in (
        "geo.grid.Grid.lokate", "analysis.hotspots", "pages/ui/print_map.py", "tests/test_gistar.py", "data/nothing/",
        "python -m analysis counts --bye month", "python -m geo.nothing",
        "python tests/none.py", "--stores", "pages.ui.shells", "kriging_of_crime", "python -m pytest tests/none",
    ):  # fmt: skip
        assert wrong_span(wrong) != "", wrong


def heads(paper: Path) -> set[str]:
    """What a link can name in a document: its headings in small letters, with hyphens for spaces."""
    lines = [line for line in paper.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    return {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere_and_lines_are_clean(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    gone = []
    for link in _LINK.findall(_FENCED.sub("", text)):
        file, _, head = link.partition("#")
        target = paper.parent / file if file else paper
        if not target.exists() or (head and head not in heads(target)):
            gone.append(link)
    assert gone == []
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert [n for n, line in enumerate(text.splitlines(), start=1) if line != line.rstrip() or "\t" in line] == []
    assert [line for line in _FENCED.sub("", text).splitlines() if line.count("`") % 2] == []  # a name over two lines
    prose = [line for line in _FENCED.sub("", text).splitlines() if not line.startswith(("|", "#", "- ", "![", "*"))]
    assert paper.name == "methods.md" or [line for line in prose if len(line) > 120] == []
    assert "://" not in text
    assert re.findall(r"/(?:tmp|work|root|home)/|shared/design|\bissue \d|\bfiles\.pythonhosted|\bpypi\b", text) == []


def test_every_document_can_be_found() -> None:
    linked = set()
    for paper in PAPERS:
        for link in _LINK.findall(paper.read_text(encoding="utf-8")):
            if "://" not in link and (paper.parent / link.split("#")[0]).is_file():
                linked.add((paper.parent / link.split("#")[0]).resolve())
    assert [str(p.relative_to(ROOT)) for p in PAPERS[:] if p.name != "README.md" and p not in linked] == []


# --- made from the code ----------------------------------------------------------------------------------------------
def test_methods_are_those_of_the_code() -> None:
    assert (ROOT / "docs" / "methods.md").read_text(encoding="utf-8") == make_methods.made()
    assert make_methods.main(["--check"]) == 0


def test_every_statistic_says_when_it_misleads_and_where_it_is_from() -> None:
    found = make_methods.statistics()
    assert len(found) > 50
    assert [one.dotted for one in found if not one.source] == []
    told = {one.dotted for one in found}
    carry = {
        node.name
        for _, tree in make_methods.modules()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(field).startswith("method: Method") for field in node.body)
    }
    assert len(carry) > 20
    silent = [
        f"{module}.{name}"
        for module, tree in make_methods.modules()
        for name, _, gives in make_methods.functions(tree)
        if set(re.findall(r"\w+", gives)) & carry and f"{module}.{name}" not in told
    ]
    assert silent == []


def test_a_docstring_is_read_as_it_is_meant() -> None:
    parts = make_methods.sections(
        "Count.\n\nMore.\n\nNotes\n-----\nA way.\nMisleads when it rains.\n\nReferences\n----------\nX (1999)."
    )
    assert (parts[""], parts["References"]) == ("Count.\n\nMore.", "X (1999).")
    assert make_methods.misleads(parts["Notes"]) == "When it rains."
    assert make_methods.misleads("It is right. It misleads\nwhere ``x`` is odd. So take care.\n\nOther.") == (
        "Where ``x`` is odd. So take care."
    )
    assert make_methods.misleads("Nothing misleads here.") == ""
    assert make_methods.plain("Gi* of :func:`a.b`, *its* ``c``") == "Gi\\* of `a.b`, *its* `c`"


# --- architecture ----------------------------------------------------------------------------------------------------
def section(paper: str, head: str) -> str:
    """Text under a heading, up to the next of its kind."""
    text = (ROOT / "docs" / paper).read_text(encoding="utf-8")
    return re.split(r"^#+ ", text.split(f"# {head}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """Cells of the tables in a text, without their heads."""
    lines = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("|")
    ]
    rules = [n for n, line in enumerate(lines) if set("".join(line)) <= set("-| ")]
    return [line for n, line in enumerate(lines) if n not in rules and n + 1 not in rules]


def test_the_walk_is_short_and_every_step_is_there() -> None:
    steps = rows(section("architecture.md", "One incident, from CSV to map"))
    assert 4 <= len(steps) <= MOST_FILES
    for file, functions, what in steps:
        path = ROOT / file.strip("`")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert set(_SPAN.findall(functions)) - there == set(), file
        calls = re.sub(r"called by `[^`]+`", "", what)
        dotted = [one for one in _SPAN.findall(calls) if DOTTED.fullmatch(one)]
        assert [one for one in dotted if not reached(one, path, tree)] == []


def reached(dotted: str, path: Path, tree: ast.Module) -> bool:
    """Whether a file speaks of a name, or one of the files does that it imports."""
    modules = {f"{n.module}.{a.name}" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
    found = {module_file(one) or module_file(one.rpartition(".")[0]) for one in modules}
    word = re.compile(rf"\b{dotted.rpartition('.')[2]}\b")
    return any(word.search(file.read_text(encoding="utf-8")) for file in {path, *found} if file is not None)


def test_the_picture_has_every_room_where_it_stands() -> None:
    picture = dict.fromkeys(ROWS, "")
    top = ""
    for line in _FENCED.findall(section("architecture.md", "Rooms"))[0][1].splitlines():
        head, _, rest = line.replace("^", " ").replace("|", " ").strip().partition(" ")
        start = head.replace("/", ".")
        if start in picture:
            top, told = start, rest
        elif re.match(r"\S", line):
            top = ""
            continue
        else:
            told = f"{head} {rest}"
        if top and told.strip():
            picture[top] += re.sub(r"python -m.*", "", told).strip() + "\n"
    drawn = {name: tuple(tuple(line.split()) for line in text.splitlines()) for name, text in picture.items()}
    assert drawn == ROWS


# --- formats ---------------------------------------------------------------------------------------------------------
def first_names(text: str) -> set[str]:
    """What stands in backticks in the first column of a table."""
    return {name for row in rows(text) for name in _SPAN.findall(row[0])}


def controls() -> set[str]:
    """Names of the parameters that controls of pages have."""
    found = set()
    for path in (ROOT / "pages" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                at = {"Control": 0, "word": 0}.get(name, 2 if ast.unparse(node.func) == "address.tabs" else None)
                if at is not None and len(node.args) <= at:
                    found.add("tab")
                elif at is not None and isinstance(given := node.args[at], ast.Constant):
                    found.add(given.value)
    return found


def test_formats_name_what_files_hold() -> None:
    assert first_names(section("formats.md", "Incidents")) == set(COLUMNS) - {"source", "force"}
    manifest = section("formats.md", "Manifest")
    for kind in (Layer, Unit, SourceFile, Revision):
        assert {f.name for f in dataclasses.fields(kind)} - set(_SPAN.findall(manifest)) == set(), kind
    assert set(Rejected._fields) - set(_SPAN.findall(section("formats.md", "Rejected rows"))) == set()
    mapping = section("formats.md", "Mapping of a feed")
    assert first_names(mapping) == {f.name for f in dataclasses.fields(FeedMapping)}
    assert set(TARGETS) - set(_SPAN.findall(mapping)) == set()
    own = {"baseline", "view", *controls()}
    assert first_names(section("formats.md", "Addresses of pages")) == {*PARAMETERS, *DID_PARAMETERS, *own}
    output = rows(section("formats.md", "Output of `python -m analysis`"))
    assert {row[0].strip("`") for row in output if not row[0].startswith("`.")} == set(COMMANDS)


def test_the_example_of_a_mapping_is_one() -> None:
    from data.feed.mapping import mapping_from_json

    (_, text), *_ = _FENCED.findall(section("formats.md", "Mapping of a feed"))
    assert mapping_from_json(json.loads(text)).category == "Anti-social behaviour"


def test_the_area_file_has_the_keys_it_is_said_to_have(tmp_path: Path) -> None:
    text = section("formats.md", "Area file")
    ours = tomllib.loads((ROOT / "data" / "area.toml").read_text(encoding="utf-8"))
    assert first_names(text) == {*ours, "ward_layers", "problems"}  # a section of its own; off unless it is wished
    refused = {row[0].strip("`") for row in rows(text) if row[-1] == "refused"}
    (_, example), *_ = _FENCED.findall(text)
    small = tomllib.loads(example)
    assert set(small) == refused
    square = [[[-2.9, 53.4], [-2.8, 53.4], [-2.8, 53.5], [-2.9, 53.5], [-2.9, 53.4]]]
    other = [[[x + 0.1, y] for x, y in square[0]]]
    wards = [
        {"type": "Feature", "properties": {"ward_code": code, "ward_name": name},
         "geometry": {"type": "Polygon", "coordinates": shape}}
        for (code, name), shape in zip(small["wards"].items(), (square, other), strict=True)
    ]  # fmt: skip
    (tmp_path / "wards.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": wards}), encoding="utf-8"
    )
    (tmp_path / "area.toml").write_text(example, encoding="utf-8")
    found = load_area(tmp_path / "area.toml")
    assert (found.name, found.kind, found.buffer_m, found.cell_size_m) == ("Exampleton", "area", 1000, 200)
    for key in refused:
        without = re.sub(rf"(?m)^(?:{key} = .*|\[{key}\]\n(?:\w.*\n)*)", "", example)
        (tmp_path / "area.toml").write_text(without, encoding="utf-8")
        with pytest.raises(ValueError, match=key):
            load_area(tmp_path / "area.toml")


# --- the rest --------------------------------------------------------------------------------------------------------
def test_decisions_are_short_and_say_what_would_change_them() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert {"store.md", "offline_map.md", "ranking.md", "verdict.md", "hours.md", "pins.md", "paper.md"} <= {
        p.name for p in pages
    }
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert 10 <= text.count("\n") <= MOST_LINES, page.name
        assert "**Question.**" in text, page.name
        assert "**Decision" in text, page.name
        assert "would change this" in text, page.name


def test_the_glossary_is_in_order_and_brief() -> None:
    found = rows((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    words = [row[0].casefold() for row in found]
    assert words == sorted(words)
    assert len(set(words)) == len(words)
    assert [row[0] for row in found if not row[1].endswith(".") or row[1].count(". ")] == []


def test_the_citation_says_what_pyproject_says() -> None:
    text = (ROOT / "docs" / "CITATION.cff").read_text(encoding="utf-8")
    told = dict(re.findall(r"^([a-z-]+): *(.+)$", text, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert told["cff-version"] == "1.2.0"
    assert (told["version"], told["license"]) == (project["version"], project["license"])
    assert {"message", "title", "type"} <= set(told)
    assert "\nauthors:\n  - name: " in text
    assert "url" not in told
    assert "doi" not in told
    assert f"## {project['version']}" in (ROOT / "docs" / "CHANGELOG.md").read_text(encoding="utf-8")


def test_hooks_fetch_nothing() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (.+)", text) == ["local"]
    assert set(re.findall(r"language: (.+)", text)) == {"system"}
    assert re.findall(r"entry: (.+)", text) == ["ruff check", "ruff format", "mypy"]


def test_the_documents_are_made_without_the_app() -> None:
    tree = ast.parse(Path(make_methods.__file__).read_text(encoding="utf-8"))
    used = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    used |= {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    assert {one.split(".")[0] for one in used} <= sys.stdlib_module_names
