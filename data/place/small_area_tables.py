"""Tables by neighbourhood (LSOA) as they are published: residents, codes of two censuses, deprivation.

Columns are told by their values first, as those of layers are, and by their names where several fit.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.place.small_areas import DECILES, MOST_PEOPLE, RANKS, Deprivation, is_small_area
from geo.errors import InputError
from geo.layer import listed

# The statistics offices' words: unchanged, split, merged, and all else (ONS, LSOA (2011) to LSOA (2021) lookup).
KEPT, SPLIT, MERGED, COMPLEX = "U", "S", "M", "X"
_CHANGES = frozenset({KEPT, SPLIT, MERGED, COMPLEX})
ENGLAND_2025 = 33_755  # neighbourhoods of England, and so ranks of the index of 2025
IMD_2025 = "English Indices of Deprivation 2025, Ministry of Housing, Communities and Local Government"
# of columns of whole numbers, those that are residents; the better first
_PEOPLE = (
    re.compile(r"residents|population|persons|people|usual", re.IGNORECASE),
    re.compile(r"^obs_?value$|^count$|^total$", re.IGNORECASE),
)
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.0+)?", re.ASCII)
_MOST_TOLD = 5


@dataclass(frozen=True)
class Table:
    """Columns of text by name, all of one length."""

    file: str
    columns: Mapping[str, tuple[str, ...]]

    def codes(self) -> dict[str, tuple[str, ...]]:
        """Columns that hold codes of neighbourhoods and nothing else."""
        return {
            name: values for name, values in self.columns.items() if values and all(map(is_small_area, set(values)))
        }


def read_table(path: Path) -> Table:
    """Read a CSV file.

    Raises
    ------
    InputError
        It cannot be read, is no CSV in UTF-8, has no row, a column twice, or rows longer than its head.
    """
    file = str(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            head, *rows = [row for row in csv.reader(handle, strict=True) if any(map(str.strip, row))] or [[]]
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror or error}", file=file, hint="May this account read it?"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the file is no CSV in UTF-8: {error}", file=file, hint="Save it as CSV (UTF-8).") from error
    names = [name.strip() for name in head]
    if twice := [name for name, n in Counter(names).items() if n > 1 and name]:
        raise InputError("a column is there twice", file=file, column=twice[0], hint="Leave one of the two out.")
    if not rows:
        raise InputError(
            "the file has no row in it", file=file, value=", ".join(names), hint="Give the table with its rows."
        )
    if long := next((n for n, row in enumerate(rows, start=2) if len(row) > len(names)), 0):
        raise InputError(
            "this row has more values than the head has columns",
            file=file,
            row=long,
            hint="Put a text with a comma in quotation marks, or get the table again.",
        )
    filled = [[cell.strip() for cell in row] + [""] * (len(names) - len(row)) for row in rows]
    columns = dict(zip(names, map(tuple, zip(*filled, strict=True)), strict=True))
    return Table(file, {name: values for name, values in columns.items() if name})


def read_people(path: Path, wanted: Sequence[str]) -> dict[str, int]:
    """Read residents by neighbourhood.

    Parameters
    ----------
    path : path
        CSV: a column of codes, and one of whole numbers that is called residents, population or the like.
    wanted : sequence of str
        Codes of the area: they decide between the codes of two censuses.

    Returns
    -------
    dict of code to int
        Of the wanted ones that are there.

    Raises
    ------
    InputError
        No such column, or several; a code twice; none of the wanted codes; more people than live anywhere.
    """
    table = read_table(path)
    codes = _codes(table, wanted)
    whole = [name for name, values in table.columns.items() if all(map(_WHOLE.fullmatch, values))]
    fits = next((named for p in _PEOPLE if (named := [name for name in whole if p.search(name)])), whole)
    if len(fits) != 1:
        several = f"several columns may be: {listed(fits)}" if fits else "no column of whole numbers is there"
        raise InputError(
            f"the file needs one column of residents, and {several}", file=table.file,
            value=", ".join(table.columns), hint="Call the right one residents.",
        )  # fmt: skip
    found = dict[str, int]()
    for code, row in _rows(table, codes, wanted).items():
        text = table.columns[fits[0]][row]
        found[code] = round(_float(text))
        if found[code] > MOST_PEOPLE:
            raise InputError(
                "so many people live in no neighbourhood",
                file=table.file,
                row=row + 2,
                column=fits[0],
                value=text,
                hint="Give the table of residents, with one row for each neighbourhood.",
            )
    return found


def read_deprivation(path: Path, wanted: Sequence[str]) -> tuple[dict[str, Deprivation], str]:
    """Read the index of multiple deprivation by neighbourhood.

    Parameters
    ----------
    path : path
        CSV with the columns that the ministry publishes, such as "Index of Multiple Deprivation (IMD) Rank (where 1 is
        most deprived)", or with IMD_rank, IMD_decile and, if it is there, IMD_score.
    wanted : sequence of str

    Returns
    -------
    dict of code to Deprivation
        Of the wanted ones that are there.
    source : str
        The index of 2025 where file or ranks show it; else the name of the file.

    Raises
    ------
    InputError
        A column lacks or is there twice, a value is none, or deciles do not follow ranks.
    """
    table = read_table(path)
    codes = _codes(table, wanted)
    found = {what: _measure(table, what) for what in ("rank", "decile")}
    if lacking := [what for what, column in found.items() if not column]:
        raise InputError(
            f"the file has no {' and no '.join(lacking)} of the index of multiple deprivation", file=table.file,
            value=", ".join(table.columns), hint="Give the file of all ranks, deciles and scores, as published.",
        )  # fmt: skip
    score = _measure(table, "score")
    made = dict[str, Deprivation]()
    for code, row in _rows(table, codes, wanted).items():
        rank = _ranked(table, found["rank"], row, RANKS)
        decile = _ranked(table, found["decile"], row, DECILES)
        text = table.columns[score][row] if score else ""
        if text and not _NUMBER.fullmatch(text):
            raise InputError(
                "this is no score",
                file=table.file,
                row=row + 2,
                column=score,
                value=text,
                hint="Correct the table, or get it again.",
            )
        made[code] = Deprivation(rank, decile, _float(text) if text else None)
    order = sorted(made.values(), key=lambda one: one.rank)
    if any(a.decile > b.decile for a, b in itertools.pairwise(order)):
        raise InputError(
            "deciles do not follow ranks: 1 has to be the most deprived in both", file=table.file,
            column=found["decile"], hint="Take rank and decile of the same index.",
        )  # fmt: skip
    ranks = [round(_float(text)) for text in table.columns[found["rank"]] if _WHOLE.fullmatch(text)]
    said = f"{path.name} {found['rank']}"
    return made, IMD_2025 if "2025" in said or max(ranks, default=0) == ENGLAND_2025 else path.name


def read_other_census(path: Path, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read which neighbourhoods of another census became which of these; see :func:`other_census`."""
    table = read_table(path)
    return other_census(table, wanted)


def other_census(table: Table, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Find which neighbourhoods of another census became which of these.

    Parameters
    ----------
    table : Table
        The official lookup: codes of two censuses, and how each changed (U, S, M or X) where it says so.
    wanted : sequence of str
        Codes of the area: the column that has them all is that of their census.

    Returns
    -------
    dict of code to tuple of codes
        Other codes that lead to one of the wanted; those that stayed as they are do not stand in it.

    Raises
    ------
    InputError
        Not two columns of codes, wanted codes that lack, or a change that the rows contradict.
    """
    found = table.codes()
    if len(found) != 2:
        raise InputError(
            f"a lookup has two columns of codes of neighbourhoods, and this file has {len(found)}", file=table.file,
            value=", ".join(table.columns), hint="Give the lookup of LSOA (2011) to LSOA (2021), as published.",
        )  # fmt: skip
    lacking = {name: sorted(set(wanted) - set(values)) for name, values in found.items()}
    own = min(found, key=lambda name: (len(lacking[name]), "21" not in name))  # both have them where none changed
    if lacking[own]:
        raise InputError(
            f"the lookup lacks {len(lacking[own]):,} neighbourhoods of the area: {listed(lacking[own], _MOST_TOLD)}",
            file=table.file, column=own, value=lacking[own][0],
            hint="Give the lookup that leads to the boundaries' own census.",
        )  # fmt: skip
    (before,) = set(found) - {own}
    there = set(wanted)
    near = {a for a, b in zip(found[before], found[own], strict=True) if b in there}
    rows = [n for n, a in enumerate(found[before]) if a in near]
    leads: dict[str, list[str]] = {}
    for n in rows:
        leads.setdefault(found[before][n], []).append(found[own][n])
    _agree(table, found[before], found[own], rows, leads, split=SPLIT if "11" in before or "21" in own else MERGED)
    return {a: tuple(dict.fromkeys(b)) for a, b in sorted(leads.items()) if b != [a]}


def _agree(
    table: Table, before: Sequence[str], after: Sequence[str], rows: Sequence[int], leads: Mapping[str, list[str]],
    *, split: str,
) -> None:  # fmt: skip
    """Hold how each is said to have changed against the rows themselves."""
    change = next((n for n, v in table.columns.items() if v and set(map(str.upper, v)) <= _CHANGES), None)
    if change is None:
        return
    into = Counter(after[n] for n in rows)
    for n in rows:
        said = table.columns[change][n].upper()
        several, joined = len(set(leads[before[n]])) > 1, into[after[n]] > 1
        is_split, is_merged = (several, joined) if split == SPLIT else (joined, several)
        if (said == KEPT and (is_split or is_merged)) or (said == SPLIT and is_merged) or (said == MERGED and is_split):
            raise InputError(
                f"{before[n]} is said to have changed as {said}, and the rows say otherwise", file=table.file,
                row=n + 2, column=change, value=said, hint="Give the lookup as published, with all its rows.",
            )  # fmt: skip


def _codes(table: Table, wanted: Sequence[str]) -> str:
    found = table.codes()
    if not found:
        raise InputError(
            "the file has no column of codes of neighbourhoods (LSOA), which begin with E01 or W01", file=table.file,
            value=", ".join(table.columns), hint="Give the table by neighbourhood (LSOA).",
        )  # fmt: skip
    there = set(wanted)
    best = max(found, key=lambda name: len(there & set(found[name])))
    if not there & set(found[best]):
        raise InputError(
            f"none of the area's neighbourhoods is in this file: it has {listed(sorted(set(found[best])), 3)}",
            file=table.file, column=best, value=found[best][0],
            hint=f"The area has {listed(sorted(there), 3)}.",
        )  # fmt: skip
    return best


def _rows(table: Table, column: str, wanted: Sequence[str]) -> dict[str, int]:
    """Row of each wanted code."""
    there, rows = set(wanted), dict[str, int]()
    for n, code in enumerate(table.columns[column]):
        if code not in there:
            continue
        if code in rows:
            raise InputError(
                "this code is there twice",
                file=table.file,
                row=n + 2,
                column=column,
                value=code,
                hint="Leave one of the two rows out.",
            )
        rows[code] = n
    return rows


def _measure(table: Table, what: str) -> str:
    """Name the column of the whole index: not of one of its domains."""
    named = []
    for name in table.columns:
        words = re.sub(r"[^a-z]+", " ", name.lower())
        whole = "index of multiple deprivation" in words or re.search(r"\bimd\b", words)
        if whole and re.search(rf"\b{what}\b", words):
            named.append(name)
    if len(named) > 1:
        raise InputError(
            f"several columns may be the {what}",
            file=table.file,
            value=", ".join(named),
            hint="Leave out the columns that are not meant.",
        )
    return named[0] if named else ""


def _ranked(table: Table, column: str, row: int, most: int) -> int:
    text = table.columns[column][row]
    if not _WHOLE.fullmatch(text) or not 1 <= _float(text) <= most:
        raise InputError(
            f"this is no whole number from 1 to {most:,}",
            file=table.file,
            row=row + 2,
            column=column,
            value=text,
            hint="Correct the table, or get it again.",
        )
    return round(_float(text))


def _float(text: str) -> float:
    return float(text.replace(",", ""))
