"""Where published points lie: easting, northing and ward, each distinct point looked up once in an import."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.place.area import Area
from geo.assign import OUTSIDE, assign_wards
from geo.crs import to_bng, to_wgs84

DECIMALS = 6  # of a metre: the same point is the same number on every machine, and stays on its side of a cell line
_MARGIN = 0.002  # degrees added to the box that sorts out what is far away, against rounding


class Locator:
    """Looks points up for one area and remembers them.

    Published points are a fixed list, so that the files of many months ask for the same few thousand.
    """

    def __init__(self, area: Area) -> None:
        self._area = area
        west, south, east, north = area.wards.outline.bounds
        far = area.buffer_m
        box = shapely.box(west - far, south - far, east + far, north + far)
        ring = shapely.segmentize(box.exterior, 1000.0)
        lon, lat = to_wgs84(*shapely.get_coordinates(ring).T)
        self._box = (lon.min() - _MARGIN, lat.min() - _MARGIN, lon.max() + _MARGIN, lat.max() + _MARGIN)
        self._index = pd.Index(np.empty(0, dtype=np.complex128))
        self._place = np.empty((0, 2))
        self._ward = np.empty(0, dtype=np.int16)

    def __call__(
        self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int16]]:
        """Easting and northing in metres, and the ward as :func:`geo.assign.assign_wards` gives it.

        Parameters
        ----------
        longitude, latitude : ndarray, shape (n,)
            Degrees, finite.

        Returns
        -------
        easting_m, northing_m : ndarray, shape (n,)
            Not finite for points that are far away.
        ward : ndarray of int16, shape (n,)
        """
        west, south, east, north = self._box
        near = np.flatnonzero((longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north))
        keys = longitude[near] + 1j * latitude[near]
        found = self._index.get_indexer(pd.Index(keys))
        if (found < 0).any():
            self._learn(pd.unique(keys[found < 0]))
            found = self._index.get_indexer(pd.Index(keys))
        place = np.full((len(longitude), 2), np.nan)
        ward = np.full(len(longitude), OUTSIDE, dtype=np.int16)
        place[near] = self._place[found]
        ward[near] = self._ward[found]
        return place[:, 0], place[:, 1], ward

    def _learn(self, keys: NDArray[np.complex128]) -> None:
        east, north = (np.round(values, DECIMALS) for values in to_bng(keys.real, keys.imag))
        ward = assign_wards(east, north, self._area.wards, self._area.buffer_m)
        self._index = pd.Index(np.concatenate([self._index.to_numpy(), keys]))
        self._place = np.concatenate([self._place, np.column_stack([east, north])])
        self._ward = np.concatenate([self._ward, ward])
