"""The short answer of step 1, and ASB spelled out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.when.season_effect import area_season_effects
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from pages.ui.plan.when import usual
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.shell.cache import Dataset
from pages.ui.shell.frame import spelled

DECEMBER = pd.Period("2024-12", "M")


def test_it_says_what_when_and_how_much_more(area: Area) -> None:
    incidents = make_demo(area).incidents
    data = Dataset(area, incidents, date(2025, 1, 15), incidents.version, Path("none"))
    autumn = PlanWindow("", ASB, date(2025, 10, 25), date(2025, 11, 8), DECEMBER, "")
    said = usual.answer(data, autumn)
    october = area_season_effects(incidents.of(ASB), area, ASB).effect("october")
    assert october.differs
    assert said.startswith("ASB incidents, 25 October to 8 November 2025: 15 days. October runs at about ")
    assert f"about {october.written} times an ordinary month" in said
    assert "July" not in said
    spring = replace(autumn, first=date(2025, 2, 23), last=date(2025, 3, 3))
    assert usual.answer(data, spring).endswith(
        "9 days. February and March are ordinary months here: no season is set apart in them."
    )
    early = replace(autumn, as_at=incidents.months[2])
    assert usual.answer(data, early).endswith("cannot be said yet: too few months are loaded.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ASB: a peak", "Anti-social behaviour (ASB): a peak"),
        ("About 3 ASB incidents; ASB", "About 3 anti-social behaviour (ASB) incidents; ASB"),
        ("NASBY", "NASBY"),
    ],
)
def test_the_first_asb_is_spelled_out(text: str, said: str) -> None:
    assert spelled(text) == said
