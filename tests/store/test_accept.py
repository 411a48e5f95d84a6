"""A month in doubt is left out of what is loaded, until somebody accepts it or it is imported whole."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data.__main__ import main
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.accept import accept
from data.store.accepted import ACCEPTED, read_accepted
from data.store.doubts import doubts_of
from data.store.manifest import LARGE_REVISION, read_manifest
from data.store.status import store_status
from data.store.store import importing, load, store_version, sweep
from geo.errors import InputError
from tests.published.police_files import NOW, crime, named, points_of, put, row, table
from tests.store.made_states import DAYS, REVISION

MONTHS = tuple(f"2024-{k:02d}" for k in range(1, 10))
SHORT = "2024-05"


def published(area: Area, month: str, rows: int, start: int = 0) -> bytes:
    """A file of one force: ASB, drugs with an ID, and one of ten without a location."""
    at = points_of(area)
    some = [row(at.inside, Month=month) for _ in range(rows // 2)]
    some += [crime(at.inside, start + k, Month=month) for k in range(rows - rows // 2 - rows // 10)]
    return table(some + [row(("", ""), Month=month) for _ in range(rows // 10)])


@pytest.fixture(scope="module")
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",), buffer_forces=("elsewhere",))


@pytest.fixture(scope="module")
def made(ours: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for number, month in enumerate(MONTHS):
        rows = 20 if month == SHORT else 100
        put(folder / "files", published(ours, month, rows, 1_000 * number), named(month))
    import_paths([folder / "files"], folder / "store", ours, now=NOW)
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy" / "store"


def there(store: Path, area: Area) -> list[str]:
    incidents = load(store, area)
    assert set(incidents.frame["month"]) <= set(incidents.months)
    assert incidents.version == store_version(store) == store_status(store, area).version
    return [str(month) for month in incidents.months]


def test_a_month_in_doubt_is_missing_until_it_is_accepted(ours: Area, store: Path) -> None:
    others = [month for month in MONTHS if month != SHORT]
    assert there(store, ours) == others
    before = store_version(store)
    one = accept(store, ours, "somewhere", SHORT, "  analyst\n of the team ", now=NOW)
    assert (one.by, one.accepted_at, one.rows) == ("analyst of the team", "2025-01-15T12:00:00+00:00", 20)
    assert there(store, ours) == list(MONTHS)
    assert store_version(store) != before
    status = store_status(store, ours)
    assert (status.in_doubt, status.accepted) == ((), (one,))
    assert "Accepted as whole: somewhere 2024-05, 20 rows, by analyst of the team on 2025-01-15." in status.lines()
    accept(store, ours, "somewhere", SHORT, whole=False, now=NOW)
    assert there(store, ours) == others
    assert store_version(store) == before
    assert [one.whole for one in read_accepted(store)] == [True, False]  # who and when is kept


def test_the_version_does_not_tell_who_or_when(ours: Area, store: Path) -> None:
    accept(store, ours, "somewhere", SHORT, "a", now=NOW)
    version = store_version(store)
    accept(store, ours, "somewhere", SHORT, whole=False)
    accept(store, ours, "somewhere", SHORT, "b")
    assert store_version(store) == version


def test_a_complete_release_clears_it_and_another_short_one_is_judged_anew(ours: Area, store: Path) -> None:
    accept(store, ours, "somewhere", SHORT, now=NOW)
    again = put(store.parent / "later", published(ours, SHORT, 25, 4_000), named(SHORT))
    report = import_paths([again], store, ours, now=NOW)
    assert [doubt.month for doubt in report.in_doubt] == [SHORT]
    assert SHORT not in there(store, ours)
    assert store_status(store, ours).accepted == ()
    again.write_bytes(published(ours, SHORT, 100, 4_000))
    report = import_paths([again], store, ours, now=NOW)
    assert report.in_doubt == ()
    assert there(store, ours) == list(MONTHS)
    large = store_status(store, ours).large_revisions
    assert [(one.before, one.after) for one in large] == [(18, 23), (23, 90)]


def test_what_was_said_of_one_file_stays_when_another_came_between(ours: Area, store: Path) -> None:
    accept(store, ours, "somewhere", SHORT)
    first = store.parent / "files" / named(SHORT)
    import_paths([put(store.parent / "later", published(ours, SHORT, 25, 4_000), named(SHORT))], store, ours, now=NOW)
    accept(store, ours, "somewhere", SHORT)
    import_paths([first], store, ours, now=NOW)
    assert there(store, ours) == list(MONTHS)


def test_a_feed_is_not_judged_whatever_its_name(ours: Area, store: Path) -> None:
    manifest = read_manifest(store)
    assert manifest is not None
    feed = replace(DAYS, source="somewhere", force="somewhere", month="2024-02", rows=1, rejected=0, outside=0)
    units = {**manifest.units, feed.key: feed}
    assert [doubt.month for doubt in doubts_of(replace(manifest, units=units), ours, ())] == [SHORT]


def test_it_is_told_at_import_and_by_status(ours: Area, store: Path) -> None:
    told = (
        "IN DOUBT, left out: somewhere 2024-05, 20 rows, usually 100. Rule: rows in all. What to do: load the month "
        "again from data.police.uk; if the force published it so, accept it: python -m data accept somewhere 2024-05"
    )
    assert import_paths([store.parent / "files"], store, ours, now=NOW).lines()[-1] == told
    status = store_status(store, ours)
    assert told in status.lines()
    plain = json.loads(json.dumps(status.to_json(), default=int))
    assert [(one["force"], one["month"], one["rows"], one["usual"]) for one in plain["in_doubt"]] == [
        ("somewhere", SHORT, 20, 100)
    ]
    assert plain["not_judged"]["somewhere"] == {"months": [], "total_only": [], "rare": {"Drugs": 9}}
    assert plain["accepted"] == plain["large_revisions"] == []


def test_a_buffer_force_in_doubt_loses_its_rows_and_no_month(ours: Area, store: Path) -> None:
    assert there(store, replace(ours, forces=("elsewhere",), buffer_forces=("somewhere",))) == []
    at_edge = replace(ours, forces=(), buffer_forces=("somewhere",))
    assert SHORT not in there(store, at_edge)
    elsewhere = replace(ours, forces=("elsewhere",), buffer_forces=())  # a force that the area does not name
    assert store_status(store, elsewhere).in_doubt == ()


def test_rows_are_counted_by_type_and_without_a_location(store: Path) -> None:
    manifest = read_manifest(store)
    assert manifest is not None
    unit = manifest.units["police.uk/somewhere/2024-01"]
    assert unit.by_type == {"Anti-social behaviour": 60, "Drugs": 40}
    assert unit.unlocated == {"Anti-social behaviour": 10}
    assert unit.rows_read == 100


def test_a_store_without_counts_by_type_keeps_its_version_and_is_judged_by_all_rows(ours: Area, store: Path) -> None:
    manifest = read_manifest(store)
    assert manifest is not None
    units = {key: replace(unit, by_type={}, unlocated={}) for key, unit in manifest.units.items()}
    older = json.loads(json.dumps(replace(manifest, units=units).to_json()))
    for unit in older["units"].values():
        del unit["by_type"], unit["unlocated"]
    (store / "manifest.json").write_text(json.dumps(older), encoding="utf-8")
    read = read_manifest(store)
    assert read is not None
    assert read.version == older["version"] != manifest.version
    status = store_status(store, ours)
    assert [doubt.month for doubt in status.in_doubt] == [SHORT]
    assert any("judged by their rows in all only" in line for line in status.lines())


@pytest.mark.parametrize(
    ("force", "month", "why"),
    [
        ("somewhere", "2024-04", "somewhere 2024-04 is not in doubt"),
        ("somewhere", "2025-04", "this month of this force is not in the store (found 'somewhere 2025-04')"),
        ("somewhere", "May", "is not in the store (found 'somewhere May')"),
        ("nowhere", SHORT, "is not in the store"),
    ],
)
def test_what_cannot_be_accepted(ours: Area, store: Path, force: str, month: str, why: str) -> None:
    with pytest.raises(InputError) as refusal:
        accept(store, ours, force, month)
    assert why in str(refusal.value)
    assert not (store / ACCEPTED).exists()


def test_twice_and_taken_back_without_cause(ours: Area, store: Path) -> None:
    with pytest.raises(InputError, match="was not accepted"):
        accept(store, ours, "somewhere", SHORT, whole=False)
    accept(store, ours, "somewhere", SHORT)
    with pytest.raises(InputError, match="accepted already"):
        accept(store, ours, "somewhere", SHORT)
    with pytest.raises(InputError, match="not in the store"):
        accept(store.parent / "none", ours, "somewhere", SHORT)
    assert not (store.parent / "none").exists()


def test_it_waits_for_an_import_and_refuses_another_layer(ours: Area, store: Path) -> None:
    with importing(store), pytest.raises(InputError, match="another import"):
        accept(store, ours, "somewhere", SHORT)
    with pytest.raises(InputError, match="another area or ward layer"):
        accept(store, replace(ours, buffer_m=5.0), "somewhere", SHORT)


@pytest.mark.parametrize("raw", ["{", "[]", '{"format": 2, "accepted": []}', '{"format": 1, "accepted": [{"a": 1}]}'])
def test_a_damaged_list_is_told(ours: Area, store: Path, raw: str) -> None:
    (store / ACCEPTED).write_text(raw, encoding="utf-8")
    for ask in (store_version, lambda path: load(path, ours), lambda path: import_paths([path], path, ours)):
        with pytest.raises(InputError, match="accepted months cannot be read") as refusal:
            ask(store)
        assert refusal.value.hint == "Delete it, and accept those months again."


def test_what_a_kill_left_beside_the_list_is_swept(store: Path) -> None:
    (store / f".{ACCEPTED}.77.tmp").write_text("{", encoding="utf-8")
    (store / ACCEPTED).write_text('{"format": 1, "accepted": []}', encoding="utf-8")
    manifest = read_manifest(store)
    assert manifest is not None
    assert sweep(store, manifest.paths) == 1
    assert (store / ACCEPTED).exists()


@pytest.mark.parametrize(
    ("before", "after", "large"), [(100, 95, True), (100, 96, False), (100, 105, True), (0, 1, True), (0, 0, False)]
)
def test_a_large_revision(before: int, after: int, large: bool) -> None:
    assert LARGE_REVISION == 0.05
    assert replace(REVISION, before=before, after=after).large is large
    assert not replace(REVISION, source=DAYS.source, before=before, after=after).large


def test_the_command(
    ours: Area, store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.__main__.area_of", lambda options: ours)
    where = ["--store", str(store)]
    assert main(["accept", "somewhere", SHORT, "--by", "analyst", *where, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["force"], said["month"], said["by"], said["rows"]) == (
        True,
        "somewhere",
        SHORT,
        "analyst",
        20,
    )
    assert main(["accept", "somewhere", SHORT, *where]) == 1
    assert "accepted already" in capsys.readouterr().err
    assert main(["accept", "somewhere", SHORT, "--withdraw", *where]) == 0
    assert capsys.readouterr().out == "Taken back: somewhere 2024-05.\n"
    assert main(["accept", "somewhere", SHORT, *where]) == 0
    assert capsys.readouterr().out.startswith("Accepted as whole: somewhere 2024-05, 20 rows, by somebody on ")


def test_a_month_in_doubt_at_the_end_moves_the_last_month(ours: Area, store: Path) -> None:
    accept(store, ours, "somewhere", SHORT)
    newest = put(store.parent / "newest", published(ours, "2024-10", 20, 90_000), named("2024-10"))
    import_paths([newest], store, ours, now=NOW)
    assert load(store, ours).as_at_month == pd.Period("2024-09", "M")
