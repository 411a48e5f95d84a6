"""Files of a saved problem: buttons that make them when pressed; they leave the dashboard without restricted zones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from data.feed.times import zone_of
from data.plan.kept import Kept
from data.problem.problem import Problem, Where
from pages.ui.map import lattice
from pages.ui.map.base_map import base_map_of
from pages.ui.paper.map import Squares
from pages.ui.problem import form_cleared, timeline_months
from pages.ui.problem.form import Figures
from pages.ui.problem.form_cleared import Cleared
from pages.ui.shell import downloads
from pages.ui.shell.cache import Dataset, cached, feed
from pages.ui.shell.choice import age_line

_PDF, _WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LEVEL, _MOST_OUTLINED = 2, 60
_NAME_LENGTH = 60


@dataclass(frozen=True)
class File:
    """A file that is made when its button is pressed."""

    label: str
    name: str
    mime: str
    make: Callable[[], bytes]


def show(data: Dataset, saved: Kept[Problem], as_at: pd.Period | None = None) -> None:
    """Draw the files of a saved problem: the two-page form to print and to go on writing.

    Parameters
    ----------
    data : Dataset
    saved : Kept of Problem
    as_at : Period, optional
        Nothing later is counted; by default the last month that is known.

    Raises
    ------
    InputError
        The file of plans, from which restricted zones are known, cannot be used.
    """
    with st.container(horizontal=True, gap="small", key=f"problem_files_{saved.id}"):
        for one in files(data, saved, as_at):
            st.download_button(
                one.label,
                one.make,
                file_name=one.name,
                mime=one.mime,
                key=f"problem_file_{saved.id}_{saved.revision}_{one.label}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )


def files(data: Dataset, saved: Kept[Problem], as_at: pd.Period | None = None) -> tuple[File, ...]:
    """Give the files of a saved problem, none made yet; arguments and errors as :func:`show`."""
    one = form_cleared.cleared(saved, form_cleared.zones_in(data))
    return (
        File("Form to print (PDF)", file_name(data, one, "pdf"), _PDF, partial(_pdf, data, saved, one, as_at)),
        File("Form to edit (Word)", file_name(data, one, "docx"), _WORD, partial(_word, data, saved, one, as_at)),
    )


def file_name(data: Dataset, one: Cleared, ending: str) -> str:
    """Name a file of a problem, such as ``area-problem-3-vehicle-nuisance.pdf``."""
    title = downloads.slug(one.problem.title)[:_NAME_LENGTH].strip("-")
    names = [downloads.slug(data.area.name), f"{'problem' if one.kept.id > 0 else 'example'}-{abs(one.kept.id)}", title]
    names += [downloads.SIMULATED] if one.problem.simulated else []
    return "-".join(name for name in names if name) + f".{ending}"


def figures(data: Dataset, one: Cleared, as_at: pd.Period | None = None) -> Figures:
    """Count what is drawn on the form, up to a month: by default the last that is known.

    Parameters
    ----------
    data : Dataset
    one : Cleared
    as_at : Period, optional
    """
    line = timeline_months.of(data, one.problem, as_at)
    version, age = data.incidents.version, age_line(data, as_at)
    if line.partner:
        version, age = feed(data, one.problem.source).version, ""
    return Figures(line, squares(data, one.problem.where), version, age)


def squares(data: Dataset, where: Where) -> Squares | None:
    """Give cells as they are drawn on the map; None where none lies in the area, or they are of another size."""
    at = cached(lattice.references, data)
    chosen = np.array([at[name] for name in where.cells if name in at], dtype=np.intp)
    if not len(chosen) or where.cell_size_m != data.area.cell_size_m:
        return None
    grid = cached(lattice.grid, data)
    east, north = grid.corners(grid.cells[chosen])
    outlined = len(chosen) <= _MOST_OUTLINED
    many = len(chosen)
    return Squares(east.tolist(), north.tolist(), [_LEVEL] * many, [outlined] * many, grid.cell_size_m)


def _when(data: Dataset, saved: Kept[Problem]) -> datetime:
    return saved.saved_at.astimezone(zone_of(data.area))


def _pdf(data: Dataset, saved: Kept[Problem], one: Cleared, as_at: pd.Period | None) -> bytes:
    from pages.ui.problem.form_pdf import problem_pdf  # draws with matplotlib, whose import takes long

    return problem_pdf(one, figures(data, one, as_at), data.area, base_map_of(data), when=_when(data, saved))


def _word(data: Dataset, saved: Kept[Problem], one: Cleared, as_at: pd.Period | None) -> bytes:
    from pages.ui.problem.form_word import problem_word

    return problem_word(one, figures(data, one, as_at), data.area, base_map_of(data), when=_when(data, saved))
