"""Counts by small area (LSOA) of the whole file of a force and month, from which those of its districts are summed.

An import keeps the incidents of area and buffer only. What it reads of the rest of the force, it counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.kinds.changes import EVERY
from data.place.area import Area
from data.store.accepted import read_accepted
from data.store.checks import Checked
from data.store.doubts import all_doubts, judgements, span_words, with_damaged
from data.store.layout import SMALL_AREA
from data.store.manifest import UNWRITTEN, Manifest, Unit
from data.store.schema import POLICE_UK
from data.store.store import COUNTS, write_table
from data.store.sums import settled
from data.store.unit_table import FAULTS, damaged, lacking

_NAMES = ("force", "month", "district", "category")
NO_AREA = ""  # in place of a code or a district: the row was published without a small area
_NUMBERED = r"\s+\d{3}[A-Z]{1,2}$"  # what a small area's name has after that of its district


def district_of(name: str) -> str:
    """Take the district from the published name of a small area: "St. Helens" of "St. Helens 001A"."""
    found: str = _districts(pa.array([name]))[0].as_py()
    return found


def count_rows(checked: Checked, keys: NDArray[np.int64], unit: NDArray[np.int64]) -> list[pa.Table]:
    """Count the published rows of each unit of a file by small area and crime type.

    Parameters
    ----------
    checked : Checked
    keys : ndarray of int, shape (units,)
        Numbers of the units, ascending.
    unit : ndarray of int, shape (rows of the table,)
        Number of the unit of each row.

    Returns
    -------
    list of Table
        ``lsoa_code`` and ``district`` (as the first row of the small area names it), both empty for rows without one;
        ``category``, ``n``. The sum of ``n`` is what can be used and what was published without a location: rows read
        less those joined to another row, less those rejected for anything but a missing location.
    """
    rows = checked.published
    codes = checked.table["LSOA code"].combine_chunks().dictionary_encode()
    words, code = codes.dictionary, codes.indices.to_numpy()
    first = np.zeros(len(words), dtype=np.int64)
    first[code[::-1]] = np.arange(len(code) - 1, -1, -1)  # of equal places the last that is written stays
    called = _districts(checked.table[SMALL_AREA].take(pa.array(first)).combine_chunks())
    districts = pc.if_else(pc.equal(words, NO_AREA), NO_AREA, called).dictionary_encode()
    each = code[rows].astype(np.int64) * len(EVERY) + checked.category[rows]
    if len(keys) == 1:
        return [_table(each, words, districts)]
    of = unit[rows]
    return [_table(each[of == key], words, districts) for key in keys.tolist()]


def _districts(names: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring_regex(pc.utf8_trim_whitespace(names), _NUMBERED, "")


def _table(each: NDArray[np.int64], words: pa.StringArray, districts: pa.DictionaryArray) -> pa.Table:
    counts = np.bincount(each)
    there = np.flatnonzero(counts)
    code, category = np.divmod(there, len(EVERY))
    new = np.diff(code, prepend=-1) > 0
    return pa.table(
        {
            "lsoa_code": _worded(np.cumsum(new) - 1, words.take(pa.array(code[new]))),
            "district": _worded(districts.indices.to_numpy()[code], districts.dictionary),
            "category": _worded(category, pa.array(EVERY, pa.string())),
            "n": pa.array(counts[there].astype(np.int32)),
        }
    )


def _worded(places: NDArray[np.integer[Any]], words: pa.StringArray) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), words)


def with_counts(state: Manifest, store: Path, counts: Mapping[str, pa.Table]) -> Manifest:
    """Write the counts of units into one file, and name it in the state.

    Parameters
    ----------
    state : Manifest
    store : Path
    counts : mapping of str to Table
        Of :func:`count_rows`, by unit. One that is no unit of the state, or whose counts were written, is left out.

    Returns
    -------
    Manifest

    Raises
    ------
    InputError
        It cannot be written.

    Notes
    -----
    One file for many units, because waiting for the disk is most of the time of an import. Months of it that are
    replaced later stay in it and are no longer read.
    """
    there = [state.units[key] for key in counts if key in state.units and state.units[key].counts == UNWRITTEN]
    if not there:
        return state
    there.sort(key=lambda unit: (unit.month, unit.force))
    parts = [counts[unit.key] for unit in there]
    table = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    rows = [len(part) for part in parts]
    forces, months = (sorted({getattr(unit, what) for unit in there}) for what in ("force", "month"))
    force, month = (
        _worded(np.repeat([words.index(getattr(unit, what)) for unit in there], rows), pa.array(words, pa.string()))
        for words, what in ((forces, "force"), (months, "month"))
    )
    table = table.add_column(0, "month", month).add_column(0, "force", force)
    path = write_table(store, f"{COUNTS}/{POLICE_UK}", f"{months[0]}..{months[-1]}", table)
    named = {unit.key: replace(unit, counts=path) for unit in there}
    return replace(state, units={**state.units, **named})


@dataclass(frozen=True, eq=False)
class ForceCounts:
    """What whole files of some forces hold, by district.

    Attributes
    ----------
    frame : DataFrame
        ``force``, ``month`` (YYYY-MM), ``district`` (as small areas are called; empty for rows without one),
        ``category``, ``n``; one row for each that occurs.
    months : mapping of str to tuple of str
        By force, months (YYYY-MM) that are there with their counts, ascending.
    in_doubt : mapping of str to tuple of str
        Months that may not be whole, and that nobody accepted, or whose file is damaged: they are left out.
    uncounted : mapping of str to tuple of str
        Months that were imported before whole files were counted, or whose counts are damaged: they have to be
        imported again.
    """

    frame: pd.DataFrame = field(repr=False)
    months: Mapping[str, tuple[str, ...]]
    in_doubt: Mapping[str, tuple[str, ...]]
    uncounted: Mapping[str, tuple[str, ...]]


def force_counts(store: Path, area: Area, forces: Collection[str]) -> ForceCounts:
    """Read the counts of the whole files of some forces.

    Parameters
    ----------
    store : Path
    area : Area
        It names the forces whose months are judged.
    forces : collection of str
        As files name them; of each, only its own files count. A force that is not loaded has no months.

    Returns
    -------
    ForceCounts

    Raises
    ------
    InputError
        The manifest cannot be read, or a file of the store is missing.

    Notes
    -----
    Misleads at the edge of a force: rows that another force, or the British Transport Police, recorded in a district
    are not in it.
    """
    wanted = sorted(set(forces))
    manifest, damage = settled(store)
    units: dict[str, list[Unit]] = {force: [] for force in wanted}
    doubted: dict[str, set[str]] = {force: set() for force in wanted}
    if manifest is not None:
        for unit in manifest.units.values():
            if unit.source == POLICE_UK and unit.force in units:
                units[unit.force].append(unit)
        judged = all_doubts(judgements(manifest, area, read_accepted(store), wanted))
        for doubt in with_damaged(judged, manifest, damage.units):
            if doubt.force in doubted:
                doubted[doubt.force].add(doubt.month)
    chosen = [
        unit
        for force in wanted
        for unit in sorted(units[force], key=lambda one: one.month)
        if unit.month not in doubted[force]
    ]
    counted = [unit for unit in chosen if unit.counts and unit.key not in damage.counts]
    there = {(unit.force, unit.month) for unit in counted}
    return ForceCounts(
        frame=_frame(store, counted),
        months={force: tuple(unit.month for unit in counted if unit.force == force) for force in wanted},
        in_doubt={force: tuple(sorted(doubted[force])) for force in wanted},
        uncounted={
            force: tuple(unit.month for unit in chosen if unit.force == force and (force, unit.month) not in there)
            for force in wanted
        },
    )


def uncounted_months(manifest: Manifest, damaged: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """List force and month (YYYY-MM) of published files that were loaded before whole files were counted.

    Parameters
    ----------
    manifest : Manifest
    damaged : collection of str
        Keys of units whose counts are missing or damaged; they are listed too.
    """
    units = [unit for unit in manifest.units.values() if unit.source == POLICE_UK and not unit.by_outline]
    return tuple(sorted((unit.force, unit.month) for unit in units if not unit.counts or unit.key in damaged))


def uncounted_lines(uncounted: Sequence[tuple[str, str]]) -> list[str]:
    """Tell a person of months without counts of the whole force, and what to do."""
    return [
        f"Counts of other districts: import these months of {force} again: "
        + span_words([month for one, month in uncounted if one == force])
        for force in sorted({force for force, _ in uncounted})
    ]


def _frame(store: Path, units: Sequence[Unit]) -> pd.DataFrame:
    names = _NAMES
    if not units:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name == "n" else "str") for name in (*names, "n")})
    parts = []
    for path in dict.fromkeys(unit.counts for unit in units):
        table = _read(store, path)
        words, codes = zip(*(_coded(table[name]) for name in names), strict=True)
        wanted = {(unit.force, unit.month) for unit in units if unit.counts == path}
        kept = np.array([[(force, month) in wanted for month in words[1]] for force in words[0]], dtype=bool)
        rows = kept[codes[0], codes[1]]
        each = np.ravel_multi_index([code[rows] for code in codes], [len(one) for one in words])
        sums = np.bincount(each, weights=table["n"].to_numpy()[rows]).astype(np.int64)
        there = np.flatnonzero(sums)
        places = np.unravel_index(there, [len(one) for one in words])
        part = {name: np.array(one, dtype=object)[at] for name, one, at in zip(names, words, places, strict=True)}
        parts.append(pd.DataFrame(part | {"n": sums[there]}))
    return pd.concat(parts, ignore_index=True).astype(dict.fromkeys(names, "str"))


def _read(store: Path, path: str) -> pa.Table:
    try:
        table = pq.ParquetFile(store / path).read(use_threads=False)
        table.validate(full=True)  # its words are few: also that they are text
    except FAULTS as error:
        raise damaged(store, path, error) from error
    if why := lacking(table, (*_NAMES, "n")):
        raise damaged(store, path, why)
    texts = [table.schema.field(name).type for name in _NAMES]
    texts = [kind.value_type if pa.types.is_dictionary(kind) else kind for kind in texts]
    if not all(map(pa.types.is_string, texts)) or not pa.types.is_integer(table.schema.field("n").type):
        raise damaged(store, path, "its columns are of another type")
    if any(table[name].null_count for name in (*_NAMES, "n")):
        raise damaged(store, path, "some of its values are not there")
    return table


def _coded(column: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Words of a column of few words, and which of them stands in each row."""
    array = column.unify_dictionaries().combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    if not isinstance(array, pa.DictionaryArray):
        array = array.dictionary_encode()
    return array.dictionary.to_pylist(), array.indices.to_numpy().astype(np.int64)
