"""The Hotspots page through AppTest, on real, simulated and no data: its figures against counts made another way."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.ahead.forecast import forecast
from analysis.common import seeds
from analysis.common.counts import monthly_series
from analysis.common.rates import WHO_REPORTS, rates_spread
from analysis.when.seasonality import season_mask
from analysis.where.moved import moved_points
from analysis.where.unseen import unseen_year
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area, load_area
from data.published.police_uk import import_paths
from data.store.schema import Incidents
from data.store.store import default_store
from geo.crs import to_wgs84
from pages.ui.shell import later
from tests.conftest import ROOT
from tests.tab_pages import Open, finding, html, open_page


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the page on a store, with parameters in the address."""

    def start(store: Path, **query: str) -> AppTest:
        at = open_page(monkeypatch, store, "pages/hotspots.py", **query)
        assert default_store() == store
        return at

    return start


def made(at: AppTest) -> AppTest:
    """The page with "How this was made" open."""
    at.session_state["hot_tabs"] = "How this was made"
    return at.run()


def payload(at: AppTest, name: str) -> dict[str, Any]:
    """What the map's base (``base``) or overlay (``data``) script was given."""
    args = component(at)
    text = args["script"] if name == "base" else args["feature_group"]
    return json.loads(re.search(rf"var {name} = (\{{.*?\}});\n", text).group(1))  # type: ignore[union-attr]


def component(at: AppTest) -> dict[str, Any]:
    """Arguments of the map component."""
    return json.loads(at.get("component_instance")[0].proto.json_args)


def listed(at: AppTest) -> pd.DataFrame:
    """The list beside the map."""
    return at.dataframe[0].value


def last12(real: Incidents, category: str) -> pd.DataFrame:
    """Incidents of the last 12 months, straight from the frame."""
    frame = real.frame
    return frame[(frame["category"] == category) & (frame["month"] >= pd.Period("2024-01", "M"))]


@pytest.mark.parametrize(("category", "slug"), [(ASB, ""), (DRUGS, "drugs")])
def test_figures_equal_an_independent_count(
    opened: Any, real_store: Path, real: Incidents, category: str, slug: str
) -> None:
    at = opened(real_store, **({"category": slug} if slug else {}))
    table, sent = listed(at), payload(at, "data")
    frame = last12(real, category)
    # Cells by a route of their own: whole multiples of 200 m.
    square = frame["easting_m"] // 200 * 200 + 1j * (frame["northing_m"] // 200 * 200)
    counts = square.value_counts()
    base = payload(at, "base")
    west, south = json_origin(at)
    for column, row, _, _, past, _, _ in sent["cells"]:
        assert past == counts.get(west + 200 * column + 1j * (south + 200 * row), 0)
    assert len(sent["cells"]) == (108 if category == ASB else 109)  # the place of one cell that has two is left out
    assert len(base["wards"]) == 15
    assert list(table["number"]) == list(range(1, 11))
    assert table["expected"].is_monotonic_decreasing
    assert [p[0] for p in sent["places"]] == list(range(1, 11))
    np.testing.assert_allclose([p[6] for p in sent["places"]], table["expected"], atol=0.006)
    assert [p[7] for p in sent["places"]] == list(table["count"])


def json_origin(at: AppTest) -> tuple[float, float]:
    """South-west corner of the lattice, found from the cell list: a reference names its corner."""
    cell = payload(at, "data")["cells"][0]
    east, north = 300_000 + 100 * int(cell[6][2:5]), 300_000 + 100 * int(cell[6][5:8])
    assert cell[6].startswith("SJ")
    return east - 200 * cell[0], north - 200 * cell[1]


def test_ward_layer_shows_counts_of_the_period(opened: Any, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store)
    at.session_state["hot_show"] = "wards"
    at.run()
    counts = last12(real, ASB).groupby("ward_code", observed=True).size()
    table = listed(at)
    assert dict(zip(table["ward_name"], table["count"], strict=True)) == {
        area.ward_names[code]: n for code, n in counts.items()
    }
    row = table.iloc[0]
    code = next(code for code, name in area.ward_names.items() if name == row["ward_name"])
    assert row["rate_per_1000"] == pytest.approx(1000 * row["count"] / area.residents[code])
    sent = payload(at, "data")
    assert sent["wardText"][code][0] == f"{counts[code]:,} incidents"
    assert set(sent["wardFill"]) == set(area.wards.codes)
    columns = next(json.loads(one.proto.columns) for one in at.dataframe if "rate_per_1000" in one.value)
    assert columns["low"]["label"] == "95 % from"
    assert columns["low"]["help"].startswith(rates_spread(real.of(ASB), area).sentence)
    assert html(at).count(WHO_REPORTS) == 1
    at.session_state["hot_show"] = "places"
    for unit, times in (("Wards", 1), ("Cells", 0)):
        at.session_state["hot_tabs"] = "Change"
        at.session_state["hot_change_unit"] = unit
        at.run()
        assert html(at).count(WHO_REPORTS) == times


@pytest.mark.parametrize("shown", ["cells", "density", "points"])
def test_every_layer_has_a_list_and_draws(opened: Any, real_store: Path, shown: str) -> None:
    at = opened(real_store)
    at.session_state["hot_show"] = shown
    at.run()
    assert not at.exception
    assert len(payload(at, "data")[shown]) > 50
    assert len(listed(at)) > 50
    assert payload(at, "data")["places"] == []


def test_map_points_carry_every_incident_of_the_area(opened: Any, real_store: Path, real: Incidents) -> None:
    at = opened(real_store)
    at.session_state["hot_show"] = "points"
    at.run()
    assert sum(p[2] for p in payload(at, "data")["points"]) == last12(real, ASB)["ward_code"].notna().sum()


def test_nothing_on_the_map_comes_from_elsewhere(opened: Any, real_store: Path) -> None:
    args = component(opened(real_store))
    assert args["js_links"] == ["../../app/static/vendor/leaflet.js"]
    assert args["css_links"] == ["../../app/static/vendor/leaflet.css"]
    assert "://" not in args["script"] + args["feature_group"] + args["header"] + (args["html"] or "")


def test_a_filter_change_sends_little_and_keeps_the_base(opened: Any, real_store: Path) -> None:
    asb, drugs = opened(real_store), opened(real_store, category="drugs")
    assert component(asb)["script"] == component(drugs)["script"]
    assert component(asb)["feature_group"] != component(drugs)["feature_group"]
    assert len(json.dumps(component(drugs))) < 150_000


def test_choosing_wards_keeps_the_numbers_of_the_whole_area(opened: Any, real_store: Path, area: Area) -> None:
    everything = listed(opened(real_store))
    at = opened(real_store, wards=area.wards.codes[5])
    own = listed(at)
    name = area.ward_names[area.wards.codes[5]]
    assert set(own["ward"]) == {name}
    assert set(everything[everything["ward"] == name]["number"]) <= set(own["number"])
    assert payload(at, "data")["wardOn"] == [area.wards.codes[5]]


def test_a_season_scales_the_volume_and_leaves_the_places(opened: Any, real_store: Path) -> None:
    year, season = made(opened(real_store)), made(opened(real_store, season="halloween"))
    a, b = listed(year), listed(season)
    assert list(a["grid_reference"]) == list(b["grid_reference"])
    ratio = b["expected"] / a["expected"]
    assert ratio.min() > 1.2
    np.testing.assert_allclose(ratio, ratio.iloc[0])
    assert "Halloween" in finding(season)
    assert "The same places lead in October as in the year (measured on 4 Octobers)." in html(season)
    assert "in the year (measured" not in html(year)


def test_expected_incidents_are_those_of_the_forecast(
    opened: Any, real_store: Path, real: Incidents, area: Area
) -> None:
    series = monthly_series(real.of(ASB))
    ahead = forecast(series, 1, season_mask(pd.PeriodIndex(series.index), area, ASB)).iloc[0]
    at = opened(real_store)
    at.session_state["hot_show"] = "cells"
    at.session_state["hot_share"] = 0.20
    at.run()
    words = re.search(
        r"About (\d+) ASB incidents are expected in January 2025 in the borough \(80 %: (\d+) to (\d+)\)", finding(at)
    )
    assert words is not None
    assert [int(n) for n in words.groups()] == [round(ahead[c]) for c in ("expected", "low80", "high80")]
    sent = sum(cell[3] for cell in payload(at, "data")["cells"])
    assert 0.8 * ahead["expected"] < sent < ahead["expected"]


def test_how_it_was_made_is_said_in_full(opened: Any, real_store: Path, real: Incidents, area: Area) -> None:
    text = html(made(opened(real_store)))
    for words in (
        "200 m",
        "half-life 12 months",
        "smoothing 0.1",
        "n = ",
        "Benjamini-Hochberg",
        "January 2018",
        "caught",
    ):
        assert words in text
    # what the top cells caught is one number, in the finding, below the map and beside what anonymous points cost
    known = unseen_year(real.of(ASB), area.grid())
    assert re.findall(r"top 5 % of cells caught (\d+) %", text) == 3 * [f"{100 * known.hit_rate:.0f}"]
    cost = moved_points(real.of(ASB), area.grid(), np.random.default_rng(seeds.JITTER))
    for sentence in (known.sentence, cost.sentence, *cost.details):
        assert escape(sentence) in text


def test_stepping_back_hides_what_came_later(opened: Any, real_store: Path, real: Incidents) -> None:
    at = opened(real_store, **{"as-at": "2024-06"})
    frame = real.frame
    window = (frame["month"] >= pd.Period("2023-07", "M")) & (frame["month"] <= pd.Period("2024-06", "M"))
    count = (window & (frame["category"] == ASB) & frame["ward_code"].notna()).sum()
    assert f"{count:,} in July 2023 to June 2024" in html(at)
    assert "December 2024" not in html(at)


def test_a_period_too_short_for_chance_says_so_in_place_of_outlines(opened: Any, real_store: Path) -> None:
    at = opened(real_store, period="2024-10..2024-12")
    assert "needs at least 12" in html(at)
    assert not any(cell[5] for cell in payload(at, "data")["cells"])


def test_the_demonstration_is_marked(opened: Any, tmp_path: Path) -> None:
    at = opened(tmp_path / "none")
    assert payload(at, "base")["mark"] == "SIMULATED"
    assert "simulated incidents" in html(at)
    assert len(listed(at)) == 10


def test_an_empty_selection_still_opens(opened: Any, real_store: Path, real: Incidents, area: Area) -> None:
    frame = real.frame[real.frame["month"].dt.year == 2022]
    seen = set(zip(frame["category"], frame["ward_code"], strict=True))
    ward = next(code for code in area.wards.codes if ("Bicycle theft", code) not in seen)
    at = opened(real_store, category="bicycle-theft", wards=ward, period="2022")
    for shown in ("places", "cells", "wards", "density", "points"):
        at.session_state["hot_show"] = shown
        at.run()
        assert not at.exception


def test_a_hostile_street_name_stays_text(
    opened: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, area: Area
) -> None:
    east, north = area.wards.polygons[0].centroid.coords[0]
    lon, lat = to_wgs84([east], [north])
    evil = "On or near </script><img src=x onerror=alert(1)>{{ 7*7 }}"
    head = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type"
    rows = [
        f",{2023 + k // 12}-{k % 12 + 1:02d},F,F,{lon[0]:.6f},{lat[0]:.6f},{evil},E01000001,X,{ASB},,"
        for k in range(24)
        for _ in range(3)
    ]
    file = tmp_path / "rows.csv"
    file.write_text("\n".join([head + ",Last outcome category,Context", *rows]) + "\n", encoding="utf-8")
    area_file = tmp_path / "area.toml"
    text = (ROOT / "data" / "area.toml").read_text(encoding="utf-8")
    area_file.write_text(text.replace('["merseyside"]', '["f"]'), encoding="utf-8")
    (tmp_path / "wards.geojson").write_bytes((ROOT / "data" / "wards.geojson").read_bytes())
    report = import_paths([file], tmp_path / "store", load_area(area_file))
    assert report.ok, report.lines()
    monkeypatch.setenv("DASHBOARD_AREA", str(area_file))
    at = opened(tmp_path / "store")
    args = component(at)
    for written in (args["script"], args["feature_group"], html(at)):
        assert "<img" not in written
        assert "alert(1)" not in written or "\\u003cimg" in written or "&lt;img" in written


def test_a_period_with_missing_months_is_no_plain_total(opened: Any, real_store: Path) -> None:
    text = html(opened(real_store, period="2022"))
    assert "410 in January 2022 to December 2022 (3 of 12 months are there)" in text


def test_the_finding_keeps_the_area_and_the_chosen_wards_apart(opened: Any, real_store: Path, area: Area) -> None:
    said = finding(opened(real_store, wards=area.wards.codes[3]))
    assert f"in the {area.kind}" in said
    assert said.endswith("leads in the chosen wards")


@pytest.mark.parametrize("period", ["0000-01..9999-12", "0000", "0000/01", "9999"])
def test_an_absurd_period_in_the_address_is_told(opened: Any, real_store: Path, period: str) -> None:
    assert len(listed(opened(real_store, period=period))) == 10


def drawn(at: AppTest) -> list[tuple[str, str]]:
    """Everything on the page in its order, by kind; what scripts carry is different in every run."""
    return [
        (one.type, re.sub(r"<script>.*</script>", "", str(getattr(one.proto, "body", "")), flags=re.DOTALL))
        for one in at.main
    ]


def test_the_page_is_the_same_whether_its_charts_waited_or_not(
    monkeypatch: pytest.MonkeyPatch, opened: Open, store: Path
) -> None:
    monkeypatch.setattr(later, "LIMIT_S", 0.0)
    monkeypatch.setattr(later.painted(), "listening", True)
    put: list[int] = []
    real = later.put
    monkeypatch.setattr(later, "put", lambda height, draw: (put.append(height), real(height, draw)))
    waited = opened(store)
    assert len(put) >= 2
    assert all(height >= 100 for height in put)
    said = [one.proto.body for one in waited.main if one.type == "html"]
    assert sum("/painted/" in body for body in said) == 1
    assert not [body for body in said if 'class="later"' in body]
    monkeypatch.setattr(later.painted(), "listening", False)
    assert drawn(waited) == drawn(opened(store))
