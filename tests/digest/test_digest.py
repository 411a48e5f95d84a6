"""What is new in a month: few false remarks, a doubling is named, and what cannot be said is said.

Figures of 1,000 made-up months: ``python -m pytest -m long -s tests/digest``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analysis.common.method import month_name
from analysis.digest.month import month_digest
from analysis.digest.operation import belonging, coming
from analysis.digest.simulated import speaks
from analysis.digest.unusual import LEAST_USUAL, holm, judge, unusual_now
from analysis.digest.worlds import World, fitted, made_worlds, plain
from analysis.findings.digest import QUIET, doubted, some_short, unusual_count
from analysis.findings.finding import Finding, readable
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, CATEGORIES, DRUGS
from data.place.area import Area
from data.place.area_calendar import next_operation
from data.store.schema import Incidents

MOST, LEAST = 0.10, 0.90


def test_holm_stops_at_the_first_that_does_not_hold() -> None:
    p = np.array([0.02, np.nan, 0.001, 0.5, 0.024])
    assert holm(p, 0.1).tolist() == [True, False, True, False, True]  # 0.001 x 4, 0.02 x 3, 0.024 x 2
    assert holm(p, 0.05).tolist() == [False, False, True, False, False]
    assert not holm(np.array([np.nan, 0.9]), 0.1).any()


def test_what_is_usual_is_the_level_with_its_season_and_few_are_not_judged() -> None:
    months = pd.period_range(end="2024-11", periods=60, freq="M")
    mean = 100 * np.where(months.month == 12, 2.0, 1.0) * np.asarray(months.days_in_month) / 30.4375
    count = np.array([mean.round(), np.ones(60)])
    found = judge(months, count, np.array([205.0, 90.0]), np.ones(60, dtype=bool))
    assert found is not None
    usual, p = found
    assert 185 < usual[0] < 210
    assert p[0] > 0.3
    assert usual[1] < LEAST_USUAL
    assert np.isnan(p[1])
    high = judge(months, count, np.array([330.0, 1.0]), np.ones(60, dtype=bool))
    assert high is not None
    assert high[1][0] < 1e-3
    assert judge(months[:23], count[:, :23], np.array([1.0, 1.0]), np.ones(23, dtype=bool)) is None
    assert judge(months[:0], count[:, :0], np.array([1.0, 1.0]), np.ones(0, dtype=bool)) is None


def test_a_quiet_month_is_quiet_and_a_doubling_is_named() -> None:
    world = plain("a few", 400, 0.08, 48)
    assert speaks(world, np.random.default_rng(1), 50).any <= 0.2
    assert speaks(world, np.random.default_rng(1), 25, ASB).named >= LEAST
    assert speaks(replace(world, months=24), np.random.default_rng(1), 25, ASB).any == 0  # 23 months before


def test_titles_can_be_read_aloud(area: Area) -> None:
    month = pd.Period("2024-12", "M")
    for kind in CATEGORIES:
        for ward in ("", *area.ward_names.values()):
            assert readable(unusual_count(kind, ward, month, 30, 10.2).title)
    assert unusual_count(DRUGS, "", month, 30, 10.2).title == "Drug offences were unusually high for the month"
    assert "unusually low" in unusual_count(ASB, "", month, 3, 10.2).title
    assert readable(doubted([month]).title)
    assert readable(some_short(CATEGORIES).title)


def test_the_demonstration_and_short_histories_say_what_they_cannot(area: Area) -> None:
    demo = make_demo(area).incidents
    for n in (1, 6, 12, 24):
        months = demo.months[-n:]
        found = month_digest(demo.within(months[0], months[-1]), area, (Finding("A fact"),))
        assert found.title == f"These months do not say what is usual: {month_name(months[-1])}"
        assert not found.remarks
        assert found.limits[0].detail.startswith("That takes 24 known months")
        assert "- A fact." in found.text()
    nothing = month_digest(Incidents(demo.frame.iloc[:0], demo.months[:0], ""), area)
    assert nothing.title == "There are no months to look at"
    whole = month_digest(demo, area)
    assert whole.remarks or whole.title.startswith(QUIET)
    last = demo.frame["month"] == demo.months[-1]
    asb = demo.frame[last & (demo.frame["category"] == ASB)]
    more = replace(demo, frame=pd.concat([demo.frame, asb, asb], ignore_index=True))
    assert any(one.category == ASB and not one.ward and one.high for one in unusual_now(more, area).found)
    assert month_digest(more, area).title.startswith("ASB was unusually high")


def test_the_next_operation_is_told_with_what_lacks(area: Area) -> None:
    window = next_operation(area, date(2024, 9, 20))
    assert window is not None
    told = coming(window, window.first - timedelta(days=3), None)
    assert told.title == f"Next: {window.operation.name}, in 3 days"
    assert "No plan is saved for it" in told.detail
    assert readable(told.title)
    assert belonging(window, ()) is None
    assert coming(window, window.first, None).title.startswith("Under way: ")


def figures(world: World) -> tuple[float, float]:
    quiet = speaks(world, np.random.default_rng(2024), 1000)
    loud = speaks(world, np.random.default_rng(2025), 1000, ASB)
    print(f"{world.name}: any remark in {quiet.any:.1%} of 1,000 quiet months, a doubling named in {loud.named:.1%}")
    return quiet.any, loud.named


@pytest.mark.long
def test_any_remark_comes_in_one_of_ten_quiet_months_at_most(real: Incidents, area: Area) -> None:
    world = fitted(real, area)
    said, named = figures(world)
    assert said <= MOST
    assert named >= LEAST
    for other in (replace(world, months=25, name="like them, 25 months"),
                  replace(world, months=36, name="like them, 36 months"), *made_worlds()):  # fmt: skip
        assert figures(other)[0] <= MOST
