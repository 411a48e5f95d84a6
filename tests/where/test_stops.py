"""Names of stops: found on the street, and never twice."""

from __future__ import annotations

import numpy as np

from analysis.where.stops import CellNames, landmark_words, stop_names
from data.place.area import Area


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


def test_what_a_stop_is_near_reads_as_words() -> None:
    assert landmark_words("park/open space") == "near a park or open space"
    assert landmark_words("airport/airfield") == "near an airport or airfield"
    assert landmark_words("") == ""
