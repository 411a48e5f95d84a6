"""Writing any text to a terminal: that of Windows often knows few letters."""

from __future__ import annotations

import io
import sys


def any_letters() -> None:
    """Make the terminal take every letter: one that it does not know is written as its number, and ends nothing.

    Notes
    -----
    For a command as it begins. What is written to files is always UTF-8.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not what a test or a scheduler puts in its place
            stream.reconfigure(errors="backslashreplace")
