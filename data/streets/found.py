"""What the files of open data hold of an area, before it is cut and joined; the same from several files as from one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

ROADS = "roads"
ODBL, OGL = "ODbL", "OGL"
ATTRIBUTIONS = {
    ODBL: "© OpenStreetMap contributors",  # openstreetmap.org/copyright
    OGL: "Contains OS data © Crown copyright and database right {year}",
}
COLUMNS = ("layer", "class", "kind", "name", "number", "id", "drawn", "foot", "geometry")


@dataclass(frozen=True, eq=False)
class Found:
    """What was read.

    Attributes
    ----------
    frame : DataFrame
        One row a feature: layer (of ``data.streets.base_map.LAYERS``), class (of a road, else -1), kind (of what is no
        road, else ""), name, number ("" where there is none), id (its publisher's, "" where there is none), drawn
        (whether it belongs on a picture), foot (whether one may walk along it), geometry (EPSG:27700; lines of roads
        share a point where roads join).
    products : tuple of str
    licences : tuple of str
        ``ODBL``, ``OGL``.
    year : int
        Of the last change that a file under OGL states, 0 where there is none.
    """

    frame: pd.DataFrame
    products: tuple[str, ...]
    licences: tuple[str, ...]
    year: int

    @property
    def source(self) -> str:
        """Products, in words."""
        return " and ".join(self.products)

    def attribution(self, year: int | None = None) -> str:
        """Say what has to stand under every map; ``year`` in the place of the file's."""
        told = [ATTRIBUTIONS[licence].format(year=year or self.year) for licence in (ODBL, OGL)]
        return "; ".join(text for licence, text in zip((ODBL, OGL), told, strict=True) if licence in self.licences)


def merged(found: Sequence[Found]) -> Found:
    """Put what several files hold together; what lies in two of them is there once.

    Parameters
    ----------
    found : sequence of Found
        At least one.

    Returns
    -------
    Found
        In one order, whatever that of the files. A feature that each of two files has a part of is the union of both.

    Notes
    -----
    When it misleads: files of two publishers that cover the same ground give every road twice, side by side.
    """
    frame = pd.concat([each.frame for each in found], ignore_index=True)
    frame["wkb"] = shapely.to_wkb(shapely.normalize(frame["geometry"].to_numpy(dtype=object)))
    keys = ["layer", "class", "kind", "name", "number", "id", "wkb"]
    frame = frame.sort_values(keys, kind="stable", ignore_index=True)
    frame = frame.drop_duplicates(keys, ignore_index=True)
    if len(found) > 1:
        frame = _one_of_each(frame)
    products = tuple(sorted({name for each in found for name in each.products}))
    licences = tuple(sorted({name for each in found for name in each.licences}))
    return Found(frame[list(COLUMNS)], products, licences, max(each.year for each in found))


def _one_of_each(frame: pd.DataFrame) -> pd.DataFrame:
    """Unite parts of one feature: files end at an edge, and a feature may be cut there."""
    own = frame["id"] != ""
    again = own & frame.duplicated(["layer", "id"], keep=False)
    if not again.any():
        return frame
    rows = []
    for _, group in frame[again].groupby(["layer", "id"], sort=True):
        row = group.iloc[0].copy()
        whole = shapely.union_all(group["geometry"].to_numpy(dtype=object))
        row["geometry"] = shapely.line_merge(whole) if shapely.get_dimensions(whole) == 1 else whole
        rows.append(row)
    return pd.concat([frame[~again], pd.DataFrame(rows)], ignore_index=True)


def rows(
    layer: str,
    geometry: object,
    *,
    kinds: Sequence[str] | None = None,
    classes: object = -1,
    names: Sequence[str] | None = None,
    numbers: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
    drawn: object = True,
    foot: object = True,
) -> pd.DataFrame:
    """Make rows of one layer; what is not given is empty."""
    lines = np.asarray(geometry, dtype=object)
    empty = [""] * len(lines)
    frame = pd.DataFrame(
        {
            "layer": layer,
            "class": classes,
            "kind": kinds if kinds is not None else empty,
            "name": names if names is not None else empty,
            "number": numbers if numbers is not None else empty,
            "id": ids if ids is not None else empty,
            "drawn": drawn,
            "foot": foot,
        },
        index=range(len(lines)),
    )
    frame["geometry"] = lines
    return frame


def text(values: object) -> list[str]:
    """Words of a column with single spaces; "" where there is none."""
    return [" ".join(value.split()) if isinstance(value, str) else "" for value in values]  # type: ignore[attr-defined]
