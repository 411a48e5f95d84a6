"""The capture of months not seen: which months are tested, what is said of them, and that there is one number."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from analysis.where.accuracy import caught
from analysis.where.hotspots import rank_cells
from analysis.where.unseen import pooled, spell_words, unseen_months, unseen_year
from analysis.where.validation import backtest
from data.store.schema import Incidents
from tests.made_incidents import in_cells, months_of, square_grid
from tests.properties import examples

GRID = square_grid(5)


def every_month(months: pd.PeriodIndex, seed: int = 1, each: int = 6) -> Incidents:
    rng = np.random.default_rng(seed)
    cells = rng.choice(GRID.size, each * len(months), p=rng.dirichlet(np.full(GRID.size, 0.3)))
    return in_cells(GRID, cells.tolist(), np.repeat(np.asarray(months, dtype=object), each).tolist(), months)


def published(kept: list[bool]) -> pd.PeriodIndex:
    return months_of(len(kept))[np.array(kept, dtype=bool)]


# Histories of 1 to 60 months: runs that are there and runs that are not.
HISTORIES = (
    st.lists(st.tuples(st.booleans(), st.integers(1, 9)), min_size=1, max_size=12)
    .map(lambda runs: [there for there, length in runs for _ in range(length)])
    .filter(any)
)


@examples(60)
@given(HISTORIES)
def test_every_month_that_is_named_was_tested_and_none_else(kept: list[bool]) -> None:
    months = published(kept)
    # by hand, from the months alone
    by_hand = []
    for position in range(max(len(months) - 12, 0), len(months)):
        before = months[:position]
        if len(before) >= 9 and (months[position] - before[-1]).n - 1 <= 3:
            by_hand.append(position)
    tested = unseen_months(months)
    assert list(tested) == by_hand
    if not by_hand:
        return
    said = spell_words(months, tested)
    window = months[max(len(months) - 12, 9) :]
    if len(by_hand) == len(window):
        assert "without" not in said
    else:
        assert said.startswith(f"{len(by_hand)} of the last {len(window)} published months (")
    left_out = [month for position, month in enumerate(months) if month in window and position not in by_hand]
    assert len(window) == len(by_hand) + len(left_out)
    for month in left_out:
        assert month_name(month) in said.split("without")[1] or len(left_out) > 2
    if len(window) > 1:
        assert f"the last {len(window)} " in said
        assert f"({month_name(window[0])} to {month_name(window[-1])}" in said
    else:
        assert said == f"the last month ({month_name(window[0])})"
    gap = (window[-1] - window[0]).n + 1 - len(window)
    found = re.search(r"(\d+) months? missing\)", said)
    assert (int(found[1]) if found else 0) == gap
    assert ("published months" in said) is (len(window) > 1 and bool(gap or left_out))


@examples(10)
@given(HISTORIES, st.integers(0, 99), st.sampled_from([0.04, 0.2, 1.0]))
def test_what_was_caught_is_counted_again_from_the_incidents(kept: list[bool], seed: int, share: float) -> None:
    months = published(kept)
    incidents = every_month(months, seed, each=1 + seed % 7)
    tested = unseen_months(months)
    held = total = 0.0
    for position in tested:
        ranking = rank_cells(incidents.up_to(months[position - 1]), GRID)
        came = incidents.frame[incidents.frame["month"] == months[position]]
        later = GRID.count(came["easting_m"], came["northing_m"])[GRID.cells]
        held += caught(ranking.score, later, int(np.ceil(round(share * 25, 9))))
        total += later.sum()
    if total == 0:
        with pytest.raises(Refusal, match="9 published months before it"):
            unseen_year(incidents, GRID, share)
        return
    found = unseen_year(incidents, GRID, share)
    assert found.months["month"].tolist() == [str(months[position]) for position in tested]
    assert found.hit_rate == pytest.approx(held / total)
    counted = "incidents" if total >= 30 else f"only {total:.0f} incidents" if total > 1 else "only 1 incident"
    assert found.sentence == (
        f"Tested on {spell_words(months, tested)}, {'each ' if len(tested) > 1 else ''}forecast from the months "
        f"before it, the top {100 * share:g} % of cells caught {100 * held / total:.0f} % of {counted}."
    )
    # and the backtest of the same months, taken together, is the same number
    table = pooled(backtest(incidents, GRID, targets=months[list(tested)], shares=[share]))
    assert table["hit_rate"].tolist() == pytest.approx([found.hit_rate])
    assert table["pai"].tolist() == pytest.approx([found.hit_rate * 25 / found.cells])
    assert table["months"].tolist() == [(found.months["incidents"] > 0).sum()]


def test_a_month_whose_months_before_are_missing_is_left_out_and_named() -> None:
    months = months_of(40).delete(list(range(22, 26)))  # November 2024 to February 2025 are not there
    incidents = every_month(months)
    found = unseen_year(incidents, GRID, 0.1, pd.Period("2025-06"))
    assert len(found.months) == 11
    assert "2025-03" not in found.months["month"].tolist()
    assert found.words.startswith(
        "tested on 11 of the last 12 published months (March 2024 to June 2025, 4 months missing), without March 2025, "
        "for which the months before are missing, each forecast"
    )
    three = months_of(40).delete(list(range(22, 25)))  # three are few enough
    assert "2025-02" in unseen_year(every_month(three), GRID, 0.1, pd.Period("2025-06")).months["month"].tolist()


def test_pooled_by_hand() -> None:
    table = pd.DataFrame(
        {
            "target": ["2024-01", "2024-02", "2024-03"] * 2,
            "share": [0.1] * 3 + [0.2] * 3,
            "cells": [3] * 3 + [5] * 3,
            "incidents": [4, 1, 0] * 2,
            "hit_rate": [0.5, 1.0, np.nan, 0.75, 1.0, np.nan],
            "pai": [4.0, 8.0, np.nan, 3.0, 4.0, np.nan],
            "pei": [0.6, 1.0, np.nan, 0.8, 1.0, np.nan],
            "rival_hit_rate": [0.25, 0.0, np.nan, 0.5, 1.0, np.nan],
        }
    )
    found = pooled(table)
    assert found.columns.tolist() == ["share", "cells", "months", "hit_rate", "rival_hit_rate", "pai", "pei"]
    np.testing.assert_allclose(found, [[0.1, 3, 2, 0.6, 0.2, 4.8, 0.8], [0.2, 5, 2, 0.8, 0.6, 3.2, 0.9]])
    assert pooled(table.iloc[:0]).empty
