"""What Plan targets shows first: where the count stands against the path, how likely the target is, what it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.method import month_name
from analysis.common.percents import interval, percent
from analysis.common.refusal import Refusal
from analysis.course.target import MONTHS, financial_year
from analysis.course.target_progress import NEAR, Against, Baseline, Progress, baseline_in_data, progress, year_of
from analysis.measure.whose import spread_of
from analysis.when.seasonality import season_mask
from data.place.area import Area
from data.plan.targets import Target
from pages.ui.shell import downloads, frame, tables, words
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, short_month, short_period
from pages.ui.targets.choice import NO_TARGET, OWN, PLAN, BaselineChoice, monthly, stated_in, target_in

ON_PATH = "on the path"


def name_of(category: str) -> str:
    """Name a crime type as sentences here do: "ASB", "Drug offences"."""
    return words.name_of(category)


# --- computing -------------------------------------------------------------------------------------------------------
def course(data: Dataset, chosen: Filters, choice: BaselineChoice) -> Progress | Refusal:
    """Hold the target's crime type against the path from the chosen baseline, or say why that cannot be."""
    target = target_in(data)
    if isinstance(target, Refusal):
        return target
    series = cached(monthly, data, chosen, target.category)
    try:
        mask = season_mask(pd.PeriodIndex(series.index), data.area, target.category)
        return progress(
            series,
            _baseline(data, series, target, choice),
            target.change,
            target.by,
            mask,
            name=name_of(target.category),
            data_version=data.incidents.version,
            strays=spread_of(data.area, target.category, series, mask),
        )
    except Refusal as refusal:
        return refusal


def course_of(data: Dataset, chosen: Filters, choice: BaselineChoice) -> Progress | Refusal:
    """Give :func:`course`, computed once."""
    return cached(course, data, chosen, choice)


def _baseline(data: Dataset, series: pd.Series, target: Target, choice: BaselineChoice) -> Baseline:
    if choice.option == OWN and choice.total:
        return Baseline(choice.year, choice.total, "typed on the page")
    stated = stated_in(data, target)
    if choice.option == PLAN and stated is not None:
        return Baseline(target.baseline_year, stated, target.source or "published with the plan")
    if choice.option in {OWN, PLAN}:
        raise Refusal("No baseline is known", "Type one, or load a whole year from April to March on the Data page")
    found = baseline_in_data(series, choice.option)
    return replace(found, source="counted in simulated incidents") if data.simulated else found


def finding(area: Area, found: Progress | Refusal) -> str:
    """Say where it stands in one sentence."""
    if isinstance(found, Progress):
        return found.sentence.removesuffix(".")
    return f"No target is set for {area.name}" if found is NO_TARGET else found.reason.removesuffix(".")


def caveats(data: Dataset, found: Progress) -> tuple[str, ...]:
    """Say what the chosen baseline carries with it."""
    target = target_in(data)
    if isinstance(target, Refusal):
        return ()
    said = []
    year = financial_year(found.baseline.year)
    limited = int(season_mask(year, data.area, target.category).sum())
    if limited:
        said.append(
            f"{limited} of the 12 months of {found.baseline.year} were under COVID restrictions, when breaches were "
            "often logged under this crime type: a poor baseline."
        )
    if data.simulated and target.baseline is not None:
        said.append(
            f"Simulated: the plan's own baseline, {target.baseline:,} in {target.baseline_year}, is a published "
            "figure, and simulated counts are not held against it."
        )
    elif found.baseline.year == target.baseline_year and found.baseline.total == target.baseline:
        counted = found.rolling.get(year[-1])
        if counted is None or pd.isna(counted):
            said.append(f"The baseline is as published: the data here do not hold the whole of {found.baseline.year}.")
        elif round(counted) != target.baseline:
            said.append(f"The baseline is as published; the data here count {counted:,.0f} in {found.baseline.year}.")
    return tuple(said)


# --- on the page -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Card:
    """One figure with its words; ``clear`` where the difference is more than noise."""

    label: str
    value: str
    delta: str | None
    clear: bool
    words: str


def against_card(label: str, found: Against | Refusal) -> Card:
    """Put a count against the path into a card."""
    if isinstance(found, Refusal):
        return Card(label, "–", None, clear=False, words=str(found))
    gap = found.ratio - 1
    change = ON_PATH if round(1000 * gap) == 0 else f"{'−' if gap < 0 else '+'}{percent(gap)}".replace(" ", "\u00a0")
    noise = "off the path by more than its noise" if found.side != NEAR else "within its noise"
    said = "too few months to know its noise"
    if pd.notna(found.low):
        said = f"{noise}\n(95 % interval {interval(found.low, found.high)})"
    return Card(label, f"{found.count:,}", change, found.side != NEAR, f"the path has {found.path:,.0f}: {said}")


def chance_card(found: Progress) -> Card:
    """Put the chance into words; the number stands in the detail."""
    label = f"At most {found.target:,} in {found.target_year}"
    outlook = found.outlook
    if isinstance(outlook, Refusal):
        return Card(label, "–", None, clear=False, words=str(outlook))
    value = outlook.words[:1].upper() + outlook.words[1:]
    if outlook.chance is None:
        first = financial_year(found.target_year)[0]
        words = (
            f"no month of it is in the data: they end in {month_name(found.as_at)}, it starts in {month_name(first)}"
        )
    elif not outlook.months_left:
        words = f"{outlook.observed:,} in the whole year"
    else:
        about = outlook.observed + outlook.expected_rest
        months = "month left runs" if outlook.months_left == 1 else f"{outlook.months_left} months left run"
        words = f"{outlook.observed:,} so far, about {about:,.0f} by the end if the {months} as forecast"
        words += f"; rough: judged by how far forecasts went wrong in {outlook.rough}" if outlook.rough else ""
    return Card(label, value, None, clear=False, words=words)


def required_card(found: Progress) -> Card:
    """Put what it would take into a card."""
    if not found.required:
        words = "The year is over." if found.as_at >= found.path.index[-1] else "The year so far has a gap."
        return Card("What it would take", "–", None, clear=False, words=words)
    need = found.required[0]
    if need.change is None:
        value = "–" if need.allowed < 0 else f"≤ {need.allowed:,}"
    elif round(1000 * need.change) == 0:
        value = "no more"
    else:
        value = f"{'−' if need.change < 0 else '+'}{percent(need.change)}"
    return Card("What it would take", value, None, clear=False, words=need.sentence)


def cards(found: Progress, name: str) -> tuple[Card, ...]:
    """Give the four figures: the last 12 months, the year so far, the chance, what it would take."""
    start = financial_year(year_of(found.as_at))[0]
    return (
        against_card(f"{name}, {short_period(found.as_at - MONTHS + 1, found.as_at)}", found.year),
        against_card(f"{year_of(found.as_at)} so far, {short_period(start, found.as_at)}", found.to_date),
        chance_card(found),
        required_card(found),
    )


def show_cards(data: Dataset, found: Progress | Refusal) -> None:
    """Draw the four figures in one row, or why there are none."""
    target = target_in(data)
    if isinstance(found, Refusal) or isinstance(target, Refusal):
        frame.refused(found if isinstance(found, Refusal) else NO_TARGET)
        return
    for number, (card, column) in enumerate(
        zip(cards(found, name_of(target.category)), st.columns(4, gap="small"), strict=True)
    ):
        with column, st.container(border=True, gap=None, height="stretch", key=f"card_target_{number}"):
            down = (card.delta or "").startswith("−")
            st.metric(
                frame.plain(card.label),
                card.value,
                card.delta,
                delta_color=("green" if down else "red") if card.clear else "gray",
                delta_arrow="off" if card.delta in {None, ON_PATH} else "down" if down else "up",
            )
            frame.note(card.words.replace(" %", "\u00a0%"))


def figures(found: Progress) -> pd.DataFrame:
    """Lay all figures of the page's upper half out as rows, for table and file."""
    rows: list[tuple[str, str, int, str, int | None, Against | float | None]] = []
    for what, one in (("last 12 months", found.year), ("financial year so far", found.to_date)):
        if isinstance(one, Against):
            rows.append((what, short_period(one.first, one.last), one.count, "path", round(one.path), one))
    for need in found.required:
        what = {"target": "target year", "path": "back on the path", "rest": "rest of the target year"}[need.goal]
        period = short_period(need.first, need.last)
        rows.append((f"what it would take: {what}", period, need.allowed, "months before", need.before, need.change))
    table = pd.DataFrame(
        {
            "what": [row[0] for row in rows],
            "months": [row[1] for row in rows],
            "incidents": pd.array([row[2] for row in rows], dtype="Int64"),
            "against": [row[3] for row in rows],
            "those": pd.array([row[4] for row in rows], dtype="Int64"),
            "difference_percent": [_percent(row[5], "ratio") for row in rows],
            "low_percent": [_percent(row[5], "low") for row in rows],
            "high_percent": [_percent(row[5], "high") for row in rows],
        }
    )
    outlook = found.outlook
    if not isinstance(outlook, Refusal) and outlook.chance is not None:
        year = financial_year(found.target_year)
        chance = [
            f"chance of meeting the target: {outlook.words} "
            f"({f'rough, judged by {outlook.rough}' if outlook.rough else f'{outlook.chance:.2f}'})",
            short_period(year[0], year[-1]), round(outlook.observed + outlook.expected_rest), "target", found.target,
            float("nan"), float("nan"), float("nan"),
        ]  # fmt: skip
        table = pd.concat(
            [table, pd.DataFrame([chance], columns=table.columns).astype(table.dtypes)], ignore_index=True
        )
    return table


def _percent(found: Against | float | None, part: str) -> float:
    if isinstance(found, Against):
        return round(100 * (float(getattr(found, part)) - 1), 1)
    return round(100 * found, 1) if found is not None and part == "ratio" else float("nan")


def show_required(data: Dataset, chosen: Filters, found: Progress | Refusal) -> None:
    """Say what would have to happen, with all figures as a table and a file, and how they were made."""
    target = target_in(data)
    if isinstance(found, Refusal) or isinstance(target, Refusal):
        return
    st.html('<h2 class="chart-title">What would have to happen</h2>')
    sentences = [need.sentence for need in found.required] or [required_card(found).words]
    said = "".join(f"<li>{escape(one)}</li>" for one in (*sentences, *caveats(data, found)))
    st.html(f'<ul class="seasons">{said}</ul>')
    what = f"{name_of(target.category)} against the path to the target"
    lines = downloads.about(data, what, found.method.period, found.method, of=target.category)
    name = downloads.file_name(data, "plan-target", target.category, str(chosen.as_at))
    alt = f"All figures: {what}. Forecast and chance as of {short_month(found.as_at)}."
    tables.beneath(figures(found), alt, name, lines, "target_figures", of="target")
    frame.how(found.method)
    if not isinstance(found.outlook, Refusal):
        frame.how(found.outlook.method)
