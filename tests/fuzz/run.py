"""One case after another: what became of it, how long it took, how much memory it needed."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from data.store.collected_errors import CollectedError
from geo.errors import InputError
from tests.fuzz.kinds import Kind
from tests.fuzz.spoil import Sample
from tests.fuzz.world import Lost, Told, World

RESULT, OWN, FAULT = "result", "own error", "fault"
MOST_S = 10.0  # of processor time, for one case
MOST_MB = 1024
ROOM = 1 << 31  # address space beyond what a worker has when it begins: what runs away ends by itself


class _TooLong(BaseException):
    """Not an error that any reader may catch."""


@dataclass(frozen=True)
class Case:
    """What became of a case.

    Attributes
    ----------
    number : int
    outcome : str
    seconds : float
        Of the processor.
    peak_mb : float
        Largest memory of the process while it ran, above what it had before.
    told : str
        The message, or where the fault is.
    lacks : str
        What an error of the project's own does not say: "file", "remedy".
    """

    number: int
    outcome: str
    seconds: float
    peak_mb: float
    told: str
    lacks: str = ""


def chance(kind: Kind, seed: int, number: int) -> Random:
    """Give the source of chance of one case, the same every time."""
    return Random(f"{seed}/{kind.name}/{number}")


def spoiled(kind: Kind, world: World, rng: Random) -> Sample:
    """Make the input of a case."""
    return kind.spoil(rng, rng.choice(kind.samples(world)))


def run(kind: Kind, world: World, one: Sample, number: int = 0) -> Case:
    """Read one input, and say what became of it."""
    _forget_peak()
    before = _peak_mb()  # of the suite around it, which is none of the case's
    start = time.process_time()
    outcome, told, lacks = RESULT, "", ""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _at_most(MOST_S):
                kind.read(world, one, Path(folder))
        except InputError as error:
            outcome, told, lacks = OWN, str(error), _lacks(error)
        except Told as error:
            outcome, told, lacks = OWN, str(error), "" if error.names else "file"
        except Lost as error:
            outcome, told = FAULT, f"not accounted for: {error}"
        except _TooLong:
            outcome, told = FAULT, f"longer than {MOST_S:g} s"
        except Exception as error:  # noqa: BLE001  whatever it is, it is a fault
            outcome, told = FAULT, _where(error)
    seconds, peak = time.process_time() - start, _peak_mb() - before
    if outcome != FAULT and (seconds > MOST_S or peak > MOST_MB):
        outcome, told = FAULT, f"{seconds:.1f} s and {peak:.0f} MB ({told})"
    return Case(number, outcome, round(seconds, 3), round(peak, 1), told[:600].replace(folder, "DIR"), lacks)


def _lacks(error: InputError) -> str:
    """Name what an error of the project's own does not say; of several in one, what any of them lacks."""
    each = error.problems if isinstance(error, CollectedError) else (error,)
    lacking = {"file": any(not (one.file or getattr(one, "url", "")) for one in each)}
    lacking["remedy"] = any(not one.hint for one in each)
    return ", ".join(what for what, there in lacking.items() if there)


def _where(error: Exception) -> str:
    """Name the last line of the project's own code, and the error."""
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if "/tests/" not in step.filename and any(
        f"/{room}/" in step.filename for room in ("data", "geo", "analysis", "pages/ui")
    ) and "site-packages" not in step.filename]  # fmt: skip
    last = (own or list(steps))[-1]
    return f"{'/'.join(Path(last.filename).parts[-3:])}:{last.lineno} {type(error).__name__}: {str(error)[:200]}"


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """End what takes more of the processor; what waits for nothing is ended by whoever watches the worker."""

    def end(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def limit_memory() -> None:
    """Let this process take so much more address space than it has, and no more."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _forget_peak() -> None:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak_mb() -> float:
    with suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
