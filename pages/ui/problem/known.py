"""Which problems there are, as they were on a day, and a line of each for what a partnership reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.course.target import financial_year
from analysis.findings.finding import capital
from analysis.findings.problems import objective_words, seen_words, step_words, verdict_words
from data.plan.kept import Kept
from data.problem.problem import Problem
from data.problem.problems import PROBLEMS
from pages.ui.document.blocks import Column, Section, Table
from pages.ui.problem import form_cleared
from pages.ui.problem.examples import any_example, examples
from pages.ui.shell.cache import Dataset

SEEN = "Change that could be seen, as said before"
COLUMNS = ("Problem", "Owner", "Step", "Objective", SEEN, "What is known")


@dataclass(frozen=True)
class ProblemLine:
    """A problem in one row of words; nothing in it tells of a restricted zone."""

    problem: str
    owner: str
    step: str
    objective: str
    seen: str
    known: str

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of ``COLUMNS``."""
        return self.problem, self.owner, self.step, self.objective, self.seen, self.known


def known(data: Dataset, day: date | None = None) -> tuple[Kept[Problem], ...]:
    """Give the problems of :func:`saved`, and after them the examples of the demonstration.

    Parameters
    ----------
    data : Dataset
    day : date, optional
        As of :func:`saved`.

    Raises
    ------
    InputError
        The file of plans cannot be used.
    """
    made_up = tuple(one for one in examples(data) if day is None or one.saved_at.date() <= day)
    return (*saved(data, day), *made_up)


def there(data: Dataset) -> bool:
    """Tell whether :func:`known` gives any; examples are not made for that.

    Raises
    ------
    InputError
        The file of plans cannot be used.
    """
    return bool(saved(data)) or any_example(data)


def saved(data: Dataset, day: date | None = None) -> tuple[Kept[Problem], ...]:
    """Give the problems that are not archived, in the order they were first saved.

    Parameters
    ----------
    data : Dataset
        Simulated problems are given on the demonstration, and no others.
    day : date, optional
        As they were at the end of an earlier day, in UTC; one that is not before the as-at day changes nothing.

    Raises
    ------
    InputError
        The file of plans cannot be used.
    """
    found = PROBLEMS.listed(data.store)
    if day is not None and day < data.as_at:
        found = tuple(then for one in found if (then := _then(data, one.id, day)) is not None)
    there = (one for one in found if not one.archived and one.content.simulated == data.simulated)
    return tuple(sorted(there, key=lambda one: one.id))


def _then(data: Dataset, number: int, day: date) -> Kept[Problem] | None:
    every = PROBLEMS.history(data.store, number)  # the newest first
    return next((one for one in every if one.saved_at.date() <= day), None)


def told(data: Dataset, day: date | None = None) -> tuple[Problem, ...]:
    """Give the problems of :func:`known` as they may leave the dashboard."""
    found = known(data, day)
    if not found:
        return ()
    zones = form_cleared.zones_in(data)
    return tuple(form_cleared.cleared(one, zones).problem for one in found)


def line_of(problem: Problem) -> ProblemLine:
    """Put a problem that may leave into a row of words."""
    return ProblemLine(
        " ".join(problem.title.split()), " ".join(problem.owner.split()), capital(step_words(problem)),
        capital(objective_words(problem)), capital(seen_words(problem.measure)), capital(verdict_words(problem)),
    )  # fmt: skip


def table_of(problems: tuple[Problem, ...], title: str) -> Table:
    """Lay problems out as a table of a document."""
    return Table(tuple(map(Column, COLUMNS)), tuple(line_of(one).cells for one in problems), title)


def between(data: Dataset, first: date, last: date, day: date | None = None) -> tuple[Problem, ...]:
    """Give the problems of :func:`told` that were open on any day from first to last."""
    return tuple(
        one for one in told(data, day) if one.started_on <= last and (one.closed_on is None or one.closed_on >= first)
    )


def of_year(data: Dataset, year: str, day: date | None = None) -> Section | None:
    """Give the part of an annual review on the problems that were open in the year; None where there is none.

    Parameters
    ----------
    data : Dataset
    year : str
        "2024/25".
    day : date, optional
        As :func:`known`.
    """
    months = financial_year(year)
    last = min(months[-1].end_time.date(), day or data.as_at)
    there = between(data, months[0].start_time.date(), last, day)
    if not there:
        return None
    title = "Problems that partners worked on"
    return Section("annual-review-problems", f"Problems of {year}", (table_of(there, title),))
