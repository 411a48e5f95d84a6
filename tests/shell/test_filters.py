"""Filters: the address and the choice say the same, nothing looks past the as-at month, bad values are told."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds.crime_types import ASB, CATEGORIES, DRUGS
from data.place.area import Area
from data.store.schema import POLICE_UK, Incidents, conform
from pages.ui.shell import cache, choice
from pages.ui.shell.choice import (
    Choice,
    Filters,
    from_address,
    period_options,
    resolve,
    short_period,
    to_address,
    window,
)

MONTHS = pd.period_range("2018-01", "2024-12", freq="M").difference(pd.period_range("2021-10", "2022-09", freq="M"))
NONE = pd.PeriodIndex([], freq="M")


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


@st.composite
def choices(draw: st.DrawFn, area: Area) -> Choice:
    known = draw(st.sampled_from(["", *(str(m) for m in MONTHS[:-1])]))
    as_at = month(known) if known else MONTHS[-1]
    first, last = sorted(
        draw(st.lists(st.sampled_from([str(m) for m in MONTHS if m <= as_at]), min_size=2, max_size=2))
    )
    periods = [key for key in period_options(as_at, MONTHS) if key != choice.OWN] + [f"{first}..{last}"]
    return Choice(
        category=draw(st.sampled_from(CATEGORIES)),
        period=draw(st.sampled_from(periods)),
        wards=tuple(draw(st.lists(st.sampled_from(area.wards.codes), unique=True))),
        season=draw(st.sampled_from(["", *(season.key for season in area.seasons)])),
        as_at=known,
    )


@given(st.data())
def test_the_address_says_what_was_chosen(area: Area, data: st.DataObject) -> None:
    chosen = data.draw(choices(area))
    back, notes = from_address(to_address(chosen), area, MONTHS)
    assert back == chosen
    assert notes == ()


@given(st.data())
def test_nothing_looks_past_the_as_at_month(area: Area, data: st.DataObject) -> None:
    chosen = data.draw(choices(area))
    found = resolve(chosen, MONTHS)
    assert found.first is not None
    assert found.last is not None
    assert found.first <= found.last <= found.as_at <= MONTHS[-1]
    assert found.stepped_back == (found.as_at != MONTHS[-1])
    assert hash(found) == hash(resolve(chosen, MONTHS))


@given(st.dictionaries(st.sampled_from(choice.PARAMETERS), st.text(max_size=60)))
def test_any_address_gives_a_view(area: Area, params: dict[str, str]) -> None:
    found, notes = from_address(params, area, MONTHS)
    assert found.category in CATEGORIES
    assert set(found.wards) <= set(area.wards.codes)
    assert resolve(found, MONTHS).last is not None
    wrong = {k for k, v in params.items() if v and k not in to_address(found)}
    defaults = {"category": "anti-social-behaviour", "period": choice.LAST_12, "source": POLICE_UK}
    wrong -= {key for key, value in defaults.items() if params.get(key) == value}
    assert len(notes) >= len(wrong)


def test_defaults_are_left_out_of_the_address(area: Area) -> None:
    assert to_address(Choice()) == {}
    assert from_address({}, area, MONTHS) == (Choice(), ())


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"category": "homicide"}, "crime type"),
        ({"wards": "E05000000"}, "ward"),
        ({"wards": "E05010935,nowhere"}, "the others are shown"),
        ({"season": "easter"}, "season"),
        ({"source": "gossip"}, "source"),
        ({"as-at": "2022-03"}, "month"),
        ({"as-at": "2031-01"}, "month"),
        ({"period": "2031"}, "period"),
        ({"period": "2024-12..2024-01"}, "period"),
        ({"period": "2023/25"}, "period"),
        ({"period": "2024-13..2024-14"}, "period"),
    ],
)
def test_a_bad_value_falls_back_and_is_told(area: Area, params: dict[str, str], told: str) -> None:
    found, notes = from_address(params, area, MONTHS)
    assert len(notes) == 1
    assert told in notes[0]
    assert found.period == choice.LAST_12
    assert found.as_at == ""


def test_a_long_bad_value_is_cut_short(area: Area) -> None:
    _, notes = from_address({"season": "x" * 10_000}, area, MONTHS)
    assert len(notes[0]) < 200


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("last12", "2024-01", "2024-12"),
        ("last3", "2024-10", "2024-12"),
        ("all", "2018-01", "2024-12"),
        ("2019", "2019-01", "2019-12"),
        ("2023/24", "2023-04", "2024-03"),
        ("2024/25", "2024-04", "2024-12"),
        ("2020-05..2020-07", "2020-05", "2020-07"),
        ("2017-05..2018-02", "2018-01", "2018-02"),
    ],
)
def test_windows(period: str, first: str, last: str) -> None:
    assert window(period, MONTHS[-1], MONTHS) == (month(first), month(last))


def test_last_12_keeps_its_length_where_months_are_missing() -> None:
    assert window("last12", month("2023-03"), MONTHS) == (month("2022-04"), month("2023-03"))


def test_a_year_is_cut_at_the_as_at_month() -> None:
    assert window("2024", month("2024-08"), MONTHS) == (month("2024-01"), month("2024-08"))
    assert window("2024", month("2023-08"), MONTHS) is None
    assert resolve(Choice(period="2024", as_at="2023-08"), MONTHS).first == month("2022-09")


def test_every_option_means_something() -> None:
    for as_at in MONTHS:
        for key in period_options(as_at, MONTHS):
            assert key == choice.OWN or window(key, as_at, MONTHS) is not None, (as_at, key)


def test_nothing_loaded(area: Area) -> None:
    found = resolve(Choice(), NONE)
    assert (found.first, found.last, found.as_at) == (None, None, None)
    assert found.period_words() == ""
    assert period_options(None, NONE) == {choice.LAST_12: "No months loaded"}
    empty = Incidents(conform(pd.DataFrame({"month": pd.Series(dtype="int64")})), NONE, "empty")
    assert len(found.selected(empty).frame) == 0


def test_words_for_months() -> None:
    assert short_period(month("2024-01"), month("2024-12")) == "Jan to Dec 2024"
    assert short_period(month("2023-11"), month("2024-02")) == "Nov 2023 to Feb 2024"
    assert short_period(month("2024-02"), month("2024-02")) == "Feb 2024"


def test_selection_equals_a_count_by_hand(area: Area) -> None:
    frame = conform(
        pd.DataFrame(
            {
                "incident_id": [str(i) for i in range(6)],
                "month": pd.PeriodIndex(["2024-01", "2024-02", "2024-02", "2024-03", "2024-03", "2024-03"], freq="M"),
                "category": [ASB, ASB, DRUGS, ASB, ASB, ASB],
                "ward_code": [
                    *area.wards.codes[:2],
                    area.wards.codes[0],
                    area.wards.codes[0],
                    None,
                    area.wards.codes[1],
                ],
            }
        )
    )
    incidents = Incidents(frame, pd.period_range("2024-01", "2024-03", freq="M"), "v")
    chosen = Filters(ASB, month("2024-02"), month("2024-02"), (area.wards.codes[1],), as_at=month("2024-02"))
    assert chosen.selected(incidents).frame["incident_id"].tolist() == ["1"]
    assert chosen.history(incidents).frame["incident_id"].tolist() == ["1"]
    assert chosen.known(incidents).frame["incident_id"].tolist() == ["0", "1", "2"]
    everywhere = Filters(ASB, month("2024-03"), month("2024-03"), as_at=month("2024-03"))
    assert len(everywhere.selected(incidents).frame) == 3  # the buffer too: hotspots need it at the edge


# --- what a cache is keyed on ----------------------------------------------------------------------------------------
@given(st.data())
def test_different_filters_have_different_keys(area: Area, data: st.DataObject) -> None:
    one, other = (resolve(data.draw(choices(area)), MONTHS) for _ in range(2))
    assert (cache._key(one) == cache._key(other)) == (one == other)
    assert len(cache._key(one)) == len(fields(one)) + 1


@pytest.mark.parametrize("value", [pd.DataFrame({"a": [1]}), [1], {"a": 1}, object()])
def test_a_cache_is_never_keyed_on_a_frame(value: object) -> None:
    with pytest.raises(TypeError, match="plain values"):
        cache._key(value)


def test_equal_looking_values_of_other_kinds_have_other_keys() -> None:
    assert repr(cache._key("1")) != repr(cache._key(1))
    assert len({repr(cache._key(value)) for value in (True, 1, "True", "1")}) == 4
    assert repr(cache._key(("a", "b"))) != repr(cache._key(("a, b",)))
