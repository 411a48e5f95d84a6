"""What pages show of a measurement: tables of figures, and the sentence of "did it work"."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.ahead.forecast_backtest import AREA_LEVEL
from analysis.measure.whose import label, never
from analysis.placebo.verdict_rates import false_alarms, said
from analysis.where.validation import NEXT_MONTH
from data.kinds.crime_types import category_words, incidents_words, is_sum
from data.kinds.lists import join_words
from data.measured.measurement import Measurement
from data.place.area import Area
from data.store.schema import Incidents

SHARE = 0.05
TARGETS = {NEXT_MONTH: "the next month", "october": "October", "november": "November"}
NEVER_TRIED = "How often this cries wolf"
ALARM_COLUMNS = ("category", "test", "unit", "level", "rejected", "trials", "share rejected")
SKILL_COLUMNS = ("category", "what", "figure", "targets")


def alarms(one: Measurement) -> pd.DataFrame:
    """Lay out how often each test rejected where nothing happened, with ``ALARM_COLUMNS``."""
    rows = [*one.of("tests"), *false_alarms(one.of("verdicts"))]
    table = pd.DataFrame([{"category": one.category, **row} for row in rows], columns=list(ALARM_COLUMNS[:-1]))
    return table.assign(**{ALARM_COLUMNS[-1]: (table["rejected"] / table["trials"]).astype(float).round(3)})


def skill(one: Measurement) -> pd.DataFrame:
    """Lay out how well ranking and forecast did on months that they had not seen, with ``SKILL_COLUMNS``."""
    rows = [
        (
            f"top {100 * SHARE:g} % of cells, {TARGETS.get(row['kind'], row['kind'])}",
            f"caught {100 * row['hit_rate']:.0f} % of the incidents "
            f"(counts of the last 12 months: {100 * row['rival_hit_rate']:.0f} %)",
            row["targets"],
        )
        for row in one.of("hotspots")
        if row["share"] == SHARE
    ]
    rows += [
        (
            f"forecast, {'the whole area' if row['level'] == AREA_LEVEL else 'a ward'}",
            f"wrong by {row['mae']:.1f} on average; 80 % interval held {100 * row['cover80']:.0f} %, "
            f"95 % interval {100 * row['cover95']:.0f} %",
            row["n"],
        )
        for row in one.of("forecast")
    ]
    return pd.DataFrame([(one.category, *row) for row in rows], columns=list(SKILL_COLUMNS))


def verdict_words(area: Area, category: str, incidents: Incidents, measured: Iterable[Measurement]) -> str:
    """Say how often "did it work" errs on an area, or that nobody measured it.

    Parameters
    ----------
    area : Area
    category : str
    incidents : Incidents
        That are loaded.
    measured : iterable of Measurement
        Of this area (:func:`analysis.measure.whose.measured_of`).

    Returns
    -------
    str
        Of the crime type where it was tried on this area; of those that were where this one was not. Of a sum only
        which types were tried: figures of one are none of a sum.

    Notes
    -----
    Misleads as :func:`analysis.placebo.verdict_rates.said`.

    References
    ----------
    As :func:`analysis.placebo.operations.placebo_operations`.
    """
    by_category = {one.category: one for one in measured}
    if (mine := by_category.get(category)) is not None:
        if mine.of("verdicts"):
            return _said(mine, incidents)
        why = " ".join(words for words in mine.left_out if words.startswith("did it work"))
        return f"How often this cries wolf could not be measured on {area.name}. {why}".strip()
    others = [one for one in by_category.values() if one.of("verdicts")]
    if not others:
        return f"{NEVER_TRIED}: {never(area)}. The Data page can measure it."
    if is_sum(category):
        tried = join_words(category_words(one.category) for one in others)
        return f"{NEVER_TRIED} is not measured for this sum of crime types; it was for {tried}, each by itself."
    lead = f"{NEVER_TRIED} was not tried with {incidents_words(category)}."
    return " ".join([lead, *(_said(one, incidents) for one in others)])


def _said(one: Measurement, incidents: Incidents) -> str:
    first, last = pd.Period(one.first, "M"), pd.Period(one.last, "M")
    return f"{said(one.of('verdicts'), one.category, one.area, first, last)} {label(one, incidents)}."


def summary(one: Measurement) -> str:
    """Say a measurement in one sentence, for the command line."""
    rates = "; ".join(
        f"{row['test']}, {row['unit']} {row['rejected'] / row['trials']:.3f} of {row['trials']:,}"
        for row in alarms(one).to_dict("records")
    )
    did = "; ".join(
        f"{row['what']}: {row['figure']} ({row['targets']} targets)" for row in skill(one).to_dict("records")
    )
    spread = ", ".join(f"{row['sigma']:.3f} with {row['months_left']} left" for row in one.of("spread"))
    parts = [
        f"{category_words(one.category)[:1].upper()}{category_words(one.category)[1:]}: {did or 'nothing to test on'}.",
        f"Rejected where nothing happened: {rates}." if rates else "",
        f"Rest of a year against its forecast, spread: {spread}." if spread else "",
        *(f"Left out: {words}" for words in one.left_out),
    ]
    return "\n".join(part for part in parts if part)
