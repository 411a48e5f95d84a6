"""Every benchmark in one run, as one table: ``python -m tests.benchmarks [--only NAME] [--quick] [--write]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.benchmarks.given import ROOT
from tests.benchmarks.run import found, run
from tests.benchmarks.table import Row, table
from tests.benchmarks.write import document

WRITTEN = ROOT / "docs" / "benchmarks.md"


def main(arguments: Sequence[str] | None = None, modules: Path = Path(__file__).parent) -> int:
    """Run the command; gives 1 where a benchmark failed or missed its aim, 2 where none has the name."""
    every = found(modules)
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="these alone: " + ", ".join(every))
    parser.add_argument("--quick", action="store_true", help="fewer turns and less data: whether it runs, no figures")
    parser.add_argument("--write", action="store_true", help="write the table to docs/benchmarks.md as well")
    parser.add_argument("--at-most", type=float, default=1800.0, metavar="SECONDS", help="for one benchmark")
    given = parser.parse_args(arguments)
    names = [name for name in every if not given.only or any(_named(name, one) for one in given.only)]
    if not names:
        sys.stderr.write(f"no benchmark is called {', '.join(given.only)}; there are {', '.join(every)}\n")
        return 2
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        for name in names:
            sys.stderr.write(f"{name} ...\n")
            rows += run(name, every[name], quick=given.quick, folder=Path(folder), at_most=given.at_most)
    lines = table(rows)
    sys.stdout.write("\n".join(lines) + "\n")
    if given.write:
        WRITTEN.write_text(document(lines, date.today(), quick=given.quick), encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1


def _named(name: str, asked: str) -> bool:
    return name == asked or name.startswith(f"{asked}-")


if __name__ == "__main__":
    sys.exit(main())
