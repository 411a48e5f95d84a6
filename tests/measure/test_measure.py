"""Everything for an area in one go: equal to the single backtests, refused part by part, and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.common import seeds
from analysis.common.counts import monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.course.target import SIGMA
from analysis.course.target_spread import MONTHS_LEFT, TargetSpread, measured_spread
from analysis.measure import everything, whose
from analysis.measure.everything import STEPS, forecasts, long_table, measure, ranking
from analysis.measure.shown import alarms, skill, summary, verdict_words
from analysis.measure.whose import is_old, label, measured_of, shipped, spread_of
from analysis.outcome import drift
from analysis.placebo import operations
from analysis.placebo.methods import placebo_table
from analysis.placebo.operations import PLACEBO, REMOVED
from analysis.when.seasonality import season_mask
from analysis.where.cells import cell_counts_by_month
from data.kinds.crime_types import ASB, DRUGS
from data.measured.measurement import FILE, PARTS, Measurement, keep_measured
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from tests.cli.analysis_command import Asked
from tests.measure.made_area import CODE, NAME, small_area, some_incidents

NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def fewer_groups() -> Iterator[None]:
    """Groups of cells that operations are drawn from; both ways to a figure draw alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "POOL", 200)
        patch.setattr(drift, "GROUPS", 40)
        yield


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return small_area(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def incidents(small: Area) -> Incidents:
    return replace(some_incidents(small, 52), source="police.uk")


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def one(small: Area, incidents: Incidents, told: list[str]) -> Measurement:
    return measure(incidents, small, ASB, trials=3, tell=told.append, now=NOW)


def test_it_says_of_what_it_is(one: Measurement, told: list[str]) -> None:
    assert one.key == (CODE, "police.uk", ASB)
    assert (one.area, one.first, one.last, one.months) == (NAME, "2018-04", "2022-07", 52)
    assert (one.data_version, one.made_at) == ("made", "2025-01-15T12:00:00+00:00")
    assert set(one.parts) <= set(PARTS)
    assert len(told) == STEPS


def test_every_part_is_the_single_backtest(one: Measurement, small: Area, incidents: Incidents) -> None:
    mine = incidents.of(ASB)
    cells, table = cell_counts_by_month(mine, small.grid()), monthly_by_ward(mine, small.wards.codes)
    ranked = ranking(cells)
    mean = ranked[(ranked["kind"] == "next_month") & (ranked["share"] == 0.05)]["hit_rate"].mean()
    rows = {(row["kind"], row["share"]): row for row in one.of("hotspots")}
    assert rows["next_month", 0.05]["hit_rate"] == pytest.approx(mean)
    whole = forecasts(table, small, ASB).query("level == 'area'")
    told = {row["level"]: row for row in one.of("forecast")}
    assert told["area"]["mae"] == pytest.approx((whole["actual"] - whole["expected"]).abs().mean())
    assert told["area"]["n"] == len(whole)
    tests = placebo_table(mine, small, ASB, np.random.default_rng(seeds.PLACEBO), 3, whole="area").table
    pd.testing.assert_frame_equal(pd.DataFrame(one.of("tests")), tests)
    verdicts = {row["kind"]: row for row in one.of("verdicts")}
    assert verdicts[PLACEBO]["trials"] == 3
    assert sum(verdicts[PLACEBO][name] for name in ("cannot_tell", "fell", "rose")) == 3
    assert set(verdicts) <= {PLACEBO, REMOVED}
    found = measured_spread(table.sum(axis=1), season_mask(pd.PeriodIndex(table.index), small, ASB))
    assert [row["sigma"] for row in one.of("spread")] == list(found.sigma)
    assert any(words.startswith("event window") for words in one.left_out)


def test_what_the_data_refuse_is_named(small: Area) -> None:
    short = measure(some_incidents(small, 6), small, ASB, trials=2)
    assert not any(short.parts.values())
    assert len(short.left_out) == STEPS - 1  # the tests are told one by one
    none = measure(some_incidents(small, 40), small, DRUGS, trials=2)
    assert not none.of("verdicts")
    assert not none.of("tests")
    with pytest.raises(Refusal, match="no month is loaded"):
        measure(some_incidents(small, 0), small, ASB)
    assert "Left out: forecast: There is nothing to test on" in summary(short)
    assert len(long_table(short)) == 0
    assert len(alarms(short)) == len(skill(short)) == 0


def test_a_file_of_it_has_every_figure(one: Measurement) -> None:
    table = long_table(one)
    assert tuple(table.columns) == ("category", "part", "what", "measure", "value")
    assert set(table["part"]) == {part for part in PARTS if one.of(part)}
    got = table[(table["part"] == "tests") & (table["what"] == "change, months split at random, any ward")]
    assert got.set_index("measure")["value"].to_dict()["trials"] == 3
    figures = alarms(one)
    assert (figures["share rejected"] == (figures["rejected"] / figures["trials"]).round(3)).all()
    assert f"{one.of('hotspots')[3]['hit_rate'] * 100:.0f} % of the incidents" in skill(one)["figure"][0]


# --- whose it is -----------------------------------------------------------------------------------------------------
def test_what_came_with_the_project_names_its_area_and_months(area: Area) -> None:
    found = shipped()
    assert {one.area_code for one in found} == {area.code}
    assert {one.area for one in found} == {area.name}
    assert {(one.first, one.last, one.months) for one in found} == {("2018-01", "2024-12", 73)}
    for part, csv in (("tests", whose.FALSE_ALARMS), ("verdicts", whose.KEPT), ("spread", whose.SPREAD)):
        rows = pd.read_csv(csv)
        # an area, crime type and part has one run of months: the first row speaks for all
        assert rows.groupby(["area_code", "category"])[["first", "last"]].nunique().max().max() == 1
        assert sum(len(one.of(part)) for one in found) == len(rows)
    asb = next(one for one in found if one.category == ASB)
    assert tuple(row["months_left"] for row in asb.of("spread")) == MONTHS_LEFT
    assert tuple(row["sigma"] for row in asb.of("spread")) == SIGMA


def test_rates_of_another_area_are_never_this_ones(
    small: Area, area: Area, one: Measurement, incidents: Incidents, tmp_path: Path
) -> None:
    assert measured_of(small, tmp_path) == ()
    assert [m.category for m in measured_of(area, tmp_path)] == [ASB, DRUGS]
    words = verdict_words(small, ASB, incidents, ())
    assert words == f"How often this cries wolf: Not measured on {NAME} yet. The Data page can measure it."
    keep_measured(tmp_path, one)
    keep_measured(tmp_path, replace(one, source="Council", category=DRUGS))
    assert measured_of(small, tmp_path) == (one,)
    assert one not in measured_of(area, tmp_path)
    said = verdict_words(small, ASB, incidents, (one,))
    assert f"of {NAME}, April 2018 to July 2022." in said
    assert said.endswith(f"Measured on {NAME}, April 2018 to July 2022 (52 months), on 15 January 2025.")
    of_a_sum = verdict_words(small, f"Burglary + {DRUGS}", incidents, (one,))
    assert of_a_sum == (
        "How often this cries wolf is not measured for this sum of crime types; it was for anti-social behaviour, each "
        "by itself."
    )
    assert verdict_words(small, DRUGS, incidents, (one,)).startswith(
        "How often this cries wolf was not tried with drug offences. This method was tried on 3 operations"
    )
    refused = replace(one, parts={}, left_out=("forecast: no.", "did it work, nothing removed: too few."))
    assert verdict_words(small, ASB, incidents, (refused,)) == (
        f"How often this cries wolf could not be measured on {NAME}. did it work, nothing removed: too few."
    )


def test_an_own_measurement_counts_before_what_came_with_the_project(
    area: Area, one: Measurement, tmp_path: Path
) -> None:
    own = replace(one, area_code=area.code, area=area.name)
    keep_measured(tmp_path, own)
    found = {m.category: m for m in measured_of(area, tmp_path)}
    assert found[ASB] == own
    assert not found[DRUGS].made_at
    (tmp_path / FILE).write_text("[]", encoding="utf-8")
    with pytest.raises(InputError):
        measured_of(area, tmp_path)


def test_older_data_are_said_to_be_so(one: Measurement, incidents: Incidents, area: Area) -> None:
    assert not is_old(one, incidents)
    later = replace(incidents, version="later")
    assert label(one, later).endswith("; made from older data")
    assert not label(one, replace(later, simulated=True)).endswith("older data")
    came = next(m for m in shipped() if m.category == ASB)
    months = pd.period_range("2018-01", "2024-12", freq="M")
    gaps = months[(months < pd.Period("2021-10")) | (months == pd.Period("2021-12")) | (months >= pd.Period("2022-10"))]
    same = replace(incidents, months=gaps, version="of whatever store")
    assert label(came, same) == f"Measured on {area.name}, January 2018 to December 2024 (73 months)"
    for other in (gaps[1:], gaps[:-1], months, gaps[:0]):
        assert label(came, replace(same, months=other)).endswith("; made from other months than are loaded")


# --- the spread of a year's total ------------------------------------------------------------------------------------
def test_the_spread_is_that_of_the_area_or_said_to_be_rough(small: Area, area: Area, incidents: Incidents) -> None:
    series = monthly_by_ward(incidents.of(ASB), small.wards.codes).sum(axis=1)
    ours = TargetSpread(SIGMA, measured_on=f"{area.name}, January 2018 to December 2024")
    assert spread_of(area, ASB, series) == ours
    measured = spread_of(small, ASB, series)
    assert measured == measured_spread(series)
    assert (measured.rough, measured.measured_on) == (False, "")
    assert spread_of(area, DRUGS, series) == measured
    assert spread_of(small, ASB, series[:30]) == replace(ours, rough=True)


@pytest.mark.long
@pytest.mark.parametrize("category", ["asb", "drugs"])
def test_all_is_the_single_backtests_on_real_incidents(
    real_store: Path, real: Incidents, area: Area, ask: Callable[..., Asked], category: str
) -> None:
    name = {"asb": ASB, "drugs": DRUGS}[category]
    one = measure(real, area, name, trials=20)
    tests = ask("backtest", "placebo", "--category", category, "--trials", "20").table
    assert pd.DataFrame(one.of("tests"))[["rejected", "trials"]].equals(tests[["rejected", "trials"]])
    trials = ask("backtest", "operations", "--category", category, "--trials", "20").table
    counted = {row["kind"]: (row["trials"], row["cannot_tell"]) for row in one.of("verdicts")}
    for kind, rows in trials.groupby("kind"):
        assert counted[kind] == (len(rows), (rows["verdict"] == "cannot tell").sum())
    assert [row["windows"] for row in one.of("spread")][-1] > 10
    if category == "asb":  # what came with the project was found another way, and is near
        sigma = [row["sigma"] for row in one.of("spread")]
        np.testing.assert_allclose(sigma, SIGMA, atol=0.035)


def test_the_step_bar_never_runs_past_its_end(small: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise Refusal("no")

    for name in ("ranking", "forecasts", "placebo_operations", "removal_operations", "measured_spread"):
        monkeypatch.setattr(everything, name, refuse)
    told: list[str] = []
    measure(some_incidents(small, 12), small, ASB, trials=1, tell=told.append)
    assert len(told) == STEPS
