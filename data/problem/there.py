"""Whether anything is kept beside plans: then the page of problems is listed."""

from __future__ import annotations

from pathlib import Path

from data.plan.file import reading


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
