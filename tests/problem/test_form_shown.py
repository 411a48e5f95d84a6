"""The files of a saved problem as its page offers them: from the store to the last byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from data.access.actor import MACHINE
from data.demo.dataset import make_demo
from data.place.area import Area
from data.plan.kept import Kept
from data.problem.problem import Problem, Where
from data.problem.problems import PROBLEMS
from data.store.schema import POLICE_UK
from data.zone.zones import ZONES
from pages.ui.map import lattice
from pages.ui.problem import form_cleared, form_files
from pages.ui.shell.cache import Dataset
from tests.problem import made_problem as made
from tests.problem.made_problem import SECRET
from tests.problem.test_form_cleared import texts_in

NOW = datetime(2025, 1, 3, 12, tzinfo=UTC)


def saved_in(area: Area, store: Path) -> tuple[Dataset, Kept[Problem]]:
    """The demonstration with a problem whose places are those of a closure."""
    demo = make_demo(area)
    data = Dataset(area, demo.incidents, demo.as_at, f"{demo.incidents.version}|shown", store, demo)
    store.mkdir()
    zone = ZONES.save(store, replace(made.closure(), simulated=True), NOW, actor=MACHINE)
    cells = tuple(sorted(list(lattice.references(data))[60:64]))
    where = Where(cells, (SECRET,), zone=zone.id, cell_size_m=200.0)
    problem = made.made_problem(title=f"Noise at {SECRET}", where=where, responses=(), source=POLICE_UK, simulated=True)
    return data, PROBLEMS.save(store, problem, NOW, actor=MACHINE)


def test_files_of_a_place_that_is_not_printed(area: Area, tmp_path: Path) -> None:
    data, saved = saved_in(area, tmp_path / "a store")
    pdf, word = form_files.files(data, saved)
    assert pdf.name == "knowsley-problem-2-noise-at-a-zone-that-is-not-printed-simulated.pdf"
    assert word.name.endswith("-simulated.docx")
    for one in (pdf, word):
        text = " ".join(texts_in(one.make()).split())
        assert SECRET not in text
        assert not any(cell in text for cell in saved.content.where.cells)
        assert "Source: simulated incidents." in text
        assert "it would tell which zone it is" in text


def test_nothing_later_than_the_month_that_is_known_is_counted(area: Area, tmp_path: Path) -> None:
    data, saved = saved_in(area, tmp_path / "a store")
    zones = form_cleared.zones_of(data.store)
    hidden = form_files.figures(data, form_cleared.cleared(saved, zones))
    assert hidden.squares is None
    assert not np.isfinite(hidden.line.counts).any()  # published counts would tell which cells they are of
    anywhere = replace(saved.content, where=replace(saved.content.where, zone=0))
    one = form_cleared.cleared(replace(saved, content=anywhere), zones)
    found = form_files.figures(data, one, pd.Period("2024-06", "M"))
    assert str(found.line.known) == "2024-06"
    assert found.squares is not None
    assert form_files.squares(data, replace(saved.content.where, cell_size_m=250.0)) is None
    whole = form_files.figures(data, one)
    shown = dict(zip(whole.line.months, whole.line.counts, strict=True))
    assert all(shown[month] == count for month, count in zip(found.line.months, found.line.counts, strict=True)
               if month <= found.line.known)  # fmt: skip
