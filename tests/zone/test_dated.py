"""Days and hours of a partner's feed in a zone: counted by hand, and never giving a small count away."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.disclosure import HIDDEN, UNDER
from analysis.common.refusal import Refusal
from analysis.zone.dated import DAYS, HOURS, Dated, dated, written
from data.place.area import Area
from data.store.schema import Incidents, conform
from tests.properties import examples

FIRST = datetime(2024, 1, 1)
MONTHS = pd.period_range("2023-01", "2024-12", freq="M")


def feed(
    area: Area,
    times: list[datetime],
    until: list[datetime | None] | None = None,
    category: str = "Anti-social behaviour",
    precision_m: float = np.nan,
) -> tuple[Incidents, shapely.Polygon]:
    """A partner's feed with every incident at one point, and a zone around it."""
    at = area.wards.outline.representative_point()
    n = len(times)
    frame = pd.DataFrame(
        {
            "incident_id": [f"feed:{i}" for i in range(n)],
            "source": "council",
            "month": pd.PeriodIndex(pd.DatetimeIndex(times), freq="M"),
            "occurred_at": pd.DatetimeIndex(times),
            "occurred_until": pd.DatetimeIndex(until or [pd.NaT] * n),
            "category": category,
            "easting_m": at.x,
            "northing_m": at.y,
            "ward_code": area.wards.codes[0],
            "precision_m": precision_m,
        },
        index=pd.RangeIndex(n),
    )
    return Incidents(conform(frame), MONTHS, "feed", source="council"), at.buffer(100)


@given(st.lists(st.integers(0, 730 * 24 * 60 - 1), min_size=1, max_size=60))
@examples(15)
def test_counts_are_those_by_hand(area: Area, minutes: list[int]) -> None:
    times = [datetime(2023, 1, 1) + timedelta(minutes=m) for m in minutes]
    late = [one for one in times if one.year == 2024]
    asked, zone = feed(area, times)
    if not late:
        with pytest.raises(Refusal, match="no incident in the zone"):
            dated(asked, area, zone)
        return
    found = dated(asked, area, zone)
    day = Counter(one.strftime("%A") for one in late)
    hours = Counter("Not known" if (one.hour, one.minute) == (0, 0) else HOURS[one.hour // 4] for one in late)
    assert dict(zip(DAYS, found.by_day, strict=True)) == {name: day[name] for name in DAYS}
    assert dict(zip(HOURS, found.by_hours, strict=True)) == {name: hours[name] for name in HOURS}
    assert found.total == len(late) == sum(found.by_month) == sum(found.by_day) == sum(found.by_hours)
    said = written(found)
    for rows, counts in ((said.by_month, found.by_month), (said.by_day, found.by_day), (said.by_hours, found.by_hours)):
        for (_, text), count in zip(rows, counts, strict=True):
            assert text in ({UNDER, HIDDEN} if 0 < count < 5 else {HIDDEN, f"{count:,}"})


def test_what_is_known_as_an_interval_stands_where_it_is_certain(area: Area) -> None:
    begun = datetime(2024, 5, 6, 13, 0)  # a Monday
    ended = [begun + timedelta(hours=h) for h in (2, 5, 30)]
    asked, zone = feed(area, [begun] * 3, list(ended))
    found = dated(asked, area, zone)
    assert dict(zip(DAYS, found.by_day, strict=True))["Monday"] == 2
    assert found.by_day[-1] == 1
    assert dict(zip(HOURS, found.by_hours, strict=True))["12:00 to 16:00"] == 1
    assert found.by_hours[-1] == 2


def test_refusals(area: Area) -> None:
    asked, zone = feed(area, [FIRST] * 6)
    with pytest.raises(Refusal, match="no dated feed"):
        dated(None, area, zone)
    with pytest.raises(Refusal, match="begins after"):
        dated(asked, area, zone, pd.Period("2020-01", "M"))
    with pytest.raises(Refusal, match="too coarse"):
        dated(feed(area, [FIRST] * 6, precision_m=500)[0], area, zone)
    with pytest.raises(Refusal, match="no incident in the zone"):
        dated(asked, area, shapely.Point(0, 0).buffer(10))


def test_asb_and_crimes_are_never_added(area: Area) -> None:
    asked, zone = feed(area, [FIRST] * 6)
    crimes, _ = feed(area, [FIRST] * 9, category="Burglary")
    both = Incidents(pd.concat([asked.frame, crimes.frame]), MONTHS, "feed", source="council")
    assert (dated(both, area, zone).category, dated(both, area, zone).total) == ("Anti-social behaviour", 6)
    assert (dated(crimes, area, zone).category, dated(crimes, area, zone).total) == ("Burglary", 9)


def test_small_counts_leave_as_under_five_and_cannot_be_worked_out() -> None:
    months = tuple(MONTHS[12:])
    found = Dated("council", "Anti-social behaviour", months, (10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3),
                  (13, 0, 0, 0, 0, 0, 0, 0), (6, 7, 0, 0, 0, 0, 0), 13, 2, simulated=False)  # fmt: skip
    said = written(found)
    assert said.by_month[-1] == ("Dec 2024", UNDER)
    assert said.by_month[0] == ("Jan 2024", HIDDEN)  # or the total would give it away
    assert (said.total, said.coarse) == ("13", UNDER)
    assert said.by_hours[:2] == ((HOURS[0], "6"), (HOURS[1], "7"))
