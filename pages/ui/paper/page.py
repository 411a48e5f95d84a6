"""A sheet of paper in points from its top left corner, and sheets bound into one PDF, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pages.ui.paper import text as words
from pages.ui.paper.map import POINTS_PER_INCH
from pages.ui.paper.room import INK

A4 = (595.28, 841.89)
MARGIN = 34.0
_PROGRAM = "Community safety dashboard"


class Sheet:
    """One page; x to the right and y downwards, in points.

    Parameters
    ----------
    size : (float, float)
        Width and height in points.
    """

    def __init__(self, size: tuple[float, float] = A4) -> None:
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.wide, self.high = size
        self.figure = Figure(
            figsize=(self.wide / POINTS_PER_INCH, self.high / POINTS_PER_INCH), dpi=POINTS_PER_INCH, facecolor="white"
        )
        flip = Affine2D().scale(1, -1).translate(0, self.high).scale(1 / POINTS_PER_INCH)
        self.points = flip + self.figure.dpi_scale_trans

    def text(self, x: float, y: float, text: str, size: float, style: str = "normal", **more: Any) -> None:
        """Set text with its base line at y; it must be clean and fit, see :mod:`pages.ui.paper.text`."""
        if text:
            words.put(self.figure, x, y, text, size, style, transform=self.points, **{"color": INK, **more})

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6, colour: str = INK) -> None:
        """Draw a straight line."""
        from matplotlib.lines import Line2D

        self.figure.add_artist(
            Line2D([x0, x1], [y0, y1], transform=self.points, color=colour, linewidth=width, solid_capstyle="butt")
        )

    def box(self, x: float, y: float, wide: float, high: float, **look: Any) -> None:
        """Draw a rectangle from its top left corner."""
        from matplotlib.patches import Rectangle

        self.figure.add_artist(Rectangle((x, y), wide, high, transform=self.points, **look))

    def axes(self, x: float, y: float, wide: float, high: float) -> Any:
        """Axes that fill a rectangle."""
        place = (x / self.wide, 1 - (y + high) / self.high, wide / self.wide, high / self.high)
        return self.figure.add_axes(place, zorder=4)  # after the text, which a screen reader should meet first

    def paragraph(
        self, x: float, y: float, room: float, text: str, size: float, *, most: int | None = None, **more: Any
    ) -> float:
        """Set wrapped text whose first base line is at y.

        Returns
        -------
        float
            Base line of the next line.
        """
        for line in words.wrap(text, room, size, most=most):
            self.text(x, y, line, size, **more)
            y += 1.32 * size
        return y


def bind(sheets: Sequence[Sheet], title: str, when: datetime) -> bytes:
    """Make one PDF of sheets.

    Parameters
    ----------
    sheets : sequence of Sheet
    title : str
        Of the document.
    when : datetime
        Written into the file as the time it was made (in UTC; a time without a zone is taken as it is, whatever the
        machine's own zone): the same sheets and time give the same bytes.

    Returns
    -------
    bytes
        Fonts are embedded.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    about = {
        "Title": words.clean(title),
        "Creator": _PROGRAM,
        "Producer": _PROGRAM,
        "CreationDate": when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC),
        "ModDate": None,
    }
    made = io.BytesIO()
    with PdfPages(made, metadata=about) as pages:
        for sheet in sheets:
            pages.savefig(sheet.figure)
    return made.getvalue()
