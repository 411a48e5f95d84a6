"""A figure in the house style, put together in one step, since adding to a plotly figure piece by piece is slow.

Colours are placeholders that Streamlit replaces in the browser, so that a chart is right in the light and in the dark
theme from the first moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Streamlit puts the theme's own colours in place of these, in the browser.
SERIES = ("#000001", "#000002", "#000003", "#000004")
BACKGROUND, TEXT = "#000038", "#000037"
FAINT = "#8A949C"  # 3:1 against the background of both themes
BAND, STRONG_BAND, NO_DATA = "rgba(74,144,208,0.13)", "rgba(74,144,208,0.28)", "rgba(138,148,156,0.22)"
SMALL, NORMAL = 12, 13
STEPS, LIGHT_TEXT_FROM = 10, 6  # of the theme's sequential colours
MARK = "simulated"
_LETTER = 0.56  # width of a letter, of its size
_TAG = re.compile(r"<[^>]*>")
Settings = dict[str, Any]  # of plotly, which says no more of them
Words = Callable[[int, int], str]


def as_text(text: str) -> str:
    """Write text from a file so that plotly draws it as it is: no markup, no link, nothing filled in.

    Parameters
    ----------
    text : str

    Notes
    -----
    For titles, ticks, notes and what is shown where a chart is pointed at. Plotly knows few names of characters: a
    quotation mark written as HTML has it would stand there as ``&quot;``. Where it fills in values, ``%{x}`` is one.
    """
    return escape(text, quote=False).replace("%{", "&#37;{")


def _axis(letter: str, row: int) -> str:
    return letter if row == 1 else f"{letter}{row}"


@dataclass
class Drawing:
    """What a figure is made of, one or more rows that share their months.

    Attributes
    ----------
    rows : int
    gap : float
        Between rows, as a share of the height.
    """

    rows: int = 1
    gap: float = 0.13
    traces: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    right: int = 8  # pixels of the margin on the right

    def trace(self, row: int = 1, **settings: Any) -> None:
        """Add a trace to a row."""
        self.traces.append({"xaxis": _axis("x", row), "yaxis": _axis("y", row), **settings})

    def shaded(
        self, step: NDArray[np.float64], x: list[int], y: list[str], words: Words, hover: Words, *, size: int = SMALL,
        gap: int = 2,
    ) -> None:  # fmt: skip
        """Draw a table of shades with words in its cells.

        Parameters
        ----------
        step : ndarray, shape (rows, columns)
            0 to ``STEPS`` - 1, of the theme's sequential colours; NaN for no shade.
        x, y
            Of the columns and rows, the first row above.
        words, hover : callable
            From row and column to what stands in the cell, and to what is said when it is pointed at.
        size, gap : int
        """
        self.trace(
            type="heatmap", z=step, x=x, y=y, zmin=0, zmax=STEPS - 1, xgap=gap, ygap=gap, showscale=False,
            hoverinfo="skip",
        )  # fmt: skip
        cells = [(j, i) for j in range(len(y)) for i in range(len(x))]
        self.trace(
            type="scatter", mode="text", x=[x[i] for _, i in cells], y=[y[j] for j, _ in cells],
            text=[words(j, i) for j, i in cells],
            textfont={"size": size, "color": [BACKGROUND if step[j, i] >= LIGHT_TEXT_FROM else TEXT for j, i in cells]},
            hovertext=[hover(j, i) for j, i in cells], hoverinfo="text",
        )  # fmt: skip

    def note(
        self, text: str, x: Any, y: Any, *, row: int = 1, size: int = SMALL, colour: str = TEXT, **more: Any
    ) -> None:
        """Write words onto a row; ``xref`` and ``yref`` are the row's axes unless given.

        Parameters
        ----------
        text : str
            By :func:`as_text` where it comes from a file.
        x, y : number
        row, size, colour
        **more
            Of plotly's annotations; ``xdomain`` and ``ydomain`` for a place in shares of the row.
        """
        along = f"{_axis('x', row)} domain" if more.pop("xdomain", False) else _axis("x", row)
        up = f"{_axis('y', row)} domain" if more.pop("ydomain", False) else _axis("y", row)
        font = {"size": size, "color": colour}
        self.notes.append(
            {"text": text, "x": x, "y": y, "xref": along, "yref": up, "showarrow": False, "font": font} | more
        )

    def beside(self, text: str, x: Any, y: Any, *, size: int = SMALL, shift: int = 6, **more: Any) -> None:
        """Write words to the right of the last point, where the margin makes room for them whatever the screen.

        Parameters
        ----------
        text : str
            As of :meth:`note`.
        x, y : number
        size, shift : int
            Of the letters, and how far the words stand from the point, in pixels.
        **more
            As of :meth:`note`.
        """
        widest = max(len(_TAG.sub("", line)) for line in text.split("<br>"))
        self.right = max(self.right, shift + round(widest * size * _LETTER))
        self.note(text, x, y, size=size, xanchor="left", xshift=shift, **more)

    def band(self, first: float, last: float, fill: str, *, row: int = 1, edge: bool = False) -> None:
        """Shade, or frame, the columns from first to last over the whole height of a row."""
        self.shapes.append(
            {
                "type": "rect",
                "xref": _axis("x", row),
                "yref": f"{_axis('y', row)} domain",
                "x0": first - 0.5,
                "x1": last + 0.5,
                "y0": 0,
                "y1": 1,
                "fillcolor": fill,
                "layer": "above" if edge else "below",
                "line": {"width": 1.5 if edge else 0, "color": TEXT},
            }
        )

    def level(self, y: float) -> None:
        """Draw a dotted line at a height."""
        self.shapes.append(
            {
                "type": "line",
                "xref": "x domain",
                "yref": "y",
                "x0": 0,
                "x1": 1,
                "y0": y,
                "y1": y,
                "line": {"width": 1, "color": TEXT, "dash": "dot"},
            }
        )

    def figure(self, height: int, top: int, x: Mapping[str, Any], *y: Mapping[str, Any]) -> Settings:
        """Put it together, as plotly takes it; :mod:`pages.ui.chart.sent` has it checked.

        Parameters
        ----------
        height, top : int
            Pixels of the picture, and of its margin above.
        x : mapping
            Of the axis that all rows share; its ticks stand under the last.
        *y : mapping
            Of the axis of each row; one for all is enough.
        """
        ticks = {"size": SMALL, "color": TEXT}
        share = (1 - self.gap * (self.rows - 1)) / self.rows
        layout: dict[str, Any] = {
            "height": height,
            "margin": {"l": 4, "r": self.right, "t": top, "b": 4},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "font": {"size": NORMAL},
            "annotations": self.notes,
            "shapes": self.shapes,
        }
        for row in range(1, self.rows + 1):
            upper = 1 - (row - 1) * (share + self.gap)
            number = "" if row == 1 else str(row)
            layout["xaxis" + number] = {
                "anchor": _axis("y", row),
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
                "tickangle": 0,
                "ticks": "",
                "tickfont": ticks,
                "showticklabels": row == self.rows,
                **x,
            }
            layout["yaxis" + number] = {
                "anchor": _axis("x", row),
                "domain": [max(0.0, upper - share), upper],
                "fixedrange": True,
                "zeroline": False,
                "automargin": True,
                "ticks": "",
                "tickfont": ticks,
                **y[min(row, len(y)) - 1],
            }
        return {"data": self.traces, "layout": layout}


def marked(figure: Settings, *, left: bool = False) -> Settings:
    """Give a copy of a figure that says that its figures are simulated.

    Parameters
    ----------
    figure : dict
        Of :meth:`Drawing.figure`.
    left : bool
        The upper right corner is taken.
    """
    note = {
        "name": MARK,
        "text": "<b>SIMULATED</b>",
        "xref": "paper",
        "yref": "paper",
        "x": 0 if left else 1,
        "y": 1,
        "xanchor": "left" if left else "right",
        "yanchor": "bottom",
        "yshift": figure["layout"]["margin"]["t"] - 20,  # at the upper edge, above what stands on the plot
        "showarrow": False,
        "font": {"size": SMALL, "color": TEXT},
    }
    layout = figure["layout"]
    return {**figure, "layout": {**layout, "annotations": [*layout["annotations"], note]}}
