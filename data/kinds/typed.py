"""Crime types as a person types them on a command line."""

from __future__ import annotations

import argparse

from data.kinds.changes import EVERY
from data.kinds.crime_types import ASB, GROUPS, together


def typed_category(text: str) -> str:
    """Read a crime type, several with commas between them, or a sum by its name; in any case, "asb" for short.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The choice, as :func:`data.kinds.crime_types.together` writes it.

    Raises
    ------
    ValueError
        One of them does not exist, or ASB is among several; the message says what to do.
    """
    whole = text.strip().casefold()
    for group in GROUPS:
        if whole == group.name.casefold():
            return group.category
    known = {name.casefold(): name for name in EVERY} | {"asb": ASB}
    names = [part.strip() for part in text.split(",")]
    wrong = next((name for name in names if name.casefold() not in known), None)
    if wrong is not None:
        sums = "; ".join(group.name for group in GROUPS)
        raise ValueError(
            f"there is no crime type {wrong!r}; one of: asb, {', '.join(EVERY)}; several with commas between them; "
            f"or a sum by its name: {sums}"
        )
    return together(known[name.casefold()] for name in names)


def category_option(text: str) -> str:
    """Read the same as the ``type`` of an option, whose message argparse then shows whole.

    Raises
    ------
    ArgumentTypeError
        As :func:`typed_category`.
    """
    try:
        return typed_category(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
