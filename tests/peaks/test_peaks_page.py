"""Seasonal peaks through AppTest: months by years against counts by hand, and what cannot be said is said so."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from pages.ui.peaks import season_charts
from tests.by_hand import monthly
from tests.tab_pages import Open, charts, finding, html


@pytest.mark.parametrize("category", [ASB, DRUGS, "Burglary"])
def test_months_by_years_equal_counts_by_hand(opened: Open, real_store: Path, real: Incidents, category: str) -> None:
    at = opened(real_store, "Seasonal peaks", category=re.sub(r"\W+", "-", category.lower()))
    table = next(one for one in at.dataframe if "Jan" in one.value).value.set_index("year")
    counts = monthly(real, category)
    for year in range(2018, 2025):
        for number, name in enumerate(table.columns, start=1):
            month = f"{year}-{number:02d}"
            if pd.Period(month, "M") in real.months:
                assert table.loc[year, name] == counts.get(month, 0), month
            else:
                assert pd.isna(table.loc[year, name]), month


def test_bonfire_night_cannot_be_isolated(opened: Open, real_store: Path, area: Area) -> None:
    at = opened(real_store, "Seasonal peaks")
    assert area.season("bonfire").caveat in html(at)
    for season in area.seasons:
        assert f"<strong>{season.name}.</strong>" in html(at)
        assert all(
            any(season.name.split()[0] in note["text"] for note in spec["layout"]["annotations"])
            for alt, spec in charts(at).items()
            if not alt.startswith("Ratios")  # effect sizes speak of months: a month is not its night
        )


def test_october_is_the_peak_of_asb_and_drugs_have_no_proven_season(opened: Open, real_store: Path) -> None:
    assert "October" in finding(opened(real_store, "Seasonal peaks"))
    said = finding(opened(real_store, "Seasonal peaks", category="drugs"))
    assert "October is highest" not in said


def test_too_little_history_is_refused(opened: Open, real_store: Path) -> None:
    at = opened(real_store, "Seasonal peaks", as_at="2018-06")
    assert 'class="refused"' in html(at)
    assert "at least 12 months" in html(at)


def test_names_of_seasons_keep_apart_on_a_phone(area: Area) -> None:
    """A month is 26 px wide at 390 px, a letter of the names about 5.6 px: none may run into the next."""
    years = pd.DataFrame({month: [100.0] for month in range(1, 13)}, index=[2024])
    notes = go.Figure(season_charts.month_by_year(years, area.seasons, "A title").figure).layout.annotations
    spans = []
    for note in notes[-len(area.seasons) :]:
        wide = 5.6 * max(map(len, note.text.split("<br>")))
        left = 26 * note.x + (note.xshift or 0) - wide * {"left": 0, "center": 0.5, "right": 1}[note.xanchor]
        spans.append((left, left + wide))
    spans.sort()
    assert len(spans) == len(area.seasons) > 2
    assert all(one[1] < other[0] for one, other in pairwise(spans)), spans
