"""The backtest on one small lattice: which months are targets, what each was trained on, and what was caught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.common.refusal import Refusal
from analysis.where.accuracy import caught as incidents_caught
from analysis.where.accuracy import hit_rate, pai, pei
from analysis.where.cells import CellMonths, cell_counts_by_month
from analysis.where.hotspots import rank_cells
from analysis.where.unseen import unseen_year
from analysis.where.validation import COLUMNS, SHARES, backtest, summarise
from data.store.schema import Incidents
from geo.errors import InputError
from tests.made_incidents import in_cells, months_of, square_grid

GRID = square_grid(5)  # 25 cells


def random_incidents(months: pd.PeriodIndex, seed: int = 1, each: int = 40) -> Incidents:
    """Some incidents in every month that is there, more in some cells than in others."""
    rng = np.random.default_rng(seed)
    busy = rng.dirichlet(np.full(GRID.size, 0.3))
    cells = rng.choice(GRID.size, each * len(months), p=busy)
    when = np.repeat(np.asarray(months, dtype=object), each)
    return replace(in_cells(GRID, cells.tolist(), when.tolist(), months), version="v6")


def targets_of(months: pd.PeriodIndex, kind: str = "next_month", **more: object) -> list[str]:
    incidents = in_cells(GRID, [], [], months)
    return backtest(incidents, GRID, kind, shares=[0.2], **more)["target"].tolist()  # type: ignore[arg-type]


def later_of(incidents: Incidents, months: Sequence[str]) -> np.ndarray:
    frame = incidents.frame[incidents.frame["month"].astype(str).isin(months)]
    return GRID.count(frame["easting_m"], frame["northing_m"])[GRID.cells]


@pytest.mark.parametrize(
    ("kind", "season", "lag", "spans"),
    [
        ("next_month", None, 1, {"2023-10": 1, "2024-06": 1, "2024-12": 1}),
        ("october", None, 3, {"2024-10": 1}),
        ("summer", None, 3, {"2024-07": 2}),
        ("november", None, 3, {"2024-11": 1}),
        ("winter", (11, 12), 3, {"2024-11": 2}),
    ],
)
def test_each_row_is_a_ranking_made_before_it(
    kind: str, season: tuple[int, ...] | None, lag: int, spans: dict[str, int]
) -> None:
    incidents = random_incidents(months_of(24))
    table = backtest(incidents, GRID, kind, season_months=season)
    assert tuple(table.columns) == COLUMNS
    assert (table["kind"] == kind).all()
    assert set(spans) <= set(table["target"])
    for target, span in spans.items():
        rows = table[table["target"] == target]
        first = pd.Period(target, "M")
        seen = incidents.up_to(first - lag)
        ranking = rank_cells(seen, GRID)
        later = later_of(incidents, [str(first + i) for i in range(span)])
        assert rows["share"].tolist() == list(SHARES) == [0.01, 0.02, 0.03, 0.05, 0.1]
        assert rows["cells"].tolist() == [1, 1, 1, 2, 3]
        for row in rows.itertuples():
            assert (row.months, row.incidents) == (span, later.sum())
            assert row.hit_rate == hit_rate(ranking.score, later, row.share)
            assert row.pai == pai(ranking.score, later, row.share)
            assert row.pei == pei(ranking.score, later, row.share)
            assert row.rival_hit_rate == hit_rate(ranking.count_last12, later, row.share)
    counted = backtest(cell_counts_by_month(incidents, GRID), GRID, kind, season_months=season)
    pd.testing.assert_frame_equal(counted, table)


def test_nine_months_lie_behind_a_target() -> None:
    assert targets_of(months_of(12)) == ["2023-10", "2023-11", "2023-12"]
    assert targets_of(months_of(9)) == []
    # October is planned in July: of months from November on that is the ninth
    assert targets_of(months_of(12, "2022-11"), "october") == ["2023-10"]
    assert targets_of(months_of(12, "2022-12"), "october") == []


def test_training_ends_at_most_three_months_early() -> None:
    months = months_of(24)
    last = months.get_loc(pd.Period("2024-03"))
    assert isinstance(last, int)
    for gap, allowed in ((0, True), (1, True), (3, True), (4, False)):
        there = months.delete(list(range(last - gap, last)))
        assert ("2024-03" in targets_of(there)) is allowed
    there = months.delete(list(range(last - 5, last - 2)))
    assert targets_of(there, "march", season_months=[3]) == ["2024-03"]
    incidents = random_incidents(months.delete([last - 1, last - 2]))
    row = backtest(incidents, GRID, targets=pd.PeriodIndex(["2024-03"], freq="M"), shares=[0.2]).iloc[0]
    ranking = rank_cells(incidents.up_to(pd.Period("2023-12")), GRID)
    assert row["hit_rate"] == hit_rate(ranking.score, later_of(incidents, ["2024-03"]), 0.2)


def test_a_target_has_all_its_months() -> None:
    months = months_of(36)
    assert targets_of(months, "summer") == ["2024-07", "2025-07"]
    august = months.get_loc(pd.Period("2024-08"))
    assert targets_of(months.delete([august]), "summer") == ["2025-07"]
    assert targets_of(months[:-5], "summer") == ["2024-07"]


def test_targets_by_year_and_by_month() -> None:
    months = months_of(36)
    assert targets_of(months, targets=[2025]) == [f"2025-{month:02}" for month in range(1, 13)]
    assert targets_of(months, "october", targets=[2024]) == ["2024-10"]
    assert targets_of(months, targets=pd.PeriodIndex(["2024-03", "2025-01"], freq="M")) == ["2024-03", "2025-01"]
    assert targets_of(months, targets=[]) == []


def test_what_is_no_season_is_named() -> None:
    with pytest.raises(InputError, match="no such backtest") as caught:
        targets_of(months_of(20), "easter")
    assert (caught.value.column, caught.value.value) == ("kind", "easter")
    assert caught.value.hint is not None
    assert "next_month, october, summer, november" in caught.value.hint
    for months in ((), (0,), (13,), (11, 13), (3, 5), (2, 1), (1, 1)):
        with pytest.raises(InputError, match="consecutive") as caught:
            targets_of(months_of(20), "mine", season_months=months)
        assert (caught.value.column, caught.value.value) == ("season_months", str(months))
    assert targets_of(months_of(20), "mine", season_months=[12, 1]) == ["2023-12"]
    assert targets_of(months_of(24), "october", season_months=[5]) == ["2024-05"]  # the months given go before the name


def test_means_over_targets_by_hand() -> None:
    table = pd.DataFrame(
        {
            "kind": ["b", "b", "b", "a"],
            "target": ["2024-01", "2024-02", "2024-03", "2024-01"],
            "share": [0.1, 0.1, 0.1, 0.2],
            "cells": [3, 3, 3, 5],
            "incidents": [4, 1, 0, 1],
            "hit_rate": [0.5, 1.0, np.nan, 0.0],
            "pai": [4.0, 8.0, np.nan, 0.0],
            "pei": [0.6, 1.0, np.nan, 0.0],
            "rival_hit_rate": [0.25, 0.75, np.nan, 1.0],
        }
    )
    found = summarise(table)
    columns = ["kind", "share", "targets", "cells", "hit_rate", "pai", "pei", "rival_hit_rate"]
    assert found.columns.tolist() == columns
    assert found.to_numpy().tolist() == [["b", 0.1, 2, 3, 0.75, 6.0, 0.8, 0.5], ["a", 0.2, 1, 5, 0.0, 0.0, 0.0, 1.0]]


# The year that was not seen.


def test_the_unseen_year_by_hand() -> None:
    months = months_of(26).delete([14])
    whole = random_incidents(months, 5, 20)
    quiet = whole.frame["month"] == months[20]
    incidents = replace(whole, frame=whole.frame[~quiet])
    for as_at in (None, months[22]):
        end = 25 if as_at is None else 23
        found = unseen_year(incidents, GRID, 0.1, as_at)
        totals, held = [], []
        for index in range(end - 12, end):
            later = later_of(incidents, [str(months[index])])
            score = rank_cells(incidents.up_to(months[index - 1]), GRID).score
            totals.append(later.sum())
            held.append(incidents_caught(score, later.astype(float), 3))
        assert found.months["month"].tolist() == [str(month) for month in months[end - 12 : end]]
        assert found.months["incidents"].tolist() == totals
        assert found.months["caught"].tolist() == pytest.approx(held)
        rates = [c / n for c, n in zip(held, totals, strict=True) if n]
        assert len(rates) < 12
        assert found.months["hit_rate"].isna().sum() == 12 - len(rates)
        assert found.months["hit_rate"].dropna().tolist() == pytest.approx(rates)
        assert (found.share, found.cells, found.incidents) == (0.1, 3, sum(totals))
        assert found.caught == pytest.approx(sum(held))
        assert found.hit_rate == pytest.approx(sum(held) / sum(totals))
        assert found.mean == pytest.approx(np.mean(rates))
        assert (found.low, found.high) == pytest.approx(tuple(np.percentile(rates, [2.5, 97.5])))
        method = found.method
        assert method.n == sum(totals)
        assert method.data_version == "v6"
        assert method.parameters["top"] == "10 % of cells (3 of 25)"
        assert method.parameters["95 % of months"] == f"between {100 * found.low:.0f} % and {100 * found.high:.0f} %"
        assert len(method.caveats) == len(method.source_refs) == 1
        months_said = "February 2024 to February 2025" if as_at is None else "December 2023 to December 2024"
        assert method.period == months_said
        assert f"top 10 % of cells caught {100 * found.hit_rate:.0f} % of incidents" in found.sentence
    assert "the last 12 published months (December 2023 to December 2024, 1 month missing), each " in found.sentence
    other = unseen_year(cell_counts_by_month(incidents, GRID), GRID, 0.1, months[22])
    pd.testing.assert_frame_equal(other.months, found.months)
    assert unseen_year(incidents, GRID).share == 0.05


def test_a_young_series_is_looked_back_on_as_far_as_it_goes() -> None:
    for many, seen in ((10, 1), (12, 3), (21, 12), (30, 12)):
        incidents = random_incidents(months_of(many))
        assert len(unseen_year(incidents, GRID, 0.2).months) == seen
    with pytest.raises(Refusal) as caught:
        unseen_year(random_incidents(months_of(9)), GRID)
    assert "9 published months before it" in caught.value.reason
    assert caught.value.remedy
    with pytest.raises(InputError, match="share"):
        unseen_year(random_incidents(months_of(9)), GRID, 0)


# The measures.


def test_cells_at_the_border_share_what_is_left() -> None:
    score, later = np.array([5.0, 3, 3, 3, 1]), np.array([1.0, 2, 4, 6, 8])
    assert [incidents_caught(score, later, n) for n in range(1, 6)] == [1, 5, 9, 13, 21]


def test_measures_say_what_is_wrong() -> None:
    for measure in (hit_rate, pai, pei):
        for score, later, column, value in (
            ([1, 2], [1, -2], "later", "-2.0"), ([1, 2], [np.nan, 1], "later", "nan"),
            ([1, 2], [1, np.inf], "later", "inf"), ([1, np.nan], [1, 2], "score", None),
            ([1, 2], [1], "later", "shapes (2,) and (1,)"), ([[1, 2]], [[1, 2]], "later", "shapes (1, 2) and (1, 2)"),
            ([], [], "later", "shapes (0,) and (0,)"),
        ):  # fmt: skip
            with pytest.raises(InputError) as caught:
                measure(score, later, 0.5)
            assert (caught.value.column, caught.value.value) == (column, value)
            assert bool(caught.value.hint) is (column == "score")
        assert measure([np.inf, 1], [1, 0], 0.5) > 0  # a score without end is a score
        assert measure([2, 1], [0, 3], 0.5) == 0
    with pytest.raises(InputError, match=r"^column 'score': 2 cells have no score"):
        hit_rate([np.nan, 1, np.nan], [1, 1, 1], 0.5)


def test_counts_made_before_are_taken_as_they_are() -> None:
    incidents = random_incidents(months_of(20))
    counted = cell_counts_by_month(incidents, GRID)
    poisoned = CellMonths(GRID, counted.months, counted.counts * 0, "other")
    assert (backtest(poisoned, GRID, shares=[0.2])["incidents"] == 0).all()
    with pytest.raises(Refusal):
        unseen_year(poisoned, GRID)
