"""Names of stops: found on the street, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from analysis.where.stops import CellNames, landmark_words, on_these_days, stop_names
from data.place.area import Area
from data.store.schema import Incidents, conform


def test_no_two_stops_share_a_name(area: Area) -> None:
    grid = area.grid()
    cells = [int(cell) for cell in grid.cells[np.arange(6)]]
    hall = "Hall Drive"
    names = [
        CellNames((hall, "Mill Lane"), "", "Elm Road"),
        CellNames((hall,), "parking area", "Elm Road"),
        CellNames((hall,), "", "Elm Road"),
        CellNames(("Mill Lane", hall), "", "Elm Road"),
        CellNames((), "parking area", "Elm Road"),
        CellNames((), "", ""),
    ]
    said = stop_names(names, grid, cells)
    assert said[0] == "Hall Drive and Mill Lane"
    assert said[1] == "Hall Drive, towards Elm Road"
    assert said[2].startswith("Hall Drive, ")
    assert said[3] == "Mill Lane"
    assert said[4] == "Parking area near Elm Road"
    assert len({name.casefold() for name in said}) == len(said)
    assert stop_names(names, grid, cells, {cells[1]: "Bonfire site"})[1] == "Bonfire site"


def test_a_place_too_coarse_for_a_cell_is_not_counted_in_it(area: Area) -> None:
    grid = area.grid()
    x, y = grid.corners(grid.cells[:1])
    days = ["2022-10-31 20:00", "2023-10-31 20:00", "2023-11-01 20:00", "2023-12-01 20:00"]
    frame = conform(
        pd.DataFrame(
            {
                "incident_id": list("abcd"),
                "month": pd.PeriodIndex([day[:7] for day in days], freq="M"),
                "occurred_at": days,
                "easting_m": float(x[0]) + 50,
                "northing_m": float(y[0]) + 50,
                "precision_m": [np.nan, 10.0, 100.0, np.nan],
            }
        )
    )
    feed = Incidents(frame, pd.period_range("2022-10", "2023-12", freq="M"), "v", source="feed")
    window = date(2024, 10, 30), date(2024, 11, 2)
    assert on_these_days(feed, *window, grid, grid.cells[:2].tolist()) == (2, 0)
    all_coarse = replace(feed, frame=frame[frame["precision_m"] == 100])
    assert (feed.all_coarse(200), all_coarse.all_coarse(200), all_coarse.all_coarse(400)) == (False, True, False)


def test_what_a_stop_is_near_reads_as_words() -> None:
    assert landmark_words("park/open space") == "near a park or open space"
    assert landmark_words("airport/airfield") == "near an airport or airfield"
    assert landmark_words("") == ""
