"""How one release of a month differs from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from data.store.manifest import Revision
from data.store.revision import compare
from tests.store.made_states import FILE, UNIT

PREFIX = "police.uk:somewhere:2024-10:"
BEFORE, AFTER = ("old.csv", "2024-11-01"), ("new.csv", "2024-12-01")
Made = tuple[str, str | None, float, float, str | None, str | None]


def crime(number: int, outcome: str | None = "Under investigation", east: float = 1.0) -> Made:
    return (f"{number:064x}", outcome, east, 2.0, "High Street", "E01")


def plain(
    number: int, east: float = 1.0, north: float = 2.0, street: str | None = "High Street", lsoa: str | None = "E01"
) -> Made:
    return (f"{PREFIX}{number}", None, east, north, street, lsoa)


def stored(rows: Sequence[Made]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["incident_id", "outcome", "easting_m", "northing_m", "location", "lsoa_code"])
    words = ["outcome", "location", "lsoa_code"]
    return frame.astype({"incident_id": "str", **dict.fromkeys(words, "category")})


def revised(old: Sequence[Made], new: Sequence[Made]) -> Revision:
    before, after = (replace(FILE, name=name, imported_at=at) for name, at in (BEFORE, AFTER))
    return compare(stored(old), stored(new), UNIT, before, after)


def counts(revision: Revision) -> tuple[int, ...]:
    return (
        revision.added,
        revision.gone,
        revision.outcome_changed,
        revision.added_without_id,
        revision.gone_without_id,
    )


def test_it_names_what_it_compared() -> None:
    old, new = [crime(1), crime(2), crime(3), plain(1)], [crime(1, "Offender charged"), plain(1), plain(2)]
    assert revised(old, new) == Revision(
        source="police.uk",
        force="somewhere",
        month="2024-10",
        imported_at="2024-12-01",
        old_name="old.csv",
        new_name="new.csv",
        before=4,
        after=3,
        added=0,
        gone=2,
        outcome_changed=1,
        added_without_id=1,
        gone_without_id=0,
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([crime(1), crime(2)], [crime(2), crime(1)], (0, 0, 0, 0, 0)),
        ([crime(1)], [crime(1), crime(2), crime(3)], (2, 0, 0, 0, 0)),
        ([crime(1), crime(2), crime(3)], [crime(4)], (1, 3, 0, 0, 0)),
        (
            [crime(1, None), crime(2, None), crime(3, "x")],
            [crime(1, None), crime(2, "x"), crime(3, None)],
            (0, 0, 2, 0, 0),
        ),
        ([crime(1)], [crime(1, east=5.0)], (0, 0, 0, 0, 0)),  # where a crime lies is not compared
        # the same ID twice is taken in the order of the file
        ([crime(1, "x"), crime(1, "y")], [crime(1, "x"), crime(1, "z")], (0, 0, 1, 0, 0)),
        ([crime(1, "x"), crime(1, "y")], [crime(1, "y"), crime(1, "x")], (0, 0, 2, 0, 0)),
        ([crime(1)], [crime(1)] * 3, (2, 0, 0, 0, 0)),
        # without an ID: a multiset of point, street and LSOA; the running number says nothing
        ([plain(1), plain(2, 9.0)], [plain(1, 9.0), plain(2)], (0, 0, 0, 0, 0)),
        ([plain(1), plain(2)], [plain(1)], (0, 0, 0, 0, 1)),
        ([plain(1)], [plain(1), plain(2), plain(3)], (0, 0, 0, 2, 0)),
        ([plain(1)], [plain(1, east=9.0)], (0, 0, 0, 1, 1)),
        ([plain(1)], [plain(1, north=9.0)], (0, 0, 0, 1, 1)),
        ([plain(1)], [plain(1, street="Elm Street")], (0, 0, 0, 1, 1)),
        ([plain(1)], [plain(1, lsoa="E02")], (0, 0, 0, 1, 1)),
        ([plain(1, street=None, lsoa=None)], [plain(1, street=None, lsoa=None)], (0, 0, 0, 0, 0)),
        ([plain(1)], [crime(1)], (1, 0, 0, 0, 1)),
        ([], [crime(1), plain(1)], (1, 0, 0, 1, 0)),
        ([crime(1), plain(1)], [], (0, 1, 0, 0, 1)),
    ],
)
def test_what_was_added_gone_and_changed(old: list[Made], new: list[Made], expected: tuple[int, ...]) -> None:
    revision = revised(old, new)
    assert counts(revision) == expected
    assert (revision.before, revision.after) == (len(old), len(new))
    back = revised(new, old)
    added, gone, changed, added_plain, gone_plain = expected
    assert counts(back) == (gone, added, changed, gone_plain, added_plain)


def test_an_id_of_another_unit_is_an_id_like_any_other() -> None:
    other = ("police.uk:elsewhere:2024-10:1", None, 1.0, 2.0, "High Street", "E01")
    assert counts(revised([plain(1)], [other])) == (1, 0, 0, 0, 1)
