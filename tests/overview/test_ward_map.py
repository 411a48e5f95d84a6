"""The small map of the Overview: wards as pandas counts them, marks of the funnel, what a click or a tick chooses."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.course.funnel import BANDS, ward_funnel
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from pages.ui.map.maps import Hit
from pages.ui.overview import map as ward_map
from pages.ui.overview.map import clicked
from pages.ui.shell import filters
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Choice, Filters
from tests.made_incidents import of_table
from tests.tab_pages import Open, in_address, text

TWO = ("Burglary", "Robbery")


def sent(at: AppTest, name: str = "data") -> dict[str, Any]:
    """What the map was sent."""
    args = json.loads(at.get("component_instance")[0].proto.json_args)
    whole = args["script"] if name == "base" else args["feature_group"]
    return json.loads(re.search(rf"var {name} = (\{{.*?\}});\n", whole).group(1))  # type: ignore[union-attr]


def table_of(at: AppTest) -> pd.DataFrame:
    """The figures of the map."""
    return next(one.value for one in at.dataframe if "more_than_chance" in one.value)


@pytest.mark.parametrize(
    ("word", "kinds"), [pytest.param("", (ASB,), marks=pytest.mark.long), ("burglary,robbery", TWO)]
)
def test_the_map_holds_counts_rates_and_marks(
    opened: Open, real_store: Path, real: Incidents, area: Area, word: str, kinds: tuple[str, ...]
) -> None:
    at = opened(real_store, **({"category": word} if word else {}))
    frame = real.frame[real.frame["category"].isin(kinds) & (real.frame["month"] >= pd.Period("2024-01", "M"))]
    by_hand = frame.groupby("ward_code").size()
    shown = table_of(at).set_index("ward")
    texts = sent(at)["wardText"]
    funnel = ward_funnel(real.of(" + ".join(kinds)), area).table
    high = set(funnel.loc[funnel["band"] == BANDS[-1], "ward_code"])
    for code, name in area.ward_names.items():
        assert shown.loc[name, "count"] == by_hand.get(code, 0)
        assert texts[code][0] == f"{by_hand.get(code, 0):,} incidents"
        assert texts[code][1] == f"{1000 * by_hand.get(code, 0) / area.residents[code]:.1f} per 1,000"
        assert (texts[code][-1] == "More than chance") == (code in high) == shown.loc[name, "more_than_chance"]
    assert len(sent(at)["outlines"]) == len(high)
    assert f"{shown.index[0]} has the most" in text(at)
    assert shown["rate_per_1000"].is_monotonic_decreasing


def test_a_chosen_ward_is_outlined_and_opens_hotspots(opened: Open, real_store: Path, area: Area) -> None:
    code, name = area.wards.codes[3], area.wards.names[3]
    plain, at = opened(real_store), opened(real_store, wards=code)
    assert len(sent(at)["outlines"]) == len(sent(plain)["outlines"]) + 1
    assert sent(at)["view"] == sent(plain)["view"], "the map stays where it is"
    link = next(one.proto for one in at.get("page_link") if one.proto.label.startswith("Hotspots of"))
    assert link.label == f"Hotspots of {name}"
    assert f"wards={code}" in str(link)


def test_a_name_of_a_ward_is_no_markdown_in_the_link(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = []
    monkeypatch.setattr(ward_map.st, "page_link", lambda _page, *, label, **_: labels.append(label))
    hostile = replace(area, wards=replace(area.wards, names=("[x](http://y) *z*", *area.wards.names[1:])))
    data = Dataset(
        hostile, of_table(area, np.zeros((1, len(area.wards.codes))), "2024-12"), date(2025, 1, 15), "", tmp_path
    )
    ward_map._link(data, Filters(ASB, None, None, (area.wards.codes[0],)))
    assert labels == ["Hotspots of \\[x\\]\\(http\\:\u2060//y\\) \\*z\\*"]


def test_a_click_chooses_a_ward_alone_and_the_next_gives_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {"choice": Choice(wards=("A", "B"))}
    monkeypatch.setattr("streamlit.session_state", kept)
    for hit, after in ((Hit("ward", "A"), ("A",)), (Hit("cell", "SJ1"), ("A",)), (Hit("ward", "A"), ())):
        clicked(hit)
        assert filters.choice().wards == after


def test_the_list_follows_the_filter_and_is_the_same_while_it_does(opened: Open, real_store: Path, area: Area) -> None:
    def listed(at: AppTest) -> Any:
        return next(one.proto for one in at.dataframe if "asb_rate" in one.value)

    at = opened(real_store, wards=area.wards.codes[0])
    first = listed(at).id
    assert listed(at.run()).id == first, "no list anew without a reason"
    at.multiselect(key="filter_wards").set_value(list(area.wards.codes[:2])).run()
    assert listed(at).id != first, "chosen elsewhere: drawn anew with other rows ticked"
    assert in_address(at) == {"wards": ",".join(area.wards.codes[:2])}
    assert len(json.loads(listed(at).selection_default)["selection"]["rows"]) == 2
