"""Which incidents have a place that is known well enough to count in a cell, and the words for those that have not."""

from __future__ import annotations

from data.store.schema import Incidents


def for_cells(incidents: Incidents, cell_size_m: float) -> tuple[Incidents, str]:
    """Leave out incidents whose place is too coarse for cells, and say how many.

    Parameters
    ----------
    incidents : Incidents
    cell_size_m : float
        Metres.

    Returns
    -------
    Incidents
        Without those whose place is known to a square of more than a quarter of a cell.
    str
        A sentence; empty where none are left out.

    Notes
    -----
    Only dated feeds tell how exact a place is: rounded coordinates, grid references, postcodes. When it misleads:
    places that are told roughly may be others than those told exactly, such as homes.

    References
    ----------
    Of this project.
    """
    kept, coarse = incidents.placed(cell_size_m)
    if not coarse:
        return kept, ""
    return kept, (
        f"{coarse:,} of {len(incidents.frame):,} incidents have a place that is too coarse for cells of "
        f"{cell_size_m:g} m: they are left out of cells and places."
    )
