"""The form of a problem as a Word file that people go on writing: real headings, whole texts."""

from __future__ import annotations

from datetime import datetime

from data.place.area import Area
from data.streets.base_map import BaseMap
from pages.ui.document.word import word
from pages.ui.problem.form import Figures, document_of, form_of
from pages.ui.problem.form_cleared import Cleared


def problem_word(one: Cleared, figures: Figures, area: Area, ground: BaseMap | None, *, when: datetime) -> bytes:
    """Write the form of a problem as a Word file.

    Parameters
    ----------
    one : Cleared
    figures : Figures
    area : Area
    ground : BaseMap or None
        Drawn under the map.
    when : datetime
        Written into the file as the time it was made. The same arguments give the same bytes.

    Returns
    -------
    bytes
        Two pages for usual records; longer where the texts are: nothing is cut.
    """
    return word(document_of(form_of(one, figures, area, ground, when=when)), when)
