"""Whether a partnership works with the page of problems: its area file says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.errors import InputError

KEY = "problems"


def problems_on(raw: Mapping[str, Any], file: str = "") -> bool:
    """Read whether the page of problems is switched on.

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
    found = raw.get(KEY, False)
    if not isinstance(found, bool):
        raise InputError(
            "the page of problems is switched on or off", file=file or "area file", column=KEY, value=str(found)[:60],
            hint=f"Write {KEY} = true, or leave it out.",
        )  # fmt: skip
    return found
