"""Nothing is lost and nothing invented, whatever a file holds."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.status import rejected_rows, store_status
from data.store.store import load
from tests.properties import examples
from tests.published.police_files import HEADER, NOW, Points, crime, points_of, put, row, table

SETTINGS = examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
KINDS = {
    "inside": "loaded",
    "other": "loaded",
    "buffer": "loaded",
    "crime": "loaded",
    "outside": "outside",
    "no location": "no location",
    "half": "one coordinate missing",
    "word": "coordinate not a number",
    "swapped": "coordinates swapped",
    "zero": "coordinates zero",
    "abroad": "outside Britain",
    "type": "unknown crime type",
    "blank": "blank month",
    "malformed": "malformed month",
    "future": "month out of range",
    "force": "no force",
    "short": "wrong number of fields",
}
# any text that is UTF-8, without NUL (refused) and without surrogates (not text)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def made(kind: str, number: int, at: Points, text: str, month: str) -> list[str]:
    """Fields of one record of a kind."""
    plain = {
        "inside": row(at.inside),
        "other": row(at.other),
        "buffer": row(at.buffer),
        "crime": crime(at.inside, number),
        "outside": row(at.outside),
        "no location": row(("", "")),
        "half": row((at.inside[0], "")),
        "word": row((at.inside[0], "north")),
        "swapped": row((at.inside[1], at.inside[0])),
        "zero": row(("0", "0")),
        "abroad": row(("12.5", "41.9")),
        "type": row(at.inside, Crime_type="Sorcery"),
        "blank": row(at.inside),
        "malformed": row(at.inside),
        "future": row(at.inside),
        "force": row(at.inside, Falls_within="", Reported_by=""),
        "short": row(at.inside),
    }[kind]
    plain |= {"Location": text, "Month": {"blank": "", "malformed": "2024-13", "future": "2025-02"}.get(kind, month)}
    fields = [plain[name] for name in HEADER]
    return fields[:5] if kind == "short" else fields


RECORDS = st.lists(
    st.tuples(st.sampled_from(list(KINDS)), TEXT, st.sampled_from(["2024-09", "2024-10"])), min_size=1, max_size=30
)


def written(records: list[list[str]], end: str, quoting: int) -> tuple[bytes, list[int]]:
    """A CSV and the line on which each record starts."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, quoting=quoting)
    writer.writerow(HEADER)
    lines = []
    for record in records:
        lines.append(len(io.StringIO(out.getvalue(), newline="").readlines()) + 1)
        writer.writerow(record)
    return out.getvalue().encode(), lines


@SETTINGS
@given(RECORDS, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_rows_read_is_loaded_and_rejected_and_outside(
    area: Area, records: list[tuple[str, str, str]], end: str, quoting: int
) -> None:
    at = points_of(area)
    if end == "\n" and quoting == csv.QUOTE_MINIMAL:  # the writer would not quote it
        records = [(kind, text.replace("\r", ""), month) for kind, text, month in records]
    fields = [made(kind, number, at, text, month) for number, (kind, text, month) in enumerate(records)]
    raw, lines = written(fields, end, quoting)
    expected = Counter(KINDS[kind] for kind, _, _ in records)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        (file,) = import_paths([put(Path(folder), raw, "any.csv")], store, area, now=NOW).files
        assert file.rows_read == file.loaded + file.rejected + file.outside
        if expected["loaded"] + expected["outside"] == 0 and set(expected) != {"no location"}:
            assert file.status == "failed"
            return
        assert file.rows_read == len(records)
        assert (file.loaded, file.outside) == (expected.pop("loaded", 0), expected.pop("outside", 0))
        assert file.rejected_by_reason == dict(expected)
        kept = rejected_rows(store)
        where = [k for k, (kind, _, _) in enumerate(records) if KINDS[kind] in expected]
        if file.forces:
            assert list(kept["row"]) == [lines[k] for k in where]
            assert list(kept["reason"]) == [KINDS[records[k][0]] for k in where]
            for text, k in zip(kept["original"], where, strict=True):
                assert next(csv.reader(io.StringIO(text, newline=""))) == fields[k]
        stored = load(store, replace(area, forces=("somewhere",))).frame
        good = [k for k, (kind, _, _) in enumerate(records) if KINDS[kind] == "loaded"]
        places = Counter((records[k][2], records[k][1] or None) for k in good)
        words = stored["location"].astype(object).where(stored["location"].notna(), None)
        assert Counter(zip(stored["month"].astype(str), words, strict=True)) == places
        assert stored["ward_code"].isna().sum() == sum(records[k][0] == "buffer" for k in good)
        coverage = store_status(store, area).coverage
        assert coverage["loaded"].sum() == file.loaded
        assert coverage["outside"].sum() == file.outside
        assert (coverage["in_area"] + coverage["buffer"] == coverage["loaded"]).all()


@settings(SETTINGS, max_examples=15)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_count(
    area: Area, records: list[tuple[str, str, str]], shuffle: random.Random
) -> None:
    at = points_of(area)
    fields = [made(kind, number, at, text, month) for number, (kind, text, month) in enumerate(records)]
    reports = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            path = put(Path(folder), written(fields, "\n", csv.QUOTE_ALL)[0], "any.csv")
            (file,) = import_paths([path], Path(folder) / "store", area, now=NOW).files
            reports.append((file.status, file.loaded, file.outside, dict(file.rejected_by_reason), file.months))
        shuffle.shuffle(fields)
    assert reports[0] == reports[1]


@SETTINGS
@given(st.data())
def test_whatever_the_bytes_are_there_is_a_report(area: Area, data: st.DataObject) -> None:
    at = points_of(area)
    raw = bytearray(table([row(at.inside), row(at.buffer, Location='a "quoted", text'), crime(at.inside, 1)]))
    for _ in range(data.draw(st.integers(0, 5))):
        place = data.draw(st.integers(0, len(raw)))
        raw[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    if data.draw(st.booleans()):
        raw = bytearray(data.draw(st.binary(max_size=200)))
    with tempfile.TemporaryDirectory() as folder:
        name = data.draw(st.sampled_from(["any.csv", "2024-10-somewhere-street.csv", "any.zip"]))
        report = import_paths([put(Path(folder), bytes(raw), name)], Path(folder) / "store", area, now=NOW)
        for file in report.files:
            assert file.rows_read == file.loaded + file.rejected + file.outside
            assert (file.status == "failed") == bool(file.error)
            assert sum(file.rejected_by_reason.values()) == file.rejected
        assert report.lines()
