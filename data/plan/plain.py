"""Plans, problems and zones as plain values, which a database or a file keeps, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from geo.errors import InputError

_T = TypeVar("_T")


def plain(value: Any) -> Any:
    """Give a value of JSON for one of a dataclass: dates and moments as ISO text, tuples as lists."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def read_back(raw: Mapping[str, Any], kind: str, version: int, make: Callable[[Mapping[str, Any]], _T]) -> _T:
    """Read plain values back.

    Parameters
    ----------
    raw : mapping
        With ``format``, the version they were written in.
    kind : str
        What messages call it, such as "plan".
    version : int
    make : callable
        Makes it of ``raw``; it may fail as plain values do that are not what they should be.

    Raises
    ------
    InputError
        They were written by another version of this program, or are damaged.
    """
    if not isinstance(raw, Mapping):
        raise InputError(f"the {kind} is damaged: it is no table of values")
    if raw.get("format") != version:
        raise InputError(f"the {kind} was written by another version of this program", value=str(raw.get("format")))
    try:
        return make(raw)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        said = error.message if isinstance(error, InputError) else str(error)
        raise InputError(f"the {kind} is damaged: {said}") from error
