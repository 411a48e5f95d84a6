"""What the code must not do on Windows: each is walked, because no test runs there."""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.__main__ import main as analysis_main
from data.__main__ import main as data_main
from tests.conftest import ROOT

CODE = [ROOT / "app.py", *(path for top in ("geo", "data", "analysis", "pages") for path in (ROOT / top).rglob("*.py"))]
ONLY_ON_ONE_SYSTEM = {"fcntl", "msvcrt", "resource", "pwd", "grp", "winreg"}
# A member of an archive and a picture are bytes, a browser opens no file.
PACKED = {"archive", "zipped", "out", "webbrowser", "Image"}
MAY_NAME_A_SYSTEM = {"geo/held.py", "geo/aside.py"}


def calls(of: str, files: list[Path] = CODE) -> Iterator[tuple[str, ast.Call, str]]:
    """Every call of some methods or functions, with where it stands; files that do not write their names are passed."""
    wanted = set(of.split("|"))
    for path in files:
        text = path.read_text(encoding="utf-8")
        if not re.search(rf"(?:{of})\(", text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in wanted:
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node, name


def test_every_text_file_names_its_letters_and_the_ends_of_its_lines() -> None:
    wrong = []
    for place, call, name in calls("open|fdopen|read_text|write_text"):
        of = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        text = name in {"read_text", "write_text"} and of
        if (
            name in {"open", "fdopen"}
            and of
            and of not in PACKED
            and not re.search(r"O_|['\"][rwax+]*b", ast.unparse(call))
        ):
            text = True
        modes = {one.value for one in call.args if isinstance(one, ast.Constant)}
        writes = name == "write_text" or bool(modes & {"w", "x", "a"})
        wanted = {"encoding", "newline"} if writes else {"encoding"}
        if text and not wanted <= {word.arg for word in call.keywords}:
            wrong.append(place)
    assert wrong == []


def test_one_module_holds_files_and_one_puts_them_into_place() -> None:
    system = re.compile(rf"^\s*(?:import|from) (?:{'|'.join(ONLY_ON_ONE_SYSTEM)})\b", re.MULTILINE)
    others = [path for path in CODE if path.relative_to(ROOT).as_posix() not in MAY_NAME_A_SYSTEM]
    wrong = [str(path.relative_to(ROOT)) for path in others if system.search(path.read_text(encoding="utf-8"))]
    # in analysis a frame's values are replaced by such a call, too, and only cli writes files
    writers = [path for path in others if "analysis" not in path.parts or "cli" in path.parts]
    for place, call, _ in calls("replace|rename", writers):
        # a method of one argument is that of a path: a text's has two
        if isinstance(call.func, ast.Attribute) and len(call.args) == 1 and not call.keywords:
            wrong.append(f"{place} moves a file by itself: geo.aside.into_place waits for a reader")
    assert wrong == []


def test_no_day_is_written_as_only_one_system_can() -> None:
    written = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in CODE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"%[-#][a-zA-Z]", line)
    ]
    assert written == []


@pytest.mark.parametrize("main", [data_main, analysis_main])
def test_no_letter_ends_a_command(main: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True))
    store = tmp_path / "T\u0177"
    words = ["verify", "--store", str(store)] if main is data_main else ["counts", "--store", str(store)]
    assert main(words) in {0, 1}  # type: ignore[operator]
    told = sys.stdout.buffer.getvalue() + sys.stderr.buffer.getvalue()  # type: ignore[attr-defined]
    assert b"T\\u0177" in told
