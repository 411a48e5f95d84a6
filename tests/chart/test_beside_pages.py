"""The area beside its neighbours on Overview, Plan targets and in the briefing: as computed, or why not."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.common.refusal import Refusal
from analysis.course.beside import Beside
from analysis.course.beside import beside as compare
from analysis.course.districts import district_series
from analysis.findings.beside import beside_title, claim_verdict
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.place.neighbours import CRIME, Claim, claims_of, neighbours_of
from data.store.force_counts import force_counts
from data.store.manifest import read_manifest
from data.store.schema import Incidents
from data.store.store import commit, load
from pages.ui.briefing import make as briefing_make
from pages.ui.chart import beside, sent
from pages.ui.shell.cache import Dataset
from tests import tab_pages
from tests.briefing.briefing_checks import asked, demo_data
from tests.tab_pages import Open

TAB, TARGETS = "Beside its neighbours", "pages/plan_targets.py"
POINTS = "Points with intervals"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    return tab_pages.opener(monkeypatch, "", "overview_tabs")


@pytest.fixture(scope="module")
def computed(real_store: Path, area: Area) -> dict[str, Beside]:
    neighbours = neighbours_of(area)
    assert neighbours is not None
    counts = force_counts(real_store, area, neighbours.forces)
    months = pd.PeriodIndex(counts.months["merseyside"], freq="M")
    return {
        name: compare(district_series(counts, neighbours, area, months, categories, months[-1]), name)
        for name, categories in (("ASB", (ASB,)), ("All recorded crime", CRIME))
    }


def test_the_tab_shows_what_was_computed(
    opened: Open, real_store: Path, area: Area, computed: dict[str, Beside]
) -> None:
    at = opened(real_store, TAB)
    found = computed["ASB"]
    assert beside_title(found, "ASB").sentence in tab_pages.titles(at)
    table = next(each.value for each in at.dataframe if "against" in each.value.columns)
    pd.testing.assert_frame_equal(table, beside.table_of(found), check_dtype=False)
    (points,) = tab_pages.figures(at, POINTS)
    drawn = {x for trace in points["data"] if trace["mode"] == "markers" for x in tab_pages.numbers(trace["x"])}
    np.testing.assert_allclose(sorted(drawn), sorted(found.table["rate"]))
    assert "<b>Knowsley</b> " in points["layout"]["yaxis"]["ticktext"]
    (claim,) = claims_of(area.raw)
    said = claim_verdict(computed["All recorded crime"], claim)
    assert said.sentence in tab_pages.text(at)
    assert f"“{claim.text}”" in tab_pages.text(at)
    assert "Halton is left out: the files of Cheshire police are not loaded." in tab_pages.text(at)
    assert len(at.get("download_button")) >= 2


def test_what_is_counted_stands_in_the_address_and_an_unknown_word_is_told(opened: Open, real_store: Path) -> None:
    at = opened(real_store, TAB, beside="all-recorded-crime")
    assert any(
        title.startswith("All recorded crime: Knowsley is third lowest of five") for title in tab_pages.titles(at)
    )
    at.selectbox(key="beside_counted_widget").set_value("burglary").run()
    assert tab_pages.in_address(at)["beside"] == "burglary"
    assert any(title.startswith("Burglary: ") for title in tab_pages.titles(at))
    wrong = opened(real_store, TAB, beside="sorcery")
    assert "sorcery" in " ".join(one.value for one in wrong.info)


def test_plan_targets_holds_the_claim_against_the_figures(monkeypatch: pytest.MonkeyPatch, real_store: Path) -> None:
    at = tab_pages.open_page(monkeypatch, real_store, TARGETS)
    assert "Does not hold." in tab_pages.text(at)
    assert len(tab_pages.figures(at, POINTS)) == 1


def test_the_demonstration_says_in_one_sentence_why_it_has_none(
    monkeypatch: pytest.MonkeyPatch, opened: Open, tmp_path: Path, area: Area
) -> None:
    at = opened(tmp_path / "none", TAB)
    assert str(beside.SIMULATED) in tab_pages.refusals(at)
    assert not tab_pages.figures(at, POINTS)
    assert "Does not hold" not in tab_pages.text(at)
    targets = tab_pages.open_page(monkeypatch, tmp_path / "none", TARGETS)
    assert str(beside.SIMULATED) in tab_pages.refusals(targets)
    data = demo_data(area, tmp_path / "none")
    (panel,) = briefing_make.one(data, asked(data, ("beside",)), "beside")
    assert panel.refusal == str(beside.SIMULATED)


def test_an_older_store_asks_for_another_import(opened: Open, real_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copytree(real_store, tmp_path / "store", copy_function=os.link))
    manifest = read_manifest(store)
    assert manifest is not None
    commit(store, replace(manifest, units={key: replace(unit, counts="") for key, unit in manifest.units.items()}))
    at = opened(store, TAB)
    (refusal,) = tab_pages.refusals(at)
    assert refusal.startswith(
        "Counts of other districts are not kept for January 2024 to December 2024, loaded before they were."
    )
    assert "Cannot be checked" in tab_pages.text(at)


def test_names_that_mean_harm_are_text(
    monkeypatch: pytest.MonkeyPatch, opened: Open, real_store: Path, computed: dict[str, Beside]
) -> None:
    claim = Claim("<img src=x> the lowest", (), "lowest", "<b>plan</b> $x_2$")
    monkeypatch.setattr(beside, "claims", lambda data: (claim,))
    at = opened(real_store, TAB)
    assert "&lt;img src=x&gt;" in tab_pages.html(at)
    assert "<img src=x>" not in tab_pages.html(at)
    assert "<b>plan" not in tab_pages.html(at)
    bad = "<script>alert(1)</script> =cmd"
    found = computed["ASB"]
    table = found.table.replace({"St Helens": bad})
    hostile = replace(found, table=table, index=found.index.rename(columns={"St Helens": bad}))
    for chart in (beside.rate_chart(hostile, "t"), beside.index_chart(hostile, "t")):
        drawn = sent.message(chart.figure).spec
        assert "<script>" not in drawn.replace("\\u003c", "<")
        assert "&lt;script&gt;" in drawn.replace("\\u0026", "&")


def test_an_area_file_without_neighbours_says_what_to_add(area: Area, real_store: Path) -> None:
    raw = {key: value for key, value in area.raw.items() if key != "comparison"}
    data = Dataset(replace(area, raw=raw), load(real_store, area), pd.Timestamp("2025-01-15").date(), "v", real_store)
    with pytest.raises(Refusal, match=r"\[comparison\]"):
        beside.neighbours(data)


def test_asb_is_added_to_no_crime() -> None:
    assert [word for word, one in beside.CHOICES.items() if ASB in one.categories] == ["asb"]
    assert beside.CHOICES["all-recorded-crime"].categories == CRIME
    assert beside.CHOICES["thefts"] == beside.counted_of(
        "Bicycle theft + Other theft + Shoplifting + Theft from the person"
    )
    assert beside.counted_of("Burglary + Robbery").name == "Burglary plus robbery"


def test_the_panel_of_the_briefing_says_the_same(
    real_store: Path, area: Area, computed: dict[str, Beside], real: Incidents
) -> None:
    data = Dataset(area, real, pd.Timestamp("2025-01-15").date(), "tests of neighbours", real_store)
    (panel,) = briefing_make.one(data, asked(data, ("beside",), as_at="2024-12"), "beside")
    told = beside_title(computed["ASB"], "ASB")
    assert panel.finding == told.title
    assert any("Does not hold." in one for one in panel.notes)
    assert "Halton is left out" in " ".join(panel.notes)
    assert panel.table is not None
    assert panel.table.rows[panel.table.bold[0]][0] == "Knowsley"
