"""Text that comes from a file, from the address or from a person, made harmless in Markdown."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Write text so that nothing in it is read as Markdown or HTML.

    Parameters
    ----------
    text : str
        From a file, from the address or from a person.
    """
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])", r"\\\1", text)
