"""The message of a chart is what Streamlit makes of its figure, and the same figure is coded once."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.chart import charts, sent
from pages.ui.chart.figure import Drawing, Settings, marked
from tests.tab_pages import open_page

MONTHS = pd.period_range("2023-01", "2024-12", freq="M")


def figures() -> list[Settings]:
    """Of several kinds, with numbers of several kinds."""
    series = pd.Series(np.arange(24.0), MONTHS).where(lambda x: x != 7)
    shades = Drawing()
    shades.shaded(np.array([[1.0, np.nan]]), [1, 2], ["a"], lambda j, i: f"{j}{i}", lambda j, i: f"<b>{j}</b> {i}")
    plain = Drawing(rows=2)
    plain.trace(type="bar", x=pd.Series([1, 2]), y=np.array([3, 4]), customdata=[np.int64(3), date(2024, 1, 1)])
    plain.band(1, 2, "red", edge=True)
    plain.level(3.5)
    trend = charts.trend({"ASB": series}, (), "A title").figure
    return [
        trend,
        marked(trend, left=True),
        shades.figure(200, 20, {}, {}),
        plain.figure(100, 20, {"range": [0, 1]}, {}),
    ]


def page(new: bool, picked: bool) -> None:  # run by AppTest: all it needs stands in it
    import plotly.graph_objects as go
    import streamlit as st

    from pages.ui.chart import sent
    from tests.chart.test_sent import figures

    for k, figure in enumerate(figures()):
        call = (lambda: None) if picked else None
        with st.container():
            if new:
                sent.show(sent.message(figure), key=f"chart_{k}", alt=" Alt ", on_select=call)
            else:
                more = {"on_select": call, "selection_mode": "points"} if picked else {}
                st.plotly_chart(
                    go.Figure(figure), theme="streamlit", key=f"chart_{k}", alt=" Alt ",
                    config={"displayModeBar": False}, **more,
                )  # fmt: skip


@pytest.mark.parametrize("picked", [False, True])
def test_it_is_what_streamlit_sends(picked: bool) -> None:
    ours, theirs = (AppTest.from_function(page, kwargs={"new": new, "picked": picked}).run() for new in (True, False))
    assert not ours.exception
    assert not theirs.exception
    pairs = list(zip(ours.get("plotly_chart"), theirs.get("plotly_chart"), strict=True))
    assert len(pairs) == len(figures())
    for one, other in pairs:
        assert one.proto == other.proto


def test_the_height_is_that_of_the_figure() -> None:
    for figure in figures():
        assert sent.message(figure).height == go.Figure(figure).layout.height


def test_another_figure_is_another_message_and_the_same_is_coded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    coded: list[Settings] = []
    whole = sent._message

    def counted(figure: Settings) -> sent.Message:
        coded.append(figure)
        return whole(figure)

    monkeypatch.setattr(sent, "_message", counted)
    sent.shelf.clear()  # type: ignore[attr-defined]  # of Streamlit's cache
    drawing = Drawing()
    drawing.trace(type="bar", x=[1, 2], y=[3, 4])
    base = drawing.figure(100, 20, {}, {})
    others = [
        base,
        marked(base),
        marked(base, left=True),
        {**base, "layout": {**base["layout"], "height": 101}},
        {**base, "layout": {**base["layout"], "clickmode": "event+select"}},
        {**base, "data": [{**base["data"][0], "y": [3, 5]}]},
        {**base, "data": [{**base["data"][0], "y": [3, 4.5]}]},
        {**base, "data": [{**base["data"][0], "y": np.array([3, 4])}]},
        {**base, "data": [{**base["data"][0], "y": np.array([3.0, 4.0])}]},
    ]
    messages = [sent.message(figure) for figure in others]
    assert len(coded) == len(others)
    assert len({one.spec for one in messages}) == len(others)
    assert [sent.message(deepcopy(figure)) for figure in others] == messages
    assert len(coded) == len(others)


def test_what_cannot_be_told_apart_is_coded_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = Drawing()
    drawing.trace(type="bar", x=[1], y=[2], customdata=[{1j}])
    coded: list[Settings] = []
    monkeypatch.setattr(sent, "_message", lambda figure: coded.append(figure) or sent.Message("{}", 1))
    for _ in range(2):
        sent.message(drawing.figure(100, 20, {}, {}))
    assert len(coded) == 2


def test_a_second_run_of_a_page_codes_no_figure(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page(monkeypatch, short, "pages/hotspots.py")
    before = [one.proto for one in at.get("plotly_chart")]
    assert len(before) > 1
    monkeypatch.setattr(sent, "_message", lambda _: pytest.fail("coded again"))
    monkeypatch.setattr(go, "Figure", lambda *_: pytest.fail("checked again"))
    again = at.run()
    assert not again.exception
    assert [one.proto for one in again.get("plotly_chart")] == before
    assert all(json.loads(one.spec)["data"] for one in before)
