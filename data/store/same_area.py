"""Whether a store is of an area: by whichever ward layer of it the incidents were given their wards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data.place.area import Area
from data.place.folders import STORE_VARIABLE
from data.place.ward_layers import tolerance_m
from data.store.manifest import AGAIN, SEVERAL, Layer, Manifest
from data.store.sums import store_damage
from geo.assign import assign_wards
from geo.errors import InputError


class AnotherAreaError(InputError):
    """A store that is of another area, or of another buffer."""


_STORED = ["easting_m", "northing_m", "ward_code"]


@dataclass(frozen=True)
class ImportLayer:
    """The ward layer by which a store was imported, and what the area file describes.

    Attributes
    ----------
    area, vintage, version : str
    buffer_m : float
    matches : bool
        Whether the store is of the area, by whichever of its layers.
    current : bool
        Whether it is one of the layers of the area file; otherwise wards are given anew by the stored points.
    others : tuple of str
        The layers of the area file in words, where it has several.
    """

    area: str
    vintage: str
    version: str
    buffer_m: float
    matches: bool
    current: bool = True
    others: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Tell a person."""
        told = [f"Ward layer: {self.area}, {self.vintage} (version {self.version}), buffer {self.buffer_m:g} m."]
        if not self.matches:
            told.append("  It is NOT the layer of the area file: import everything anew with --rebuild.")
        elif not self.current:
            told.append("  The area file has other wards of the same area: incidents get them by their points.")
        return told + [f"  In the area file: {one}." for one in self.others]


def check_layer(manifest: Manifest, area: Area, store: Path) -> None:
    """Refuse a store of another area or buffer. One that was imported by another ward layer of the area is none.

    Raises
    ------
    InputError
        Both are named.
    """
    if manifest.layer.among(area):
        return
    refuse = AnotherAreaError(
        f"the store was made for another area or ward layer: {manifest.layer}; the area file describes "
        f"{Layer.of(area)}",
        file=str(store),
        hint=f"Name another folder (--store or {STORE_VARIABLE}), or import everything anew with --rebuild.",
    )
    if (manifest.layer.code, manifest.layer.buffer_m) != (area.code, area.buffer_m):
        raise refuse
    _check_points(manifest, area, store, refuse)


def begun(manifest: Manifest | None, area: Area, store: Path) -> tuple[Manifest, Area]:
    """Give the state from which an import goes on, and the area with the layer by which it gives wards.

    Parameters
    ----------
    manifest : Manifest or None
        What is there.
    area : Area
    store : Path

    Returns
    -------
    Manifest
    Area
        With the layer of the earlier imports, where the area file still has it.

    Raises
    ------
    InputError
        As :func:`check_layer`.
    """
    if manifest is None:
        return Manifest(Layer.of(area)), area
    check_layer(manifest, area, store)
    same = area.with_version(manifest.layer.version)
    return (
        (manifest, same)
        if same is not None
        else (replace(manifest, layer=replace(Layer.of(area), version=SEVERAL)), area)
    )


def import_layer(manifest: Manifest, area: Area, store: Path) -> ImportLayer:
    """Describe the layer by which a store was imported.

    Raises
    ------
    InputError
        A file of the store is missing or damaged.
    """
    layer, matches = manifest.layer, True
    try:
        check_layer(manifest, area, store)
    except AnotherAreaError:
        matches = False
    others = tuple(area.with_layer(one.key).layer_words for one in area.layers)
    current = matches and layer.among(area)
    return ImportLayer(layer.area, layer.vintage, layer.version, layer.buffer_m, matches, current, others)


def _check_points(manifest: Manifest, area: Area, store: Path, refuse: InputError) -> None:
    """Refuse a store whose incidents lie in the area by the layer of their import, and not by that of the area.

    Parameters
    ----------
    manifest : Manifest
    area : Area
    store : Path
    refuse : InputError
        What is raised, with the distance added.

    Raises
    ------
    InputError
        A stored point lies inside by one layer and outside by the other, and further from the outline than two layers
        of one area may differ; or a file cannot be read. One that is missing or damaged is passed over.
    """
    damaged = store_damage(store, manifest).units
    try:
        parts = [
            pq.ParquetFile(store / unit.path).read(columns=_STORED)
            for key, unit in manifest.units.items()
            if key not in damaged
        ]
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"a file of the store is missing or damaged: {error}", file=str(store), hint=AGAIN) from error
    if not parts:
        return
    table = pa.concat_tables([part.set_column(2, "inside", part["ward_code"].is_valid()) for part in parts])
    x, y, was = (table[name].to_numpy() for name in ("easting_m", "northing_m", "inside"))
    now = assign_wards(x, y, area.wards, area.buffer_m) >= 0
    moved = was.astype(bool) != now
    if not moved.any():
        return
    edge = shapely.boundary(area.wards.outline)
    far = float(shapely.distance(shapely.points(x[moved], y[moved]), edge).max())
    if far > tolerance_m(area.buffer_m):
        raise AnotherAreaError(
            f"{refuse.message}: {int(moved.sum()):,} incidents lie inside by the one and outside by the other, up to "
            f"{far:,.0f} m from the outline",
            file=refuse.file,
            hint=refuse.hint,
        )
