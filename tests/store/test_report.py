"""What an import did, told to a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.store.report import FileReport, ImportReport, counts_words
from tests.store.made_states import REVISION

OCTOBER = FileReport(
    "2024.zip/2024-10-somewhere-street.csv",
    "loaded",
    rows_read=1_100,
    loaded=1_040,
    rejected=3,
    outside=57,
    rejected_by_reason={"no location": 2, "blank month": 1},
    left_alone=1_001,
    months=("2024-10",),
    forces=("somewhere",),
    archive="2024.zip",
)
NOVEMBER = replace(
    OCTOBER,
    name="2024.zip/2024-11-elsewhere-street.csv",
    replaced=1_000,
    left_alone=0,
    rejected_by_reason={"no location": 3},
    months=("2024-11",),
    forces=("elsewhere",),
)
FAILED = FileReport("bad.csv", "failed", error="first problem\nsecond problem")


def test_a_report_of_nothing_is_all_zeros() -> None:
    empty = FileReport("a.csv", "loaded")
    assert (empty.rows_read, empty.loaded, empty.rejected, empty.outside, empty.replaced, empty.left_alone) == (0,) * 6
    assert (empty.rejected_by_reason, empty.revision, empty.months, empty.forces) == ({}, (), (), ())
    assert (empty.error, empty.archive) == (None, None)
    assert ImportReport(()).lines() == ["There was nothing to import."]
    assert ImportReport(()).ok


@pytest.mark.parametrize(
    ("statuses", "ok"),
    [(("loaded", "unchanged"), True), (("loaded", "failed", "loaded"), False), (("failed",), False)],
)
def test_it_is_well_when_no_file_failed(statuses: tuple[str, ...], ok: bool) -> None:
    assert ImportReport(tuple(FileReport("a.csv", status) for status in statuses)).ok is ok


def test_one_file_in_words() -> None:
    assert ImportReport((replace(OCTOBER, archive=None),)).lines() == [
        "2024.zip/2024-10-somewhere-street.csv: somewhere, 2024-10: "
        "1,100 rows read = 1,040 loaded + 3 rejected + 57 outside the area and its buffer.",
        "  1,001 other files were left alone.",
        "  rejected, blank month: 1",
        "  rejected, no location: 2",
    ]


def test_an_archive_in_words() -> None:
    unchanged = replace(OCTOBER, status="unchanged", months=("2024-09",), rejected_by_reason={}, revision=(REVISION,))
    report = ImportReport((OCTOBER, NOVEMBER, unchanged, FAILED))
    whole = "3,300 rows read = 3,120 loaded + 9 rejected + 171 outside the area and its buffer; 1,000 rows gave way"
    assert report.lines() == [
        f"2024.zip: 3 files, elsewhere, somewhere, 2024-09 to 2024-11: {whole}.",
        "  1 of them unchanged.",
        "  2,002 other files were left alone.",
        "  rejected, blank month: 1",
        "  rejected, no location: 5",
        f"  {REVISION.sentence}",
        "bad.csv: FAILED, the store is as it was.",
        "  first problem",
        "  second problem",
        f"Total: {whole}.",
    ]


def test_what_was_there_already_in_words() -> None:
    again = replace(OCTOBER, status="unchanged", left_alone=0, rejected_by_reason={})
    assert ImportReport((again,)).lines() == [
        "2024.zip: unchanged (somewhere, 2024-10): these bytes are in the store already."
    ]
    two = ImportReport((again, replace(again, months=("2024-11",))))
    assert two.lines()[0] == (
        "2024.zip: 2 files, unchanged (somewhere, 2024-10 to 2024-11): these bytes are in the store already."
    )
    assert len(two.lines()) == 2


def test_a_failure_without_words_is_told_too() -> None:
    assert ImportReport((FileReport("a.csv", "failed"),)).lines() == ["a.csv: FAILED, the store is as it was."]


def test_totals() -> None:
    report = ImportReport((OCTOBER, NOVEMBER))
    assert report.total("rows_read") == 2_200
    assert report.to_json() == {
        "ok": True,
        "files": [vars(OCTOBER), vars(NOVEMBER)],
        "in_doubt": [],
        "total": {
            "rows_read": 2_200,
            "loaded": 2_080,
            "rejected": 6,
            "outside": 114,
            "joined": 0,
            "replaced": 1_000,
            "left_alone": 1_001,
        },
    }
    assert counts_words([]) == "0 rows read = 0 loaded + 0 rejected + 0 outside the area and its buffer"
