"""Cells ranked by expected incidents and joined into places; each for ``cached``."""

from __future__ import annotations

import pandas as pd

from analysis.ahead.volume import ExpectedVolume, expected_month
from analysis.where.hotspots import Ranking, rank_counted
from analysis.where.places import Place, enough, find_places
from pages.ui.map.lattice import known_cells
from pages.ui.shell.cache import Dataset, cached


def volume(data: Dataset, category: str, as_at: pd.Period, season: str) -> ExpectedVolume:
    """How many incidents the next month brings, or a month of the season."""
    known = data.incidents.up_to(as_at).of(category)
    return expected_month(known, data.area, category, data.area.season(season) if season else None)


def ranking(data: Dataset, category: str, as_at: pd.Period, season: str) -> Ranking:
    """Cells by expected incidents in a month, of the season where one is chosen."""
    total = cached(volume, data, category, as_at, season).monthly
    return rank_counted(cached(known_cells, data, category, as_at), expected_total=total)


def every_place(data: Dataset, category: str, as_at: pd.Period, season: str, share: float) -> tuple[Place, ...]:
    """Places of the whole area, most expected incidents first, also those with too few incidents to rank."""
    known = data.incidents.up_to(as_at).of(category)
    return find_places(cached(ranking, data, category, as_at, season), known, data.area, share)


def places(data: Dataset, category: str, as_at: pd.Period, season: str, share: float) -> tuple[Place, ...]:
    """Places of the whole area with incidents enough to be ranked, most expected incidents first."""
    return enough(cached(every_place, data, category, as_at, season, share))
