"""Streets that name the cells of the map: the same as one group of a table after another gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from analysis.where.places import is_generic, street_name
from data.place.area import Area
from data.store.schema import Incidents
from data.store.store import load
from pages.ui.map.lattice import streets
from pages.ui.shell.cache import Dataset


def by_groups(incidents: Incidents) -> tuple[tuple[str, float, float], ...]:
    """The slow way."""
    frame = incidents.in_area().frame
    points = frame.groupby(["location", "easting_m", "northing_m"], observed=True).size().reset_index(name="n")
    points["street"] = points["location"].astype("object").map(street_name)
    points = points[(points["street"] != "") & ~points["street"].map(is_generic)]
    rows = []
    for name, group in points.groupby("street"):
        e, n = group["easting_m"].to_numpy(), group["northing_m"].to_numpy()
        nearest = int(np.argmin((e - e.mean()) ** 2 + (n - n.mean()) ** 2))
        rows.append((-int(group["n"].sum()), str(name), float(e[nearest]), float(n[nearest])))
    return tuple((name, e, n) for _, name, e, n in sorted(rows))


def test_every_street_stands_where_its_group_says(short: Path, area: Area) -> None:
    incidents = load(short, area)
    data = Dataset(area, incidents, date(2025, 1, 15), "streets of the map", short)
    found = streets(data)
    assert len(found) > 100
    assert found == by_groups(incidents)
    assert streets(replace(data, incidents=replace(incidents, frame=incidents.frame.iloc[:0]))) == ()
