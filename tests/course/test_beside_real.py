"""Do the intervals and orders of districts hold in the year after: on every month from which that is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.course.beside import HIGHER, LOWER, Beside, beside
from analysis.course.districts import Districts, district_series
from data.kinds.changes import EVERY
from data.kinds.crime_types import CATEGORIES
from data.place.area import Area
from data.place.neighbours import CRIME, neighbours_of
from data.store.force_counts import force_counts

ASKED = {"all": EVERY, "crime": CRIME} | {category: (category,) for category in CATEGORIES}


def after(found: Districts, said: Beside, year: pd.PeriodIndex) -> tuple[list[bool], list[bool]]:
    """Which rates of the next year lie in their interval but for what all did, and which orders called clear held."""
    table = said.table.set_index("district")
    people = found.residents.reindex(table.index).to_numpy(dtype=float)
    counts = found.series.loc[year, list(table.index)].sum().to_numpy(dtype=float)
    now, later = (np.log(np.maximum(one, 0.5) / people) for one in (table["count"].to_numpy(), counts))
    common = float((later - now).mean())
    low, high = (np.log(table[name].to_numpy() / 1000) for name in ("low", "high"))
    inside = (later - common >= low) & (later - common <= high)
    held = []
    for side, sign in ((LOWER, -1), (HIGHER, 1)):
        rows = np.flatnonzero(table["against"] == side)
        own = int(np.flatnonzero(table["own"])[0])
        held += [bool(sign * (later[row] - later[own]) > 0) for row in rows]
    return inside.tolist(), held


@pytest.mark.long
def test_what_is_said_of_a_year_holds_in_the_next(real_store: Path, area: Area) -> None:
    neighbours = neighbours_of(area)
    assert neighbours is not None
    counts = force_counts(real_store, area, neighbours.forces)
    months = pd.PeriodIndex(counts.months["merseyside"], freq="M")
    lines, inside_all, held_all = [], [], []
    for name, categories in ASKED.items():
        inside: list[bool] = []
        held: list[bool] = []
        for end in months:
            year = pd.period_range(end + 1, end + 12, freq="M")
            if not (year.isin(months).all() and pd.period_range(end - 11, end, freq="M").isin(months).all()):
                continue
            found = district_series(counts, neighbours, area, months, categories, months[-1])
            known = district_series(counts, neighbours, area, months, categories, end)
            said = beside(known, name)
            if said.spread.known:
                one, orders = after(found, said, year)
                inside, held = inside + one, held + orders
        lines.append(
            f"{name}: {np.mean(inside):.3f} of {len(inside)} rates in their interval, "
            f"{np.mean(held) if held else np.nan:.3f} of {len(held)} orders called clear held"
        )
        inside_all, held_all = inside_all + inside, held_all + held
    lines.append(
        f"together: {np.mean(inside_all):.3f} of {len(inside_all)} and {np.mean(held_all):.3f} of {len(held_all)}"
    )
    print("\n" + "\n".join(lines))
    assert np.mean(inside_all) >= 0.93
    assert np.mean(held_all) >= 0.95
