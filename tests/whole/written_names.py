"""Names in documents: whether a module, path, command, option or word in backticks is of this project as it is."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

from tests.conftest import ROOT
from tests.whole.test_architecture import tracked

SELF = [Path(__file__).with_name(name) for name in ("written_names.py", "test_docs.py")]
PAPERS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
TEXTS = {"", ".css", ".js", ".py", ".toml"}
TOPS = ("geo", "data", "analysis", "pages", "tests", "docs")
# What is no name of this project: values and file names made up as examples, and what stands outside it.
EXAMPLES = {
    "1592-in-2022/23", "2024", "WD24CD", "WD24NM", "+00:00", 'comment="#"', "pre-commit", "st.navigation", "[auth]",
    "pdf.fonttype",
}  # fmt: skip
PROGRAMS = {"ruff", "mypy", "uv", ".ci/run", "py", "python3", ".venv\\Scripts\\activate"}
DOTTED = re.compile(rf"(?:{'|'.join(TOPS)})(?:\.\w+)+")
_PLACEHOLDER = re.compile(r"[A-Z]{4,}")


@cache
def sources() -> str:
    """All text of the project but that of documents and of their tests."""
    out = {*SELF, *PAPERS, ROOT / "requirements.txt", ROOT / "requirements-dev.txt"}
    files = [p for p in tracked() if p.suffix in TEXTS and p not in out and (ROOT / "docs") not in p.parents]
    return "\n".join(p.read_text(encoding="utf-8") for p in files)


def module_file(dotted: str) -> Path | None:
    """File of a module or package; None where there is none."""
    path = ROOT.joinpath(*dotted.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


@cache
def statements(file: Path) -> list[ast.stmt]:
    """What stands in a module."""
    return ast.parse(file.read_text(encoding="utf-8")).body


def names_in(body: list[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Names that statements define or import, with what is defined inside them."""
    found: dict[str, list[ast.stmt]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node.body if isinstance(node, ast.ClassDef) else []
        elif isinstance(node, ast.Assign):
            found |= {n.id: [] for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = []
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name: [] for alias in node.names}
    return found


def dotted_is_there(dotted: str) -> bool:
    """Whether a dotted name is a package, a module, or something that a module or a class of it has."""
    parts = dotted.split(".")
    for n in range(len(parts), 0, -1):
        if (file := module_file(".".join(parts[:n]))) is not None:
            body = statements(file)
            for name in parts[n:]:
                if name not in (there := names_in(body)):
                    return False
                body = there[name]
            return True
    return ROOT.joinpath(*parts).is_dir()


def path_is_there(text: str) -> bool:
    """Whether a path of the project exists, is made at run time, or exists up to a placeholder such as NAME."""
    made = [line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()]
    path = text.rstrip("/")
    if any(path == one or path.startswith(f"{one}/") for one in made):
        return True
    if found := _PLACEHOLDER.search(path):
        return (ROOT / path[: found.start()]).parent.is_dir()
    return bool(list(ROOT.glob(path)))


def setting_is_there(text: str) -> bool:
    """Whether a dotted name is one of Streamlit's settings in the project's own file of them."""
    table, _, key = text.partition(".")
    read = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    return key in read.get(table, {})


def wrong_command(text: str) -> str:
    """What is wrong with a command line; "" where nothing is."""
    for part in re.split(r"&&|\||\bthen\b", text):
        words = [word for word in part.split() if "=" not in word or word.startswith("-")]
        if not words or words[0] in PROGRAMS | {"."}:
            continue
        if words[0] != "python":
            return f"{words[0]} is no program that is known"
        if words[1] != "-m":
            if not path_is_there(words[1]):
                return f"there is no {words[1]}"
            code = (ROOT / words[1]).read_text(encoding="utf-8")
        elif words[2].split(".")[0] not in TOPS:
            code = None  # pip, pytest, venv, streamlit
        elif (file := module_file(f"{words[2]}.__main__") or module_file(words[2])) is None:
            return f"there is no module {words[2]}"
        else:
            code = "\n".join(
                p.read_text(encoding="utf-8") for p in (file, *(ROOT / words[2].split(".")[0]).rglob("*.py"))
            )
        for word in words[2:]:
            if (
                word.startswith("--")
                and word != "--help"
                and code is not None
                and f'"{word.split("=")[0]}"' not in code
            ):
                return f"{words[2]} has no option {word}"
            if word.split("/")[0] in {"tests", "docs", "analysis"} and "/" in word and not path_is_there(word):
                return f"there is no {word}"
    return ""


def wrong_span(text: str) -> str:
    """What is wrong with something in backticks; "" where it is of this project."""
    first = text.split("/")[0]
    if text in EXAMPLES or _PLACEHOLDER.fullmatch(text) or setting_is_there(text):
        return ""
    if text.startswith(("python", "HYPOTHESIS_PROFILE")) or text.split()[0] in PROGRAMS:
        return wrong_command(text)
    if text.startswith("--"):
        return "" if f'"{text.split()[0]}"' in sources() else "no such option"
    if DOTTED.fullmatch(text) and not (ROOT / text).is_file():
        return "" if dotted_is_there(text) else "no such module, or nothing of this name in it"
    if "/" in text and " " not in text and first and (ROOT / first).exists() and path_is_there(text):
        return ""
    if (ROOT / text).is_file() or (ROOT / "docs" / text).is_file():
        return ""
    fixed = [part for part in re.split(r"[A-Z]{4,}|YYYY-MM|\bN\b", text) if len(part) > 1]
    edge = r"(?<!\w)" if re.match(r"\w", text) else ""
    end = r"(?!\w)" if re.search(r"\w$", text) else ""
    if len(fixed) == 1 and fixed[0] == text:
        return "" if re.search(edge + re.escape(text) + end, sources()) else "not in the code"
    return "" if all(part.strip("/.:#") in sources() for part in fixed) else "not in the code"
