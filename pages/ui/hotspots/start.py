"""A problem that is started from the place that is selected on Hotspots."""

from __future__ import annotations

from geo.grid import grid_reference
from pages.ui.hotspots import choice
from pages.ui.hotspots.picture import Picture
from pages.ui.map.maps import Hit
from pages.ui.shell import problem_link
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters
from pages.ui.shell.problem_link import Start


def show(data: Dataset, chosen: Filters, picture: Picture) -> None:
    """Offer to start a problem on the selected place or cell, where the page of problems is listed."""
    here = choice.selected()
    if here is None:
        return
    found = start(chosen, picture, here)
    if found is not None:
        problem_link.offer(data, found, "hotspots")


def start(chosen: Filters, picture: Picture, here: Hit) -> Start | None:
    """Give what the form is filled in with; None where neither a place nor a cell is selected."""
    if here.kind == "cell":
        return Start(category=chosen.category, cells=(here.id,), names=(f"cell {here.id}",))
    for place in picture.places:
        if here == Hit("place", str(place.number)):
            grid = picture.grid
            cells = tuple(sorted(grid_reference(*grid.corners(place.cells))))
            return Start(title=place.title, category=chosen.category, cells=cells, names=(place.title,))
    return None
