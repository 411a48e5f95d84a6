"""A sheet as a picture: PNG or SVG, the same bytes every time; and what is written across a simulated one."""

from __future__ import annotations

import io
import threading
from typing import Any

from pages.ui.paper import text as words
from pages.ui.paper.map import POINTS_PER_INCH
from pages.ui.paper.page import Sheet
from pages.ui.paper.room import INK

SIMULATED = "SIMULATED"
_MOST_CORNERS = 8000
_PNG_LEVEL = 3  # of 9; the usual 6 takes three times as long
_SVG = threading.Lock()  # the salt of names in an SVG is a setting of the whole process


def mark(sheet: Sheet, x: float, y: float, wide: float, high: float) -> None:
    """Write across a part of a sheet that it is simulated."""
    size = min(54.0, 54 * 0.75 * wide / words.width(SIMULATED, 54, "bold"))
    sheet.text(x + wide / 2, y + high / 2, SIMULATED, size, "bold", color=INK, alpha=0.10, rotation=22, ha="center",
               va="center", gid="mark", zorder=30)  # fmt: skip


def busy(sheet: Sheet) -> bool:
    """Tell whether a sheet has so many corners, as a street map has, that dots are smaller than shapes."""
    corners = 0
    every: list[Any] = sheet.figure.axes
    for axes in every:
        corners += sum(len(one.get_xydata()) for one in axes.lines)
        for one in axes.collections:
            corners += sum(len(path.vertices) for path in one.get_paths()) + len(one.get_offsets())
        if corners > _MOST_CORNERS:
            return True
    return False


def cut(raw: bytes, dpi: float, x: float, y: float, wide: float, high: float) -> bytes:
    """Cut a rectangle, in points, out of the PNG of a sheet."""
    from PIL import Image

    made = io.BytesIO()
    edges = [round(one * dpi / POINTS_PER_INCH) for one in (x, y, x + wide, y + high)]
    with Image.open(io.BytesIO(raw)) as whole:
        part = whole.convert("RGB").crop((edges[0], edges[1], edges[2], edges[3]))
    part.save(made, format="png", compress_level=_PNG_LEVEL)
    return made.getvalue()


def png(sheet: Sheet, dpi: float) -> bytes:
    """Render a sheet as PNG; the same sheet gives the same bytes."""
    made = io.BytesIO()
    more = {"compress_level": _PNG_LEVEL}
    sheet.figure.savefig(made, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs=more)
    return made.getvalue()


def svg(sheet: Sheet, title: str, description: str) -> bytes:
    """Render a sheet as SVG, letters as shapes, with title and description for screen readers."""
    import matplotlib as mpl

    made = io.BytesIO()
    about: dict[str, Any] = {
        "Date": None, "Creator": None, "Title": words.clean(title), "Description": words.clean(description),
    }  # fmt: skip
    with _SVG, mpl.rc_context({"svg.hashsalt": "briefing", "svg.fonttype": "path"}):
        sheet.figure.savefig(made, format="svg", metadata=about)
    return made.getvalue()
