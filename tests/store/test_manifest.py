"""What is in a store: units, files, revisions, and the file that says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.manifest import ANEW, FORMAT, Layer, Manifest, read_manifest, read_version, refuse_newer
from data.store.store import commit
from geo.errors import InputError
from tests.store.made_states import DAYS, FILE, LAYER, REVISION, STATE, UNIT


def written(store: Path, **change: object) -> Path:
    """A store with a manifest in which something is changed."""
    (store / "manifest.json").write_text(json.dumps(STATE.to_json() | change), encoding="utf-8")
    return store


# --- units


@pytest.mark.parametrize(
    ("month", "first", "last", "whole"),
    [
        ("2024-10", "", "", True),  # published files cover whole months
        ("2024-10", "2024-10-01", "2024-10-31", True),
        ("2024-10", "2024-10-02", "2024-10-31", False),
        ("2024-10", "2024-10-01", "2024-10-30", False),
        ("2024-11", "2024-11-01", "2024-11-30", True),
        ("2024-02", "2024-02-01", "2024-02-29", True),
        ("2023-02", "2023-02-01", "2023-02-28", True),
        ("2024-02", "2024-02-01", "2024-02-28", False),
        ("2024-01", "2024-10-01", "2024-10-31", False),
    ],
)
def test_a_month_is_whole_when_its_first_and_last_day_are_covered(
    month: str, first: str, last: str, whole: bool
) -> None:
    assert replace(DAYS, month=month, first=first, last=last).whole is whole


def test_a_unit_counts_what_became_of_its_rows() -> None:
    assert UNIT.rows_read == 50
    assert UNIT.key == "police.uk/somewhere/2024-10"


# --- revisions


@pytest.mark.parametrize(
    ("before", "after", "shrunk"),
    [
        (100, 74, True),
        (100, 75, False),
        (80, 60, False),
        (81, 60, True),
        (20, 0, True),
        (19, 0, False),
        (100, 200, False),
    ],
)
def test_a_month_that_lost_a_good_part_of_its_rows_stands_out(before: int, after: int, shrunk: bool) -> None:
    revision = replace(REVISION, before=before, after=after)
    assert revision.shrunk is shrunk
    care = (
        f". TAKE CARE: {100 * (before - after) / before:.0f}% fewer rows than before. "
        "If new.csv is only a part of the month, import old.csv again"
    )
    assert revision.sentence.endswith(care if shrunk else "gone")


def test_a_revision_in_words() -> None:
    assert REVISION.sentence == (
        "revision of somewhere 2024-10: 1,040 rows gave way to 1,041; "
        "crimes 1,003 added, 1,002 gone, 1,004 with another outcome; incidents without an ID 5 added, 6 gone"
    )
    assert replace(REVISION, source="fire", added_without_id=1_005, gone_without_id=1_006).sentence == (
        "revision of somewhere 2024-10: 1,040 rows gave way to 1,041; "
        "by reference number 1,003 added, 1,002 gone, 1,004 changed; without one 1,005 added, 1,006 gone"
    )


# --- the ward layer


def test_a_layer_is_the_same_when_it_gives_the_same_wards(area: Area) -> None:
    layer = Layer.of(area)
    assert layer == Layer(area.name, area.code, area.ward_vintage, area.wards.version, area.buffer_m)
    assert layer.same(replace(layer, area="Another name", code="X", vintage="since then"))
    assert not layer.same(replace(layer, version="another"))
    assert not layer.same(replace(layer, buffer_m=999.0))
    assert str(LAYER) == "Somewhere, wards in force since 2020 (version abc), buffer 1000 m"


# --- states


def test_the_version_is_of_everything_but_the_clock() -> None:
    assert STATE.version == "a860f1b863314c7a"
    later = "2026-01-01T00:00:00+00:00"
    clock = replace(
        STATE, files={"f1": replace(FILE, imported_at=later)}, revisions=(replace(REVISION, imported_at=later),)
    )
    assert clock.version == STATE.version
    for other in (
        replace(STATE, layer=replace(LAYER, vintage="x")),
        replace(STATE, units={UNIT.key: replace(UNIT, rows=41)}),
        replace(STATE, units={UNIT.key: replace(UNIT, first="2024-10-01")}),
        replace(STATE, units={UNIT.key: replace(UNIT, last="2024-10-31")}),
        replace(STATE, files={"f1": replace(FILE, release="x")}),
        replace(STATE, revisions=()),
        replace(STATE, revisions=(replace(REVISION, gone=0),)),
    ):
        assert other.version != STATE.version
    feed = replace(STATE, units={DAYS.key: DAYS})
    assert feed.version == "cf11ee53ecf4bca4"


def test_files_of_a_state_are_those_that_it_names() -> None:
    assert STATE.paths == {"incidents/a.parquet", "rejected/a.parquet"}
    assert replace(STATE, files={"f1": replace(FILE, rejected_path=None)}).paths == {"incidents/a.parquet"}
    assert Manifest(LAYER).paths == frozenset()


def test_a_file_takes_the_place_of_units_and_files_without_any_are_forgotten() -> None:
    other = replace(UNIT, month="2024-09", path="incidents/b.parquet")
    state = replace(STATE, units={UNIT.key: UNIT, other.key: other})
    again = replace(UNIT, file="f2", rows=1)
    file = replace(FILE, name="b.csv")
    one = state.with_file("f2", file, {again.key: again}, (replace(REVISION, after=1),))
    assert one.units == {UNIT.key: again, other.key: other}
    assert one.files == {"f1": FILE, "f2": file}, "something is still made from the first"
    assert one.revisions == (REVISION, replace(REVISION, after=1))
    both = one.with_file("f2", file, {other.key: replace(other, file="f2")}, ())
    assert both.files == {"f2": file}
    assert both.revisions == one.revisions
    assert both.layer == LAYER
    assert state.units == {UNIT.key: UNIT, other.key: other}, "what it came from is unchanged"


# --- the file


def test_what_was_written_is_read(tmp_path: Path) -> None:
    commit(tmp_path, STATE)
    assert read_manifest(tmp_path) == STATE
    assert read_version(tmp_path) == STATE.version
    assert read_manifest(tmp_path / "nothing") is None
    assert read_version(tmp_path / "nothing") is None


def test_stores_of_earlier_days_are_still_read(tmp_path: Path) -> None:
    raw = STATE.to_json()
    unit, file, revision = (dict(one) for one in (raw["units"][UNIT.key], raw["files"]["f1"], raw["revisions"][0]))
    del unit["first"], unit["last"]  # before there were feeds
    old = {
        "format": 1,
        "version": STATE.version,
        "layer": {
            "area": "Somewhere",
            "code": "E0",
            "vintage": "in force since 2020",
            "version": "abc",
            "buffer_m": 1000.0,
        },
        "units": {"police.uk/somewhere/2024-10": unit},
        "files": {"f1": file},
        "revisions": [revision],
    }
    (tmp_path / "manifest.json").write_text(json.dumps(old), encoding="utf-8")
    assert read_manifest(tmp_path) == STATE
    assert read_version(tmp_path) == STATE.version


def test_the_manifest_on_the_disk(tmp_path: Path) -> None:
    commit(tmp_path, STATE)
    raw = json.loads((tmp_path / "manifest.json").read_bytes())
    assert list(raw) == ["format", "version", "layer", "units", "files", "revisions"]
    assert (raw["format"], raw["version"]) == (1, STATE.version)
    assert raw["units"]["police.uk/somewhere/2024-10"]["rows"] == 40
    assert raw["files"]["f1"]["rejected_by_reason"] == {"no location": 3}
    assert raw["revisions"][0]["before"] == 1_040


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"layer": {}}, "damaged: Layer.__init__() missing 5 required positional arguments: "),
        ({"layer": None}, "damaged: "),
        ({"units": []}, "damaged: 'list' object has no attribute 'items'"),
        ({"units": {"a": {"rows": 1}}}, "damaged: Unit.__init__() missing "),
        ({"files": {"a": {}}}, "damaged: 'units'"),
        ({"revisions": [{"x": 1}]}, "damaged: Revision.__init__() got an unexpected keyword argument 'x'"),
        ({"revisions": None}, "damaged: "),
    ],
)
def test_a_manifest_that_is_not_whole_is_told(tmp_path: Path, change: dict[str, object], why: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_manifest(written(tmp_path, **change))
    assert refusal.value.file == str(tmp_path / "manifest.json")
    assert refusal.value.message.startswith(f"the manifest of the store is {why}")
    assert refusal.value.hint == ANEW


@pytest.mark.parametrize("read", [read_manifest, read_version])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "{",
            "the manifest of the store cannot be read: "
            "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        ("[]", "the manifest of the store is damaged: it is something else"),
        ('"format"', "the manifest of the store is damaged: it is something else"),
        ("{}", "the manifest of the store is damaged: it is something else"),
        ('{"format": 1}', "the manifest of the store is damaged: "),
    ],
)
def test_what_is_no_manifest_is_told(tmp_path: Path, content: str, words: str, read: object) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read(tmp_path)  # type: ignore[operator]
    missing = ("'layer'" if read is read_manifest else "'units'") if words.endswith(": ") else ""
    assert str(refusal.value) == f"{tmp_path / 'manifest.json'}: {words}{missing}. {ANEW}"


@pytest.mark.parametrize("read", [read_manifest, read_version, refuse_newer])
def test_a_newer_store_is_left_to_the_newer_program(tmp_path: Path, read: object) -> None:
    written(tmp_path, format=FORMAT + 1, something={"new": 1})
    with pytest.raises(InputError, match=r"newer version of this program.*Use the newer program") as refusal:
        read(tmp_path)  # type: ignore[operator]
    assert (refusal.value.column, refusal.value.value) == ("format", str(FORMAT + 1))
    assert "--rebuild" not in str(refusal.value)


def test_a_newer_store_is_never_rebuilt(tmp_path: Path, area: Area) -> None:
    raw = written(tmp_path, format=FORMAT + 1).joinpath("manifest.json").read_bytes()
    with pytest.raises(InputError, match="newer version"):
        import_paths([tmp_path / "any.csv"], tmp_path, area, rebuild=True)
    assert (tmp_path / "manifest.json").read_bytes() == raw


@pytest.mark.parametrize("number", [0, -1, "1", None, True, 1.5])
def test_a_format_that_never_was_is_told(tmp_path: Path, number: object) -> None:
    with pytest.raises(InputError, match="there never was such a format"):
        read_manifest(written(tmp_path, format=number))


def test_a_manifest_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(InputError, match="the manifest of the store cannot be read"):
        read_version(tmp_path)
    (tmp_path / "manifest.json").rmdir()
    (tmp_path / "manifest.json").write_bytes(b"\xff")
    with pytest.raises(InputError, match="the manifest of the store cannot be read"):
        read_manifest(tmp_path)


def test_text_in_a_manifest_is_utf_8(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes('{"format": 1, "version": "Caf\u00e9", "units": {}}'.encode())
    assert read_version(tmp_path) == "Caf\u00e9"
