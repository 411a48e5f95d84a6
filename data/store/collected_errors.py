"""Several problems in one error: a person mends a file once, not once for each thing wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from geo.errors import InputError

MOST_SHOWN = 20


def unmatched_quotes(name: str, row: int, error: Exception, otherwise: str) -> InputError:
    """Say that a CSV breaks off at a quotation mark; ``otherwise`` is what to do but mend the field."""
    return InputError(
        "quotation marks do not match from here on",
        file=name,
        row=row,
        value=str(error),
        hint=f"Put the field in quotation marks, doubling those inside it, or {otherwise} again.",
    )


class CollectedError(InputError):
    """All that is wrong with one file, one problem a line."""

    def __init__(self, problems: tuple[InputError, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems))

    def __str__(self) -> str:
        """Every problem on its own line, the first twenty in full."""
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        more = len(self.problems) - len(lines)
        return "\n".join(lines + ([f"and {more:,} more problems like these"] if more else []))


class Collector:
    """Takes problems until there are no more to find."""

    def __init__(self) -> None:
        self.problems: list[InputError] = []

    def add(self, problem: InputError) -> None:
        """Note a problem."""
        self.problems += problem.problems if isinstance(problem, CollectedError) else [problem]

    def check(self, what: Callable[[], None]) -> None:
        """Run a check and note what it raises."""
        try:
            what()
        except InputError as problem:
            self.add(problem)


@contextmanager
def collect() -> Iterator[Collector]:
    """Raise what was collected when the block ends.

    Raises
    ------
    InputError
        The problem, where there is one; :class:`CollectedError` where there are more.
    """
    collector = Collector()
    yield collector
    raise_all(collector.problems)


def raise_all(problems: list[InputError]) -> None:
    """Raise nothing, the one problem, or all of them together."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise CollectedError(tuple(problems))
