"""Whether a season has its own places in this area, measured on what is loaded; each for ``cached``."""

from __future__ import annotations

import pandas as pd

from analysis.common.refusal import Refusal
from analysis.when.season_places import SeasonPlaces, season_places
from analysis.when.ward_season import WARD_SEASONS, WardSeasons, area_ward_seasons
from data.place.area import Season
from pages.ui.map.lattice import known_cells
from pages.ui.shell.cache import Dataset, cached


def ward_effects(data: Dataset, category: str, as_at: pd.Period) -> WardSeasons | Refusal:
    """Compare the seasons of every ward with the rest of the area, up to the as-at month, or say why not."""
    try:
        return area_ward_seasons(data.incidents.up_to(as_at).of(category), data.area, category)
    except Refusal as refusal:
        return refusal


def places_of(data: Dataset, category: str, as_at: pd.Period, season: Season) -> SeasonPlaces:
    """Try on the stored seasons whether past ones would have said more about places than the year did."""
    wards = cached(ward_effects, data, category, as_at)
    own = None
    if not isinstance(wards, Refusal) and season.months in {one.months for one in WARD_SEASONS}:
        own = next((one for one in wards.seasons if one.season.months == season.months), None)
    return season_places(cached(known_cells, data, category, as_at), season, own)
