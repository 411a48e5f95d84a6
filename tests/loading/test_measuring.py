"""Measuring on the Data page through AppTest: whose rates are shown, the button with its progress, and other areas."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.measure.everything import STEPS, Tell
from data.kinds.crime_types import ASB, DRUGS
from data.measured.measurement import FILE, Measurement, keep_measured, read_measured
from data.place.area import Area
from data.store.schema import Incidents
from data.store.store import store_version
from geo.errors import InputError
from pages.ui.loading import measuring
from tests.conftest import ROOT
from tests.measure.made_area import CODE, NAME, as_another_area
from tests.tab_pages import Open, html, text

TESTS = ({"test": "a <b>test</b>", "unit": "ward", "level": 0.05, "rejected": 2, "trials": 50},)
VERDICTS = ({"kind": "placebo", "trials": 40, "cannot_tell": 38, "fell": 1, "rose": 1},)


@pytest.fixture
def own(short: Path, tmp_path: Path) -> Path:
    """A store of one's own with four real months."""
    return Path(shutil.copytree(short, tmp_path / "store"))


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another area on the same wards."""
    monkeypatch.setenv("DASHBOARD_AREA", str(as_another_area(ROOT / "data" / "area.toml", tmp_path)))


def alarms(at: AppTest) -> list[pd.DataFrame]:
    return [one.value for one in at.dataframe if "share rejected" in one.value]


def test_rates_of_the_project_name_area_and_months(opened: Open, own: Path, area: Area) -> None:
    at = opened(own, "Data")
    (table,) = alarms(at)
    assert set(table["category"]) == {ASB, DRUGS}
    assert len(table) == 18
    said = (
        f"ASB: Measured on {area.name}, January 2018 to December 2024 (73 months); made from other months than are "
        "loaded."
    )
    assert said in text(at)
    assert not at.button(key="measure").disabled


def test_another_area_claims_nothing_until_it_is_measured(
    opened: Open, own: Path, area: Area, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(own, "Data")
    assert alarms(at) == []
    assert f"ASB: Not measured on {NAME} yet." in text(at)
    assert f"Drug offences: Not measured on {NAME} yet." in text(at)
    assert area.name not in text(at)
    told: list[float] = []
    progress = measuring.st.progress

    class Bar:
        def __init__(self, bar: object) -> None:
            self.bar = bar

        def progress(self, value: float, words: str) -> None:
            told.append(value)
            self.bar.progress(value, words)

    monkeypatch.setattr(measuring.st, "progress", lambda *arguments: Bar(progress(*arguments)))

    def measure(incidents: Incidents, place: Area, category: str, trials: int | None, tell: Tell) -> Measurement:
        assert trials is None
        for step in range(STEPS):
            tell(f"step {step}")
        parts = {"tests": TESTS, "verdicts": VERDICTS} if category == ASB else {}
        months = incidents.months
        return Measurement(
            place.code, place.name, category, str(months[0]), str(months[-1]), len(months), "police.uk",
            incidents.version, "2025-01-15T12:00:00+00:00", parts, () if parts else ("forecast: <i>none</i>.",),
        )  # fmt: skip

    monkeypatch.setattr(measuring, "measure", measure)
    at.button(key="measure").click().run()
    assert not at.exception
    assert told == [step / (2 * STEPS) for step in range(2 * STEPS)]
    assert {one.key for one in read_measured(own)} == {(CODE, "police.uk", ASB), (CODE, "police.uk", DRUGS)}
    (table,) = alarms(at)
    assert table[["rejected", "trials", "share rejected"]].to_numpy().tolist() == [[2, 50, 0.04], [2, 40, 0.05]]
    assert f"ASB: Measured on {NAME}, July 2024 to October 2024 (4 months), on 15 January 2025." in text(at)
    assert "Could not be measured: Drug offences, forecast: <i>none</i>." in text(at)
    assert "<i>none" not in html(at)
    # other data: said so
    one = read_measured(own)[0]
    keep_measured(own, replace(one, data_version="another"))
    assert "on 15 January 2025; made from older data." in text(opened(own, "Data"))


def test_it_is_really_measured_on_the_page(
    opened: Open, own: Path, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "TRIALS", 2)
    monkeypatch.setattr(measuring, "CATEGORIES", (ASB,))
    at = opened(own, "Data")
    at.button(key="measure").click().run()
    assert not at.exception
    (one,) = read_measured(own)
    assert (one.key, one.months, one.data_version) == ((CODE, "police.uk", ASB), 4, store_version(own))
    assert len(one.left_out) == STEPS - 1  # four months carry none of it
    assert "Months split at random need 24 published months, and there are 4." in text(at)
    assert alarms(at) == []


def test_what_cannot_be_measured_is_told(
    opened: Open, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(tmp_path / "none", "Data")  # the demonstration
    assert "Simulated incidents tell nothing about the area" in text(at)
    assert not [one for one in at.button if one.key == "measure"]

    def fail(*_: object) -> None:
        raise InputError("the store cannot be written: no space", file="x")

    monkeypatch.setattr(measuring, "measure", fail)
    at = opened(own, "Data")
    at.button(key="measure").click().run()
    assert not at.exception
    assert "no space" in text(at)
    (own / FILE).write_text("{", encoding="utf-8")
    at = opened(own, "Data")
    assert "what was measured cannot be read" in text(at)
    assert "73 months" not in text(at)
