"""Is a month of a force whole: its rows, in all and by crime type, against the months around it.

A file may hold a part of its month and look like any other: a download that broke off, a filter that was on, a type
that was left out. Nothing in the file tells; the months around it do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.kinds.changes import stretch_at
from data.kinds.crime_types import ASB
from data.store.checks import month_ordinal

BEFORE, AFTER = 12, 3  # months a month is held against, those that are there
REACH = 24  # and none farther away than this
FEWEST = 6  # with fewer it cannot be judged
COMMON = 50  # rows of a usual month, under which nothing is judged
LARGE = 300  # rows of a usual month, under which chance alone moves more
DOMINANT = 0.8  # of all rows: one type that makes up so much is judged in place of all rows
# Shares under which a month is in doubt, fixed on 2018 to 2021. How they do on 2022 to 2024, and how near true months
# come to them, is printed by: python -m pytest -s tests/store/test_whole_real.py
OF_LEAST_IN_ALL, OF_USUAL_IN_ALL = 0.7, 0.5  # of the least of the months around, and of their median
OF_LEAST_IN_ALL_SMALL, OF_USUAL_IN_ALL_SMALL = 0.5, 0.3
OF_LEAST_ASB, OF_LEAST_TYPE, OF_LEAST_TYPE_SMALL = 0.6, 0.5, 0.3
GONE = 0.05  # of the median: a type of which so little is left is gone

IN_ALL, BY_TYPE, TYPE_GONE = "rows in all", "rows of a crime type", "crime type gone"
DAMAGED = "the check sum of its file"  # not by its counts: of what is stored something is missing or changed


@dataclass(frozen=True)
class Shortfall:
    """What a month has too few of.

    Attributes
    ----------
    rule : str
        ``IN_ALL``, ``BY_TYPE``, ``TYPE_GONE`` or ``DAMAGED``.
    category : str
        Crime type; empty of all rows.
    rows, usual, least : int
        Of this month, and the median and the least of the months around it.
    """

    rule: str
    category: str
    rows: int
    usual: int
    least: int


@dataclass(frozen=True)
class Doubt:
    """A month that may not be whole.

    Attributes
    ----------
    force, month : str
    rows, usual : int
        In all, of this month and of a usual one.
    shortfalls : tuple of Shortfall
        At least one; the one of all rows first.
    """

    force: str
    month: str
    rows: int
    usual: int
    shortfalls: tuple[Shortfall, ...]

    @property
    def damaged(self) -> bool:
        """Whether its stored file is missing or damaged: nobody can accept that."""
        return any(short.rule == DAMAGED for short in self.shortfalls)


@dataclass(frozen=True)
class Judgement:
    """What the counts of a force say of its months.

    Attributes
    ----------
    doubts : tuple of Doubt
        Ordered by month.
    unjudged : tuple of str
        Months with fewer than ``FEWEST`` other months around them, or too few rows.
    total_only : tuple of str
        Of the others, months of which only the rows in all are judged, because they or the months around them were not
        counted by crime type when they were imported.
    rare : mapping of str to int
        Crime types with fewer than ``COMMON`` rows in a usual month, which are not judged by themselves, and in how
        many of the months that is so.
    """

    doubts: tuple[Doubt, ...] = ()
    unjudged: tuple[str, ...] = ()
    total_only: tuple[str, ...] = ()
    rare: Mapping[str, int] = field(default_factory=dict)


def judge(
    force: str,
    rows: Mapping[str, int],
    by_type: Mapping[str, Mapping[str, int]],
    accepted: Collection[str] = (),
) -> Judgement:
    """Hold every month of a force against the months around it.

    Parameters
    ----------
    force : str
    rows : mapping of str to int
        All rows of the force's file by month (YYYY-MM), of the whole force and before anything is put aside. A month
        that is not there is a gap: it is judged nowhere and no other month is held against it.
    by_type : mapping of str to (mapping of str to int)
        The same by crime type; a month without an entry was not counted by type.
    accepted : collection of str
        Months that a person took for whole: they are in no doubt. Others are held against them only where their counts
        alone would clear them, for a month without any rows of a type would hide every later loss.

    Returns
    -------
    Judgement

    Notes
    -----
    A month is held against the twelve before it and the three after it that are there, within two years; where those
    are fewer than six, against later ones up to six. A month found in doubt is not used to judge another one, so the
    judging is repeated until nothing more is found. A crime type is held only against months in which its name meant
    the same (:mod:`data.kinds.changes`): nothing is missing where a type was split or given another name.

    When it misleads: a fall that really happened, and is deeper than any before it, is in doubt while it is the newest
    month; the next month clears it, or a person does. Several months in a row that lost the same share of one crime
    type look like a lasting fall, and are not found unless the type is gone. Nor is a loss that the season or the world
    made good, such as a third of the rows of a month that would have been the highest.

    References
    ----------
    Of this project.
    """
    table = _Table.of(rows, by_type)
    doubtful = np.zeros(len(table.months), dtype=bool)
    found: dict[int, Doubt] = {}
    while True:
        new = {i: doubt for i in range(len(table.months)) if (doubt := _doubt(force, table, i, doubtful))}
        found |= new
        if all(doubtful[i] for i in new):
            break
        doubtful[list(new)] = True
    unjudged, total_only, rare = [], [], Counter[str]()
    for i in range(len(table.months)):
        usual = _usual(table, i)
        if usual is None or max(usual[0], *usual[1].values(), 0) < COMMON:
            unjudged += [] if i in found else [str(table.months[i])]
            continue
        total_only += [] if usual[1] else [str(table.months[i])]
        rare.update(name for name, n in usual[1].items() if n < COMMON)
    return Judgement(
        tuple(found[i] for i in sorted(found) if table.months[i] not in accepted),
        tuple(unjudged),
        tuple(total_only),
        dict(sorted(rare.items())),
    )


@dataclass(frozen=True, eq=False)
class _Table:
    """Months ascending; counts by type are 0 where a month was not counted.

    ``meaning`` numbers, for each month and type, the stretch of months in which the type meant the same; -1 where it
    was not published or the month was not counted by type.
    """

    months: NDArray[np.str_]
    ordinals: NDArray[np.int64]
    rows: NDArray[np.int64]
    categories: tuple[str, ...]
    types: NDArray[np.int64]
    meaning: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Mapping[str, int], by_type: Mapping[str, Mapping[str, int]]) -> _Table:
        months = sorted(rows)
        categories = tuple(sorted({name for counts in by_type.values() for name in counts}))
        ordinals = np.array([month_ordinal(month) for month in months], dtype=np.int64)
        types = [[by_type.get(month, {}).get(name, 0) for name in categories] for month in months]
        meaning = [[_meaning(name, month) if by_type.get(month) else -1 for name in categories] for month in months]
        return cls(
            np.array(months, dtype=np.str_),
            ordinals,
            np.array([rows[month] for month in months], dtype=np.int64),
            categories,
            np.array(types, dtype=np.int64).reshape(len(months), len(categories)),
            np.array(meaning, dtype=np.int64).reshape(len(months), len(categories)),
        )


_Typed = tuple[str, int, float, int]  # crime type, its rows, and the median and the least of the months around


def _meaning(category: str, month: str) -> int:
    found = stretch_at(category, month)
    return month_ordinal(found.first) if found else -1


def _around(table: _Table, i: int, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    away = table.ordinals - table.ordinals[i]
    before = np.flatnonzero(usable & (away < 0) & (away >= -REACH))[-BEFORE:]
    after = np.flatnonzero(usable & (away > 0) & (away <= REACH))
    return np.concatenate([before, after[: max(AFTER, FEWEST - len(before))]])


def _usual(table: _Table, i: int) -> tuple[float, dict[str, float]] | None:
    """Median rows of the months around, in all and by crime type; None where they are too few to judge."""
    usable = np.ones(len(table.months), dtype=bool)
    around = _around(table, i, usable)
    if len(around) < FEWEST:
        return None
    return float(np.median(table.rows[around])), {name: usual for name, _, usual, _ in _typed(table, i, usable)}


def _typed(table: _Table, i: int, usable: NDArray[np.bool_]) -> list[_Typed]:
    """Crime types by which a month is judged: name, rows, median and least of the months it is held against.

    Those are the months around in which the type meant the same; a type with too few of them is not judged.
    """
    found = []
    same = (table.meaning == table.meaning[i]) & usable[:, None]
    around: dict[bytes, NDArray[np.int64]] = {}  # the same of most types
    for k in np.flatnonzero(table.meaning[i] >= 0).tolist():
        key = same[:, k].tobytes()
        if key not in around:
            around[key] = _around(table, i, same[:, k])
        rows = table.types[around[key], k]
        if len(rows) >= FEWEST:
            found.append((table.categories[k], int(table.types[i, k]), float(np.median(rows)), int(rows.min())))
    return found


def _doubt(force: str, table: _Table, i: int, doubtful: NDArray[np.bool_]) -> Doubt | None:
    around = _around(table, i, ~doubtful)
    if len(around) < FEWEST:
        return None
    typed = _typed(table, i, ~doubtful)
    short = [*_short_in_all(table, i, around, typed), *_short_types(typed)]
    if not short:
        return None
    rows, usual = int(table.rows[i]), round(float(np.median(table.rows[around])))
    return Doubt(force, str(table.months[i]), rows, usual, tuple(short))


def _short_in_all(table: _Table, i: int, around: NDArray[np.int64], typed: list[_Typed]) -> Iterator[Shortfall]:
    rows, least, usual = table.rows[i], table.rows[around].min(), float(np.median(table.rows[around]))
    if usual < COMMON or max((one for _, _, one, _ in typed), default=0) >= DOMINANT * usual:
        return
    of_least, of_usual = (
        (OF_LEAST_IN_ALL, OF_USUAL_IN_ALL) if usual >= LARGE else (OF_LEAST_IN_ALL_SMALL, OF_USUAL_IN_ALL_SMALL)
    )
    if rows < of_least * least or rows < of_usual * usual:
        yield Shortfall(IN_ALL, "", int(rows), round(usual), int(least))


def _short_types(typed: list[_Typed]) -> Iterator[Shortfall]:
    for category, rows, usual, least in typed:
        if usual < COMMON:
            continue
        if rows < GONE * usual:
            yield Shortfall(TYPE_GONE, category, rows, round(usual), least)
        elif rows < _of_least(category, usual) * least:
            yield Shortfall(BY_TYPE, category, rows, round(usual), least)


def _of_least(category: str, usual: float) -> float:
    if usual < LARGE:
        return OF_LEAST_TYPE_SMALL
    return OF_LEAST_ASB if category == ASB else OF_LEAST_TYPE
