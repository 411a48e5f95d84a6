"""A manifest that is valid JSON and wrong: the first wrong key is named with its value, and nothing else happens."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store.manifest import Manifest, read_manifest, read_version
from data.store.store import commit, store_version
from geo.errors import InputError
from tests.properties import examples
from tests.store.made_states import DAYS, FILE, LAYER, REVISION, STATE, UNIT

KEY = UNIT.key
FEED = Manifest(
    LAYER,
    {KEY: UNIT, DAYS.key: replace(DAYS, file="f2")},
    {"f1": FILE, "f2": replace(FILE, units=(DAYS.key,))},
    (REVISION,),
)


def changed(state: Manifest, place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Plain values of a state in which one is another."""
    raw: dict[str, Any] = json.loads(json.dumps(state.to_json()))
    at: Any = raw
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return raw


def refused(store: Path, raw: object) -> InputError:
    (store / "manifest.json").write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_manifest(store)
    assert refusal.value.file == str(store / "manifest.json")
    return refusal.value


@pytest.mark.parametrize(
    ("place", "value", "key", "why"),
    [
        (("units", KEY, "rows"), "40", f"units/{KEY}/rows", "whole number"),
        (("units", KEY, "rows"), True, f"units/{KEY}/rows", "whole number"),
        (("units", KEY, "rows"), -1, f"units/{KEY}/rows", "whole number"),
        (("units", KEY, "rows"), 39, f"units/{KEY}/rows", "the file says 40 rows in all, its months 39"),
        (("units", KEY, "rows"), 41, f"units/{KEY}/rows", "the file says 40 rows in all, its months 41"),
        (("units", KEY, "rows"), 20, f"units/{KEY}/in_area", "only 20 rows"),
        (("units", KEY, "month"), "2024-13", f"units/{KEY}/month", "no such month"),
        (("units", KEY, "month"), 202410, f"units/{KEY}/month", "no such month"),
        (("units", KEY, "month"), "2024-11", f"units/{KEY}", "not the source, force and month"),
        (("units", KEY, "file"), "f7", f"units/{KEY}/file", "no such file"),
        (("units", KEY, "path"), "../../etc/passwd", f"units/{KEY}/path", "a path in the store"),
        (("units", KEY, "path"), "/etc/passwd", f"units/{KEY}/path", "a path in the store"),
        (("units", KEY, "path"), "C:\\a", f"units/{KEY}/path", "a path in the store"),
        (("units", KEY, "path"), "incidents/b.parquet", "version", "makes"),
        (("units", KEY, "counts"), "a/../b", f"units/{KEY}/counts", "a path in the store"),
        (("units", KEY, "by_type"), {"Robbery": "1"}, f"units/{KEY}/by_type", "whole number"),
        (("units", KEY, "by_type"), {"Robbery": 1}, "version", "makes"),
        (("units", KEY), 3, f"units/{KEY}", "values by name"),
        (("units", DAYS.key, "first"), "2024-10-32", f"units/{DAYS.key}/first", "no such day"),
        (("units", DAYS.key, "last"), "2024-09-30", f"units/{DAYS.key}/last", "no such day"),
        (("units", DAYS.key, "last"), "2024-10-00", f"units/{DAYS.key}/last", "no such day"),
        (("files", "f1", "rows_read"), 51, "files/f1/rows_read", "adds up to 50"),
        (("files", "f1", "loaded"), 41, "files/f1/rows_read", "adds up to 51"),
        (("files", "f1", "units"), "a", "files/f1/units", "a list"),
        (("files", "f1", "units"), [], f"units/{KEY}/file", "does not name this month"),
        (("files", "f1", "rejected_path"), "..", "files/f1/rejected_path", "a path in the store"),
        (("layer", "buffer_m"), "1000", "layer/buffer_m", "number of metres"),
        (("layer", "buffer_m"), math.nan, "layer/buffer_m", "number of metres"),
        (("layer", "version"), "abd", "version", "makes"),
        (("revisions", 0, "month"), "2024-00", "revisions/0/month", "no such month"),
        (("revisions", 0, "before"), None, "revisions/0/before", "whole number"),
        (("version",), "0" * 16, "version", "makes"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, place: tuple[Any, ...], value: Any, key: str, why: str) -> None:
    refusal = refused(tmp_path, changed(FEED, place, value))
    assert refusal.column == key
    assert why in refusal.message
    assert refusal.value is not None


def test_a_path_out_of_the_store_is_never_looked_at(tmp_path: Path) -> None:
    refused(tmp_path, changed(FEED, ("units", KEY, "path"), "../secret.parquet"))
    with pytest.raises(InputError, match="a path in the store"):
        store_version(tmp_path)


def test_what_an_import_wrote_is_read(tmp_path: Path) -> None:
    for state in (STATE, FEED, Manifest(LAYER)):
        commit(tmp_path, state)
        assert read_manifest(tmp_path) == state


def test_a_clock_that_jumps_back_changes_nothing(tmp_path: Path) -> None:
    earlier = changed(FEED, ("files", "f1", "imported_at"), "1999-12-31T23:59:59+00:00")
    (tmp_path / "manifest.json").write_text(json.dumps(earlier), encoding="utf-8")
    found = read_manifest(tmp_path)
    assert found is not None
    assert found.version == read_version(tmp_path) == FEED.version


def places(raw: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of plain values, also those of lists and of values by name."""
    for key, value in raw.items() if isinstance(raw, dict) else enumerate(raw):
        yield (*above, key)
        if isinstance(value, dict | list):
            yield from places(value, (*above, key))


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(["2024-10", "2024-99", "f1", "..", "police.uk", "\x00"]),
)  # fmt: skip
PLAIN = json.loads(json.dumps(FEED.to_json()))


@examples(80)
@given(st.sampled_from(sorted(places(PLAIN), key=str)), VALUES, st.sampled_from(["set", "drop", "rename"]))
def test_any_change_is_refused_or_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[Any, ...], value: Any, how: str
) -> None:
    store = tmp_path_factory.mktemp("state")
    raw = copy.deepcopy(PLAIN)
    at = raw
    for key in place[:-1]:
        at = at[key]
    if how == "set":
        at[place[-1]] = value
    else:
        old = at.pop(place[-1])
        if how == "rename" and isinstance(at, dict):
            at[str(value)] = old
    (store / "manifest.json").write_text(json.dumps(raw), encoding="utf-8")
    with suppress(InputError):
        store_version(store)
    try:
        found = read_manifest(store)
    except InputError as error:
        told = error
    else:
        assert found is not None
        assert found.version == FEED.version, "nothing but a time was changed"
        return
    assert told.file == str(store / "manifest.json")
