"""Text for a terminal, without what it would obey."""

from __future__ import annotations


def printable(text: str) -> str:
    """Write a line for a terminal: what is no letter, figure, sign or blank stands as a question mark.

    Parameters
    ----------
    text : str
        One line, such as a message that holds a name from a file.

    Notes
    -----
    So go the characters that control, those that turn the direction of letters round, and those that nobody sees.
    """
    return "".join(c if c.isprintable() else "?" for c in text)
