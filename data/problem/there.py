"""Whether the page of problems is listed: its area file says so, or something is kept beside plans."""

from __future__ import annotations

from pathlib import Path

from data.place.area import Area
from data.place.area_file import Table
from data.plan.file import reading


def problems_on(area: Area) -> bool:
    """Read whether an area file switches the page on: ``problems = true``.

    Raises
    ------
    InputError
        It is neither true nor false.
    """
    return Table(area.raw, area.file).flag("problems")


def anything_kept(store: Path) -> bool:
    """Tell whether a problem or a zone is saved, an archived one too; no content is read.

    Parameters
    ----------
    store : Path

    Raises
    ------
    InputError
        The file of plans cannot be used.
    """
    with reading(store) as db:
        return db is not None and bool(db.execute("SELECT EXISTS (SELECT 1 FROM kept)").fetchone()[0])
