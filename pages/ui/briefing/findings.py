"""Panels on how much and when: headlines, trend, target, wards, season; each says what its page says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.common.method import MONTH_NAMES, YEAR, month_name, period_words
from analysis.common.percents import interval, signed
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.course.target_progress import Against, year_of
from analysis.findings.course import target_title
from analysis.findings.leaders import most_of
from analysis.findings.seasons import leading, season_title
from analysis.findings.unusual import unusual_title
from analysis.when.season_effect import SeasonEffect
from data.kinds.crime_types import ASB, DRUGS, category_words
from data.place.area import Season
from pages.ui.briefing import charts as briefing_charts
from pages.ui.briefing import lines as briefing_lines
from pages.ui.briefing.panel import ANALYST, HEADLINES, SEASON, TARGET, TREND, WARDS, Ask, Panel, panel
from pages.ui.chart import control
from pages.ui.document.blocks import Column, Table
from pages.ui.overview import figures as overview_figures
from pages.ui.peaks import page as peaks_page
from pages.ui.peaks import tabs as peaks_tabs
from pages.ui.shell import unlocated, words
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, short_period
from pages.ui.targets import charts as targets_charts
from pages.ui.targets import page as targets
from pages.ui.targets.choice import OWN, BaselineChoice, target_in
from pages.ui.targets.choice import options as baselines

_SHOWN = 36


def flat(text: str) -> str:
    """Put the words of a card on one line."""
    return " ".join(text.replace("\n", " ").split())


def headlines(data: Dataset, ask: Ask) -> Panel:
    """Four figures over the months of ASB and drug offences."""
    chosen = ask.filters(data)
    cards = overview_figures.headlines(data, chosen)
    series = [
        (name, cached(overview_figures.monthly, data, chosen, category)) for category, name in words.NAMES.items()
    ]
    if all(values.dropna().empty for _, values in series):
        raise Refusal("There are no figures to show: nothing is loaded", "Load published files on the Data page")
    figures = pd.DataFrame(
        [(flat(c.label), flat(c.value), flat(c.delta or ""), flat(c.words)) for c in cards],
        columns=["figure", "value", "change", "what_to_make_of_it"],
    )
    months = pd.DataFrame({name: values.astype("Int64") for name, values in series})
    months.insert(0, "month", [str(month) for month in months.index])
    try:
        method = cached(overview_figures.comparison, data, chosen, ASB).method
    except Refusal:
        method = None
    said_first = overview_figures.change(data, chosen)
    said = "; ".join(f"{flat(c.label)}: {flat(c.value)}" + (f" ({flat(c.delta)})" if c.delta else "") for c in cards)
    return panel(
        data, ask, HEADLINES, said_first.title, method, category=ASB, more=said_first.detail,
        period=_recent(chosen), alt=f"Four figures over line charts of {_SHOWN} months. {said}.",
        draw=briefing_charts.headlines(cards, series, data.area.seasons),
        numbers=(("headlines", figures), ("months", months.reset_index(drop=True))),
        notes=tuple(_said(card) for card in cards), caveats=_unlocated(data, chosen),
    )  # fmt: skip


def _unlocated(data: Dataset, chosen: Filters) -> tuple[str, ...]:
    end = chosen.latest()
    return unlocated.told(data, tuple(words.NAMES), end - YEAR + 1, end, (end - 2 * YEAR + 1, end - YEAR))


def _said(card: overview_figures.Headline) -> str:
    change = f", {flat(card.delta)}" if card.delta else ""
    return f"{flat(card.label)}: {flat(card.value)}{change}. {flat(card.words).removesuffix('.')}."


def _recent(chosen: Filters) -> str:
    return "" if chosen.as_at is None else period_words(chosen.as_at - _SHOWN + 1, chosen.as_at)


def trend(data: Dataset, ask: Ask) -> Panel:
    """Every month against what is usual for it, as on the Overview."""
    chosen = ask.filters(data)
    found = cached(control.unusual, data, chosen, chosen.category)
    points = control.shown_points(found)
    chart = control.control_chart(found, found.sentence.removesuffix("."))
    told = unusual_title(found, words.name_of(chosen.category))
    return panel(
        data, ask, TREND, told.title, found.method, category=chosen.category,
        period=period_words(points.index[0], points.index[-1]), alt=chart.alt,
        more=" ".join([told.detail, *found.details]),
        draw=briefing_lines.limits(found, points), numbers=(("trend", chart.table),), silent=not found.limited,
    )  # fmt: skip


def target(data: Dataset, ask: Ask) -> Panel:
    """12-month totals against the path to the plan's target."""
    chosen = ask.filters(data)
    wanted = target_in(data)
    known = tuple(baselines(data, chosen))
    found = targets.course_of(data, chosen, BaselineChoice(known[0]) if known and known[0] != OWN else BaselineChoice())
    if isinstance(wanted, Refusal):
        raise wanted
    if isinstance(found, Refusal):
        raise found
    name = targets.name_of(wanted.category)
    chart = targets_charts.path_chart(found, name)
    figures = targets.figures(found)
    rows = []
    for what, one in (("Last 12 months", found.year), (f"{year_of(found.as_at)} so far", found.to_date)):
        if isinstance(one, Against):
            spread = "–" if pd.isna(one.low) else interval(one.low, one.high)
            rows.append((what, short_period(one.first, one.last), f"{one.count:,}", f"{one.path:,.0f}",
                         signed(one.ratio - 1), spread))  # fmt: skip
    columns = [Column("What"), Column("Months"), Column("Incidents", right=True),
               Column("Path", right=True), Column("Gap", right=True), Column("95 %", right=True)]  # fmt: skip
    need = [need.sentence for need in found.required]
    told = target_title(found, name)
    return panel(
        data, ask, TARGET, told.title, found.method, category=wanted.category,
        period=found.method.period or period_words(chosen.latest() - YEAR + 1, chosen.latest()), alt=chart.alt,
        more=" ".join([told.detail, *need[:1]]), draw=briefing_lines.path(found, chart.table),
        table=Table(tuple(columns), tuple(rows), "Against the path") if rows else None,
        numbers=(("target", figures), ("target-path", chart.table)), caveats=targets.caveats(data, found),
        silent=isinstance(found.year, Refusal),
        notes=(f"A path of {wanted.change:+.0%} from {found.baseline.total:,} in {found.baseline.year} to "
               f"{found.target:,} in {found.target_year}.", *need), share=0.6,
    )  # fmt: skip


def wards(data: Dataset, ask: Ask) -> Panel:
    """Show the ward table of the Overview."""
    chosen = ask.filters(data)
    table = cached(overview_figures.ward_table, data, chosen)
    method = cached(overview_figures.ward_method, data, chosen, ASB)
    heads = {c: cached(overview_figures.ward_spread, data, chosen, c).label for c in (ASB, DRUGS)}
    first = table.iloc[0]
    title = most_of(list(table["ward"]), list(table["asb"]), words.NAMES[ASB], "in 12 months").sentence
    residents = bool(table["asb_rate"].notna().any())
    columns = [Column("Ward"), Column("ASB", right=True)]
    if residents:
        columns += [Column("per 1,000", right=True), Column(heads[ASB], right=True)]
    columns += [Column("Drugs", right=True)]
    if residents:
        columns += [Column("per 1,000", right=True)]
        columns += [Column(heads[DRUGS], right=True)] if ask.audience == ANALYST else []
    rows = []
    for row in table.to_dict("records"):
        cells = [str(row["ward"]), f"{row['asb']:,}"]
        cells += [_rate(row["asb_rate"]), _between(row["asb_low"], row["asb_high"])] if residents else []
        cells += [f"{row['drugs']:,}"]
        cells += [_rate(row["drugs_rate"])] if residents else []
        cells += [_between(row["drugs_low"], row["drugs_high"])] if residents and ask.audience == ANALYST else []
        rows.append(tuple(cells))
    strong = tuple(i for i, n in enumerate(table["asb"]) if n == first["asb"] and n)
    number = table.drop(columns=["months"]).round(3)
    top = ", ".join(f"{w} {n:,}" for w, n in zip(table["ward"][:3], table["asb"][:3], strict=True))
    more, said = "", "ASB and drug offences of the last 12 months by ward"
    if residents and first["asb"] and np.isfinite(table["asb_rate"]).any():
        lead = table.iloc[int(table["asb_rate"].argmax())]
        who = "It also" if lead["ward"] == first["ward"] else lead["ward"]
        more = f"{who} has the most per 1,000 residents: {lead['asb_rate']:.1f}."
    return panel(
        data, ask, WARDS, title, method, category=ASB, more=more,
        alt=f"Bars of ASB in 12 months by ward, from zero. Highest: {top}.",
        draw=briefing_charts.bars(
            list(zip(table["ward"], table["asb"].astype(float), strict=True)), "ASB incidents in 12 months", strong
        ),
        table=Table(tuple(columns), tuple(rows), ". ".join(filter(None, (said, data.area.layer_span))), strong),
        numbers=(("wards", number),), share=0.42, caveats=(WHO_REPORTS,),
    )  # fmt: skip


def _rate(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.1f}"


def _between(low: float, high: float) -> str:
    return "–" if pd.isna(low) else f"{low:.1f} to {high:.1f}"


def season(data: Dataset, ask: Ask) -> Panel:
    """Show what the seasons run at, the season of the operation first."""
    chosen = ask.filters(data)
    found = cached(peaks_page.effects, data, chosen)
    what = category_words(chosen.category)
    asked = _season_of(data, ask)
    months = set(asked.months) if asked else set()
    effects = sorted(found.effects, key=lambda e: not months & set(e.season.months))
    own = bool(months & set(effects[0].season.months))
    lead = effects[0] if own else leading(found)
    told = season_title(lead, words.name_of(chosen.category))
    every = sorted({m for e in effects for m in e.season.months})
    others = [e.sentence for e in effects if e is not lead]
    refusals = [f"{s.name}: {Refusal(reason)}" for s, reason in found.refused]
    chart = peaks_tabs.effects_chart(found, lead.sentence)
    title = f"{what[:1].upper()}{what[1:]}: what each season runs at"
    return panel(
        data, ask, SEASON, told.title, found.method, category=chosen.category, alt=chart.alt,
        more=f"{told.detail} {asked.caveat if asked else ''}".strip(),
        draw=briefing_charts.seasons(effects, lead.season.key),
        table=_season_table(effects, title, full=ask.audience == ANALYST),
        numbers=(("season", found.table().round(3)),), notes=(*others, *refusals), share=0.6, silent=not lead.sound,
        caveats=(f"Whole calendar months ({', '.join(MONTH_NAMES[m - 1] for m in every)}), never single nights.",),
    )  # fmt: skip


def _season_of(data: Dataset, ask: Ask) -> Season | None:
    """Season of the area file that the operation belongs to."""
    keys = [o.season for o in data.area.operations if o.name == ask.window.operation]
    return next((s for s in data.area.seasons if s.key in keys), None)


def _season_table(effects: Sequence[SeasonEffect], title: str, *, full: bool) -> Table:
    """List the effects; in full with the range for one new year and p."""
    columns = [Column("Season"), Column("Times ordinary", right=True), Column("95 %", right=True),
               Column("Years above", right=True)]  # fmt: skip
    columns += [Column("One new year", right=True), Column("p", right=True)] if full else []
    rows = []
    for e in effects:
        cells = [e.season.name, f"{e.ratio:.2f}", f"{e.low:.2f} to {e.high:.2f}", f"{e.years_above} of {len(e.yearly)}"]
        if full:
            cells += [f"{e.new_low:.2f} to {e.new_high:.2f}" if np.isfinite(e.new_low) else "–", f"{e.p:.3f}"]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows), title)


def known_words(ask: Ask) -> str:
    """Say up to which month anything is known."""
    return f"known to {month_name(ask.window.as_at)}"


def window_words(ask: Ask) -> str:
    """Say the days of the operation."""
    return f"{ask.window.words} ({known_words(ask)})"
