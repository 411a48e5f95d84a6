"""The wards of a layer, given to incidents by their stored points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from data.place.area import Area
from data.store.schema import Incidents
from geo.assign import BUFFER, OUTSIDE, assign_wards


def in_wards(incidents: Incidents, area: Area) -> Incidents:
    """Give incidents the wards of an area, whatever wards they had.

    Parameters
    ----------
    incidents : Incidents
        With everything that is stored of a source, or was made.
    area : Area
        With the layer that is looked at.

    Returns
    -------
    Incidents
        The same with the ward of every point, null in the buffer; without those that lie beyond the buffer. The other
        columns are shared, not copied. In the same order, with the same version: it tells what was loaded.

    Notes
    -----
    In the area exactly what an import by this layer gives. Misleads at the outer rim of the buffer alone: where this
    layer's outline reaches further out than that of the layer of the import, incidents between the two rims were never
    stored. Outlines differ by :data:`data.place.ward_layers.OUTLINES_AGREE_M` at most.
    """
    frame = incidents.frame
    ward = assign_wards(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy(), area.wards, area.buffer_m)
    codes = pd.Index(list(area.wards.codes), dtype="str")
    wards = pd.Categorical.from_codes(np.maximum(ward, BUFFER), categories=codes)
    frame = frame.assign(ward_code=wards)
    kept = ward != OUTSIDE
    return replace(incidents, frame=frame if kept.all() else frame[kept].reset_index(drop=True))
