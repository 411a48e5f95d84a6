"""Behind Seasonal peaks: how large each season is, whether it reaches all wards alike, and what a dated feed says."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from analysis.common.method import MONTH_NAMES
from analysis.common.refusal import Refusal
from analysis.findings.seasons import leading
from analysis.when.season_effect import SeasonEffects
from analysis.when.ward_season import WARD_SEASONS, WardSeason
from pages.ui.chart import charts
from pages.ui.chart.figure import as_text
from pages.ui.chart.ratio_charts import Row, ratios
from pages.ui.map import season as map_season
from pages.ui.peaks import feed_tab
from pages.ui.peaks.page import effects
from pages.ui.shell import address, downloads, frame
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, where


# --- effect sizes ----------------------------------------------------------------------------------------------------
def effects_chart(found: SeasonEffects, title: str) -> charts.Chart:
    """Draw the published effect of each season, with the range of one new year."""
    rows = []
    for e in found.effects:
        seen = f"above 1 in {e.years_above} of {len(e.yearly)} years" if e.yearly else "no whole year"
        label = f"<b>{as_text(e.season.name)}</b><br>{seen}"
        rows.append(Row(label, e.ratio, e.low, e.high, e.differs, outer=(e.new_low, e.new_high)))
    alt = "Ratios of seasons to an ordinary month, with intervals. " + " ".join(e.sentence for e in found.effects)
    return ratios(rows, title, alt, found.table().round(3), "an ordinary month", row_px=56, of="season")


def show_effects(data: Dataset, chosen: Filters) -> None:
    """Draw the effect sizes and say them in words."""
    try:
        found = cached(effects, data, chosen)
    except Refusal as refusal:
        frame.refused(refusal)
        return
    place = f"{where(data, chosen)}: " if chosen.wards else ""
    left, right = st.columns([58, 42], gap="medium")
    with left:
        what = f"effect of each season on {chosen.category}, {where(data, chosen)}"
        lines = downloads.about(data, what, found.method.period, found.method, of=chosen.category)
        names = (chosen.category, where(data, chosen) if chosen.wards else "", "season-effects", str(chosen.as_at))
        note = (
            f"Thick line: {100 * found.level:g} % interval, the wider of two. Thin line: where one new year may lie. "
            "Full point: the interval leaves out an ordinary month. Lines that reach the edge go on."
        )
        chart = effects_chart(found, place + leading(found).sentence.removesuffix("."))
        charts.show(chart, data, "effects", downloads.file_name(data, *names), lines, note)
    with right:
        said = [f"<li>{escape(effect.sentence)}</li>" for effect in found.effects]
        said += [f"<li>{escape(season.name)}: {escape(str(Refusal(reason)))}</li>" for season, reason in found.refused]
        st.html('<ul class="seasons">' + "".join(said) + "</ul>")
        frame.how(found.method)


# --- by ward ---------------------------------------------------------------------------------------------------------
def ward_rows(found: WardSeason) -> pd.DataFrame:
    """Shrunken ratios in the order of ward names, never of size."""
    table = found.wards.sort_values("name", kind="stable")
    columns = ["name", "count", "shrunk", "shrunk_low", "shrunk_high", "ratio", "low", "high", "p", "q"]
    return table[columns].rename(columns={"name": "ward"}).round(3)


def ward_chart(found: WardSeason, whole: str, chosen: tuple[str, ...] = ()) -> charts.Chart:
    """Draw the shrunken ratio of every ward with its range; wards in the order of their names."""
    rows = []
    for code, ward in found.wards.sort_values("name", kind="stable").iterrows():
        label = f"<b>{as_text(ward['name'])}</b>" if code in chosen else as_text(ward["name"])
        full = code in found.named
        rows.append(Row(label, ward["shrunk"], ward["shrunk_low"], ward["shrunk_high"], full))
    title = found.sentence.removesuffix(".")
    alt = f"Season ratio of each ward to that of the rest of the {whole}. {title}."
    return ratios(rows, title, alt, ward_rows(found), f"like the rest of the {whole}", row_px=24, of="ward_season")


def show_wards(data: Dataset, chosen: Filters) -> None:
    """Draw one season by ward."""
    try:
        as_at = chosen.latest()
    except Refusal as refusal:
        frame.refused(refusal)
        return
    found = cached(map_season.ward_effects, data, chosen.category, as_at)
    if isinstance(found, Refusal):
        frame.refused(found)
        return
    names = {season.key: season.name for season in WARD_SEASONS}
    values = {address.slug(season.key): season.key for season in WARD_SEASONS}
    labels = {word: names[season] for word, season in values.items()}
    address.hold([Control("ward-season", _WARD_SEASON, values, "the season", labels)])
    key = st.segmented_control("Season", list(names), format_func=names.__getitem__, key=_WARD_SEASON)
    try:
        one = found.season(key or WARD_SEASONS[0].key)
    except Refusal as refusal:
        frame.refused(refusal)
        return
    frame.wards_note()
    left, right = st.columns([58, 42], gap="medium")
    whole = data.area.kind
    with left:
        lines = downloads.about(
            data,
            f"{one.season.name} by ward against the rest of the {whole}, {chosen.category}",
            found.method.period,
            found.method,
            of=chosen.category,
        )
        file = downloads.file_name(data, chosen.category, "season-by-ward", one.season.key, str(chosen.as_at))
        note = (
            f"Wards in the order of their names. Small wards lean on what wards share; lines are their "
            f"{100 * (1 - found.level):g} % range; full points pass on their own."
        )
        charts.show(ward_chart(one, whole, chosen.wards), data, "ward_season", file, lines, note)
    with right:
        places = cached(map_season.places_of, data, chosen.category, as_at, one.season)
        if places.sentence:
            st.html(f'<p class="finding">{escape(places.sentence)}</p>')
        frame.note(differ(one, found.level))
        frame.how(found.method, tested(one))
        if places.sentence:
            frame.how(places.method)


def differ(found: WardSeason, level: float) -> str:
    """Say whether wards differ at all."""
    months = " and ".join(MONTH_NAMES[m - 1] for m in found.season.months)
    verdict = "by more than chance would have it" if found.p <= level else "no more than chance would have it"
    return (
        f"Do wards differ at all in {months}? They differ {verdict}. Above 1 the season stands out more in that ward "
        f"than in the rest."
    )


def tested(found: WardSeason) -> str:
    """Say what the test of it gave: Cochran's Q, for how it was made."""
    n = int(found.wards["shrunk"].notna().sum())
    p = "under 0.001" if found.p < 0.001 else f"{found.p:.2g}"
    return f"Whether wards differ at all: Cochran's Q is {found.heterogeneity:.1f} over {n} wards, p {p}."


TABS = {"How much more": show_effects, "By ward": show_wards, "Dated feed": feed_tab.show}
_KEY, _WARD_SEASON = "peaks_tabs", "peaks_ward_season"


def show(data: Dataset, chosen: Filters) -> None:
    """Draw the tabs; only the open one is computed."""
    address.hold([address.tabs(_KEY, TABS)])
    tabs = st.tabs(list(TABS), key=_KEY, on_change="rerun")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab, st.spinner("Computing ..."):
                draw(data, chosen)
