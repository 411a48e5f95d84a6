"""The annual review: the plan's aims with their state, the year's operations, and what the partnership typed in.

It is a section of a document, so that the page, a printout and the needs assessment say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date

import pandas as pd

from analysis.ahead.window import window_words
from analysis.common.method import month_name
from analysis.common.percents import percent
from analysis.common.refusal import Refusal
from analysis.course.target import financial_year
from analysis.course.target_progress import Progress, year_of
from analysis.findings import review as findings
from analysis.findings.finding import Finding, lower
from analysis.findings.review import Aim
from analysis.outcome.comparison import RING_M
from data.kinds.crime_types import category_words
from data.plan import plans
from data.plan.evidence import Entry, entries, given, section_key
from data.plan.figures import Figure, figures
from data.plan.saved import Saved
from data.plan.targets import outcomes_of, priorities_of, wanted_of
from pages.ui.chart import beside, beside_panel
from pages.ui.document.blocks import Block, Column, Paragraph, Section, Table
from pages.ui.map import judged
from pages.ui.map.judged import AREA, Changes, Did
from pages.ui.shell import choice
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters
from pages.ui.targets import outcomes as own
from pages.ui.targets import page as targets
from pages.ui.targets import priorities as targets_priorities
from pages.ui.targets.choice import BaselineChoice, options, target_in

POLICE, SIMULATED, TYPED = "data.police.uk", "simulated incidents", "typed by the partnership"
_GIVEN_LETTERS = 240  # of a partner's text that stand in the review; the needs assessment has all of it


@dataclass(frozen=True)
class Operation:
    """A saved operation of the year, in words, with what is known of it."""

    title: str
    days: str
    category: str
    done: str
    known: str
    figures: str


@dataclass(frozen=True)
class Given:
    """What was typed in for the year: a figure or a partner's text."""

    what: str
    said: str
    as_of: str
    source: str
    saved: str


@dataclass(frozen=True)
class Review:
    """What the review of a year says.

    Attributes
    ----------
    year : str
        "2024/25".
    finding : Finding
    period : str
        Of the year, as far as it is known.
    aims : tuple of Aim
    operations : tuple of Operation
    typed : tuple of Given
    lacking : tuple of str
        What nobody typed: outcomes and sections.
    replaced : int
        Figures and texts of the year that were replaced or withdrawn; the history keeps them.
    """

    year: str
    finding: Finding
    period: str
    aims: tuple[Aim, ...]
    operations: tuple[Operation, ...]
    typed: tuple[Given, ...]
    lacking: tuple[str, ...]
    replaced: int


# --- the year --------------------------------------------------------------------------------------------------------
def years(data: Dataset, chosen: Filters) -> tuple[str, ...]:
    """Financial years that can be reviewed, the latest first: from the first with data to that of the day."""
    day = choice.as_at_date(data, chosen)
    last = pd.Period(day, "M")
    months = chosen.known(data.incidents).months
    first = min(months[0], last) if len(months) else last
    found = [year_of(month) for month in pd.period_range(first, last, freq="M")]
    return tuple(reversed(dict.fromkeys(found)))


def usual_year(data: Dataset, chosen: Filters) -> str:
    """Financial year of the last month that is known; where none is, that of the day."""
    if chosen.as_at is not None:
        return year_of(chosen.as_at)
    return year_of(pd.Period(choice.as_at_date(data, chosen), "M"))


def at_end(chosen: Filters, year: str) -> Filters:
    """Look from the end of a year, or from the as-at month where that comes first."""
    end = financial_year(year)[-1]
    if chosen.as_at is None or chosen.as_at <= end:
        return chosen
    return replace(chosen, first=None, last=None, as_at=end, stepped_back=True)


def _days(year: str) -> tuple[date, date]:
    months = financial_year(year)
    return months[0].start_time.date(), months[-1].end_time.date()


# --- aims ------------------------------------------------------------------------------------------------------------
def aims(data: Dataset, chosen: Filters, day: date, made: date | None = None) -> tuple[Aim, ...]:
    """State of every aim of the area file: target, priorities, outcomes and claims, in this order.

    Parameters
    ----------
    data : Dataset
    chosen : Filters
        Looking from the end of the year.
    day : date
        No typed figure is of a later one.
    made : date, optional
        Nor saved later than this.

    Raises
    ------
    InputError
        Priorities or outcomes of the area file, its districts, or the file of plans, cannot be used.
    """
    source = SIMULATED if data.simulated else POLICE
    target, state, said = target_in(data), findings.NO_FIGURE, []
    category = "" if isinstance(target, Refusal) else target.category
    if not isinstance(target, Refusal):
        course = _course(data, chosen)
        less = "less" if target.change < 0 else "more"
        aim = f"{targets.name_of(category)}: {percent(target.change)} {less} by {target.by}"
        said.append(findings.target_aim(course, aim, source))
        state = said[0].state
    for priority in priorities_of(data.area.raw, data.area.file):
        found = [cached(targets_priorities.comparison, data, chosen, one) for one in priority.categories]
        of_target = state if category in priority.categories else findings.NO_FIGURE
        said.append(findings.priority_aim(priority.name, found, source, measured=priority.measured, state=of_target))
    known = own.latest(data, day, made)
    for outcome in outcomes_of(data.area.raw, data.area.file):
        figure = known.get(own.key_of(data, outcome))
        name, words = outcome.name, ("not given", "", "")
        if figure is not None:
            value = f"{own.value_words(figure.value)} {outcome.unit}".strip()
            words = value, f"{figure.source} ({TYPED})", figure.as_of.isoformat()
        said.append(Aim(name, findings.NOT_MEASURED, *words))
    when = f"to {month_name(chosen.as_at)}" if chosen.as_at is not None else ""
    for claim in beside.claims(data):
        verdict = beside_panel.verdict(data, chosen, claim) if chosen.as_at is not None else choice.no_months()
        said.append(findings.claim_aim(f"“{claim.text}”", verdict, source, when))
    return tuple(said)


def _course(data: Dataset, chosen: Filters) -> Progress | Refusal:
    """Hold the target against the plan's own baseline, or the first that is known; none that was typed on the page."""
    first = next(iter(options(data, chosen)), "")
    return targets.course_of(data, chosen, BaselineChoice(first))


# --- operations ------------------------------------------------------------------------------------------------------
def operations(data: Dataset, chosen: Filters, year: str, made: date | None = None) -> tuple[Operation, ...]:
    """List saved operations that began in a year with what is known of each; drafts that were put away are left out.

    Raises
    ------
    InputError
        The file of plans, or a plan in it, cannot be used.
    """
    first, last = _days(year)
    there = [
        one
        for one in plans.saved(data.store, made)
        if one.plan.simulated == data.simulated
        and first <= one.plan.first <= last
        and (one.records or not one.archived)
    ]
    return tuple(_operation(data, chosen, one) for one in sorted(there, key=lambda one: (one.plan.first, one.id)))


def _operation(data: Dataset, chosen: Filters, one: Saved) -> Operation:
    plan, run = one.plan, bool(one.records)
    months = pd.period_range(pd.Period(plan.first, "M"), pd.Period(plan.last, "M"), freq="M")
    known = chosen.known(data.incidents).months
    found = None
    if one.visited and chosen.as_at is not None:
        did = Did("", plan.category, one.visited, months[0], months[-1], window_words(plan.first, plan.last),
                  chosen.as_at, RING_M)  # fmt: skip
        try:
            found = cached(judged.verdict, data, did, Changes(), AREA)
        except Refusal as refusal:  # of the areas, before any verdict
            found = refusal
    word, why = findings.operation_known(
        found,
        run=run,
        visited=bool(one.visited),
        last=plan.last,
        day=choice.as_at_date(data, chosen),
        loaded=bool(months.isin(known).all()),
    )
    done = "saved, not marked as run"
    if run:
        ran, hours = sum(record.ran for record in one.records), sum(record.hours for record in one.records)
        done = f"{ran} of {len(one.records)} shifts ran, {round(hours, 1):g} patrol-hours"
    kind = category_words(plan.category)
    return Operation(plan.title, window_words(plan.first, plan.last), kind, done, word, why)


# --- typed in --------------------------------------------------------------------------------------------------------
def typed(
    data: Dataset, year: str, day: date, made: date | None = None
) -> tuple[tuple[Given, ...], tuple[str, ...], int]:
    """Figures and texts that speak of a year, up to a day; what was not typed; how many were replaced or withdrawn.

    Raises
    ------
    InputError
        The file of plans, or the area file's list, cannot be used.
    """
    first, _ = _days(year)
    found: list[Given] = []
    lacking: list[str] = []
    counting, every = figures(data.store, by=made), figures(data.store, with_history=True, by=made)
    texts, all_texts = entries(data.store, by=made), entries(data.store, with_history=True, by=made)
    names: set[str] = set()
    for outcome in outcomes_of(data.area.raw, data.area.file):
        key = own.key_of(data, outcome)
        names.add(key)
        there = [one for one in counting if one.name == key and first <= one.as_of <= day]
        found += [_given(outcome.name, one, outcome.unit) for one in there]
        lacking += [] if there else [outcome.name]
    for wanted in wanted_of(data.area.raw, data.area.file):
        names.add(section_key(wanted.key, simulated=data.simulated))
        known = given(data.store, wanted.key, day, simulated=data.simulated, saved_by=made)
        said = [one for one in known if first <= one.as_of]
        lacking += [] if said else [wanted.name]
        found += [
            Given(wanted.name, _short(one), one.as_of.isoformat(), one.source,
                  f"{one.saved_at:%Y-%m-%d}")
            for one in reversed(said)
        ]  # fmt: skip
    earlier = [one for one in every if one.name in names and first <= one.as_of <= day and one not in counting]
    before = [one for one in all_texts if one.section in names and first <= one.as_of <= day and one not in texts]
    return tuple(found), tuple(lacking), len(earlier) + len(before)


def _given(name: str, one: Figure, unit: str) -> Given:
    said = f"{own.value_words(one.value)} {unit}".strip()
    return Given(name, said, one.as_of.isoformat(), one.source, f"{one.saved_at:%Y-%m-%d}")


def _short(one: Entry) -> str:
    """Begin a partner's text, its figures behind it."""
    figures_in = "; ".join(line.strip() for line in one.figures.splitlines() if line.strip())
    plain = " ".join(f"{one.text or ''} {figures_in}".split())
    return plain if len(plain) <= _GIVEN_LETTERS else plain[:_GIVEN_LETTERS].rsplit(" ", 1)[0] + " ..."


# --- all of it -------------------------------------------------------------------------------------------------------
def review(data: Dataset, chosen: Filters, year: str, made: date | None = None) -> Review:
    """Review a financial year, from its end or from the as-at month where that comes first.

    Parameters
    ----------
    data : Dataset
    chosen : Filters
        Its as-at month counts.
    year : str
        "2024/25".
    made : date, optional
        Day that a document of it is made: nothing that was saved later stands in it.

    Raises
    ------
    InputError
        The area file's aims, or the file of plans, cannot be used.
    """
    seen = at_end(chosen, year)
    day = min(_days(year)[1], choice.as_at_date(data, chosen))
    target = target_in(data)
    said = aims(data, seen, day, made)
    subject = "" if isinstance(target, Refusal) else targets.name_of(target.category)
    state = None if isinstance(target, Refusal) else said[0].state
    given_in, lacking, replaced = typed(data, year, day, made)
    return Review(
        year,
        findings.review_title(said, subject, state),
        _period(data, seen, year),
        said,
        operations(data, chosen, year, made),
        given_in,
        lacking,
        replaced,
    )


def _period(data: Dataset, seen: Filters, year: str) -> str:
    """Name the months of a year as far as they are known."""
    months, known = financial_year(year), seen.known(data.incidents).months
    there = known[(known >= months[0]) & (known <= months[-1])]
    if not len(there):
        return "no month of the year is in the data"
    last = there[-1]
    return f"{month_name(months[0])} to {month_name(last)}{'' if last == months[-1] else ', the year so far'}"


def section(data: Dataset, chosen: Filters, year: str, made: date | None = None) -> Section:
    """Make the review of a year as a section of a document; arguments and errors as :func:`review`."""
    return section_of(review(data, chosen, year, made))


def section_of(found: Review) -> Section:
    """Lay a review out: aims with their rule, operations, what was typed in."""
    head: list[Block] = [Paragraph(f"{found.finding.title}. {found.finding.detail}".strip())]
    if found.aims:
        rows = tuple((one.aim, one.state, one.figure, one.source, one.as_of) for one in found.aims)
        columns = tuple(Column(name) for name in ("Aim", "State", "Figure", "Source", "As of"))
        rules = findings.rules_words([one.state for one in found.aims], findings.RULES)
        head.append(Table(columns, rows, f"Aims of the plan, {found.period}", note=rules))
    return Section(
        "annual-review",
        f"Annual review {found.year}",
        tuple(head),
        (
            Section("annual-review-operations", f"Operations of {found.year}", _operation_blocks(found)),
            Section("annual-review-typed", "What the partnership typed in", _typed_blocks(found)),
        ),
        new_page=True,
    )


def _operation_blocks(found: Review) -> tuple[Block, ...]:
    if not found.operations:
        return (Paragraph(f"No operation that began in {found.year} is saved."),)
    rows = tuple((one.title, one.days, one.category, one.done, one.known, one.figures) for one in found.operations)
    columns = tuple(Column(name) for name in ("Operation", "Days", "Crime type", "What was done", "Known", "Why"))
    rules = findings.rules_words([one.known for one in found.operations], findings.KNOWN)
    whole = "Published incidents have a month and no day: the whole months are judged. It says what changed, not why."
    return (Table(columns, rows, "Saved operations, and what is known of each", note=f"{rules} {whole}"),)


def _typed_blocks(found: Review) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if found.typed:
        rows = tuple((one.what, one.said, one.as_of, one.source, one.saved) for one in found.typed)
        columns = tuple(Column(name) for name in ("What", "Given", "As of", "Source", "Typed on"))
        blocks.append(Table(columns, rows, f"Figures and texts of {found.year}"))
    if found.lacking:
        blocks.append(Paragraph(f"Nothing was typed for: {'; '.join(lower(one) for one in found.lacking)}."))
    kept = "The partnership's own figures keep their history"
    n = found.replaced
    was = "none of this year was replaced or withdrawn" if not n else f"{n} of this year {'was' if n == 1 else 'were'} "
    blocks.append(Paragraph(f"{kept}: {was}{'replaced or withdrawn' if n else ''}.", small=True))
    return tuple(blocks)


def frames(found: Review) -> dict[str, pd.DataFrame]:
    """Lay a review out as tables for files, by what they hold; texts as they stand in it."""
    return {
        "aims": _frame(Aim, [astuple(one) for one in found.aims]),
        "operations": _frame(Operation, [astuple(one) for one in found.operations]),
        "typed": _frame(Given, [astuple(one) for one in found.typed]),
    }


def _frame(kind: type[Aim | Operation | Given], rows: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[part.name for part in fields(kind)])
