"""Change between two periods on tables whose answer is worked out beside: intervals, sentences, what a refusal says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.common.rates import WHO_REPORTS
from analysis.common.ratio import ratio_interval
from analysis.common.refusal import Refusal
from analysis.where.change import Change, change_between, one_ward_layer
from analysis.where.period_test import change_test
from data.place.area import Area
from data.store.schema import Incidents, conform
from geo.errors import InputError
from tests.made_incidents import in_cells, months_of, of_table, square_grid

# Every month of a period is alike, so phi is 1; the area has 600 before and 900 after, r = 0.4.
BEFORE, AFTER = np.tile([20.0, 30, 50, 0], (6, 1)), np.tile([45.0, 45, 59, 1], (6, 1))
BOUNDS = ("before", "after")


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


def halves(
    area: Area, before: list[int], after: list[int], months: int = 6, missing: tuple[int, ...] = ()
) -> Incidents:
    """As many incidents in every month of two periods, by ward from the first."""
    table = np.zeros((12, len(area.wards.codes)))
    table[:6, : len(before)] = before
    table[6:, : len(after)] = after
    return replace(of_table(area, table, "2023-01", missing), version="v8")


def compared(area: Area, incidents: Incidents, **more: object) -> Change:
    periods = ((month("2023-01"), month("2023-06")), (month("2023-07"), month("2023-12")))
    return change_between(incidents, area, *periods, **more)  # type: ignore[arg-type]


def test_the_interval_is_that_of_a_ratio_of_counts_over_the_area() -> None:
    for level in (0.05, 0.2):
        found = change_test(BEFORE, AFTER, level)
        assert found.df == 10
        assert found.tested.tolist() == [True, True, True, False]
        np.testing.assert_allclose(found.phi[:3], 1)
        np.testing.assert_allclose(found.ratio[:3], [45 / 20 / 1.5, 1, 59 / 50 / 1.5])
        for unit in range(3):
            a, b = found.before[unit], found.after[unit]
            low, high = ratio_interval(b, a, 1 - level, 1.0, 10)
            assert (found.low[unit], found.high[unit]) == pytest.approx((low / 1.5, high / 1.5))
            assert found.z[unit] == pytest.approx((a - (a + b) * 0.4) / np.sqrt((a + b) * 0.24))
    assert (change_test(BEFORE, AFTER).low[0], found.low[3]) == pytest.approx(
        (change_test(BEFORE, AFTER, 0.05).low[0], np.nan), nan_ok=True
    )
    without = change_test(BEFORE, AFTER, intervals=False)
    np.testing.assert_array_equal(without.p, found.p)
    assert np.isnan(without.low).all()
    assert np.isnan(without.high).all()


def test_months_that_vary_widen_the_interval_by_phi() -> None:
    before = np.array([[10.0, 40], [40, 10], [10, 40], [40, 10]])
    after = np.array([[20.0, 30], [30, 20], [20, 30], [30, 20]])
    found = change_test(before, after)
    # before: 50 a month, 25 expected in each cell, (15^2/25) eight times over two units; after: 5^2/25
    phi = (4 * 9 + 4 * 1) / 6
    np.testing.assert_allclose(found.phi, phi)
    low, high = ratio_interval(100, 100, 0.95, phi, 6)
    np.testing.assert_allclose(found.low, low)
    np.testing.assert_allclose(found.high, high)


def test_ten_incidents_are_tested_and_nine_are_not() -> None:
    before, after = np.zeros((3, 3)), np.zeros((3, 3))
    before[0], after[0] = [5, 5, 30], [5, 4, 30]
    found = change_test(before, after)
    assert found.tested.tolist() == [True, False, True]
    gone = change_test([[0.0, 20], [0, 20], [0, 20]], [[40.0, 20], [40, 20], [40, 20]])
    assert gone.ratio[0] == np.inf
    assert gone.low[0] > 1


def test_what_is_wrong_with_a_table_is_named() -> None:
    good = np.ones((4, 2))
    for bad in (np.ones(4), -good, good * np.nan, good * np.inf):
        for position, name in enumerate(BOUNDS):
            tables = [good, good]
            tables[position] = bad
            with pytest.raises(InputError, match="table of months by units") as caught:
                change_test(*tables)
            assert caught.value.column == name
    with pytest.raises(InputError, match="same units") as caught:
        change_test(good, np.ones((4, 3)))
    assert (caught.value.column, caught.value.value) == ("after", "(4, 2), (4, 3)")


def test_too_few_months_or_no_incident_in_one_period() -> None:
    for many, words in ((1, "from 2 months in all"), (2, "from 4 months in all")):
        with pytest.raises(Refusal, match=words):
            change_test(np.ones((many, 2)), np.ones((many, 2)))
    with pytest.raises(Refusal, match="from 1 month in all"):
        change_test(np.ones((1, 2)), np.ones((0, 2)))
    some, none = np.full((3, 2), 9.0), np.zeros((3, 2))
    for tables, which in (((none, some), "first"), ((some, none), "second"), ((none, none), "first")):
        with pytest.raises(Refusal, match=f"no incident at all in the {which} period") as caught:
            change_test(*tables)
        assert caught.value.remedy


# By ward: frame, sentence, how it was made.


def test_the_frame_is_the_test_by_ward(area: Area) -> None:
    rng = np.random.default_rng(5)
    codes = area.wards.codes
    table = rng.poisson(4, (12, len(codes)))
    table[:, 3] = 0
    table[6:, 0] *= 4
    found = compared(area, of_table(area, table, "2023-01"), level=0.2)
    test = change_test(table[:6], table[6:], 0.2)
    units = found.units
    assert units.index.name == "ward_code"
    assert units.index.tolist() == list(codes)
    assert units["name"].tolist() == list(area.wards.names)
    for column in ("ratio", "low", "high", "phi", "p", "q", "before", "after"):
        np.testing.assert_array_equal(units[column].to_numpy(), getattr(test, column))
    assert units["before"].dtype == units["after"].dtype == np.int64
    assert units["significant"].tolist() == (test.q <= 0.2).tolist()
    assert units["significant"].any()
    assert found.level == 0.2
    assert found.method.correction == "Benjamini-Hochberg at 20 %"
    assert (found.total_before, found.total_after) == (table[:6].sum(), table[6:].sum())
    assert found.total_ratio == pytest.approx(table[6:].sum() / table[:6].sum() * 181 / 184)
    assert compared(area, of_table(area, table, "2023-01")).level == 0.05


def test_what_could_be_seen_is_reckoned_for_the_ward_in_the_middle(area: Area) -> None:
    found = compared(area, halves(area, [20, 30, 50, 1], [45, 45, 59, 1]))
    r = 606 / (606 + 900)  # the area has 101 a month before, 150 after
    step = 2.8 * np.sqrt(1 / (np.median([390, 450, 654, 12]) * r * (1 - r)))
    assert found.visible == pytest.approx((np.exp(-step), np.exp(step)))
    words = f"+{100 * (np.exp(step) - 1):.0f} % or −{100 * (1 - np.exp(-step)):.0f} %"
    assert f"A typical ward must change by {words} to be seen in four of five cases" in found.method.caveats[2]


def test_a_sentence_names_three_at_most(area: Area) -> None:
    names = area.wards.names
    one = compared(area, halves(area, [50, 50, 50, 50], [100, 50, 50, 50]))
    row = one.units.iloc[0]
    assert one.units["significant"].sum() == 4  # where one doubles the others lag behind the area
    start = f"Relative to the borough, 4 of 4 wards changed by more than months vary: {names[0]} up, "
    assert one.sentence.startswith(
        f"{start}{row['ratio']:.2f} times [{row['low']:.2f} to {row['high']:.2f}]; {names[1]} down, "
    )
    assert one.sentence.endswith("]; and 1 more.")
    assert one.sentence.count(" down, ") == 2
    three = compared(area, halves(area, [50, 50, 90], [100, 20, 70]))
    assert three.units["significant"].sum() == 3
    assert three.sentence.endswith("].")
    assert "more." not in three.sentence
    order = [three.sentence.index(names[i]) for i in three.units["p"].to_numpy()[:3].argsort()]
    assert order == sorted(order)


def test_a_sentence_where_nothing_changed(area: Area) -> None:
    same = compared(area, halves(area, [20, 30], [40, 60]))
    low, high = (f"{100 * abs(ratio - 1):.0f} %" for ratio in same.visible)
    assert same.sentence == (
        "Relative to the borough, none of 2 wards changed by more than months vary; a typical ward must change by "
        f"+{high} or −{low} to be seen."
    )


def test_a_ratio_beyond_a_hundred_is_not_given_its_digits(area: Area) -> None:
    found = compared(area, halves(area, [0, 90], [30, 90]))
    assert f"{area.wards.names[0]} up, over 100 times [" in found.sentence
    assert " to over 100]" in found.sentence


def test_how_a_change_was_found(area: Area) -> None:
    found = compared(area, halves(area, [20, 30, 50, 1], [45, 45, 59, 0]))
    method = found.method
    assert dict(method.parameters) == {
        "units": "3 of 15 wards: those with 10 or more",
        "test": "conditional binomial z/sqrt(phi), t with 10 df",
        "phi": "1.00 in the middle, from 12 months",
    }
    assert method.n == 6 * (101 + 149) == found.total_before + found.total_after
    assert method.data_version == "v8"
    assert method.period == "July 2023 to December 2023 against January 2023 to June 2023"
    assert method.caveats[0] == WHO_REPORTS
    assert len(method.caveats) == 4
    assert len(method.source_refs) == 2
    assert found.missing_months == ()


def test_months_that_are_left_out_are_said(area: Area) -> None:
    incidents = halves(area, [20, 30], [60, 30], missing=(2,))
    with pytest.raises(Refusal) as caught:
        compared(area, incidents)
    assert "because March 2023 is not in the data" in caught.value.reason
    assert caught.value.remedy.startswith("Load that month on the Data page")
    with pytest.raises(Refusal) as caught:
        compared(area, halves(area, [20, 30], [60, 30], missing=(2, 8)))
    assert "March 2023 and September 2023 are not" in caught.value.reason
    assert caught.value.remedy.startswith("Load those months")
    found = compared(area, incidents, available_months=True)
    assert found.missing_months == (month("2023-03"),)
    assert found.method.parameters["months left out"] == "1, per day"
    assert found.method.parameters["phi"] == "1.00 in the middle, from 11 months"
    assert found.total_ratio == pytest.approx(540 / 250 * (181 - 31) / 184)
    assert found.sentence.startswith("Per day, over the months that are there: relative to the borough, 2 of 2")
    assert found.method.caveats[-1] == "Per day, over the months that are there: March 2023 left out."


def test_cells_are_named_by_their_corner(area: Area) -> None:
    grid = square_grid(3)
    months = months_of(12)
    cells = np.repeat(grid.cells[[0, 4]], 12).tolist()
    busy = in_cells(grid, cells + grid.cells[[4]].repeat(6).tolist(), [*months, *months, *months[6:]], months)
    found = compared(area, busy, grid=grid)
    assert found.units.index.name == "cell"
    assert found.units.index.tolist() == list(range(9))
    assert found.units["before"].tolist() == [6, 0, 0, 0, 6, 0, 0, 0, 0]
    assert found.units["after"].tolist() == [6, 0, 0, 0, 12, 0, 0, 0, 0]
    assert found.units["name"].iloc[[0, 4]].tolist() == ["SJ400900", "SJ402902"]
    assert found.method.parameters["units"] == "2 of 9 cells: those with 10 or more"
    assert "none of 2 cells changed" in found.sentence


# One unit, and what is refused.


def test_one_unit_or_why_not(area: Area) -> None:
    found = compared(area, halves(area, [20, 1, 0], [45, 0, 0]))
    names = area.wards.names
    row = found.of(area.wards.codes[0])
    assert (row["name"], row["before"], row["after"]) == (names[0], 120, 270)
    for which, words in ((1, "has 6 incidents in"), (2, "has 0 incidents in")):
        with pytest.raises(Refusal, match=f"{names[which]} {words} the two periods together: under 10") as caught:
            found.of(area.wards.codes[which])
        assert caught.value.remedy
    units = found.units.copy()
    for n, refused in ((1, True), (9, True), (10, False)):
        units.iloc[0, units.columns.get_indexer(["before", "after"])] = [n, 0]
        one = replace(found, units=units)
        if refused:
            with pytest.raises(Refusal, match=f"has {n} incident{'' if n == 1 else 's'} in"):
                one.of(area.wards.codes[0])
        else:
            assert one.of(area.wards.codes[0])["before"] == 10
    with pytest.raises(InputError) as wrong:
        found.of("E99")
    assert wrong.value.value == "E99"


def test_periods_that_are_none(area: Area) -> None:
    incidents = halves(area, [20], [20])
    a, b, c = month("2023-01"), month("2023-06"), month("2023-12")
    with pytest.raises(InputError, match="before it begins") as caught:
        change_between(incidents, area, (b, a), (b + 1, c))
    assert caught.value.value == "2023-06 to 2023-01"
    with pytest.raises(InputError, match="before the second begins") as caught:
        change_between(incidents, area, (a, b), (b, c))
    assert caught.value.column == "after"
    assert caught.value.value == "January 2023 to June 2023; June 2023 to December 2023"


def test_too_little_everywhere_is_refused_in_the_words_of_its_units(area: Area) -> None:
    incidents = halves(area, [1], [0])
    table = np.zeros((12, len(area.wards.codes)))
    table[:6, :2] = 1
    table[6, 0] = 1
    with pytest.raises(Refusal, match="No ward has 10 incidents") as caught:
        compared(area, of_table(area, table, "2023-01"))
    assert caught.value.reason.endswith("so no change can be told from chance.")
    assert caught.value.remedy
    grid = square_grid(2)
    months = months_of(12)
    few = in_cells(grid, grid.cells[[0, 1]].tolist(), [months[0], months[8]], months)
    with pytest.raises(Refusal, match="No cell has 10 incidents"):
        compared(area, few, grid=grid)
    with pytest.raises(Refusal, match="no incident at all in the second period"):
        compared(area, incidents)


def test_wards_of_another_layer(area: Area) -> None:
    incidents = halves(area, [20], [20])
    one_ward_layer(incidents, area)
    frame = incidents.frame.copy()
    frame["ward_code"] = frame["ward_code"].astype(object)
    for others, words in ((["E1"], "1 ward code is not"), (["E1", "E2", "E1"], "2 ward codes are not")):
        frame.iloc[: len(others), frame.columns.get_loc("ward_code")] = others
        with pytest.raises(Refusal, match=words) as caught:
            one_ward_layer(replace(incidents, frame=conform(frame)), area)
        assert area.ward_vintage in caught.value.reason
        assert caught.value.remedy
    frame["ward_code"] = None
    one_ward_layer(replace(incidents, frame=conform(frame)), area)
