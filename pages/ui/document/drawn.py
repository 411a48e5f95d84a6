"""A figure of a document as a picture, and text as a file can hold it."""

from __future__ import annotations

import re
import unicodedata

from pages.ui.document.blocks import Document, Figure
from pages.ui.paper import picture
from pages.ui.paper.page import Sheet

MADE_BY = "Community safety dashboard"
_SPACES = re.compile(r"[^\S\u00a0]+")  # all but the space that does not break
_SHARE = re.compile(r"(?<=\d) %")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def line(text: str) -> str:
    """Text on one line without what nobody sees; the sign of per cent stays on the line of its figure.

    Parameters
    ----------
    text : str
        From a file or from a person.
    """
    one = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return _SHARE.sub("\u00a0%", "".join(c for c in one if unicodedata.category(c) not in _UNSEEN))


def sheet_of(figure: Figure, document: Document) -> Sheet:
    """Draw a figure on a sheet of its own size; where the document is simulated, it says so."""
    wide, high = figure.wide, figure.wide / figure.shape
    sheet = Sheet((wide, high))
    figure.draw(sheet, 0.0, 0.0, wide, high)
    if document.simulated and not figure.marked:
        picture.mark(sheet, 0.0, 0.0, wide, high)
    return sheet
