"""Text that comes from a file, from the address or from a person, made harmless in Markdown."""

from __future__ import annotations

import re

_READ = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])")
# Blanks at the start make code of a line; a line of = makes a title of the one before.
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
# Streamlit looks for these in what was read, where no backslash stands any more: it has to be parted to stay text.
_FOUND = re.compile(r"(:)(?=material/|streamlit:)|(https?:)(?=//)|(www)(?=\.)|(?<=\w)(@)(?=[-\w])", re.IGNORECASE)
_PARTED = "\u2060"  # takes no room, and no line breaks at it


def plain(text: str) -> str:
    """Write text so that nothing in it is read as Markdown or HTML: no link, no icon, no picture, on one line.

    Parameters
    ----------
    text : str
        From a file, from the address or from a person.
    """
    parted = _FOUND.sub(lambda found: found[0] + _PARTED, _BLANKS.sub(" ", text))
    return _READ.sub(r"\\\1", parted)
