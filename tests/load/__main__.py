"""Many people at once: ``python -m tests.load --people 50 --seconds 300 --store STORE`` prints one table."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.load.measure import Load, measure, percentile
from tests.load.people import BETWEEN_SECONDS, SCENARIOS
from tests.load.served import Process, serve

_SHOWN_ERRORS = 20
_UNKNOWN = "not measured"


def table(load: Load, people: int) -> list[str]:
    """Write what was found as lines of a table."""
    lines = [
        f"| {people} people, {load.seconds:.0f} s | times | median s | p95 s | longest s |",
        "|---|---|---|---|---|",
    ]
    rows = {**dict(sorted(load.times.items())), "all but opening": load.acts()}
    for what, seconds in rows.items():
        figures = " | ".join(f"{percentile(seconds, share):.2f}" for share in (0.5, 0.95, 1.0))
        lines.append(f"| {what} | {len(seconds)} | {figures} |")
    per_change, used = load.per_change(), load.processor_seconds
    lines += [
        "",
        "| of the machine | |",
        "|---|---|",
        f"| processor time of the server for a change | {_known(per_change, 's', 3)} |",
        f"| processors the server kept busy | {_known(used and used / load.during, '', 2)} |",
        f"| memory of the server after the first minute, or half the time | {_known(load.settled_mb, 'MB')} |",
        f"| memory of the server at the end | {_known(load.end_mb, 'MB')} |",
        f"| processor time of the people themselves | {load.client_seconds:.1f} s |",
        f"| received by all | {load.received_mb:.1f} MB |",
        f"| errors | {len(load.errors)} |",
    ]
    return lines


def _known(figure: float | None, unit: str, digits: int = 0) -> str:
    return _UNKNOWN if figure is None else f"{figure:.{digits}f} {unit}".strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives 1 where anything went wrong on a page."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--between", type=float, default=BETWEEN_SECONDS, help="seconds between a person's acts")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="all")
    parser.add_argument("--store", type=Path, help="folder of incidents; the app is started on it")
    parser.add_argument("--address", action="append", help="of a running app instead; may be given several times")
    parser.add_argument("--process", type=int, action="append", default=[], help="number of a process that serves it")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if not given.address and not given.store:
        parser.error("say --store FOLDER, or --address of a running app")
    acts, more = SCENARIOS[given.scenario], {"seed": given.seed, "between": given.between}
    more |= {"people": given.people, "seconds": given.seconds}
    faults = 0
    if given.address:
        load = asyncio.run(measure(given.address, [Process(one) for one in given.process], acts, **more))
    else:
        with serve(given.store) as app:
            load = asyncio.run(measure([app.address], [app.process], acts, **more))
            faults = app.faults()
    print("\n".join(table(load, given.people)))
    if faults:
        print(f"tracebacks that the server wrote: {faults}")
    for error in load.errors[:_SHOWN_ERRORS]:
        print(error, file=sys.stderr)
    return 1 if load.errors or faults else 0


if __name__ == "__main__":
    sys.exit(main())
