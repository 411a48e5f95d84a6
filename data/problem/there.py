"""Whether the page of problems is listed: its area file says so, or something is kept beside plans."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data.place.area_file import Table
from data.plan.file import reading


def problems_on(raw: Mapping[str, Any], file: str = "") -> bool:
    """Read whether an area file switches the page on: ``problems = true``.

    Parameters
    ----------
    raw : mapping
        Of :class:`data.place.area.Area`.
    file : str, optional
        The area file, as messages name it.

    Raises
    ------
    InputError
        It is neither true nor false.
    """
    return Table(raw, file).flag("problems")


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
