"""What a store knows of its fetching that others ask for: read without the room that talks to other machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import InputError

FETCHED = "fetched.json"
FORMAT = 1
NOT_PUBLISHED = "not published by the force"
WHY = "the changelog of data.police.uk may say why"


@dataclass(frozen=True)
class Fetching:
    """What was known of the publisher at the last look.

    Attributes
    ----------
    newest : str
        The newest archive (YYYY-MM); empty where none was ever looked into.
    checked_at : str
        ISO time of that look.
    newest_month : str
        The newest month that the publisher has by outline; empty where nobody asked.
    months_checked_at : str
        ISO time of that question.
    not_published : tuple of (str, str)
        Force and month (YYYY-MM) that no archive has, though it has that month of other forces.
    agreed_to, agreed_at : str
        The publisher's sentence about older archives that a person read and agreed to, and when; empty where none did.
    """

    newest: str = ""
    checked_at: str = ""
    newest_month: str = ""
    months_checked_at: str = ""
    not_published: tuple[tuple[str, str], ...] = ()
    agreed_to: str = ""
    agreed_at: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {
            "newest_archive": self.newest,
            "checked_at": self.checked_at,
            "newest_month_by_outline": self.newest_month,
            "months_checked_at": self.months_checked_at,
            "older_archives": {
                "agreed": bool(self.agreed_at),
                "sentence": self.agreed_to,
                "agreed_at": self.agreed_at,
            },
        }


def read_fetching(store: Path) -> Fetching:
    """Read what is known of the publisher; nothing where nothing was ever fetched.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    with readable(store) as raw:
        if raw is None:
            return Fetching()
        agreed = raw["agreed"] or {"sentence": "", "agreed_at": ""}
        parts = [str(key).partition("/") for key in raw["not_published"]]
        return Fetching(
            newest=str(raw["newest"]),
            checked_at=str(raw["checked_at"]),
            newest_month=str(raw.get("newest_month", "")),
            months_checked_at=str(raw.get("months_checked_at", "")),
            not_published=tuple((force, month) for force, _, month in parts),
            agreed_to=str(agreed["sentence"]),
            agreed_at=str(agreed["agreed_at"]),
        )


@contextmanager
def readable(store: Path) -> Iterator[dict[str, Any] | None]:
    """Give what ``fetched.json`` holds, None where it is not there; whatever is wrong with it is one error.

    Raises
    ------
    InputError
        The file cannot be read, or what is made of it inside fails.
    """
    path = store / FETCHED
    try:
        raw = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        if raw is not None and raw.pop("format") != FORMAT:
            raise ValueError("another format")
        yield raw
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(
            f"the list of what was fetched cannot be read: {error}",
            file=str(path),
            hint="Delete it: the next run looks at every month again, and stores none twice.",
        ) from error


def fetching_lines(known: Fetching) -> list[str]:
    """Tell what was known of the publisher at the last look; nothing where nobody looked."""
    lines = []
    if known.newest:
        lines.append(f"Newest archive: {known.newest}, looked for on {known.checked_at[:10]}.")
    if known.newest_month:
        lines.append(f"Newest month by outline: {known.newest_month}, looked for on {known.months_checked_at[:10]}.")
    if known.agreed_at:
        lines.append(f'Older archives were agreed to on {known.agreed_at[:10]}: "{known.agreed_to}"')
    return lines
