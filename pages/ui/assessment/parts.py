"""The parts of a needs assessment around its crime types: summary, area, priorities, target, limits and methods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.common.method import Method, covered, month_name
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.findings.assessment import absent_words, gaps_words, measured_words, moved_words, short_of, total_words
from analysis.findings.beside import beside_title
from analysis.findings.change import year_changes
from analysis.findings.finding import aloud, capital, lower
from analysis.findings.leaders import most_of
from analysis.findings.problems import problems_finding
from analysis.findings.seasons import leading, season_title
from analysis.findings.type_profile import Profile, change_title, held, wards_title
from data.kinds.crime_types import ASB
from data.plan.evidence import given
from data.plan.targets import Priority, Wanted, priorities_of, wanted_of
from pages.ui.assessment.each_type import ask_of, figure_of
from pages.ui.assessment.profiles import absent, or_why, residents_of
from pages.ui.assessment.year import DocumentYear, filters
from pages.ui.briefing import findings as briefing_findings
from pages.ui.briefing.panel import TARGET, Panel
from pages.ui.document.blocks import Block, Column, Gap, Paragraph, Points, Section, Table, Typed
from pages.ui.problem import known
from pages.ui.shell import choice, frame, unlocated, words
from pages.ui.shell.address import slug
from pages.ui.shell.cache import Dataset, cached, doubts
from pages.ui.targets import priorities, review, review_more

MOVED = (
    "Points are moved to a street's middle before publication, eight or more addresses to a point: a place here is "
    "never an address."
)


MOST_WARDS = 40  # whose residents are listed


# --- the first page --------------------------------------------------------------------------------------------------
def summary(data: Dataset, year: DocumentYear, every: Sequence[Profile], day: date) -> tuple[str, ...]:
    """Write what a councillor reads aloud: how much, what moved, the target, when, where, beside whom, what is missing.

    Returns
    -------
    tuple of str
        Paragraphs without intervals, each of one message.
    """
    by = {one.category: one for one in every}
    asb = by.get(ASB)
    said = [
        total_words(data.area.kind, crimes_of(every), asb.total if asb else 0, residents_of(data), year.last),
        _moved(every),
    ]
    target = target_panel(data, year)
    if not isinstance(target, Refusal):
        said.append(f"The plan's target: {lower(aloud(target.finding, by[ASB].name if asb else ASB))}.")
    if asb is not None:
        said += _asb(asb)
    named = priorities_in(data)
    said.append(measured_words(*([p.name for p in named if p.measured is yes] for yes in (True, False))))
    return tuple(one for one in (*said, _waiting(data, day), short_of(months_known(data, year))) if one)


def _asb(found: Profile) -> list[str]:
    """Say what is known of ASB; what is not known is said once, where months are too few."""
    said = []
    if not isinstance(found.year, Refusal):
        said.append(change_title(found, year_changes({found.name: found.year}).title))
    if not isinstance(found.seasons, Refusal) and found.seasons.effects and leading(found.seasons).sound:
        said.append(f"{season_title(leading(found.seasons), found.name).title}.")
    if not isinstance(found.wards, Refusal):
        most = most_of(list(found.wards["ward_name"]), list(found.wards["count"]), found.name, "in 12 months")
        said.append(f"{most.sentence}.")
        said += [] if isinstance(found.funnel, Refusal) else [f"{wards_title(found).title}."]
    if not isinstance(found.beside, Refusal) and found.beside.spread.known:
        told = aloud(beside_title(found.beside, found.name).title, found.name)
        said.append(f"Beside neighbouring districts: {told}.".replace("districts: For", "districts, for"))
    return [" ".join(said)] if said else []


def _moved(every: Sequence[Profile]) -> str:
    compared = [one for one in every if not isinstance(one.year, Refusal)]
    rose, fell = held([(one.name, one.wide) for one in compared])
    months = min((one.year.months for one in compared if not isinstance(one.year, Refusal)), default=0)
    return moved_words(rose, fell, len(compared), months)


def crimes_of(every: Sequence[Profile]) -> int | None:
    """Add up the 12 months of all crime types but ASB; None where one is not known."""
    totals = [one.total for one in every if one.category != ASB]
    return None if any(one is None for one in totals) else sum(one for one in totals if one is not None)


def months_known(data: Dataset, year: DocumentYear) -> int:
    """Count the months that are stored up to the end of the year."""
    return int((data.incidents.months <= year.last).sum())


# --- the area --------------------------------------------------------------------------------------------------------
def area(data: Dataset) -> Section:
    """Describe the area and its residents."""
    here, known = data.area, data.area.residents
    total = residents_of(data)
    of = {code: town.name for town in here.townships for code in town.wards}
    columns = [Column("Ward"), *([Column("Township")] if of else []), Column("Residents", right=True)]
    rows = [
        (name, *([of.get(code, "")] if of else []), f"{known[code]:,}" if code in known else "not known")
        for code, name in zip(here.wards.codes, here.wards.names, strict=True)
    ]
    many = f"{total:,} residents in " if total else ""
    every = len(rows)
    if every > MOST_WARDS:  # a county's hundreds would be pages of numbers
        by_size = sorted(zip(here.wards.codes, rows, strict=True), key=lambda one: (-known.get(one[0], 0), one[1][0]))
        rows = [one for _, one in by_size[:MOST_WARDS]]
    text = f"{here.name} has {many}{every} wards. {here.residents_source}.".replace(". .", ".")
    span = f" {capital(here.layer_words)}." if here.layer_words else ""
    title = "Wards and their residents"
    if every > MOST_WARDS:
        title = f"The {MOST_WARDS} wards with the most residents, of {every}"
    blocks: list[Block] = [Paragraph(text + span if known else f"{text}{span} How many live in a ward is not known.")]
    blocks += [Table(tuple(columns), tuple(rows), title)] if known else []
    return Section("area", f"{here.name} and its residents", tuple(blocks))


# --- the plan --------------------------------------------------------------------------------------------------------
def priorities_in(data: Dataset) -> tuple[Priority, ...]:
    """Read the priorities of the plan; none where the area file names none."""
    return tuple(priorities_of(data.area.raw, data.area.file))


def plan(data: Dataset, year: DocumentYear) -> Section:
    """Say of every priority what open data can and cannot say, and where the target stands."""
    parts = [_priority(data, year, number, one) for number, one in enumerate(priorities_in(data), start=1)]
    blocks: list[Block] = [] if parts else [Paragraph(str(priorities.NONE), small=True)]
    return Section("plan", "The plan: its priorities and its target", tuple(blocks), (*parts, target(data, year)))


def _priority(data: Dataset, year: DocumentYear, number: int, one: Priority) -> Section:
    found = [
        cached(priorities.comparison, data, filters(data, year, category), category) for category in one.categories
    ]
    said = [str(each) if isinstance(each, Refusal) else each.sentence for each in found]
    blocks: list[Block] = [Paragraph(f"{priorities.verdict(one, found)} {one.missing}")]
    blocks += [Points(tuple(dict.fromkeys(said)))] if said else []
    return Section(f"priority-{number}", one.name, tuple(blocks))


def target_panel(data: Dataset, year: DocumentYear) -> Panel | Refusal:
    """Give the briefing's panel of the target, or why there is none."""
    return or_why(lambda: cached(_target, data, year))


def _target(data: Dataset, year: DocumentYear) -> Panel:
    return briefing_findings.target(data, ask_of(year, ASB, TARGET))


def target(data: Dataset, year: DocumentYear) -> Section:
    """Say what the target asks, and where the count stands against it."""
    panel = target_panel(data, year)
    if isinstance(panel, Refusal):
        return Section("target", "The target", (Paragraph(str(panel)),))
    blocks: list[Block] = [Paragraph(f"{panel.finding}. {panel.more}"), figure_of(panel, shape=2.4)]
    return Section("target", "The target", tuple(blocks))


# --- what only partners can say --------------------------------------------------------------------------------------
def gaps(data: Dataset, day: date) -> Section:
    """Give a headed part for each thing that only partners can say, with whom to ask and what was given by a day."""
    parts = tuple(
        Section(
            f"ask-{slug(one.key)}", one.name, (Paragraph(one.note), Gap(one.name, one.ask, _given(data, one.key, day)))
        )
        for one in wanted(data)
    )
    said = () if parts else (Paragraph("The area file asks nothing of partners."),)
    return Section("partners", "What only partners can say", said, parts, new_page=True)


def review_of(data: Dataset, year: DocumentYear, day: date) -> tuple[Section, ...]:
    """Give the annual review of a financial year with nothing that was saved after a day; none of other months."""
    if not year.financial:
        return ()
    found = review.section(data, filters(data, year, ASB), year.name, day)
    return (review_more.joined(found, known.of_year(data, year.name, day)),)


def problems(data: Dataset, year: DocumentYear, day: date) -> tuple[Section, ...]:
    """Give the problems that were open since the first month of the document, as they were on a day; else nothing."""
    there = known.between(data, year.first.start_time.date(), day, day)
    if not there:
        return ()
    said = problems_finding(there)
    blocks = (Paragraph(f"{said.title}. {said.detail}".strip()), known.table_of(there, "Problems, as they stood"))
    return (Section("problems", "Problems that partners work on", blocks),)


def wanted(data: Dataset) -> tuple[Wanted, ...]:
    """Read what the area file has partners fill."""
    return wanted_of(data.area.raw, data.area.file)


def _given(data: Dataset, key: str, day: date) -> tuple[Typed, ...]:
    found = given(data.store, key, day, simulated=data.simulated, saved_by=day)
    return tuple(
        Typed("\n".join(filter(None, (one.text, one.figures))), one.source, one.as_of.isoformat()) for one in found
    )


def asked(data: Dataset, day: date) -> tuple[tuple[str, str], ...]:
    """List what only partners can say, each with when it was last given, or whom to ask."""
    found = ((one, _given(data, one.key, day)) for one in wanted(data))
    return tuple((one.name, f"given, as of {texts[0].as_of}" if texts else f"ask {one.ask}") for one, texts in found)


def _waiting(data: Dataset, day: date) -> str:
    found = {one.name: _given(data, one.key, day) for one in wanted(data)}
    return gaps_words([name for name, texts in found.items() if not texts], sum(map(bool, found.values())))


# --- what it rests on ------------------------------------------------------------------------------------------------
def annex(data: Dataset, year: DocumentYear, every: Sequence[Profile], again: Sequence[str] = ()) -> Section:
    """Say what the figures rest on, what they cannot say, how each was made, and how to make them again."""
    return Section(
        "annex",
        "Annex: data, limits and methods",
        sections=(_quality(data, year, every), _methods(every), *_again(again)),
        new_page=True,
    )


def _quality(data: Dataset, year: DocumentYear, every: Sequence[Profile]) -> Section:
    months = data.incidents.months[data.incidents.months <= year.last]
    left_out = frame.left_out_words([one for one in doubts(data) if one.month <= str(year.last)])
    kinds = tuple(one.category for one in every)
    refused = {str(one.beside) for one in every if isinstance(one.beside, Refusal)}
    changed = [choice.changed(data, one, year.last) for one in kinds]
    said = [
        f"Months stored: {covered(months)}." if len(months) else "",
        left_out,
        frame.ASB_NOTE,
        WHO_REPORTS,
        MOVED,
        "Counts say nothing of harm: one incident may weigh more than a hundred others.",
        *unlocated.told(data, kinds, year.first, year.last),
        *dict.fromkeys(changed),
        absent_words([words.name_of(one) for one in absent(data, year)]),
        *(f"Beside neighbours: {one}" for one in sorted(refused)),
    ]
    return Section(
        "quality", "What the figures rest on, and what they cannot say", (Points(tuple(filter(None, said))),)
    )


def _methods(every: Sequence[Profile]) -> Section:
    """List every method once, of ASB or else of the first crime type that it was used on."""
    found: dict[str, Method] = {}
    for one in every:
        parts = (one.year, one.seasons, one.course, one.funnel, one.concentration, one.beside)
        for part in parts:
            if not isinstance(part, Refusal):
                found.setdefault(part.method.name, part.method)
    rows = tuple((capital(m.name), m.line(), " ".join(m.caveats)) for m in found.values())
    table = Table(
        (Column("What"), Column("How, for the first crime type it was used on"), Column("When it misleads")), rows,
        "Methods",
    )  # fmt: skip
    return Section("methods", "How it was made", (table,) if rows else ())


def _again(lines: Sequence[str]) -> tuple[Section, ...]:
    return (Section("again", "Making these figures again", (Points(tuple(lines)),)),) if lines else ()


def when_words(year: DocumentYear) -> str:
    """Name the months of the document."""
    return f"{month_name(year.first)} to {month_name(year.last)}"
