"""Every benchmark in one run, as one table: ``python -m tests.benchmarks [--only NAME] [--quick] [--write]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.benchmarks.given import ROOT
from tests.benchmarks.run import found, prepare, run
from tests.benchmarks.table import Row, table
from tests.benchmarks.write import document

HERE = Path(__file__).parent
WRITTEN = ROOT / "docs" / "benchmarks.md"


def main(arguments: Sequence[str] | None = None, modules: Path = HERE) -> int:
    """Run the command; gives 1 where a benchmark failed or missed its aim, 2 where none has the name."""
    every = found(modules)
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="these alone: " + ", ".join(every))
    parser.add_argument("--quick", action="store_true", help="fewer turns and less data: whether it runs, no figures")
    parser.add_argument("--write", action="store_true", help="write the table to docs/benchmarks.md as well")
    parser.add_argument("--at-most", type=float, default=600.0, metavar="SECONDS", help="for one benchmark")
    given = parser.parse_args(arguments)
    names = [name for name in every if not given.only or any(_named(name, one) for one in given.only)]
    if not names:
        sys.stderr.write(f"no benchmark is called {', '.join(given.only)}; there are {', '.join(every)}\n")
        return 2
    rows, began = list[Row](), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        if modules == HERE:
            _say("the store of real months, which most of them read ...")
            prepare(Path(folder), given.at_most)
        for number, name in enumerate(names, 1):
            _say(f"[{number} of {len(names)}, {_minutes(began)}] {name} ...")
            told = run(name, every[name], quick=given.quick, folder=Path(folder), at_most=given.at_most)
            for row in told:  # as soon as it is known: what comes after may be stopped
                work, ours, *_, ratio, aim, met, _, _, _ = row.cells()
                _say("    " + ", ".join(part for part in (work, ours, ratio, f"{aim}: {met}" if aim else "") if part))
            rows += told
    lines = table(rows)
    sys.stdout.write("\n".join(lines) + "\n")
    missed = [f"{row.work} ({row.against})" if row.against else row.work for row in rows if not row.met]
    _say(f"{len(rows)} rows in {_minutes(began)}; not met or not measured: {', '.join(missed) or 'none'}")
    if given.write:
        left = [name for name in every if name not in names]
        text = document(lines, date.today(), quick=given.quick, took=_minutes(began), left=left)
        WRITTEN.write_text(text, encoding="utf-8", newline="\n")
    return 0 if all(row.met for row in rows) else 1


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _minutes(began: float) -> str:
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return f"{minutes} min {seconds} s"


def _named(name: str, asked: str) -> bool:
    return name == asked or name.startswith(f"{asked}-")


if __name__ == "__main__":
    sys.exit(main())
