from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds.changes import EVERY
from data.kinds.crime_types import ASB, CATEGORIES, DRUGS
from data.store.schema import COLUMNS, Incidents, conform, empty_frame, month_numbers, months_between
from tests.properties import examples


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
    assert list(empty["category"].cat.categories) == list(EVERY)
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 14


@examples(10)
@given(st.lists(st.integers(-600, 1200), min_size=1, max_size=30))
def test_months_as_text_as_periods_and_as_numbers_are_the_same_month(numbers: list[int]) -> None:
    months = [pd.Period(ordinal=number, freq="M") for number in numbers]
    for one in (numbers, months, [str(month) for month in months]):
        frame = conform(pd.DataFrame({"month": one}, index=range(5, 5 + len(numbers))))
        assert frame["month"].tolist() == months
        assert month_numbers(frame).tolist() == numbers
        assert frame.index[0] == 5


def test_months_count_from_january_1970() -> None:
    frame = conform(pd.DataFrame({"month": ["1969-12", "1970-01", "2024-10"]}))
    assert month_numbers(frame).tolist() == [-1, 0, 657]
    assert month_numbers(frame).dtype == np.int64


def test_what_is_there_is_kept_and_typed() -> None:
    given = {
        "outcome": ["Offender charged", None],
        "incident_id": ["a", "b"],
        "source": ["police.uk"] * 2,
        "force": ["merseyside", None],
        "month": pd.PeriodIndex(["2024-10", "2024-11"], freq="M"),
        "occurred_at": ["2024-10-31 21:05:07", None],
        "occurred_until": [None, "2024-11-01"],
        "category": [DRUGS, None],
        "asb_type": ["nuisance", None],
        "subcategory": ["litter", None],
        "easting_m": [343_000, 343_001],
        "northing_m": [391_000.5, None],
        "location": ["High Street", None],
        "lsoa_code": ["E01", None],
        "ward_code": ["E05", None],
        "precision_m": [100, None],
        "extra": [1, 2],
    }
    frame = conform(pd.DataFrame(given))
    assert frame.astype(object).where(frame.notna(), None).iloc[0].tolist() == [
        "a",
        "police.uk",
        "merseyside",
        pd.Period("2024-10", "M"),
        pd.Timestamp("2024-10-31 21:05:07"),
        None,
        DRUGS,
        "nuisance",
        "litter",
        343_000.0,
        391_000.5,
        "High Street",
        "E01",
        "E05",
        "Offender charged",
        100.0,
    ]
    assert frame.iloc[1].notna().tolist() == [
        name in {"incident_id", "source", "month", "occurred_until", "easting_m"} for name in COLUMNS
    ]
    kinds = {"incident_id": "str", "month": "period[M]", "easting_m": "float64", "northing_m": "float64"}
    kinds["precision_m"] = "float64"
    kinds |= dict.fromkeys(["occurred_at", "occurred_until"], "datetime64[s]")
    assert {name: str(frame[name].dtype) for name in COLUMNS} == {name: kinds.get(name, "category") for name in COLUMNS}
    assert frame["category"].cat.categories.tolist() == list(EVERY)


@pytest.mark.parametrize("rows", [0, 3])
def test_a_column_that_is_absent_has_the_type_it_would_have(rows: int) -> None:
    frame = conform(pd.DataFrame({"month": np.arange(rows)}, index=range(7, 7 + rows)))
    full = some(["2024-01"]).frame
    assert frame.drop(columns="month").isna().all(axis=None)
    assert len(frame) == rows
    for name in COLUMNS:
        assert str(frame[name].dtype) == str(full[name].dtype)
        if name not in {"category", "ward_code"} and str(frame[name].dtype) == "category":
            assert frame[name].cat.categories.dtype == "str"
    assert frame["category"].cat.categories.tolist() == list(EVERY)
    assert frame.index.equals(pd.RangeIndex(7, 7 + rows))


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
    assert within.frame["month"].astype(str).tolist() == ["2024-03"]
    both = incidents.within(pd.Period("2024-01", "M"), pd.Period("2024-03", "M"))
    assert [str(m) for m in both.months] == both.frame["month"].astype(str).tolist() == ["2024-01", "2024-03"]
    assert (both.version, both.source, both.simulated) == ("v", "police.uk", False)
    assert "W1" not in repr(incidents)


def test_selecting_keeps_the_published_months() -> None:
    incidents = some(["2024-01", "2024-02", "2024-02"], [ASB, DRUGS, ASB], ["W1", "W2", None])
    drugs = incidents.of(DRUGS)
    assert len(drugs.frame) == 1
    assert len(drugs.months) == 2, "a month without drug offences was still published"
    assert incidents.of(wards=["W2"]).frame["category"].tolist() == [DRUGS]
    assert len(incidents.of(ASB, wards=["W2"]).frame) == 0
    assert incidents.of(ASB, wards=["W1", "W2"]).frame["month"].astype(str).tolist() == ["2024-01"]
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
