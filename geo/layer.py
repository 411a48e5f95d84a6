"""A layer of shapes as it was read: columns of values, shapes, and what the file says of itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

WHOLE = (
    "Get the whole layer: a portal's download of the file gives it, a query gives a page at a time (resultOffset, "
    "startIndex or its next link lead to the others), which have to be joined."
)


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer of shapes with everything that has to be checked before it is used.

    Attributes
    ----------
    file : str
        As messages name it; a member of an archive is ``archive.zip/member.shp``.
    columns : mapping of name to values, each of length n
    shapes : ndarray of shapely geometries, shape (n,)
        None where a feature has none, or one that cannot be read.
    problems : mapping of int to str
        What is wrong with the shape of a feature, by its place from 0: "has no geometry".
    crs : str or None
        Coordinate system in a form that pyproj reads.
    says_crs : bool
        Whether the file says it itself. GeoJSON is in degrees without a word.
    cut : str
        What in the file says that it is cut short; empty where nothing does.
    vintage, attribution : str
        As a layer of the project's own form says them.
    notes : tuple of str
        What was chosen on the way.
    """

    file: str
    columns: Mapping[str, Sequence[Any]]
    shapes: NDArray[np.object_]
    problems: Mapping[int, str] = field(default_factory=dict)
    crs: str | None = None
    says_crs: bool = False
    cut: str = ""
    vintage: str = ""
    attribution: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Give the number of features."""
        return len(self.shapes)

    def noted(self, *notes: str) -> Layer:
        """Give the same with more notes."""
        return replace(self, notes=(*self.notes, *(n for n in notes if n)))


def text_of(value: Any) -> str:
    """Write a value of a column as a person would: nothing for a missing one, 12 for 12.0."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip(" \t\r\n\u00a0")


def listed(words: Sequence[str], most: int = 10) -> str:
    """Write a list with an end: the first ones, and how many more there are."""
    shown, more = list(words[:most]), len(words) - most
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
