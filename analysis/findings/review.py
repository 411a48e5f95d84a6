"""What a year's review says: the state of each aim in words with their rule, and what is known of each operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from analysis.common.years import Comparison
from analysis.course.target_progress import ABOVE, BELOW, Progress, position
from analysis.findings import beside
from analysis.findings.finding import Finding, readable
from analysis.outcome.evaluation import CANNOT_TELL as NOT_TOLD
from analysis.outcome.evaluation import FELL, ROSE
from analysis.outcome.operation import Verdict

MET, NOT_MET, ON_PATH, OFF_PATH = "met", "not met", "on the path", "off the path"
CANNOT_TELL, NOT_MEASURED, NO_FIGURE = "cannot tell", "not measured by open data", "no figure is set"
HOLDS, FAILS = beside.HOLDS, beside.FAILS
NOT_LOOKED_AT, NO_VERDICT = "not looked at yet", "no verdict"
# What stands for each state, in the order in which they are told.
RULES = {
    MET: "the target year is over, and its count is at most the target",
    NOT_MET: "the count of the target year is more than the target",
    ON_PATH: "the last 12 months lie below the straight path to the target by more than their noise",
    OFF_PATH: "the last 12 months lie above the straight path to the target by more than their noise",
    HOLDS: "every other district differs, on the right side, by more than years vary by",
    FAILS: "a district differs on the wrong side by more than years vary by",
    CANNOT_TELL: "what was counted is within its noise, or months are missing",
    NO_FIGURE: "open data counts it, and the plan names no figure to reach",
    NOT_MEASURED: "no published count says how it is doing; what the partnership typed stands there",
}
# What is known of an operation, likewise.
KNOWN = {
    FELL: "fewer were recorded there than places like it led to expect, by more than chance and drift",
    ROSE: "more were recorded there than places like it led to expect, by more than chance and drift",
    NOT_TOLD: "what was recorded lies where it would lie with nothing planned: the usual answer for a few weeks",
    NO_VERDICT: "there is too little to compare with",
    NOT_LOOKED_AT: "it was not marked as run with the places visited, or its months are not loaded",
}


@dataclass(frozen=True)
class Aim:
    """An aim of the plan and where it stands.

    Attributes
    ----------
    aim : str
    state : str
        One of ``RULES``.
    figure : str
        Whole words; what the state rests on, or what is known beside it.
    source : str
    as_of : str
        Day or month that the figure speaks of; empty where there is none.
    """

    aim: str
    state: str
    figure: str
    source: str
    as_of: str


def target_state(found: Progress | Refusal) -> str:
    """Say where a count stands on its way to a target: a side of the path is taken only outside the count's noise."""
    if isinstance(found, Refusal):
        return CANNOT_TELL
    if not isinstance(found.outlook, Refusal) and found.outlook.words in {"met", "missed"}:
        return MET if found.outlook.words == "met" else NOT_MET
    if isinstance(found.year, Refusal):
        return CANNOT_TELL
    return {ABOVE: OFF_PATH, BELOW: ON_PATH}.get(found.year.side, CANNOT_TELL)


def target_aim(found: Progress | Refusal, aim: str, source: str) -> Aim:
    """Hold a count against its target; what the target comes to is said behind the aim where it is known.

    Parameters
    ----------
    found : Progress or Refusal
    aim : str
        "ASB: 6 % less by 2026/27".
    source : str
        Of the counts.
    """
    state = target_state(found)
    if isinstance(found, Refusal):
        return Aim(aim, state, str(found), source, "")
    words = f"{aim}, at most {found.target:,}"
    when = f"to {month_name(found.as_at)}"
    if isinstance(found.year, Refusal):
        return Aim(words, state, str(found.year), source, when)
    said = f"{found.year.count:,} in 12 months, {position(found.year)}"
    if state in {MET, NOT_MET} and not isinstance(found.outlook, Refusal):
        said = f"{found.outlook.observed:,} in {found.target_year}"
        if found.outlook.months_left:
            said += f" so far, {found.outlook.months_left} months left"
    return Aim(words, state, said, source, when)


def priority_aim(
    name: str, found: Sequence[Comparison | Refusal], source: str, *, measured: bool, state: str = NO_FIGURE
) -> Aim:
    """Say what counts there are near a priority, and whether they measure it.

    Parameters
    ----------
    name : str
    found : sequence of Comparison or Refusal
        Of the crime types near it; may be empty.
    source : str
    measured : bool
        Whether they say how the priority itself is doing.
    state : str
        Where it is measured: that of the plan's target for its crime type.
    """
    ends = [one.current_last for one in found if isinstance(one, Comparison)]
    said = " ".join(one.sentence if isinstance(one, Comparison) else f"{str(one).rstrip('.')}." for one in found)
    if not measured:
        said = f"Near it, and no measure of it: {said}" if said else "Nothing in open data is near it."
    when = f"to {month_name(max(ends))}" if ends else ""
    return Aim(name, state if measured else NOT_MEASURED, said, source if ends else "", when)


def claim_aim(text: str, found: beside.Verdict | Refusal, source: str, when: str) -> Aim:
    """Hold what the plan says of the area among its neighbours against the figures."""
    if isinstance(found, Refusal):
        return Aim(text, CANNOT_TELL, str(found), "", "")
    state = found.verdict if found.verdict in {HOLDS, FAILS} else CANNOT_TELL
    return Aim(text, state, found.sentence, source, when)


def review_title(aims: Sequence[Aim], subject: str, state: str | None) -> Finding:
    """Say where the target stands and how many aims open data do not measure.

    Parameters
    ----------
    aims : sequence of Aim
    subject : str
        What the target counts, as it begins a sentence: "ASB".
    state : str or None
        Of the target; None where the plan sets none.

    Returns
    -------
    Finding
        The detail counts the aims by their state.
    """
    if not aims:
        return Finding("The area file names no aims to review")
    verb = "are" if subject.endswith("s") else "is"
    phrases = {
        MET: f"{subject} met the target", NOT_MET: f"{subject} missed the target",
        ON_PATH: f"{subject} {verb} on the path", OFF_PATH: f"{subject} {verb} off the path",
        CANNOT_TELL: f"{subject}: on or off the path cannot be told",
    }  # fmt: skip
    hidden = sum(one.state == NOT_MEASURED for one in aims)
    rest = f"{hidden} of {len(aims)} aims {'is' if hidden == 1 else 'are'} not in open data"
    first = phrases.get(state or "", "")
    title = rest if not first else first if not hidden else f"{first}; {rest}"
    counted = [(word, sum(one.state == word for one in aims)) for word in RULES]
    detail = ", ".join(f"{word} {n}" for word, n in counted if n)
    n = f"{len(aims)} aim{'' if len(aims) == 1 else 's'}"
    return Finding(title if readable(title) else first, "", f"The plan names {n}. By state: {detail}.")


def rules_words(states: Sequence[str], rules: dict[str, str]) -> str:
    """Write the rules of the states that are there, in their order: "Met: ... Off the path: ...". Whole sentences."""
    return " ".join(f"{word[:1].upper()}{word[1:]}: {rule}." for word, rule in rules.items() if word in states)


def operation_known(
    found: Verdict | Refusal | None, *, run: bool, visited: bool, last: date, day: date, loaded: bool
) -> tuple[str, str]:
    """Say what is known of an operation.

    Parameters
    ----------
    found : Verdict or Refusal or None
        Of where somebody went; None where nobody could ask.
    run, visited : bool
        It was marked as run, and with places that were really visited.
    last, day : date
        Its last day, and the day on which is asked.
    loaded : bool
        All its months are in the data.

    Returns
    -------
    word : str
        One of ``KNOWN``.
    sentence : str
        Why, or the counts.
    """
    if last >= day and not run:
        return NOT_LOOKED_AT, "It is not over yet."
    if not run:
        return NOT_LOOKED_AT, "It was not marked as run."
    if not visited:
        return NOT_LOOKED_AT, "It was marked as run, and no place was visited."
    if found is None or isinstance(found, Refusal):
        said = "" if found is None else f"{str(found.reason).rstrip('.')}."
        return (NO_VERDICT if loaded else NOT_LOOKED_AT), said
    fewest, most = found.usual_counts
    expected = f"about {found.expected:,.0f} expected, {fewest:,} to {most:,} with nothing planned"
    return found.verdict, f"{found.recorded:,} recorded where people went; {expected}."
