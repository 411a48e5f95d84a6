"""From checked rows of a feed to units of the store: which days of a month are covered, tables, revisions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from data.feed.rows import CheckedFeed
from data.place.area import Area
from data.store.manifest import Revision, SourceFile, Unit
from data.store.revision import revision_of
from data.store.store import month_dates
from geo.assign import OUTSIDE

Days = dict[int, tuple[date, date]]
_WORDS = ("category", "asb_type", "subcategory", "location", "lsoa_code", "outcome")
_COMPARED = ("occurred_at", "occurred_until", "category", "asb_type", "subcategory", "easting_m", "northing_m")


@dataclass(frozen=True, eq=False)
class FeedUnit:
    """The incidents of a month in area and buffer, the days that are covered, and where its other rows are."""

    month: str
    first: str
    last: str
    in_area: int
    outside: int
    rejected: int
    table: pa.Table = field(repr=False)
    joined: int = 0
    extra: int = 0


def covered(checked: CheckedFeed, period: tuple[date, date] | None) -> Days:
    """Days that a file covers, by month.

    Parameters
    ----------
    checked : CheckedFeed
    period : (date, date) or None
        First and last day, as the person says: every day between them is covered, incidents or not.

    Returns
    -------
    dict of int to (date, date)
        First and last day covered, by month counted from January 1970. Without a stated period each run of months that
        have incidents is covered from its first incident to its last: a month without any may be missing, and one date
        with a wrong year makes no years of nothing.

    Notes
    -----
    When it misleads: without a stated period the first and last days of a quiet feed without incidents are taken for
    days that are not covered, and a quiet month for one that is missing.
    """
    if period is not None:
        months = range(_month(period[0]), _month(period[1]) + 1)
        return {m: (max(_first(m), period[0]), min(_last(m), period[1])) for m in months}
    days: list[date] = np.unique(checked.usable["at"].to_numpy().astype("datetime64[D]")).tolist()
    by_month: dict[int, list[date]] = {}
    for day in days:
        by_month.setdefault(_month(day), []).append(day)
    return {
        month: (
            _first(month) if month - 1 in by_month else own[0],
            _last(month) if month + 1 in by_month else own[-1],
        )
        for month, own in by_month.items()
    }


def _month(day: date) -> int:
    return (day.year - 1970) * 12 + day.month - 1


def _first(month: int) -> date:
    return date(1970 + month // 12, month % 12 + 1, 1)


def _last(month: int) -> date:
    return date.fromordinal(_first(month + 1).toordinal() - 1)


def feed_units(checked: CheckedFeed, spans: Days, area: Area, slug: str) -> list[FeedUnit]:
    """Cut the usable rows into months, covered months without incidents among them.

    Parameters
    ----------
    checked : CheckedFeed
    spans : dict
        Of :func:`covered`.
    area : Area
    slug : str
        Name of the feed.
    """
    months = checked.usable["month"].to_numpy()
    units = []
    for month, (first, last) in sorted(spans.items()):
        rows = checked.usable[months == month]
        kept = rows[rows["ward"].to_numpy() != OUTSIDE]
        name = str(pd.Period(ordinal=month, freq="M"))
        units.append(
            FeedUnit(
                month=name,
                first=first.isoformat(),
                last=last.isoformat(),
                in_area=int((kept["ward"] >= 0).sum()),
                outside=len(rows) - len(kept),
                rejected=checked.rejected_months.get(month, 0),
                table=_table(kept, name, month, area, slug),
                joined=checked.joined_months.get(month, 0),
                extra=checked.extra_months.get(month, 0),
            )
        )
    return units


def _table(rows: pd.DataFrame, name: str, month: int, area: Area, slug: str) -> pa.Table:
    references = rows["reference"].tolist()
    ids = [f"{slug}:{text}" if text else f"{_numbered(slug)}{name}:{n}" for n, text in enumerate(references, start=1)]
    ward = rows["ward"].to_numpy().astype(np.int32)
    columns = {
        "incident_id": pa.array(ids, pa.string()),
        "month": month_dates(month, len(rows)),
        "occurred_at": pa.array(rows["at"].to_numpy().astype("datetime64[s]"), pa.timestamp("s")),
        "occurred_until": pa.array(rows["until"].to_numpy().astype("datetime64[s]"), pa.timestamp("s")),
        "easting_m": pa.array(rows["easting_m"].to_numpy(dtype=float)),
        "northing_m": pa.array(rows["northing_m"].to_numpy(dtype=float)),
        "ward_code": pa.DictionaryArray.from_arrays(
            pa.array(np.maximum(ward, 0), mask=ward < 0), pa.array(list(area.wards.codes), pa.string())
        ),
    }
    precision = rows["precision_m"].to_numpy(dtype=float) if "precision_m" in rows else np.empty(0)
    if np.isfinite(precision).any():  # only then: a month of exact places is stored as it always was
        columns["precision_m"] = pa.array(precision, pa.float64(), from_pandas=True)
    for word in _WORDS:
        texts = rows[word].tolist() if word in rows else [""] * len(rows)
        columns[word] = pa.array([text or None for text in texts], pa.string()).dictionary_encode()
    return pa.table(columns)


def _numbered(slug: str) -> str:
    """Start of the ids that were given to rows without a reference number."""
    return f"{slug}#"


def references(frame: pd.DataFrame, slug: str) -> list[str]:
    """Give the reference numbers of the rows of a unit that have one."""
    ids = [str(text) for text in frame["incident_id"]]
    return [text.removeprefix(f"{slug}:") for text in ids if text.startswith(f"{slug}:")]


def compare_feed(old: pd.DataFrame, new: pd.DataFrame, unit: Unit, before: SourceFile, after: SourceFile) -> Revision:
    """Compare two versions of a month of a feed, as stored.

    Parameters
    ----------
    old, new : DataFrame
        Rows as :func:`data.store.store.read_unit` gives them.
    unit : Unit
    before, after : SourceFile

    Returns
    -------
    Revision
        By reference number added, gone, changed (time, place or kind); rows without one as a multiset of all that.
    """
    plain = _numbered(unit.source)
    was, now = (_rows(frame[~frame["incident_id"].str.startswith(plain)]) for frame in (old, new))
    had, has = (Counter(_rows(frame[frame["incident_id"].str.startswith(plain)]).values()) for frame in (old, new))
    both = was.keys() & now.keys()
    changed = sum(was[key] != now[key] for key in both)
    return revision_of(unit, before, after, (len(was), len(now), len(both), changed), had, has)


def _rows(frame: pd.DataFrame) -> dict[str, tuple[object, ...]]:
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in _COMPARED]
    return dict(zip(frame["incident_id"].astype(str), zip(*columns, strict=True), strict=True))
