"""Rows with one Crime ID: equal ones are one incident, others stand, and IDs that a spreadsheet damaged are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.store.layout import NEEDED
from data.store.months import AGAIN
from data.store.rows import Rows
from geo.errors import InputError

ID = "Crime ID"
_LENGTH = 64  # characters of a published Crime ID
_SHORTEST_CUT = 8  # a shorter text of such letters may be a number of somebody's own
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+|#+", re.ASCII | re.IGNORECASE)
_LETTERS = re.compile(r"[0-9a-f]+", re.ASCII | re.IGNORECASE)
_ODD = np.uint64(0x9E3779B97F4A7C15)
FEWEST_IDS, NEARLY_ALL = 20, 0.9  # of the IDs of a file, from which on it seems to hold its rows more than once


@dataclass(frozen=True, eq=False)
class Repeats:
    """Rows whose Crime ID another row has as well.

    Attributes
    ----------
    joined : ndarray of bool, shape (rows of the table,)
        Rows that equal an earlier one in every column that is read, its Crime ID included.
    alike : int
        Rows that have their Crime ID from one another and differ in something else. They all stand.
    """

    joined: NDArray[np.bool_] = field(repr=False)
    alike: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what stands though its Crime ID is there more than once."""
        if not self.alike:
            return ()
        return (f"{self.alike:,} rows share a Crime ID and differ in something else: each is kept as an incident",)


def find_repeats(rows: Rows) -> Repeats:
    """Find equal rows of one Crime ID.

    Parameters
    ----------
    rows : Rows

    Returns
    -------
    Repeats
        Rows without a Crime ID, such as all of anti-social behaviour, are in neither: equal ones may be different
        incidents.

    Raises
    ------
    InputError
        Crime IDs that a spreadsheet rounded or cut; or nearly all of them stand there more than once beside rows
        without an ID. Then the file holds its rows more than once, and how often those without an ID really happened
        cannot be told.
    """
    table = rows.table
    ids = table[ID]
    joined = np.zeros(table.num_rows, dtype=bool)
    if _all_differ(ids.combine_chunks()):
        return Repeats(joined)
    _check_ids(rows)
    numbered = int(pc.sum(pc.not_equal(ids, "")).as_py() or 0)
    without = table.num_rows - numbered
    texts = ids.to_pandas()
    more = np.flatnonzero((texts.duplicated(keep=False) & (texts != "")).to_numpy())
    frame = table.select(list(NEEDED)).take(pa.array(more)).to_pandas()
    equal = frame.duplicated().to_numpy()
    joined[more[equal]] = True
    left = frame[ID][~equal]
    found = Repeats(joined, int(left.duplicated(keep=False).sum()))
    repeated, distinct = frame[ID][equal].nunique(), numbered - len(more) + frame[ID].nunique()
    if without and distinct >= FEWEST_IDS and repeated >= NEARLY_ALL * distinct:
        raise InputError(
            f"{repeated:,} of its {distinct:,} Crime IDs stand there more than once with the same row, so it holds its "
            f"rows more than once; how many of the {without:,} rows without an ID are incidents cannot be told",
            file=rows.name,
            hint=AGAIN,
        )
    return found


def _all_differ(ids: pa.StringArray) -> bool:
    """Whether all IDs have the published form and no two are the same, by numbers made of their first and last bytes.

    Texts that are the same have the same number. Two numbers that are the same by chance only cost a slower look.
    """
    _, offsets, data = ids.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[ids.offset : ids.offset + len(ids) + 1]
    lengths = np.diff(at)
    if data is None or not np.isin(lengths, (0, _LENGTH)).all():
        return data is None
    words = np.frombuffer(data, dtype=np.uint8)[at[0] : at[-1]].reshape(-1, _LENGTH).view(np.uint64)
    numbers = np.sort(words[:, 0] + words[:, -1] * _ODD)
    return not (numbers[1:] == numbers[:-1]).any()


def _check_ids(rows: Rows) -> None:
    ids = rows.table[ID]
    lengths = set(pc.unique(pc.utf8_length(ids)).to_pylist()) - {0}
    if lengths <= {_LENGTH}:
        return
    others = ids.filter(pc.not_equal(pc.utf8_length(ids), _LENGTH)).to_pylist()
    rounded = next((text for text in others if text and _ROUNDED.fullmatch(text)), None)
    if rounded is not None:
        raise _damaged(rows, "a spreadsheet turned a Crime ID into a number and rounded it", rounded)
    short = [text for text in others if _SHORTEST_CUT <= len(text) < _LENGTH and _LETTERS.fullmatch(text)]
    whole = int(pc.sum(pc.equal(pc.utf8_length(ids), _LENGTH)).as_py() or 0)
    one_length = len({len(text) for text in short}) == 1 and len(short) == sum(map(bool, others)) >= FEWEST_IDS
    if short and (whole > len(short) or one_length):
        raise _damaged(rows, f"Crime IDs are cut: published ones have {_LENGTH} characters", short[0])


def _damaged(rows: Rows, what: str, value: str) -> InputError:
    place = pd.Index(rows.table[ID].to_pandas()).get_indexer_for([value])[0]
    return InputError(
        what,
        file=rows.name,
        row=rows.originals([int(place)])[0][0],
        column=ID,
        value=value,
        hint=f"What it was cannot be known. {AGAIN}",
    )
