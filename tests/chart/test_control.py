"""The control chart as it is drawn: what is marked, what is judged, and a plain line, from any history that has one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.course.control_chart import NO_SIGNAL, unusual_months
from pages.ui.chart import control


@pytest.mark.parametrize("months", [25, 36, 73, 120, 200])
@pytest.mark.parametrize("level", [3, 150])
def test_any_chart_is_drawn_with_what_it_marks(months: int, level: int) -> None:
    index = pd.period_range("2006-01", periods=months, freq="M")
    series = pd.Series(np.random.default_rng(months).poisson(level, months).astype(float), index=index)
    series.iloc[-months // 3] = np.nan if months > 36 else series.iloc[0]
    series.iloc[-1] = 4 * level
    found = unusual_months(series, name="ASB", draws=100)
    chart = control.control_chart(found, found.sentence)
    line = chart.figure["data"][-1]
    assert len(chart.figure["data"]) == (4 if found.limited else 1)
    assert list(line["x"]) == [
        month.ordinal for month in found.points.loc[control.shown_points(found).index[0] :].index
    ]
    assert found.limited == (level == 150)
    diamonds = [x for x, symbol in zip(line["x"], line["marker"]["symbol"], strict=True) if symbol == "diamond"]
    assert diamonds == [month.ordinal for month in found.points.index[found.points["signal"]]]
    assert bool(diamonds) == found.limited
    assert ("Diamonds break a rule." in control.note(found)) == found.limited
    assert NO_SIGNAL not in control.note(found)
    assert all("nan" not in said for said, y in zip(line["customdata"], line["y"], strict=True) if y is not None)
    assert len(chart.table) == len(line["x"])


def test_a_baseline_is_named_by_its_end() -> None:
    assert control.end_words("2024-03") == "24 known months to March 2024"
    assert control.end_words("") == "For the latest months"
