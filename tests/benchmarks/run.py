"""One benchmark in a process of its own, so that its peak memory is its own and a crash is a row."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from tests.benchmarks.given import FOLDER_VARIABLE, ROOT
from tests.benchmarks.table import Row

_MARK = "row of the table: "
_TOLD = 200  # letters of a reason


def found(folder: Path) -> Mapping[str, tuple[Path, str]]:
    """Find the benchmarks of a folder without importing them: name, and its file and function."""
    names: dict[str, tuple[Path, str]] = {}
    for path in sorted(folder.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and (node.name == "rows" or node.name.startswith("rows_")):
                names[f"{name}{node.name.removeprefix('rows').replace('_', '-')}"] = path, node.name
    return names


def run(name: str, where: tuple[Path, str], *, quick: bool, folder: Path, at_most: float) -> list[Row]:
    """Run one benchmark and give its rows; what goes wrong is a row that says so."""
    path, function = where
    command = [sys.executable, "-m", "tests.benchmarks.run", str(path), function, *(["--quick"] if quick else [])]
    environment = {**os.environ, FOLDER_VARIABLE: str(folder)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", errors="replace", start_new_session=True,
    )  # fmt: skip
    why = ""
    try:
        out, wrong = process.communicate(timeout=at_most)
        if process.returncode:
            told = [line for line in wrong.splitlines() if line.strip()] or [f"ended with {process.returncode}"]
            why = told[-1].strip()[:_TOLD]
    except subprocess.TimeoutExpired:
        _end(process)
        out, _ = process.communicate()
        why = f"took longer than {at_most:.0f} s"
    rows = [_read(line) for line in out.splitlines() if line.startswith(_MARK)]
    if why or not rows:
        rows.append(Row(name, failed=why or "gave no rows"))
    return rows


def prepare(folder: Path, at_most: float) -> None:
    """Make what most benchmarks read, so that none's time and memory hold it; what lacks, each of them tells itself."""
    command = [sys.executable, "-m", "tests.benchmarks.given"]
    environment = {**os.environ, FOLDER_VARIABLE: str(folder)}
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=at_most, check=False)


def _end(process: subprocess.Popen[str]) -> None:
    """End a benchmark with the servers and browsers that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _read(line: str) -> Row:
    kept = json.loads(line.removeprefix(_MARK))
    return Row(**{key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()})


def peak_mb() -> float | None:
    """Give the most memory this process held, or one that it started and that has ended; None where it is not known."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    status = Path("/proc/self/status")
    if status.exists():  # Linux hands a process the peak of its parent; what it says of the memory itself does not
        own = int((re.search(r"VmHWM:\s+(\d+)", status.read_text()) or [0, 0])[1]) * 1024
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit) / 1e6


def main(path: str, function: str, *more: str) -> None:
    """Import one module by its path and print the rows that its function gives."""
    spec = importlib.util.spec_from_file_location(f"tests.benchmarks.{Path(path).stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    for row in getattr(module, function)("--quick" in more):
        told = row if row.peak_mb is not None else replace(row, peak_mb=peak_mb())
        sys.stdout.write(f"{_MARK}{json.dumps(asdict(told))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
