"""Sentences against a plain recount of the same table, on histories that nobody tried."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.method import MONTH_NAMES, month_name
from analysis.common.percents import interval, percent, signed
from analysis.common.refusal import Refusal
from analysis.common.years import Comparison, compare_series
from analysis.course.control_chart import unusual_months
from analysis.course.target_progress import Against, Baseline, progress
from analysis.course.trend import seasonal_mann_kendall
from analysis.findings.change import course_of_years, year_changes
from analysis.findings.course import target_title
from analysis.findings.finding import Finding, readable
from analysis.findings.leaders import most_of
from analysis.findings.peaks import last_year_peak, yearly_peaks
from analysis.findings.seasons import index_title, season_title
from analysis.findings.unusual import unusual_title
from analysis.when.season_effect import season_effects
from analysis.when.seasonality import month_by_year, seasonal_index
from tests.any_history import SHAPES
from tests.properties import examples

NAMES = ("ASB", "Drug offences")
_MONTH = re.compile(rf"({'|'.join(MONTH_NAMES)}) (\d{{4}})")


@st.composite
def histories(draw: st.DrawFn, most: int = 200) -> pd.Series:
    """Monthly counts of any length and shape, with missing months."""
    months = draw(st.integers(1, most))
    index = pd.period_range(end=draw(st.sampled_from(["2024-12", "2024-10", "2025-03"])), periods=months, freq="M")
    shape = SHAPES[draw(st.sampled_from(sorted(SHAPES)))](index)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    series = pd.Series(rng.poisson(draw(st.sampled_from([0.5, 8.0, 90.0])) * shape).astype(float), index=index)
    lost = draw(st.sampled_from([0.0, 0.2, 0.6]))
    series[(rng.random(months) < lost) & (np.arange(months) < months - 1)] = np.nan
    return series.loc[series.first_valid_index() :]


def months_named(text: str) -> list[pd.Period]:
    return [
        pd.Period(year=int(year), month=MONTH_NAMES.index(name) + 1, freq="M") for name, year in _MONTH.findall(text)
    ]


@examples(120)
@given(histories(), histories())
def test_a_year_against_the_one_before(first: pd.Series, second: pd.Series) -> None:
    second = second.reindex(pd.period_range(first.index[0], first.index[-1], freq="M"))
    found: dict[str, Comparison | Refusal] = {}
    for name, series in zip(NAMES, (first, second), strict=True):
        try:
            found[name] = compare_series(series, first.index[-1], name)
        except Refusal as refusal:
            found[name] = refusal
    told = year_changes(found)
    assert readable(told.title), told.title
    assert "Only 0" not in told.detail
    end = first.index[-1]
    for (name, one), series in zip(found.items(), (first, second), strict=True):
        said = name if name == "ASB" else "drug offences"
        if isinstance(one, Refusal):
            pairs = sum(pd.notna(series.get(end - k)) and pd.notna(series.get(end - k - 12)) for k in range(12))
            assert pairs < 3
            continue
        now = series.reindex(pd.period_range(end - 11, end, freq="M"))
        then = series.reindex(now.index - 12)
        both = now.notna().to_numpy() & then.notna().to_numpy()
        a, b = int(now.to_numpy()[both].sum()), int(then.to_numpy()[both].sum())
        assert f"{a:,} in" in told.detail
        assert f"{b:,} in" in told.detail
        days = np.asarray(now.index.days_in_month)[both].sum() / np.asarray(then.index.days_in_month)[both].sum()
        change = re.search(rf"{said} (rose|fell)(?: by ([\d,.]+) %)?", told.title, re.IGNORECASE)
        if change is None:
            continue
        assert (change[1] == "rose") == (a / days > b if both.sum() < 12 else a > b)
        if change[2]:
            ratio = a / b / (days if both.sum() < 12 else 1.0)
            assert abs(float(change[2].replace(",", "")) - abs(100 * (ratio - 1))) <= 0.5
        for claimed in re.findall(r"interval (\S+).? to (\S+)", told.detail):
            assert "\u00a00" not in claimed[0]
    if told.when.startswith("in the 12 months"):
        whole = pd.period_range(end - 23, end, freq="M")
        compared = [one for one in found.values() if isinstance(one, Comparison)]
        assert months_named(told.when) == [end]
        assert (not compared[0].missing_months and first.reindex(whole).notna().all()) or len(compared) == 1


@examples(120)
@given(histories())
def test_the_peak_of_the_last_months(series: pd.Series) -> None:
    told = last_year_peak(series, "ASB")
    assert readable(told.title), told.title
    year = series.iloc[-12:]
    known = year.dropna()
    named = months_named(told.title)
    for month in named:
        assert known[month] == known.max() > 0
    if named:
        assert (known == known.max()).sum() == 1
        there = re.search(r"of the last (\d+) months( there are)?", told.title)
        assert there is not None
        assert int(there[1]) == len(known) <= 12
        assert (there[2] is not None) == (len(known) < len(year)) == ("missing" in told.detail)


@examples(120)
@given(histories())
def test_the_month_that_was_highest_of_its_years(series: pd.Series) -> None:
    years = month_by_year(series)
    told = yearly_peaks(years)
    assert readable(told.title), told.title
    whole = [row for _, row in years.iterrows() if row.notna().all() and row.sum() > 0]
    claim = re.fullmatch(
        r"(\w+) was the highest month in (?:(\d+) of (\d+) whole years|the one whole year)", told.title
    )
    if claim is None:
        assert len(whole) == 0 or len(whole) > 1
        return
    month = MONTH_NAMES.index(claim[1]) + 1
    times = sum(row[month] == row.max() for row in whole)
    assert (times, len(whole)) == ((int(claim[2]), int(claim[3])) if claim[2] else (1, 1))
    assert all(sum(row[other] == row.max() for row in whole) <= times for other in range(1, 13))


@examples(100)
@given(histories())
def test_the_last_years_stand_before_the_span(series: pd.Series) -> None:
    try:
        told, whole = course_of_years(series, "ASB")
    except Refusal:
        return
    known = series.dropna()
    if len(series) > 36 and told.when:
        recent = series.iloc[-36:]
        found = seasonal_mann_kendall(recent)
        assert "last three years" in told.when
        assert months_named(told.when)[0] == recent.dropna().index[0]
        assert "the whole span" in told.detail
    else:
        found = whole
        assert (months_named(told.when) or months_named(told.detail))[0] == known.index[0]
    direction = "no clear direction" if found.p > 0.05 else "rose" if found.s > 0 else "fell"
    assert direction in told.title or "too few months" in told.title
    assert readable(told.title)
    for size, way in re.findall(r"about ([\d,.]+) (more|fewer)", told.detail):
        slopes = [found.slope, whole.slope]
        assert any(
            abs(float(size.replace(",", "")) - abs(slope)) <= 0.06 and (slope > 0) == (way == "more")
            for slope in slopes
        )


@examples(60)
@given(histories(most=90))
def test_seasons_and_the_index(series: pd.Series) -> None:
    try:
        effects = season_effects(series, name="ASB")
    except Refusal:
        effects = None
    for one in effects.effects if effects else ():
        told = season_title(one, "ASB")
        assert readable(told.title)
        assert ("times an ordinary month" in told.title) == (one.differs and len(one.yearly) >= 3)
        if one.differs and len(one.yearly) >= 3:
            assert f"about {one.written} times" in told.title
            assert f"about {one.written} times" in told.detail
            low, high = re.search(r"\[([\d.]+) to ([\d.]+)\]", told.detail).groups()  # type: ignore[union-attr]
            assert float(low) > 1 or float(high) < 1, told.detail
        counted = re.search(r"above it in (\d+) of (\d+) years", told.detail)
        if counted:
            assert int(counted[1]) == sum(ratio > 1 for _, ratio in one.yearly)
            assert int(counted[2]) == len(one.yearly)
            for label, _ in one.yearly:  # every year that is counted has its whole season in the data
                start = pd.Period(year=int(label[:4]), month=4, freq="M")
                year = series.reindex(pd.period_range(start, start + 11, freq="M"))
                assert year[year.index.month.isin(one.season.months)].notna().all()
    try:
        index = seasonal_index(series, rng=np.random.default_rng(1), draws=100)
    except Refusal:
        return
    told = index_title(index)
    assert readable(told.title)
    claim = re.fullmatch(r"(\w+) runs at ([\d.]+) times an average month", told.title)
    if claim:
        row = index.index.loc[MONTH_NAMES.index(claim[1]) + 1]
        assert row["low"] > 100
        assert index.reliable
        assert abs(row["index"] / 100 - float(claim[2])) < 0.006


@examples(40)
@given(histories(most=90))
def test_months_that_were_unusual(series: pd.Series) -> None:
    try:
        found = unusual_months(series, name="ASB", draws=20)
    except Refusal:
        return
    told = unusual_title(found, "ASB")
    assert readable(told.title), told.title
    if not found.limited:
        assert "do not say" in told.title
        return
    points = found.points
    marked = points.index[points["judged"] & points["signal"] & points["value"].notna()]
    count = re.search(r"(\d+) of the (\d+) months judged were", told.title)
    if count:
        assert (int(count[1]), int(count[2])) == (len(marked), int((points["judged"] & points["value"].notna()).sum()))
    elif "unusually" in told.title:
        (month,) = marked
        assert months_named(told.title) == [month]
        assert ("high" in told.title) == (series[month] > points.loc[month, "usual"])
    else:
        assert len(marked) == 0
    spelt = set(months_named(told.detail))
    assert spelt <= set(points.index[points["judged"]])


@examples(100)
@given(histories(), st.integers(1, 4000))
def test_a_side_of_the_path_is_named_outside_its_noise_alone(series: pd.Series, baseline: int) -> None:
    try:
        found = progress(series, Baseline("2018/19", baseline, "made"), -0.06, "2026/27", name="ASB")
    except Refusal:
        return
    told = target_title(found, "ASB")
    assert readable(told.title), told.title
    if not isinstance(found.year, Against):
        assert "no total of 12 months" in told.title
        return
    count = series.iloc[-12:].sum()
    assert months_named(told.when) == [series.index[-1]]
    claim = re.search(r"is ([\d,.]+) % (above|below) the path", told.title)
    if claim is None:
        assert ("too close" in told.title) == np.isfinite(found.year.low) != ("too few months" in told.title)
        return
    ratio = count / found.year.path
    assert (claim[2] == "above") == (ratio > 1)
    assert abs(float(claim[1].replace(",", "")) - abs(100 * (ratio - 1))) <= 0.5
    assert found.year.low > 1 or found.year.high < 1


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_the_ward_with_most(counts: list[int]) -> None:
    names = [f"Ward {chr(65 + n)}" for n in range(len(counts))]
    told = most_of(names, counts, "ASB", "in 12 months")
    assert readable(told.title)
    top = [name for name, count in zip(names, counts, strict=True) if count == max(counts)]
    if max(counts) and len(counts) > 1:
        assert f"{max(counts):,}" in told.title
        assert all((name in told.title) == (name in top) for name in names) or str(len(top)) in told.title
    else:
        assert " most " not in told.title


@given(st.floats(-0.999, 30), st.floats(0, 5))
def test_a_written_change_keeps_its_side(low: float, wide: float) -> None:
    ends = (1 + low, 1 + low + wide)
    for end, text in zip(ends, interval(*ends).split(" to "), strict=True):
        if end > 1:
            assert text.startswith(("+", "just above"))
        elif end < 1:
            assert text.startswith(("−", "just under"))
    assert signed(0.0) == "0\u00a0%"
    assert [percent(x) for x in (0.14, 0.004, 0.0096, 0.0)] == ["14 %", "0.4 %", "1 %", "0 %"]
    assert [signed(float("nan")), signed(float("inf"))] == ["unknown", "any rise"]


def test_the_sentence_of_a_page_goes_on_from_its_title() -> None:
    assert (
        Finding("ASB rose", "in the 12 months to May 2024", "More.").sentence == "ASB rose in the 12 months to May 2024"
    )
    assert Finding("ASB rose").sentence == "ASB rose"


@pytest.mark.parametrize(("title", "is_"), [("One two 3 and 4 %", True), ("1 2 3", False), (" ".join("a" * 15), False)])
def test_what_can_be_read_aloud(title: str, is_: bool) -> None:
    assert readable(title) is is_


def test_months_that_are_named_follow_one_another() -> None:
    found = months_named("Over January 2024 to March 2024")
    assert [b - a for a, b in pairwise(found)] == [pd.offsets.MonthEnd(2)]
    assert month_name(found[0]) == "January 2024"
