from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds.crime_types import ASB, CATEGORIES, DRUGS
from data.store.schema import COLUMNS, Incidents, conform, empty_frame, month_numbers, months_between


def some(months: list[str], category: str | list[str] = ASB, ward: list[str | None] | None = None) -> Incidents:
    frame = conform(pd.DataFrame({"month": months, "category": category, "ward_code": ward or ["W1"] * len(months)}))
    return Incidents(frame, pd.PeriodIndex(sorted(set(months)), freq="M"), "v")


def test_columns_and_types_are_the_same_with_and_without_rows() -> None:
    empty, one = empty_frame(), some(["2024-01"]).frame
    assert tuple(empty.columns) == tuple(one.columns) == COLUMNS
    for name in ("month", "occurred_at", "occurred_until", "easting_m", "northing_m", "incident_id"):
        assert empty[name].dtype == one[name].dtype
    assert str(empty["month"].dtype) == "period[M]"
    assert str(empty["occurred_at"].dtype) == "datetime64[s]"
    assert list(empty["category"].cat.categories) == list(CATEGORIES)
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 14


@given(st.integers(-600, 1200))
def test_months_as_text_as_periods_and_as_numbers_are_the_same_month(number: int) -> None:
    month = pd.Period(ordinal=number, freq="M")
    frames = [conform(pd.DataFrame({"month": [m]})) for m in (number, month, str(month))]
    for frame in frames:
        assert frame["month"].iloc[0] == month
        assert month_numbers(frame).tolist() == [number]
    assert month_numbers(conform(pd.DataFrame({"month": [0]}))).tolist() == [0]
    assert str(pd.Period(ordinal=0, freq="M")) == "1970-01"


def test_what_is_absent_becomes_null_and_the_index_stays() -> None:
    frame = conform(pd.DataFrame({"month": ["2024-01"] * 2, "category": [DRUGS, None]}, index=[7, 9]))
    assert frame["category"].isna().tolist() == [False, True]
    assert frame.index.tolist() == [7, 9]
    assert frame[["ward_code", "easting_m", "occurred_at", "outcome"]].isna().all(axis=None)


def test_stepping_back_forgets_what_came_later() -> None:
    incidents = some(["2024-01", "2024-03", "2024-04"])
    back = incidents.up_to(pd.Period("2024-03", "M"))
    assert back.frame["month"].astype(str).tolist() == ["2024-01", "2024-03"]
    assert [str(m) for m in back.months] == ["2024-01", "2024-03"]
    assert str(back.as_at_month) == "2024-03"
    assert len(incidents.frame) == 3, "what it came from is unchanged"
    within = incidents.within(pd.Period("2024-02", "M"), pd.Period("2024-03", "M"))
    assert [str(m) for m in within.months] == ["2024-03"]
    assert len(within.frame) == 1


def test_selecting_keeps_the_published_months() -> None:
    incidents = some(["2024-01", "2024-02", "2024-02"], [ASB, DRUGS, ASB], ["W1", "W2", None])
    drugs = incidents.of(DRUGS)
    assert len(drugs.frame) == 1
    assert len(drugs.months) == 2, "a month without drug offences was still published"
    assert len(incidents.of(wards=["W2"]).frame) == 1
    assert len(incidents.of(wards=[]).frame) == 0
    assert len(incidents.of().frame) == 3
    assert incidents.in_area().frame["ward_code"].tolist() == ["W1", "W2"]


def test_nothing_loaded() -> None:
    nothing = Incidents(empty_frame(), pd.PeriodIndex([], freq="M"), "empty")
    assert nothing.as_at_month is None
    assert len(nothing.of(ASB).in_area().up_to(pd.Period("2024-01", "M")).frame) == 0


def test_months_between() -> None:
    first, last = pd.Period("2023-11", "M"), pd.Period("2024-02", "M")
    assert [str(m) for m in months_between(first, last)] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert len(months_between(last, first)) == 0


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_times_of_any_unit_become_seconds(unit: str) -> None:
    at = np.array(["2024-10-31T21:05:07"], dtype=f"datetime64[{unit}]")
    frame = conform(pd.DataFrame({"month": ["2024-10"], "occurred_at": at}))
    assert frame["occurred_at"].iloc[0] == pd.Timestamp("2024-10-31 21:05:07")
    assert str(frame["occurred_at"].dtype) == "datetime64[s]"
