"""A problem that partners work on: where, what, and the five steps; plain values, nothing personal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from data.plan.plain import plain, read_back
from data.problem.times import wrong_span, wrong_times
from data.store.plain_types import check_types
from geo.errors import InputError

FORMAT = 1
OBJECTIVE, SCANNING, ANALYSIS, RESPONSE, ASSESSMENT = "objective", "scanning", "analysis", "response", "assessment"
STEPS: Mapping[str, str] = {
    OBJECTIVE: "Objective",
    SCANNING: "Scanning",
    ANALYSIS: "Analysis",
    RESPONSE: "Response",
    ASSESSMENT: "Assessment",
}
DATA, PARTNER = "data", "partner"  # whose a line is
PLAN, ZONE, OWN = "plan", "zone", "own"  # kinds of a response
PLANNED, RUNNING, DONE, STOPPED = "planned", "running", "done", "stopped"
STATES = (PLANNED, RUNNING, DONE, STOPPED)
OPEN, CLOSED = "open", "closed"
UNTOUCHED_DAYS = 90  # after which an open problem says that nobody touched it
OWNER_LENGTH, LINE_LENGTH, TEXT_LENGTH = 80, 600, 2000
MOST_LINES, MOST_RESPONSES, MOST_TALLIES, MOST_ROWS, MOST_CELLS, MOST_COUNT = 40, 60, 20, 40, 5000, 10_000_000
_REFERENCE = re.compile(r"[A-Z]{2}\d{6}", re.ASCII)


@dataclass(frozen=True)
class Where:
    """Where the problem is.

    Attributes
    ----------
    cells : tuple of str
        Six-figure references of the area's cells, sorted.
    names : tuple of str
        What was chosen, as people call it: places, wards, a zone.
    wards : tuple of str
        Codes of the wards that were chosen whole.
    ward_layer : str
        Key of the layer that the codes are of; "" where the area has one.
    zone : int
        Number of the zone it was taken from; 0 for none.
    cell_size_m : float
    """

    cells: tuple[str, ...]
    names: tuple[str, ...]
    wards: tuple[str, ...] = ()
    ward_layer: str = ""
    zone: int = 0
    cell_size_m: float = 0.0


@dataclass(frozen=True)
class Line:
    """A line of a step.

    Attributes
    ----------
    key : str
        What the data were asked, such as "count"; "" for a partner's own line.
    text : str
        What stands there.
    by : str
        ``DATA`` or ``PARTNER``; a data line that was edited is the partner's.
    refused : bool
        The data could not carry an answer: the text says why.
    data_text : str
        What the data said, where a partner edited it.
    """

    key: str
    text: str
    by: str
    refused: bool = False
    data_text: str = ""


@dataclass(frozen=True)
class Signed:
    """That a step was signed off: when (UTC), by which role, on which data, as known at which month."""

    at: datetime
    role: str
    data_version: str
    as_at: str


@dataclass(frozen=True)
class Step:
    """Lines of a step; signed off, they stand as they are."""

    lines: tuple[Line, ...] = ()
    signed: Signed | None = None


@dataclass(frozen=True)
class Measure:
    """What is counted to tell whether the objective was reached.

    Attributes
    ----------
    first, last : str
        ``YYYY-MM``: the months in which the response is looked at.
    baseline : str
        From what it is measured, in words, such as "the same months of 2021 to 2024".
    smallest_fall : float or None
        Share by which incidents had to fall to be seen in four of five cases; None where that cannot be told.
    said : str
        The same as a sentence, or why it cannot be told.
    wanted : float or None
        Share by which they are to fall; None where no figure is set.
    """

    first: str
    last: str
    baseline: str
    smallest_fall: float | None
    said: str
    wanted: float | None = None


@dataclass(frozen=True)
class Response:
    """Something that is done about it.

    Attributes
    ----------
    kind : str
        ``PLAN``, ``ZONE`` or ``OWN``.
    ref : int
        Number of the saved plan or zone; 0 for an entry of its own.
    what, partner : str
        ``partner`` is a team or body, never a person.
    first : date
    last : date or None
        None where no end is known.
    state : str
        One of ``STATES``.
    """

    kind: str
    ref: int
    what: str
    partner: str
    first: date
    last: date | None
    state: str = PLANNED


@dataclass(frozen=True)
class TallyRow:
    """A row of a partner's counts.

    Attributes
    ----------
    label : str
    count : int or None
        None was 1 to 4, and came here as "under 5".
    or_more : bool
        It came here as "25 or more".
    """

    label: str
    count: int | None
    or_more: bool = False


@dataclass(frozen=True)
class Tally:
    """Counts that a partner gave: what they count, from where, of which day."""

    name: str
    source: str
    as_of: date
    rows: tuple[TallyRow, ...]


@dataclass(frozen=True)
class Problem:
    """A problem.

    Attributes
    ----------
    title : str
    owner : str
        A role or team, never a person.
    source : str
        Of the incidents: data.police.uk's or a feed's name.
    category : str
        Crime type, several as one text, or a kind of the feed.
    where : Where
    started_on : date
    objective : str
        In words; of several lines.
    measure : Measure or None
        None until it is set.
    scanning, analysis : Step
    responses : tuple of Response
    response, assessment : Step
        Lines of these steps that are no response; the verdict's sentences are lines of the assessment.
    tallies : tuple of Tally
    state : str
        ``OPEN`` or ``CLOSED``.
    closed_on : date or None
    as_at : str
        ``YYYY-MM``: last month known when it was last filled in from the data; "" before.
    data_version : str
    simulated : bool
        Made on the demonstration.
    """

    title: str
    owner: str
    source: str
    category: str
    where: Where
    started_on: date
    objective: str = ""
    measure: Measure | None = None
    scanning: Step = Step()
    analysis: Step = Step()
    responses: tuple[Response, ...] = ()
    response: Step = Step()
    assessment: Step = Step()
    tallies: tuple[Tally, ...] = ()
    state: str = OPEN
    closed_on: date | None = None
    as_at: str = ""
    data_version: str = ""
    simulated: bool = False

    def step(self, key: str) -> Step:
        """Give the lines of a step by its key; the objective's are none but whether it is signed off."""
        found = {
            SCANNING: self.scanning,
            ANALYSIS: self.analysis,
            RESPONSE: self.response,
            ASSESSMENT: self.assessment,
        }
        return found.get(key, Step())

    @property
    def at_step(self) -> str:
        """Key of the first step that is not done: nothing is saved of it, or it is not signed off."""
        if not self.objective.strip() or self.measure is None:
            return OBJECTIVE
        for key in (SCANNING, ANALYSIS):
            if self.step(key).signed is None:
                return key
        if not self.responses:
            return RESPONSE
        return ASSESSMENT

    def to_json(self) -> dict[str, Any]:
        """Plain values; :func:`problem_from_json` reads them back."""
        return {"format": FORMAT, **plain(asdict(self))}


def problem_from_json(raw: Mapping[str, Any]) -> Problem:
    """Read a problem back.

    Raises
    ------
    InputError
        It was written by another version of this program, or is damaged.
    """
    return read_back(raw, "problem", FORMAT, _made)


def _made(raw: Mapping[str, Any]) -> Problem:
    where, measure, closed = raw["where"], raw["measure"], raw["closed_on"]
    made = Problem(
        **{
            **{each.name: raw[each.name] for each in fields(Problem)},
            "where": Where(**{**where, **{key: tuple(where[key]) for key in ("cells", "names", "wards")}}),
            "started_on": date.fromisoformat(raw["started_on"]),
            "measure": None if measure is None else Measure(**measure),
            **{key: _step(raw[key]) for key in (SCANNING, ANALYSIS, RESPONSE, ASSESSMENT)},
            "responses": tuple(_response(one) for one in raw["responses"]),
            "tallies": tuple(_tally(one) for one in raw["tallies"]),
            "closed_on": None if closed is None else date.fromisoformat(closed),
        }
    )
    check_types(made)
    return checked(made)


def checked(problem: Problem) -> Problem:
    """Give a problem where it can be kept; all that is wrong with it is told at once.

    Raises
    ------
    InputError
    """
    wrong = [said for said in _wrong(problem) if said]
    if wrong:
        raise InputError(f"the problem cannot be kept: {'; '.join(wrong)}")
    return problem


def _wrong(problem: Problem) -> list[str]:
    wrong = []
    if not problem.title.strip():
        wrong.append("it has no name")
    if not problem.owner.strip():
        wrong.append("it has no owner: a role or team")
    for name, text, most in (
        ("the owner", problem.owner, OWNER_LENGTH),
        ("the objective", problem.objective, TEXT_LENGTH),
        *((f"a line of {STEPS[key]}", line.text, LINE_LENGTH) for key in STEPS for line in problem.step(key).lines),
        *(("a response", one.what + one.partner, LINE_LENGTH) for one in problem.responses),
        *(("counts of a partner", one.name + one.source, LINE_LENGTH) for one in problem.tallies),
    ):
        if len(text) > most:
            wrong.append(f"{name}: at most {most:,} characters fit, these are {len(text):,}")
    for name, number, most in (
        ("cells", len(problem.where.cells), MOST_CELLS),
        ("responses", len(problem.responses), MOST_RESPONSES),
        ("tables of counts", len(problem.tallies), MOST_TALLIES),
        *((f"lines of {STEPS[key]}", len(problem.step(key).lines), MOST_LINES) for key in STEPS),
        *(("rows of counts", len(one.rows), MOST_ROWS) for one in problem.tallies),
    ):
        if number > most:
            wrong.append(f"at most {most:,} {name} fit, these are {number:,}")
    if not problem.where.cells:
        wrong.append("no place is chosen")
    wrong += [f"not a grid reference of six figures: {c[:20]!r}" for c in problem.where.cells if not _ref(c)][:3]
    if not problem.source.strip() or not problem.category.strip():
        wrong.append("it does not say what is counted")
    if problem.state not in {OPEN, CLOSED} or (problem.state == CLOSED) != (problem.closed_on is not None):
        wrong.append("it is open, or closed on a day")
    months = [problem.as_at] if problem.as_at else []
    if problem.measure is not None:
        months += [problem.measure.first, problem.measure.last]
        wrong += wrong_span(problem.measure.first, problem.measure.last)
        falls = problem.measure.wanted, problem.measure.smallest_fall
        if not all(fall is None or 0 < fall <= 1 for fall in falls):
            wrong.append("a fall is a share between 0 and 1")
    signed = [step.signed for key in STEPS if (step := problem.step(key)).signed is not None]
    wrong += wrong_times(_days(problem, signed), [*months, *(one.as_at for one in signed if one.as_at)])
    for key in STEPS:
        step = problem.step(key)
        wrong += [f"a line is the data's or the partner's, not {line.by!r}" for line in step.lines
                  if line.by not in {DATA, PARTNER}]  # fmt: skip
        if step.signed is not None and step.signed.at.tzinfo is None:
            wrong.append("a sign-off has a time with its zone")
    for one in problem.responses:
        if one.kind not in {PLAN, ZONE, OWN} or one.state not in STATES:
            wrong.append(f"a response is of no known kind or state: {one.kind!r}, {one.state!r}")
        if not one.what.strip():
            wrong.append("a response does not say what is done")
        if one.last is not None and one.last < one.first:
            wrong.append(f"a response ends before it starts: {one.what[:40]}")
    for tally in problem.tallies:
        if not tally.name.strip() or not tally.source.strip():
            wrong.append("counts of a partner need a name and a source")
        if any(not 0 <= (row.count or 0) <= MOST_COUNT for row in tally.rows):
            wrong.append(f"counts are whole numbers from 0 to {MOST_COUNT:,}: {tally.name[:40]}")
    return wrong


def _days(problem: Problem, signed: Sequence[Signed]) -> list[date | None]:
    of_responses = (day for one in problem.responses for day in (one.first, one.last))
    others = (*(one.as_of for one in problem.tallies), *(one.at for one in signed))
    return [problem.started_on, problem.closed_on, *of_responses, *others]


def _ref(text: str) -> bool:
    return _REFERENCE.fullmatch(text) is not None


def _step(raw: Mapping[str, Any]) -> Step:
    signed = raw["signed"]
    if signed is not None:
        at = datetime.fromisoformat(signed["at"])
        if at.tzinfo is None:
            raise ValueError("a sign-off has a time with its zone")
        signed = Signed(**{**signed, "at": at.astimezone(UTC)})
    return Step(tuple(Line(**line) for line in raw["lines"]), signed)


def _response(raw: Mapping[str, Any]) -> Response:
    last = raw["last"]
    dates = {"first": date.fromisoformat(raw["first"]), "last": None if last is None else date.fromisoformat(last)}
    return Response(**{**raw, **dates})


def _tally(raw: Mapping[str, Any]) -> Tally:
    rows = tuple(TallyRow(**row) for row in raw["rows"])
    return Tally(**{**raw, "as_of": date.fromisoformat(raw["as_of"]), "rows": rows})
