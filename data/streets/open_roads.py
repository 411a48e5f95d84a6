"""Classes of roads, and the words that Ordnance Survey has for them."""

from __future__ import annotations

MOTORWAY, A_ROAD, B_ROAD, MINOR, LOCAL, ACCESS, PATH = range(7)
CLASSES = ("motorway", "A road", "B road", "minor road", "local street", "access road", "path")
# Words of road_function (Open Roads), type (Zoomstack) and classification (OpenMap Local), the first that is found;
# everything else is a local street.
_WORDS = (
    ("motorway", MOTORWAY),
    ("a road", A_ROAD),
    ("primary", A_ROAD),
    ("b road", B_ROAD),
    ("restricted", ACCESS),
    ("secondary access", ACCESS),
    ("private", ACCESS),
    ("minor", MINOR),
)


def road_class(text: str) -> int:
    """Class of a road by the publisher's words for its function."""
    words = text.lower()
    return next((found for part, found in _WORDS if part in words), LOCAL)
