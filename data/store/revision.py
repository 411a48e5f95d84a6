"""How one release of a month differs from the one before."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.store.manifest import Revision, SourceFile, Unit


def compare(old: pd.DataFrame, new: pd.DataFrame, unit: Unit, before: SourceFile, after: SourceFile) -> Revision:
    """Compare two releases of a unit, as stored.

    Parameters
    ----------
    old, new : DataFrame
        Rows as :func:`data.store.store.read_unit` gives them.
    unit : Unit
        Either of the two; only its source, force and month are used.
    before, after : SourceFile
        The files they came from.

    Returns
    -------
    Revision
        Only rows in the area and its buffer are compared, because only those are stored. A Crime ID that a file has
        more than once is taken in the order of the file.
    """
    prefix = f"{unit.source}:{unit.force}:{unit.month}:"
    old_plain, new_plain = (frame["incident_id"].str.startswith(prefix).to_numpy(bool) for frame in (old, new))
    was, now = (_outcomes(frame[~plain]) for frame, plain in ((old, old_plain), (new, new_plain)))
    both = was.index.intersection(now.index)
    changed = int((was.loc[both].to_numpy(str) != now.loc[both].to_numpy(str)).sum())
    had, has = Counter(_places(old, old_plain)), Counter(_places(new, new_plain))
    return revision_of(unit, before, after, (len(was), len(now), len(both), changed), had, has)


def revision_of(
    unit: Unit,
    before: SourceFile,
    after: SourceFile,
    numbered: tuple[int, int, int, int],
    had: Counter[tuple[object, ...]],
    has: Counter[tuple[object, ...]],
) -> Revision:
    """Put together how a unit changed.

    Parameters
    ----------
    unit : Unit
    before, after : SourceFile
    numbered : (int, int, int, int)
        Rows with an ID of their own: before, after, in both, and how many of those changed.
    had, has : Counter
        Rows without one, as a multiset, before and after.
    """
    old, new, both, changed = numbered
    return Revision(
        source=unit.source,
        force=unit.force,
        month=unit.month,
        imported_at=after.imported_at,
        old_name=before.name,
        new_name=after.name,
        before=old + had.total(),
        after=new + has.total(),
        added=new - both,
        gone=old - both,
        outcome_changed=changed,
        added_without_id=(has - had).total(),
        gone_without_id=(had - has).total(),
    )


def _outcomes(frame: pd.DataFrame) -> pd.Series:
    ids = frame["incident_id"].astype(object)
    key = pd.MultiIndex.from_arrays([ids, frame.groupby(ids, sort=False).cumcount()])
    return pd.Series(frame["outcome"].astype(object).fillna("").to_numpy(), index=key)


def _places(frame: pd.DataFrame, plain: NDArray[np.bool_]) -> list[tuple[object, ...]]:
    columns = [frame[name].astype(object).where(frame[name].notna(), "") for name in ("location", "lsoa_code")]
    rows = zip(frame["easting_m"], frame["northing_m"], *columns, strict=True)
    return [row for row, keep in zip(rows, plain, strict=True) if keep]
