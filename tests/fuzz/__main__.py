"""Bad input by the thousand: ``python -m tests.fuzz --cases 20000 --seed 1 --keep FOLDER``.

Good files are spoiled and read as commands and pages read them. Each ends in a result or in the project's own error;
whatever else happens is a fault: another error, more than 10 s, more than 1 GB, a row that is not accounted for, a
process that ends. A table tells what happened of each kind, and a list each fault once.

With ``--keep`` what was done is kept: the same command goes on where it was stopped. ``--kind`` takes one kind (a part
of its name), ``--case`` tries one case and shows its traceback; ``--save`` writes the input of that case to a file.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.fuzz.kinds import ALL, KINDS, Kind
from tests.fuzz.run import FAULT, OWN, RESULT, Case, chance, limit_memory, run, spoiled
from tests.fuzz.world import SHARED, World

MOST_WAIT_S = 300  # without a word from a worker: it waits for nothing, or is stuck beyond the reach of a signal
_PART = 400  # cases of one worker: none lives for ever


def main(arguments: Sequence[str] | None = None) -> int:
    """Run."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20_000, help="in all; each kind has its share")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", default="", help="only kinds with this in their name")
    parser.add_argument("--keep", type=Path, help="folder for what was done: the same command goes on")
    parser.add_argument("--case", type=int, help="one case, with its traceback")
    parser.add_argument("--save", type=Path, help="where the input of that case is written")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    kinds = [kind for kind in KINDS if options.kind.lower() in kind.name.lower() and (SHARED.is_dir() or not kind.real)]
    if not kinds:
        parser.error("there is no such kind; there are " + ", ".join(kind.name for kind in KINDS))
    os.fsync = lambda handle: None  # type: ignore[assignment]  # nobody pulls the plug
    if options.worker:
        return _work(kinds[0], options.seed, int(options.worker[0]), int(options.worker[1]), Path(options.worker[2]))
    if options.case is not None:
        return _one(kinds[0], options.seed, options.case, options.save)
    with tempfile.TemporaryDirectory(prefix="fuzz-run-") as folder:
        keep = options.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        done = {}
        for kind in kinds:
            done[kind.name] = _cases(kind, options.seed, max(1, round(kind.share * options.cases / ALL)), keep)
            print(_line(kind.name, done[kind.name]), flush=True)
    _tell(done)
    return int(any(case.outcome == FAULT for cases in done.values() for case in cases))


def _cases(kind: Kind, seed: int, wanted: int, keep: Path) -> list[Case]:
    """Run the cases of a kind, a part at a time in a process of its own, and go on after what ends a process."""
    file = keep / f"{re.sub('[^a-z]+', '-', kind.name.lower())}-{seed}.jsonl"
    while len(done := _read(file)) < wanted:
        first = len(done)
        command = [sys.executable, "-m", "tests.fuzz", "--kind", kind.name, "--seed", str(seed)]
        command += ["--worker", str(first), str(min(wanted, first + _PART)), str(file)]
        worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        seen, size = time.monotonic(), -1
        while worker.poll() is None:
            time.sleep(0.2)
            now = file.stat().st_size if file.exists() else 0
            if now != size:
                seen, size = time.monotonic(), now
            elif time.monotonic() - seen > MOST_WAIT_S:
                worker.kill()
        told = (worker.stderr.read() if worker.stderr else "").strip().splitlines()[-1:]
        if worker.returncode:
            number = len(_read(file))
            why = f"the process ended with {worker.returncode} ({' '.join(told)[:200]})"
            _write(file, Case(number, FAULT, 0.0, 0.0, why))
    return done[:wanted]


def _work(kind: Kind, seed: int, first: int, last: int, file: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="fuzz-world-") as folder:
        world = World(Path(folder))
        kind.samples(world)
        limit_memory()
        for number in range(first, last):
            try:
                one = spoiled(kind, world, chance(kind, seed, number))
            except Exception as error:  # noqa: BLE001  a fault of the tool, which must be seen
                _write(file, Case(number, FAULT, 0.0, 0.0, f"the tool itself: {error!r}"))
                continue
            _write(file, run(kind, world, one, number))
    return 0


def _one(kind: Kind, seed: int, number: int, save: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="fuzz-world-") as folder:
        world = World(Path(folder))
        one = spoiled(kind, world, chance(kind, seed, number))
        if save:
            save.write_bytes(one.raw)
        print(run(kind, world, one, number))
        inside = Path(folder) / "case"
        inside.mkdir()
        try:
            kind.read(world, one, inside)
        except Exception:  # noqa: BLE001  it is what was asked for
            traceback.print_exc()
    return 0


def _read(file: Path) -> list[Case]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [Case(**json.loads(line)) for line in lines if line]


def _write(file: Path, case: Case) -> None:
    with file.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(asdict(case)) + "\n")


def _line(name: str, cases: Sequence[Case]) -> str:
    counts = Counter(case.outcome for case in cases)
    lacking = sum(1 for case in cases if case.lacks)
    slowest = max((case.seconds for case in cases), default=0)
    peak = max((case.peak_mb for case in cases), default=0)
    return (
        f"{name:<24}{len(cases):>7,}{counts[RESULT]:>9,}{counts[OWN]:>12,}{lacking:>9,}{counts[FAULT]:>8,}"
        f"{slowest:>10.2f} s{peak:>8.0f} MB"
    )


def _tell(done: dict[str, list[Case]]) -> None:
    heads = {"cases": 7, "results": 9, "own errors": 12, "lacking": 9, "faults": 8, "slowest": 12, "peak": 11}
    print(f"\n{'kind':<24}" + "".join(f"{head:>{width}}" for head, width in heads.items()))
    for name, cases in done.items():
        print(_line(name, cases))
    print(_line("all", [case for cases in done.values() for case in cases]))
    for name, cases in done.items():
        found: dict[str, list[int]] = {}
        for case in cases:
            if case.outcome == FAULT:
                found.setdefault(re.sub(r"[0-9a-f]{8,}|\d+(?![\d:]*\s\w+Error)", "#", case.told)[:130], []).append(
                    case.number
                )
        for told, numbers in sorted(found.items(), key=lambda item: -len(item[1])):
            first = next(case.told for case in cases if case.number == numbers[0])
            print(f"FAULT {name}: {len(numbers)}, case {numbers[0]}: {first[:300]}")
            del told
        lacks = Counter((case.lacks, re.sub(r".*?: ", "", case.told, count=1)[:80]) for case in cases if case.lacks)
        for (lack, told), count in lacks.most_common(6):
            print(f"lacks {lack} ({name}, {count}): {told}")


if __name__ == "__main__":
    sys.exit(main())
