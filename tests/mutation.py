"""Mutation testing of one room: ``python -m tests.mutation analysis/where --sample 100 --seed 1``.

Small faults are put into the code of a room, one at a time, and the room's own tests run on each. A fault that no test
sees is a survivor: a missing test, needless code, or a change that changes nothing (docs/mutation.md lists those).

It needs one package more than the tests do: ``pip install mutmut==3.8.1``. Only its list of faults is used; sample and
runs are done here, for three reasons: it takes no sample; it leaves constants and properties alone; and with its own
runner every test pays for imports again. The work is done on a copy in a temporary folder; the tree is not touched.

The sample does not hang on the order of the code: every fault has a name made from its lines, and a seed puts the names
in an order. So most of a sample stays the same when code elsewhere changes, and a fault can be run again by its name.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import importlib
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INSTALL = "pip install mutmut==3.8.1"
OWN = ("analysis", "data", "geo", "pages", "tests", "app")  # packages that come from the copy, never from here
# What tests import from elsewhere: loaded once, before the first run, and not once a run.
PRELOAD = (
    "esda geopandas holidays hypothesis.extra.numpy libpysal matplotlib numpy openpyxl pandas plotly pyarrow.parquet "
    "pyproj scipy.ndimage scipy.optimize scipy.sparse scipy.spatial scipy.stats shapely statsmodels.api streamlit"
)
QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # of plugins that are loaded already
# A run that takes so many times the processor time of one without a fault will not end. The clock on the wall is no
# measure of that on a busy machine; it ends what waits for nothing.
LEAST_LIMIT_S = 30.0
TIMES_SLOWER = 4
TIMES_LONGER = 20
MEMORY_BYTES = 8 << 30
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"


@dataclass(frozen=True)
class Fault:
    """One small change of one file."""

    path: str
    line: int
    source: str = field(repr=False)
    code: str = field(repr=False)
    name: str

    @property
    def is_fault(self) -> bool:
        """Whether more than the layout changed."""
        return ast.dump(ast.parse(self.source)) != ast.dump(ast.parse(self.code))

    @property
    def diff(self) -> str:
        """What changed, with a line around it."""
        lines = difflib.unified_diff(self.source.splitlines(), self.code.splitlines(), lineterm="", n=1)
        return "\n".join(islice(lines, 2, None))


class Quickest:
    """Pytest plugin: measures what tests and their shared fixtures cost, or runs the cheapest first."""

    def __init__(self, order: dict[str, float] | None = None) -> None:
        self.order = order
        self.cost: dict[str, float] = {}
        self.fixtures: dict[str, float] = {}
        self.wanted: dict[str, list[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            self.wanted[item.nodeid] = list(getattr(item, "fixturenames", ()))
        if self.order is not None:
            items.sort(key=lambda item: self.order.get(item.nodeid, 0.0))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef) -> Generator[None, object, object]:
        began = time.monotonic()
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                spent = time.monotonic() - began
                self.fixtures[fixturedef.argname] = max(spent, self.fixtures.get(fixturedef.argname, 0.0))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.cost[report.nodeid] = report.duration

    def measured(self) -> dict[str, float]:
        """Seconds by test, each with the shared fixtures that it would have to make."""
        return {
            test: spent + sum(self.fixtures.get(name, 0.0) for name in self.wanted[test])
            for test, spent in self.cost.items()
        }


def faults(path: Path, name: str, *, prose: bool) -> Iterator[Fault]:
    """All faults of one file, those in type annotations, decorators, docstrings and ``__all__`` left out.

    Without ``prose`` a text with a space in it stays as it is: such a text is for people, and a test that repeats it
    proves nothing. Other texts (columns, keys, modes) get one fault in place of mutmut's three.
    """
    try:
        import libcst as cst
        from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
        from mutmut.mutation.file_mutation import MutationVisitor
        from mutmut.mutation.mutators import mutation_operators
        from mutmut.mutation.pragma_handling import IgnoredCode
    except ImportError as error:
        sys.exit(f"{error}. This command needs: {INSTALL}")

    class Whole(MutationVisitor):
        """Mutmut cannot change what is decorated; here the file is written anew, so properties are faulted too."""

        def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
            if isinstance(node, cst.FunctionDef):
                return False
            if isinstance(node, cst.Assign) and getattr(node.targets[0].target, "value", "") == "__all__":
                return True
            return super()._skip_node_and_children(node)

    source = path.read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source))
    visitor = Whole(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    where = wrapper.resolve(WhitespaceInclusivePositionProvider)
    lines = source.splitlines(keepends=True)
    seen: Counter[str] = Counter()
    texts: set[int] = set()
    for mutation in visitor.mutations:
        before = mutation.original_node
        if isinstance(before, cst.SimpleString):
            if id(before) in texts or (not prose and " " in before.value):
                continue
            texts.add(id(before))
        start, end = where[before].start, where[before].end
        head, tail = lines[start.line - 1][: start.column], lines[end.line - 1][end.column :]
        old = lines[start.line - 1 : end.line]
        plain, text = wrapper.module.code_for_node(before), "".join(old)[len(head) :].removesuffix(tail)
        indent = _indent(plain, text)
        if plain.replace("\n", "\n" + indent) != text:
            raise ValueError(f"{name}:{start.line}: this code is not what libcst makes of it:\n{text}")
        fault = wrapper.module.code_for_node(mutation.mutated_node).replace("\n", "\n" + indent)
        new = (head + fault + tail).splitlines(keepends=True)
        changed = [
            line.rstrip("\n") for line in list(difflib.unified_diff(old, new, n=0))[2:] if not line.startswith("@@")
        ]
        text = "\n".join([name, *changed])
        seen[text] += 1
        key = hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()[:10]
        code = "".join([*lines[: start.line - 1], *new, *lines[end.line :]])
        yield Fault(name, start.line, source, code, key)


def _indent(plain: str, text: str) -> str:
    """What stands before the second line of a text and not before that of its code by itself."""
    own, there = (re.search(r"\n( *)", one) for one in (plain, text))
    return there[1].removesuffix(own[1]) if own and there else ""


def chosen(every: Sequence[Fault], sample: int, seed: int) -> list[Fault]:
    """Sample of faults: those whose names come first in the seed's order."""
    order = sorted(every, key=lambda fault: hashlib.sha256(f"{seed} {fault.name}".encode()).digest())
    return list(islice((one for one in order if one.is_fault), sample))


def copy_tree(to: Path) -> Path:
    """Copy what git knows and what is new, as it lies here; the real data are linked."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for one in filter(None, listed.stdout.split("\0")):
        if (ROOT / one).is_file():
            (to / "tree" / one).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / one, to / "tree" / one)
    if (ROOT.parent / "shared").exists():
        (to / "shared").symlink_to((ROOT.parent / "shared").resolve())
    return to / "tree"


def run(
    tree: Path, tests: Sequence[str], plugin: Quickest, limit_s: float, report: Path | None = None
) -> tuple[str, float]:
    """Run the tests in a child that starts with the libraries loaded; give the result and its processor seconds."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = _in_child(tree, tests, plugin, limit_s, report)
        except BaseException:  # noqa: BLE001 - whatever it is, a child must not go on as the parent
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    deadline = time.monotonic() + TIMES_LONGER * limit_s
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            stopped = os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}
            result = TIMED_OUT if stopped else SURVIVED if status == 0 else KILLED
            return result, used.ru_utime + used.ru_stime
        if time.monotonic() > deadline:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)


def _in_child(tree: Path, tests: Sequence[str], plugin: Quickest, limit_s: float, report: Path | None) -> int:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s), int(limit_s) + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.chdir(tree)
    shown = os.open(tree.parent / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(shown, 1)
    os.dup2(shown, 2)
    for name in [name for name in sys.modules if name.split(".")[0] in OWN]:
        del sys.modules[name]
    sys.path[:] = [str(tree), *(one for one in sys.path if Path(one or ".").resolve() not in (ROOT, tree))]
    sys.dont_write_bytecode = report is None  # files that hold a fault must leave nothing behind
    options = ["-x", "-q", "-p", "no:cacheprovider", "--rootdir", str(tree), *QUIET]
    code = int(pytest.main([*options, *tests], plugins=[plugin]))
    if report is not None:
        report.write_text("\n".join(f"{spent:.4f} {test}" for test, spent in plugin.measured().items()))
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Sample, run, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=f"Needs: {INSTALL}")
    parser.add_argument("room", help="folder or file of code, such as analysis/where")
    parser.add_argument("--tests", nargs="+", help="what to run; by default tests/ and the room's last name")
    parser.add_argument("--sample", type=int, default=100, help="how many faults; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="run these faults again, in place of a sample")
    parser.add_argument("--prose", action="store_true", help="fault the texts for people as well")
    parser.add_argument("--list", action="store_true", help="show the faults of the sample and run nothing")
    asked = parser.parse_args(arguments)
    room = Path(asked.room)
    files = sorted((ROOT / room).rglob("*.py")) if (ROOT / room).is_dir() else [ROOT / room]
    every = [one for file in files for one in faults(file, str(file.relative_to(ROOT)), prose=asked.prose)]
    sample = chosen(every, asked.sample or len(every), asked.seed)
    if asked.only:
        sample = [one for one in every if one.name in asked.only]
    print(f"{asked.room}: {len(sample)} of {len(every):,} faults, seed {asked.seed}", flush=True)
    if asked.list:
        print("\n\n".join(f"{one.name} {one.path}:{one.line}\n{one.diff}" for one in sample))
        return 0
    tests = asked.tests or [f"tests/{(room.parent if room.suffix else room).name}"]
    for name in PRELOAD.split():
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        return _run_all(sample, tests, copy_tree(Path(folder)))


def _run_all(sample: Sequence[Fault], tests: Sequence[str], tree: Path) -> int:
    report = tree.parent / "costs.txt"
    result, whole_s = run(tree, tests, Quickest(), 3600, report)
    if result != SURVIVED:
        print((tree.parent / "output.txt").read_text())
        sys.exit("The tests fail without a fault")
    lines = [line.split(" ", 1) for line in report.read_text().splitlines()]
    order = {test: float(spent) for spent, test in lines}
    limit_s = max(LEAST_LIMIT_S, TIMES_SLOWER * whole_s)
    print(f"{len(order)} tests, {whole_s:.0f} processor seconds without a fault", flush=True)
    results: dict[str, list[Fault]] = {KILLED: [], SURVIVED: [], TIMED_OUT: []}
    for number, fault in enumerate(sample, start=1):
        file = tree / fault.path
        kept = file.read_text(encoding="utf-8")
        file.write_text(fault.code, encoding="utf-8")
        result, spent = run(tree, tests, Quickest(order), limit_s)
        file.write_text(kept, encoding="utf-8")
        results[result].append(fault)
        print(f"{number:4} {result:9} {spent:5.1f} s  {fault.name} {fault.path}:{fault.line}", flush=True)
    for fault in [*results[TIMED_OUT], *results[SURVIVED]]:
        result = SURVIVED if fault in results[SURVIVED] else TIMED_OUT
        print(f"\n{result}: {fault.name} {fault.path}:{fault.line}\n{fault.diff}")
    print(
        f"\n{len(results[KILLED])} killed, {len(results[TIMED_OUT])} timed out, {len(results[SURVIVED])} survived, "
        f"of {len(sample)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
