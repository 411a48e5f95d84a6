"""Processor time of a briefing pack, from the start of the command to the zip, and of a blank slide deck beside it.

``python -m tests.benchmarks --only pack``. The limit is that of the whole command, imports and simulations included.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import given
from tests.benchmarks.table import Row, by_turns

MOST_SECONDS = 10.0
TODAY = "2025-01-15"
# The least that makes a picture, a page and a slide: one line of matplotlib for each of the panels, as PNG and PDF.
PLAIN = """
import io
from matplotlib.figure import Figure
from pptx import Presentation
deck = Presentation()
for _ in range(8):
    figure = Figure(figsize=(13.3, 7.5), dpi=144)
    figure.add_subplot().plot(range(73))
    for kind in ("png", "svg", "pdf", "png"):
        made = io.BytesIO()
        figure.savefig(made, format=kind)
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.add_picture(made, 0, 0)
deck.save(io.BytesIO())
"""


def rows(quick: bool) -> Iterator[Row]:
    """The command on 73 real months, as a schedule runs it."""
    out, store = given.folder() / "pack", given.real_store()
    settings = {**os.environ, "DASHBOARD_DATA": str(store), "DASHBOARD_TODAY": TODAY}
    settings.pop("DASHBOARD_AREA", None)

    def run(*command: str) -> None:
        subprocess.run([sys.executable, *command], cwd=given.ROOT, env=settings, check=True, capture_output=True)

    mine, theirs = by_turns(
        lambda: run("-m", "pages.ui.briefing", "--out", str(out)), lambda: run("-c", PLAIN), children_seconds,
        1 if quick else 3,
    )  # fmt: skip
    (pack,) = out.glob("*.zip")
    yield Row(
        "briefing pack: slides, PDF, pictures, tables", mine, "s of processor",
        "eight one-line charts as PNG, SVG, PDF, slide", theirs, limit=MOST_SECONDS, rows=panels(pack),
    )  # fmt: skip


def children_seconds() -> float:
    """Give the processor time of every process that this one started and that has ended."""
    used = os.times()
    return used.children_user + used.children_system


def panels(pack: Path) -> int:
    """Count the panels of a pack."""
    with zipfile.ZipFile(pack) as opened:
        return sum(name.endswith(".png") for name in opened.namelist())
