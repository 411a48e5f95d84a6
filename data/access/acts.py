"""Whatever changes what is kept: which right it needs, and that it is noted before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data.access.actor import ACCEPT, ADMINISTER, IMPORT, PLAN, Actor
from data.access.log import note
from geo.errors import InputError

KEPT = ("save", "revise", "archive", "take-back", "forget")  # of a problem, or of a zone
# Act, as the log calls it, and the right that it needs.
NEEDS = {
    **dict.fromkeys(
        ("import", "rebuild", "start", "fetch", "import-feed", "measure", "terms", "basemap", "postcodes"), IMPORT
    ),
    **dict.fromkeys(
        ("save", "copy", "revise", "edit", "mark-run", "archive", "take-back", "forget", "figure", "evidence"), PLAN
    ),
    **dict.fromkeys((f"{kind}-{act}" for kind in ("problem", "zone") for act in KEPT), PLAN),
    **dict.fromkeys(("accept", "withdraw"), ACCEPT),
    "purge": ADMINISTER,
    "restore": ADMINISTER,
}


def allow(actor: Actor, act: str) -> None:
    """Refuse an act to whom has not the right.

    Raises
    ------
    NotAllowedError
    """
    actor.must(NEEDS[act])


@contextmanager
def acting(store: Path, actor: Actor, act: str, what: str = "") -> Iterator[None]:
    """Ask for the right, note the act, and let it be done; where it fails that is noted too.

    Parameters
    ----------
    store : Path
    actor : Actor
    act : str
        One of ``NEEDS``.
    what : str
        What it is done to; no title, no name of a file, no row.

    Raises
    ------
    NotAllowedError
        The actor has not the right.
    InputError
        It cannot be noted; nothing is done then.
    """
    allow(actor, act)
    note(store, actor, act, what)
    try:
        yield
    except BaseException:
        with suppress(InputError):  # the first error is the one to tell
            note(store, actor, act, what, done=False)
        raise
