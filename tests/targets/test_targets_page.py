"""Plan targets through AppTest: figures equal the analysis called directly, and what cannot be said is said so."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.common.counts import compare_years, monthly_series
from analysis.common.refusal import Refusal
from analysis.course.control_chart import unusual_months
from analysis.course.target_progress import Against, Baseline, Progress, position, progress
from analysis.when.seasonality import season_mask
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.plan.targets import priorities_of
from data.store.schema import Incidents
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters
from pages.ui.targets import page as targets
from pages.ui.targets import priorities as targets_priorities
from pages.ui.targets.choice import OWN, BaselineChoice, options
from tests import tab_pages
from tests.conftest import ROOT
from tests.tab_pages import Open

PAGE = "pages/plan_targets.py"


def told(real: Incidents, area: Area, last: str, base: Baseline) -> Progress:
    """Progress of ASB, the analysis called directly."""
    series = monthly_series(real.up_to(pd.Period(last, "M")).of(ASB))
    mask = season_mask(pd.PeriodIndex(series.index), area, ASB)
    return progress(series, base, -0.06, "2026/27", mask, name="ASB")


def finding(at: AppTest) -> str:
    """The first line under the title."""
    return (
        tab_pages.text(at).split('class="finding">')[1].split("</p>")[0].replace("Anti-social behaviour (ASB)", "ASB")
    )


def cards(at: AppTest) -> dict[str, tuple[str, str]]:
    """Figures at the top by their label, with their change."""
    return {m.label.replace("\\", ""): (m.value, (m.delta or "").replace("\xa0", " ")) for m in at.metric}


def test_the_first_screen_is_the_analysis(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store)
    found = told(real, area, "2024-12", Baseline("2022/23", 1592, ""))
    assert finding(at) == found.sentence.removesuffix(".")
    shown = cards(at)
    assert shown["ASB, Jan to Dec 2024"] == ("1,742", "+12 %")
    assert shown["2024/25 so far, Apr to Dec 2024"] == ("1,408", "+17 %")
    assert shown["At most 1,496 in 2026/27"][0] == "Too early to say"
    assert shown["What it would take"][0] == "−14 %"
    for need in found.required:
        assert need.sentence in tab_pages.text(at)
    assert "The baseline is as published: the data here do not hold the whole of 2022/23." in tab_pages.text(at)
    assert tab_pages.refusals(at) == []


@pytest.mark.parametrize(
    ("count", "delta"), [(1000, "on the path"), (1004, "+0.4 %"), (992, "−0.8 %"), (1130, "+13 %")]
)
def test_a_card_and_its_sentence_round_alike(count: int, delta: str) -> None:
    months = pd.Period("2024-01", "M"), pd.Period("2024-12", "M")
    found = Against(*months, count, 1000.0, count / 1000, 0.8, 1.2, "near")
    card = targets.against_card("ASB", found)
    assert card.delta is not None
    assert card.delta.replace("\xa0", " ") == delta
    assert delta.lstrip("+−") in position(found)


def test_the_path_chart_draws_whole_years_only(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store)
    (figure,) = tab_pages.figures(at, "Line chart of 12-month totals")
    path, line = figure["data"][0], figure["data"][1]
    found = told(real, area, "2024-12", Baseline("2022/23", 1592, ""))
    assert [path["y"][0], path["y"][-1], len(path["y"])] == [1592, 1496, 49]
    assert line["connectgaps"] is False
    drawn = {pd.Period(ordinal=x, freq="M"): y for x, y in zip(line["x"], line["y"], strict=True) if y is not None}
    assert drawn == {month: total for month, total in found.rolling.dropna().items() if month >= min(drawn)}
    assert min(drawn) == pd.Period("2023-09")  # September 2022 is the last month that is missing
    assert not tab_pages.marked(figure)
    (table,) = [each.value for each in at.dataframe if "total_12_months" in each.value.columns]
    assert int(table["total_12_months"].notna().sum()) == len(drawn)
    assert list(table["path"].dropna())[::48] == [1592, 1496]
    (all_figures,) = [each.value for each in at.dataframe if "difference_percent" in each.value.columns]
    assert list(all_figures["incidents"]) == [1742, 1408, 1496, 1526]
    assert list(all_figures["those"]) == [1550, 1203, 1742, 1742]
    assert list(all_figures["difference_percent"]) == [12.4, 17.1, -14.1, -12.4]


def test_the_control_chart_says_what_overview_and_slide_say(
    opened: Open, real_store: Path, real: Incidents, area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    asb = monthly_series(real.of(ASB))
    found = unusual_months(asb, name="ASB", mask=season_mask(asb.index, area, ASB))
    at = opened(real_store)
    assert found.sentence.removesuffix(".") in tab_pages.titles(at)
    for said in found.details:
        assert said in tab_pages.text(at)
    at.selectbox(key="targets_baseline_widget").select("2018/19").run()  # another path, the same months
    assert found.sentence.removesuffix(".") in tab_pages.titles(at)
    overview = tab_pages.open_tab(monkeypatch, real_store, "", "overview_tabs", "Month by month")
    assert found.sentence.removesuffix(".") in tab_pages.titles(overview)


def test_a_baseline_of_the_data_or_typed(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store)
    box = at.selectbox(key="targets_baseline_widget")
    assert box.options == [
        "1,592 in 2022/23, published with the plan", "1,704 in 2023/24, in the data", "4,526 in 2020/21, in the data",
        "3,010 in 2019/20, in the data", "3,374 in 2018/19, in the data", "Type a figure ...",
    ]  # fmt: skip
    box.select("2023/24").run()
    assert finding(at) == told(real, area, "2024-12", Baseline("2023/24", 1704, "")).sentence.removesuffix(".")
    assert cards(at)["At most 1,601 in 2026/27"]
    assert "restrictions" not in tab_pages.text(at)
    box.select("2020/21").run()
    assert "Apr 2020 to Apr 2021, when breaches of restrictions were logged, is in some of them." in tab_pages.text(at)
    assert "12 of the 12 months of 2020/21 were under COVID restrictions" in tab_pages.text(at)
    at.selectbox(key="targets_baseline_widget").select("own").run()
    at.number_input(key="targets_total_widget").set_value(2000).run()
    at.selectbox(key="targets_year_widget").select("2021/22").run()
    assert finding(at) == told(real, area, "2024-12", Baseline("2021/22", 2000, "")).sentence.removesuffix(".")
    # it is still there after another page was looked at
    at.switch_page("pages/data.py").run()
    at.switch_page(PAGE).run()
    assert not at.exception
    assert finding(at) == told(real, area, "2024-12", Baseline("2021/22", 2000, "")).sentence.removesuffix(".")


def test_stepping_back_hides_what_came_later(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store, as_at="2024-03")
    assert finding(at) == told(real, area, "2024-03", Baseline("2022/23", 1592, "")).sentence.removesuffix(".")
    at = opened(real_store, as_at="2020-02")
    # the plan's baseline was not known, and 2019/20 was not over
    box = at.selectbox(key="targets_baseline_widget")
    assert box.options == ["3,374 in 2018/19, in the data", "Type a figure ..."]
    assert finding(at) == told(real, area, "2020-02", Baseline("2018/19", 3374, "")).sentence.removesuffix(".")
    box.select("own").run()
    assert at.selectbox(key="targets_year_widget").options[0] == "2018/19"
    at = opened(real_store, as_at="2018-06")
    assert "was not over" not in tab_pages.text(at)
    assert not at.exception


def test_wards_that_were_chosen_elsewhere_do_not_narrow_the_target(opened: Open, real_store: Path, area: Area) -> None:
    assert finding(opened(real_store, wards=area.wards.codes[0], category="drugs")).startswith("ASB: 1,742 in")


def test_panels_are_the_comparisons(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store)
    text = tab_pages.text(at)
    tables = [each.value for each in at.dataframe if "crime_type" in each.value.columns]
    for priority, table in zip(priorities_of(area.raw), tables, strict=True):
        assert priority.name in text
        assert priority.missing in text
        for category, (_, row) in zip(priority.categories, table.iterrows(), strict=True):
            found = compare_years(real.of(category), name=targets.name_of(category))
            assert found.sentence in text
            assert (row["last"], row["before"], row["months"]) == (found.current, found.previous, 12)
            assert row["low_percent"] == pytest.approx(100 * (found.low - 1), abs=0.06)
            assert row["low_percent"] < row["change_percent"] < row["high_percent"]
    assert text.count(targets_priorities.NOT_MEASURED) == 2
    assert "ASB did not clearly change against the year before." in text


def test_a_priority_is_judged_only_where_it_is_measured(real: Incidents, area: Area) -> None:
    abuse, asb, _ = priorities_of(area.raw)
    fell = compare_years(real.of(abuse.categories[0]))
    assert fell.differs  # and still no verdict
    assert targets_priorities.verdict(abuse, [fell]) == "No figure here measures this priority."
    same = compare_years(real.of(DRUGS))
    assert targets_priorities.verdict(asb, [same]) == "ASB did not clearly change against the year before."
    assert targets_priorities.verdict(asb, [fell]) == "ASB fell against the year before."
    assert targets_priorities.verdict(asb, [Refusal("x")]).startswith("Too many months are missing")


def test_the_demonstration_is_marked(opened: Open, tmp_path: Path) -> None:
    at = opened(tmp_path)
    drawn = tab_pages.figures(at, "Line chart of 12-month") + tab_pages.figures(at, "Chart of incidents by month")
    assert len(drawn) == 2
    assert all(tab_pages.marked(figure) for figure in drawn)
    assert "for practice" in tab_pages.text(at)


def test_simulated_counts_start_at_a_simulated_baseline(opened: Open, tmp_path: Path, area: Area) -> None:
    at = opened(tmp_path)
    totals = make_demo(area).planted.totals[ASB]
    years = {"2022/23": int(totals["2022-04":"2023-03"].sum()), "2023/24": int(totals["2023-04":"2024-03"].sum())}
    box = at.selectbox(key="targets_baseline_widget")
    assert box.options == [*(f"{n:,} in {year}, simulated" for year, n in years.items()), "Type a figure ..."]
    mask = season_mask(pd.PeriodIndex(totals.index), area, ASB)
    found = progress(totals, Baseline("2022/23", years["2022/23"], ""), -0.06, "2026/27", mask, name="ASB")
    assert finding(at) == found.sentence.removesuffix(".")
    assert isinstance(found.year, Against)
    assert 0.9 < found.year.ratio < 1.1, "a believable place beside the path"
    text = tab_pages.text(at)
    assert "1,592 in 2022/23, is a published figure, and simulated counts are not held against it." in text
    assert f"{years['2022/23']:,} in 2022/23, counted in simulated incidents" in text
    assert "as published" not in text
    assert not any(figure in text for figure in ("1,496", "published with the plan"))
    box.select("own").run()
    assert at.number_input(key="targets_total_widget").value != 1592


def test_no_choice_brings_the_published_baseline_to_simulated_counts(area: Area, tmp_path: Path) -> None:
    """Not even before the year of the baseline is over, when there is no count to start from."""
    demo = make_demo(area)
    data = Dataset(area, demo.incidents, demo.as_at, f"{demo.incidents.version}|no plan", tmp_path, demo)
    for month, first in (("2022-12", OWN), ("2023-03", "2022/23"), ("2024-12", "2022/23")):
        chosen = Filters(ASB, None, None, as_at=pd.Period(month, "M"))
        found = targets.course(data, chosen, BaselineChoice())
        assert isinstance(found, Refusal)
        assert found.reason.startswith("No baseline is known")
        assert next(iter(options(data, chosen))) == first


def test_four_months_are_refused(opened: Open, shared: Path, area: Area, tmp_path: Path) -> None:
    at = opened(tab_pages.short_store(shared, area, tmp_path))
    assert "there is no total of the 12 months to October 2024" in finding(at)
    said = tab_pages.refusals(at)
    assert any(one.startswith("There are no limits for these months") for one in said)
    assert cards(at)["ASB, Nov 2023 to Oct 2024"] == ("–", "")


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Puts another area file in place: only what is required, and what is given."""

    def use(more: str) -> None:
        raw = tomllib.loads((ROOT / "data" / "area.toml").read_text(encoding="utf-8"))
        shutil.copy(ROOT / "data" / raw["ward_file"], tmp_path)
        lines = [f"{key} = {json.dumps(raw[key])}" for key in ("code", "ward_file", "buffer_m", "ward_vintage")]
        lines += ['name = "Elsewhere"', "[forces]", f"area = {json.dumps(raw['forces']['area'])}", "[wards]"]
        lines += [f"{code} = {json.dumps(name)}" for code, name in raw["wards"].items()]
        (tmp_path / "area.toml").write_text("\n".join([*lines, more]), encoding="utf-8")
        monkeypatch.setenv("DASHBOARD_AREA", str(tmp_path / "area.toml"))

    return use


def test_an_area_that_sets_nothing(opened: Open, real_store: Path, other: Callable[[str], None]) -> None:
    other("")
    at = opened(real_store)
    assert finding(at) == "No target is set for Elsewhere"
    said = tab_pages.refusals(at)
    assert [one.split(",")[0].split(".")[0] for one in said] == [
        "The area file sets no target", "The area file names no priorities", "The area file names no outcomes",
    ]  # fmt: skip
    assert len(at.metric) == 0


def test_an_area_with_a_target_of_its_own(
    opened: Open, real_store: Path, other: Callable[[str], None], real: Incidents
) -> None:
    other(
        '[target]\ncategory = "Shoplifting"\nchange = -0.2\nby = "2025/26"\n'
        '[[priorities]]\nname = "<b>Shops</b>"\ncategories = ["Shoplifting"]\nmeasured = true\n'
        '[[outcomes]]\nkey = "visits"\nname = "<i>Visits</i>"\n'
    )
    at = opened(real_store)
    series = monthly_series(real.of("Shoplifting"))
    base = int(series["2023-04":"2024-03"].sum())
    assert at.selectbox(key="targets_baseline_widget").options[0] == f"{base:,} in 2023/24, in the data"
    expected = progress(series, Baseline("2023/24", base, ""), -0.2, "2025/26", name="Shoplifting")
    assert finding(at) == expected.sentence.removesuffix(".")
    raw = " ".join(element.proto.body for element in at.get("html"))
    assert "<b>Shops" not in raw
    assert "&lt;b&gt;Shops" in raw


def test_a_target_that_is_wrong_is_told(opened: Open, real_store: Path, other: Callable[[str], None]) -> None:
    """Its part of the page alone is refused, by the name of the file: priorities and own figures stand."""
    other(
        '[target]\ncategory = "Litter"\nchange = -0.2\nby = "2025/26"\n'
        '[[priorities]]\nname = "Shops"\ncategories = ["Shoplifting"]\nmeasured = true\n'
        '[[outcomes]]\nkey = "visits"\nname = "Visits made"\n'
    )
    at = opened(real_store)
    (said,) = tab_pages.refusals(at)
    assert "area.toml cannot be used: category 'Litter' is no crime type of data.police.uk" in said
    assert "Shops" in tab_pages.text(at)
    other("[[priorities]]\nmeasured = 5\n[[outcomes]]\nkey = 'X X'\n")
    told = tab_pages.text(opened(real_store))
    assert "priority 1: it has no name" in told
    assert "outcome 1: key 'X X' is a short word" in told


# --- the address -----------------------------------------------------------------------------------------------------
def test_the_baseline_lives_in_the_address(opened: Open, real_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def address(**query: str) -> AppTest:
        monkeypatch.setenv("DASHBOARD_DATA", str(real_store))
        monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=tab_pages.TIMEOUT)
        at.run()
        at.switch_page(PAGE)
        for key, value in query.items():
            at.query_params[key] = value
        at.run()
        assert not at.exception
        return at

    at = address(baseline="2018/19")
    assert at.selectbox(key="targets_baseline_widget").value == "2018/19"
    assert "at most 3,171" in finding(at)
    at.selectbox(key="targets_baseline_widget").select("own").run()
    at.number_input(key="targets_total_widget").set_value(2000).run()
    assert at.query_params["baseline"] == "2000-in-2023/24"
    again = address(baseline="1900-in-2021/22")
    assert again.number_input(key="targets_total_widget").value == 1900
    assert again.selectbox(key="targets_year_widget").value == "2021/22"
    assert "at most 1,786" in finding(again)
    again.selectbox(key="targets_baseline_widget").select("plan").run()
    assert "baseline" not in again.query_params
    for wrong in ("<b>x</b>", "2022/23", "0-in-2021/22", "99999999-in-2021/22", "own", "1900-in-2031/32"):
        at = address(baseline=wrong)
        assert "The address asks for the baseline" in at.info[0].value
        assert "at most 1,496" in finding(at)
