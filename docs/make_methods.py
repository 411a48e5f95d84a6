"""Writes ``methods.md`` from the docstrings of ``analysis/``: what a statistic says, when it misleads, its source.

A public function is a statistic when its docstring says when it misleads: in Notes, a sentence that starts with "When
it misleads:", "It misleads" or "Misleads", with the rest of its paragraph. Its source is the section References. A test
asks both of every function whose result says how it was made, and compares the file with what is made now.

    python docs/make_methods.py          writes the file
    python docs/make_methods.py --check  says whether it would change, as the exit code
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
TARGET = Path(__file__).with_name("methods.md")
LEFT_OUT = {"cli"}  # the same answers as tables
HEAD = """# Methods

What every statistic says, when it misleads, and where it is from. Made from the docstrings of `analysis/` by
`python docs/make_methods.py`: change the docstring, not this file. Formulas, parameters and what is refused stand in
the docstrings themselves; a page says all of it under "How this was made".
"""
_MISLEADS = re.compile(r"(?:^|(?<=[.)] ))(?:When it misleads: |It misleads |Misleads )")
_STAR = re.compile(r"(?<!\w)\*(\w[^*]*\w)\*(?!\w)|\*")  # stress stays, as in *its*; a star of Gi* would begin one
_ROLE = re.compile(r":[a-z]+:`~?([^`]+)`")


class Statistic(NamedTuple):
    """A public function of the analysis, as its docstring has it."""

    module: str
    name: str
    says: str
    misleads: str
    source: str

    @property
    def dotted(self) -> str:
        """Where it is imported from."""
        return f"{self.module}.{self.name}"


def sections(docstring: str) -> dict[str, str]:
    """Cut a numpydoc text into its sections; what comes before the first is called ""."""
    found, name, lines = {"": ""}, "", list[str]()
    rows = docstring.splitlines()
    for row, following in zip(rows, [*rows[1:], ""], strict=True):
        if row and set(following) == {"-"} and len(following) == len(row):
            found[name], name, lines = "\n".join(lines).strip(), row, []
        elif not (set(row) == {"-"} and lines == []):
            lines.append(row)
    found[name] = "\n".join(lines).strip()
    return found


def misleads(notes: str) -> str:
    """Give every statement of when it misleads, each to the end of its paragraph."""
    said = []
    for paragraph in re.split(r"\n\s*\n", notes):
        text = " ".join(paragraph.split())
        if start := _MISLEADS.search(text):
            rest = text[start.end() :]
            said.append(rest[:1].upper() + rest[1:])
    return " ".join(said)


def plain(text: str) -> str:
    """Write reStructuredText as Markdown on one line: roles and literals in single backticks."""
    text = _ROLE.sub(r"`\1`", " ".join(text.split()).replace("``", "`"))
    return _STAR.sub(lambda found: found[0] if found[1] else "\\*", text)


def functions(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Name, docstring and annotation of the result of every public function of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, ast.get_docstring(node) or "", ast.unparse(node.returns) if node.returns else ""


def modules(root: Path = ROOT) -> Iterator[tuple[str, ast.Module]]:
    """Dotted name and syntax tree of the modules that hold statistics, in order."""
    for path in sorted((root / "analysis").glob("*/*.py")):
        if path.parent.name not in LEFT_OUT and path.name != "__init__.py":
            yield f"analysis.{path.parent.name}.{path.stem}", ast.parse(path.read_text(encoding="utf-8"))


def statistics(root: Path = ROOT) -> list[Statistic]:
    """Every statistic, by room and module, in the order in which a module has them."""
    found = []
    for module, tree in modules(root):
        for name, docstring, _ in functions(tree):
            parts = sections(docstring)
            if when := misleads(parts.get("Notes", "")):
                says = parts[""].split("\n\n")[0]
                found.append(Statistic(module, name, plain(says), plain(when), plain(parts.get("References", ""))))
    return found


def room_says(room: str, root: Path = ROOT) -> str:
    """First line of a room's own docstring."""
    text = (root / "analysis" / room / "__init__.py").read_text(encoding="utf-8")
    return inspect.cleandoc(ast.get_docstring(ast.parse(text)) or "").split("\n")[0]


def made(root: Path = ROOT) -> str:
    """Give the text of ``methods.md`` as it should be."""
    lines, room = [HEAD], ""
    for one in statistics(root):
        if one.module.split(".")[1] != room:
            room = one.module.split(".")[1]
            lines.append(f"## {room}\n\n{room_says(room, root)}\n")
        lines.append(
            f"### `{one.dotted}`\n\n{one.says}\n\n- When it misleads: {one.misleads}\n- Source: {one.source}\n"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Write the file, or with ``--check`` only say whether it would change: 1 when it would."""
    text = made()
    if arguments == ["--check"]:
        return int(not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text)
    if arguments:
        sys.stderr.write("usage: python docs/make_methods.py [--check]\n")
        return 2
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
