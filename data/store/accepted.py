"""Months that a person took for whole although their counts speak against it: who, when, and of which file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data.store.plain_types import check_types
from geo.errors import InputError

ACCEPTED = "accepted.json"
_FORMAT = 1


@dataclass(frozen=True)
class Acceptance:
    """What a person said of a month of a force.

    Attributes
    ----------
    force, month : str
    file : str
        Key of the file in the manifest that the month was made from: another file of the month is judged anew.
    rows : int
        Rows of the month at that time.
    by : str
        Who said so, in their own words; may be empty.
    accepted_at : str
        ISO time.
    whole : bool
        False takes back what was said before.
    """

    force: str
    month: str
    file: str
    rows: int
    by: str
    accepted_at: str
    whole: bool = True


def read_accepted(store: Path) -> tuple[Acceptance, ...]:
    """Everything that was ever said, oldest first; empty where nothing was.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    path = store / ACCEPTED
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    try:
        if raw["format"] != _FORMAT:
            raise _damaged(path, f"format {raw['format']!r}")
        found = tuple(Acceptance(**entry) for entry in raw["accepted"])
        for one in found:
            check_types(one)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise _damaged(path, error) from error
    return found


def to_json(said: Collection[Acceptance]) -> dict[str, Any]:
    """Plain values, as the file holds them."""
    return {"format": _FORMAT, "accepted": [asdict(one) for one in said]}


def standing(said: Collection[Acceptance]) -> tuple[Acceptance, ...]:
    """Give what holds: the last word on each file of a month, where it was not taken back; by force and month."""
    last = {(one.force, one.month, one.file): one for one in said}
    return tuple(last[key] for key in sorted(last) if last[key].whole)


def with_accepted(version: str, said: Collection[Acceptance]) -> str:
    """Version of a store together with what was accepted, whoever said so and when.

    Parameters
    ----------
    version : str
        Of the manifest.
    said : collection of Acceptance

    Returns
    -------
    str
        The same where nothing is accepted.
    """
    holds = [(one.force, one.month, one.file) for one in standing(said)]
    if not holds:
        return version
    return hashlib.sha256(json.dumps([version, holds]).encode()).hexdigest()[:16]


def _damaged(path: Path, why: object) -> InputError:
    return InputError(
        f"the list of accepted months cannot be read: {why}",
        file=str(path),
        hint="Delete it, and accept those months again.",
    )
