"""Looking at printed sheets: what text is on them, whether any of it collides or leaves the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pypdfium2
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from shapely import affinity

SLACK_PT = 0.6  # rounding of letters
DPI = 300  # at the resolution of a screen letters are moved to whole pixels, which is not how they are printed


def texts(figure: Any) -> list[tuple[str, tuple[float, float, float, float], str]]:
    """Every text of a figure that is drawn: its words, its box (left, bottom, right, top in pixels), its gid."""
    renderer = _renderer(figure)
    found = []
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text():
            box = text.get_window_extent(renderer)
            found.append((text.get_text(), (box.x0, box.y0, box.x1, box.y1), text.get_gid() or ""))
    return found


def _renderer(figure: Any) -> Any:
    figure.set_dpi(DPI)
    return FigureCanvasAgg(figure).get_renderer()


def _meet(a: tuple[float, ...], b: tuple[float, ...], slack: float) -> bool:
    return (
        a[0] + slack < b[2] - slack
        and b[0] + slack < a[2] - slack
        and a[1] + slack < b[3] - slack
        and b[1] + slack < a[3] - slack
    )


def collisions(figure: Any) -> list[tuple[str, str]]:
    """Pairs of texts that overlap; what is written across the sheet (gid "mark") may lie under others.

    A name along a road is turned about its middle, and so is its box.
    """
    slack = SLACK_PT * DPI / 72
    renderer = _renderer(figure)
    plain: list[tuple[str, Any]] = []
    for text in figure.findobj(Text):
        if not (text.get_visible() and text.get_text()) or text.get_gid() == "mark":
            continue
        turn = text.get_rotation()
        text.set_rotation(0)
        box = tuple(text.get_window_extent(renderer).extents)
        text.set_rotation(turn)
        inner = shapely.box(box[0] + slack, box[1] + slack, box[2] - slack, box[3] - slack)
        plain.append((text.get_text(), affinity.rotate(inner, turn, origin="center")))
    return [(a, b) for (a, x), (b, y) in combinations(plain, 2) if x.intersection(y).area > 0]


def outside(figure: Any) -> list[str]:
    """Texts that reach over the edge of the sheet, or on a map over the edge of the map."""
    renderer = _renderer(figure)
    wide, high = figure.get_size_inches() * DPI
    slack = SLACK_PT * DPI / 72
    found = []
    for axes in [None, *figure.axes]:
        box = (0.0, 0.0, wide, high) if axes is None else tuple(axes.bbox.extents)
        for text in figure.texts if axes is None else axes.texts:
            if text.get_text() and text.get_gid() != "mark":
                x0, y0, x1, y1 = text.get_window_extent(renderer).extents
                if x0 < box[0] - slack or y0 < box[1] - slack or x1 > box[2] + slack or y1 > box[3] + slack:
                    found.append(text.get_text())
    return found


def spots_apart(figure: Any) -> bool:
    """Whether no circle of a map lies on another of the same map."""
    renderer = _renderer(figure)
    for axes in figure.axes:
        boxes = [p.get_window_extent(renderer).extents for p in axes.patches if p.get_gid() == "spot"]
        if any(_meet(a, b, 1.0) for a, b in combinations(boxes, 2)):
            return False
    return True


def pdf_pages(raw: bytes, *, scale: float = 1.0, grey: bool = False) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Text and picture of every page of a PDF."""
    document = pypdfium2.PdfDocument(raw)
    try:
        for page in document:
            words = page.get_textpage().get_text_bounded()
            yield words, np.asarray(page.render(scale=scale, grayscale=grey).to_pil())
    finally:
        document.close()
