"""The Overview through AppTest: its figures against counts made from the raw CSVs or the frame with pandas alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.common.rates import WHO_REPORTS, rates_spread
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from tests.by_hand import monthly
from tests.tab_pages import Open, charts, finding, html, numbers, text


def test_headlines_equal_counts_by_hand(opened: Open, real_store: Path, real: Incidents) -> None:
    at = opened(real_store)
    asb, drugs = monthly(real, ASB), monthly(real, DRUGS)
    year, before = slice("2024-01", "2024-12"), slice("2023-01", "2023-12")
    shown = {metric.label: metric for metric in at.metric}
    for name, counts in (("ASB", asb), ("Drug offences", drugs)):
        metric = shown[f"{name}, Jan to Dec 2024"]
        assert metric.value == f"{counts[year].sum():,}"
        change = round(100 * (counts[year].sum() / counts[before].sum() - 1))
        assert metric.delta.replace("\xa0", " ") == f"+{change} %"
        assert f"{counts[before].sum():,} the year before" in html(at)
    month = shown["ASB in December 2024"]
    assert month.value == str(asb["2024-12"])
    assert month.delta == f"+{asb['2024-12'] - asb['2023-12']}"


def test_headlines_change_when_real_files_are_loaded(opened: Open, real_store: Path, tmp_path: Path) -> None:
    simulated, real = opened(tmp_path), opened(real_store)
    assert finding(simulated) != finding(real)
    pairs = list(zip(simulated.metric, real.metric, strict=True))[:3]  # the fourth counts days to the next operation
    for made_up, counted in pairs:
        assert made_up.label == counted.label
        assert made_up.value != counted.value
        if "Jan to Dec" in made_up.label:
            figures = [float(one.value.replace(",", "")) for one in (made_up, counted)]
            assert abs(figures[0] / figures[1] - 1) > 0.1, "and a year not by chance alone"


def test_a_fall_points_down(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    frame = real.frame[real.frame["category"].isin([ASB, DRUGS]) & (real.frame["month"] >= pd.Period("2023-01", "M"))]
    by = frame.groupby(["ward_code", frame["month"].dt.year, "category"], observed=True).size()
    seen = set()
    for code in area.wards.codes:
        at = opened(real_store, wards=code)
        for metric, category in zip(at.metric, (ASB, DRUGS), strict=False):
            now, before = by[code, 2024, category], by[code, 2023, category]
            words = {1: "UP", -1: "DOWN", 0: "NONE"}[int(np.sign(round(100 * (now / before - 1))))]
            shown = metric.proto.MetricDirection.Name(metric.proto.direction)
            assert shown == words, (code, category)
            seen.add(shown)
        if {"UP", "DOWN"} <= seen:
            return
    pytest.fail("no ward fell, or none rose")


def both_types(at: AppTest) -> dict[str, Any]:
    """The chart of both crime types; those of the open tab have one each."""
    (found,) = [spec for spec in charts(at).values() if len(spec["data"]) > 1]
    return found


def test_october_2024_as_published(opened: Open, real_store: Path, raw_october: pd.DataFrame) -> None:
    by_type = raw_october["Crime type"].value_counts()
    assert (by_type[ASB], by_type[DRUGS]) == (270, 161)
    at = opened(real_store, as_at="2024-10")
    assert {m.label: m.value for m in at.metric}["ASB in October 2024"] == "270"
    spec = both_types(at)
    assert numbers(spec["data"][0]["y"])[-1] == by_type[ASB]
    assert numbers(spec["data"][1]["y"])[-1] == by_type[DRUGS]


def test_the_trend_leaves_gaps(opened: Open, real_store: Path, real: Incidents) -> None:
    spec = both_types(opened(real_store, as_at="2023-06"))
    line = spec["data"][0]
    asb = monthly(real, ASB)
    shown = dict(
        zip([str(pd.Period(ordinal=int(x), freq="M")) for x in numbers(line["x"])], numbers(line["y"]), strict=True)
    )
    assert {m: v for m, v in shown.items() if not np.isnan(v)} == {
        m: asb[m] for m in asb.index if "2020-07" <= m <= "2023-06"
    }
    assert [m for m, v in shown.items() if np.isnan(v)] == [
        "2021-10",
        "2021-11",
        *(f"2022-{m:02d}" for m in range(1, 10)),
    ]
    assert line["connectgaps"] is False
    assert any(note["text"] == "no data" for note in spec["layout"]["annotations"])


def test_ward_table_equals_counts_by_hand(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    frame = real.frame[(real.frame["month"] >= pd.Period("2024-01", "M")) & real.frame["ward_code"].notna()]
    by = frame.groupby(["ward_code", "category"], observed=False).size()
    table = next(one for one in opened(real_store).dataframe if "asb_rate" in one.value).value.set_index("ward")
    assert len(table) == 15
    assert table["asb"].is_monotonic_decreasing
    for code, name in area.ward_names.items():
        assert table.loc[name, "asb"] == by[code, ASB]
        assert table.loc[name, "drugs"] == by[code, DRUGS]
        assert table.loc[name, "asb_rate"] == pytest.approx(1000 * by[code, ASB] / area.residents[code])
        assert sum(table.loc[name, "months"]) == by[code, ASB]


def heads(at: AppTest) -> dict[str, str]:
    """What the ward table says over its columns, and the help beside it."""
    shown = next(one for one in at.dataframe if "asb_rate" in one.value)
    columns = json.loads(shown.proto.columns)
    return {name: f"{columns[name]['label']}: {columns[name]['help']}" for name in ("asb_spread", "drugs_spread")}


def test_ward_intervals_say_what_they_hold(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store, tab="how-this-was-made")
    for column, category in (("asb_spread", ASB), ("drugs_spread", DRUGS)):
        spread = rates_spread(real.of(category), area)
        assert heads(at)[column] == f"95 %: {spread.sentence}"
        assert "(measured on 3 pairs of years)" in spread.sentence
    assert rates_spread(real.of(ASB), area).sentence in text(at)
    assert html(at).count(WHO_REPORTS) == 1
    year = opened(real_store, as_at="2018-12", tab="how-this-was-made")  # the first 12 months there are
    assert all(head.startswith("95 %, chance alone: 95 % intervals are of chance") for head in heads(year).values())
    assert "intervals are of chance alone" in html(year)


def test_a_year_with_gaps_is_not_passed_off_as_a_year(opened: Open, real_store: Path, real: Incidents) -> None:
    at = opened(real_store, as_at="2023-12")
    year = monthly(real, ASB)["2023-01":"2023-12"].sum()
    assert {m.label: (m.value, m.delta) for m in at.metric}["ASB, Jan to Dec 2023"] == (f"{year:,}", "")
    assert "9 of the 24 months are missing. The 3 that are there in both years" in html(at)
    assert "in the months that both years have" in finding(at)
    at = opened(real_store, as_at="2023-06")
    assert [m.value for m in at.metric][:2] == ["–", "–"]
    assert 'class="refused"' in html(at)  # the rates
    assert finding(at).startswith("Too few months to compare")


def test_next_operation_from_the_day_one_asks(opened: Open, real_store: Path) -> None:
    at = opened(real_store)
    assert {m.label: m.value for m in at.metric}["To Summer holidays"] == "189 days"
    assert "(assumed: term dates are known to 22 July 2025)" in html(at)
    back = opened(real_store, as_at="2024-09")
    operation = {m.label: m.value for m in back.metric}
    assert operation["To Halloween and Bonfire Night"] == "25 days"


def ticked(listed: Any) -> set[str]:
    """Wards whose rows are ticked when the list is drawn first."""
    rows = json.loads(listed.proto.selection_default)["selection"]["rows"]
    return set(listed.value["ward"].iloc[rows])


def test_chosen_wards_are_what_is_counted(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    codes = area.wards.codes[2:4]
    at = opened(real_store, wards=",".join(codes))
    frame = real.frame[real.frame["ward_code"].isin(codes) & (real.frame["month"] >= pd.Period("2024-01", "M"))]
    assert at.metric[0].value == f"{(frame['category'] == ASB).sum():,}"
    listed = next(one for one in at.dataframe if "asb_rate" in one.value)
    assert set(listed.value["ward"]) == set(area.wards.names), "every ward can be ticked"
    assert ticked(listed) == {area.ward_names[code] for code in codes}
