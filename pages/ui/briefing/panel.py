"""What a briefing is asked for, and a panel of it: one finding with its picture, its figures and what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.common.method import Method, month_name
from analysis.common.refusal import Refusal
from analysis.findings.finding import capital
from data.kinds.crime_types import ASB, sum_words
from data.store.schema import POLICE_UK
from pages.ui.document.blocks import Table
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Choice, Filters, age_line, resolve
from pages.ui.shell.downloads import SIMULATED_LINE
from pages.ui.shell.frame import ASB_NOTE, POLICE_ATTRIBUTION, source_words
from pages.ui.shell.origins import origin_words

PARTNERSHIP, TEAM, ANALYST = "partnership", "team", "analyst"
AUDIENCES = {PARTNERSHIP: "Partnership meeting", TEAM: "Neighbourhood team", ANALYST: "Analyst"}
HEADLINES, TREND, TARGET, HOTSPOTS, TOWNSHIPS = "headlines", "trend", "target", "hotspots", "townships"
WARDS, SEASON, PLAN, EVALUATION, BESIDE = "wards", "season", "plan", "evaluation", "beside"
PROBLEMS = "problems"
PANELS = {
    HEADLINES: "Headlines",
    TREND: "Trend",
    TARGET: "Target",
    BESIDE: "Beside its neighbours",
    HOTSPOTS: "Hotspot map",
    TOWNSHIPS: "Township maps",
    WARDS: "Ward table",
    SEASON: "Season",
    PLAN: "Operation plan",
    EVALUATION: "Did it work",
}
WHERE_SAVED = {PROBLEMS: "Problems"}  # offered where there is one to tell of
NAMES = PANELS | WHERE_SAVED
USUAL = {
    PARTNERSHIP: (HEADLINES, TREND, TARGET, BESIDE, HOTSPOTS, WARDS, SEASON, PLAN, EVALUATION),
    TEAM: (HEADLINES, HOTSPOTS, TOWNSHIPS, SEASON, PLAN, EVALUATION),
    ANALYST: tuple(PANELS),
}
SHORT = 4
_CAVEATS = {PARTNERSHIP: 2, TEAM: 2}


@dataclass(frozen=True)
class Ask:
    """What a briefing is asked for; plain values.

    Attributes
    ----------
    panels : tuple of str
        Keys of ``NAMES`` in their order.
    audience : str
        Key of ``AUDIENCES``: how much detail stands in tables and captions.
    title : str
        Typed; "" for the usual one.
    window : PlanWindow
        The operation that plan and seasonal effect speak of, with crime type and as-at month.
    """

    panels: tuple[str, ...]
    audience: str
    title: str
    window: PlanWindow

    @property
    def category(self) -> str:
        """Crime type of map, season and plan."""
        return self.window.category

    def filters(self, data: Dataset) -> Filters:
        """Give the filters of the pages that this means: the whole area, the last 12 months."""
        month = str(self.window.as_at)
        latest = data.incidents.as_at_month
        stepped = latest is not None and month != str(latest)
        return resolve(Choice(category=self.category, as_at=month if stepped else ""), data.incidents.months)


@dataclass(frozen=True, eq=False)
class Panel:
    """One message of a briefing.

    Attributes
    ----------
    key, name : str
        For file names, and for people.
    finding : str
        A sentence without a full stop: title of slide, page and picture.
    more : str
        A second sentence, under the title.
    period, place : str
    sources : tuple of str
        Source, then licences.
    method : str
        In one line.
    caveats : tuple of str
        Those of the picture first.
    version : str
        Of the data.
    simulated : bool
    alt : str
        What the picture shows, for those who do not see it.
    draw : callable or None
        Draws the picture: a sheet, and left, top, width and height on it in points.
    table : Table or None
        What stands beside the picture.
    share : float
        Of the width, for the picture beside a table.
    numbers : tuple of (str, DataFrame)
        All figures: a name and a table each.
    notes : tuple of str
        For the speaker: how it was made in full.
    refusal : str
        Why there is no picture, exactly as the page says it; "" where there is one.
    marked : bool
        The picture says itself, in each of its parts, that it is simulated.
    silent : bool
        It has a picture and no message: a pack of the usual panels leaves it out.
    """

    key: str
    name: str
    finding: str
    period: str
    place: str
    sources: tuple[str, ...]
    method: str
    caveats: tuple[str, ...]
    version: str
    simulated: bool
    alt: str
    draw: Callable[[Any, float, float, float, float], None] | None = field(default=None, repr=False)
    table: Table | None = field(default=None, repr=False)
    share: float = 0.62
    numbers: tuple[tuple[str, pd.DataFrame], ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)
    more: str = ""
    refusal: str = ""
    marked: bool = False
    silent: bool = False

    @property
    def source(self) -> str:
        """Source and licences in one line."""
        return " ".join(self.sources)

    @property
    def under(self) -> bool:
        """Whether the table is so short that it stands under the picture, not beside it."""
        return self.table is not None and len(self.table.rows) <= SHORT

    def caption(self, audience: str) -> str:
        """Give what stands under the picture wherever it goes: period, place, source, method, caveats, version."""
        parts = (
            SIMULATED_LINE if self.simulated else "",
            f"{self.place}, {self.period}." if self.period else f"{self.place}.",
            self.made_and_told(audience),
            self.source,
            f"Data version {self.version}.",
        )
        return unbroken(" ".join(part for part in parts if part))

    def made_and_told(self, audience: str) -> str:
        """Give method and caveats, as many as an audience is told."""
        told = self.caveats[: _CAVEATS.get(audience, len(self.caveats))]
        caveat = f"Caveat{'' if len(told) == 1 else 's'}: {' '.join(told)}" if told else ""
        method = f"Method: {self.method.removesuffix('.')}." if self.method else ""
        return " ".join(part for part in (method, caveat) if part)


def licences(data: Dataset, *more: str, age: str = "") -> tuple[str, ...]:
    """Name the source with the age of its data and its licence, and further ones."""
    police = data.incidents.source == POLICE_UK and not data.simulated
    parts = (
        f"Source: {source_words(data.incidents.source)}.",
        f"{age}." if age else "",
        f"{POLICE_ATTRIBUTION}." if police else "",
        *(f"{text.removesuffix('.')}." for text in (data.area.wards.attribution, *more) if text),
    )
    return tuple(part for part in parts if part)


def caveats_of(category: str, *more: str) -> tuple[str, ...]:
    """List caveats, that of police-recorded ASB first, each once."""
    first = (ASB_NOTE if category == ASB else sum_words(category),)
    return tuple(dict.fromkeys(text for text in (*first, *more) if text))


def unbroken(text: str) -> str:
    """Keep the sign of per cent on the line of its figure."""
    return text.replace(" %", "\u00a0%")


def one_line(method: Method, audience: str) -> str:
    """Put a method into a line of a caption: with all parameters for an analyst."""
    if audience == ANALYST:
        return method.line()
    n = "" if method.n is None else f", n = {method.n:,} {'incident' if method.n == 1 else 'incidents'}"
    return f"{method.name}{n}."


def made(method: Method) -> tuple[str, ...]:
    """Say for the speaker how something was made, with what misleads."""
    return tuple(filter(None, (f"How this was made: {method.line()}", *method.caveats, origin_words(method))))


def panel(data: Dataset, ask: Ask, key: str, finding: str, how: Method | None, *, category: str, **more: Any) -> Panel:
    """Make a panel with what all have in common.

    Parameters
    ----------
    data : Dataset
    ask : Ask
    key : str
        Of ``NAMES``, or one of one's own with ``name``.
    finding : str
    how : Method or None
    category : str
        Crime type that it speaks of.
    **more
        Fields of :class:`Panel`; ``caveats`` come after that of ASB and before those of the method, ``attribution``
        after the licences.
    """
    attribution = more.pop("attribution", ())
    own = more.pop("caveats", ())
    caveats = caveats_of(category, *own, *(how.caveats if how else ()))
    wards = data.area.layer_words
    notes = (
        *more.pop("notes", ()),
        *(made(how) if how else ()),
        *([f"{capital(wards)}."] if wards else []),
    )
    more |= {"more": unbroken(more.get("more", ""))}
    fields = {
        "name": NAMES.get(key, key),
        "period": how.period if how else "",
        "place": data.area.name,
        "method": one_line(how, ask.audience) if how else "",
    }
    return Panel(
        key=key,
        finding=unbroken(finding.removesuffix(".")),
        sources=licences(data, *attribution, age=age_line(data, ask.window.as_at)),
        caveats=caveats,
        version=more.pop("version", data.incidents.version),
        simulated=data.simulated,
        notes=notes,
        **(fields | more),
    )


def refused(data: Dataset, ask: Ask, key: str, refusal: Refusal) -> Panel:
    """Make the panel that stands where the data refuse one: their own sentence, never a gap."""
    return panel(
        data, ask, key, refusal.reason, None, category=ask.category,
        period=f"known to {month_name(ask.window.as_at)}", alt=str(refusal), refusal=str(refusal),
        method="", notes=(f"{NAMES.get(key, key)}: nothing is shown. {refusal}",),
    )  # fmt: skip
