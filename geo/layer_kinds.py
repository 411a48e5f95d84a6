"""Which geography a code of the statistics offices names, told by how the code begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

WARD = re.compile(r"^(?:E05|W05|S13|N08)\d{6}$", re.ASCII)
_CODE = re.compile(r"^[EJKLNSW]\d{8}$", re.ASCII)
WARDS_BEGIN = "codes of wards begin with E05, W05, S13 or N08"
# Office for National Statistics, Register of Geographic Codes: the first three characters name the kind of place.
KINDS = {
    **dict.fromkeys(("E00", "W00", "S00", "N00"), "census output areas"),
    **dict.fromkeys(("E01", "W01"), "lower layer super output areas (LSOA)"),
    **dict.fromkeys(("S01", "N20"), "data zones"),
    **dict.fromkeys(("E02", "W02"), "middle layer super output areas (MSOA)"),
    "S02": "intermediate zones",
    "N21": "super data zones",
    **dict.fromkeys(("E04", "W04"), "parishes or communities"),
    **dict.fromkeys(("E06", "E07", "E08", "E09", "W06", "S12", "N09"), "local authorities"),
    **dict.fromkeys(("E10", "E11"), "counties"),
    **dict.fromkeys(("E12", "W10", "S17"), "regions"),
    **dict.fromkeys(("E14", "W07", "S14", "N05", "N06"), "parliamentary constituencies"),
    **dict.fromkeys(("W09", "S16"), "constituencies of a national parliament"),
    **dict.fromkeys(("E22", "W14"), "community safety partnerships"),
    **dict.fromkeys(("E23", "W15"), "police force areas"),
    "E31": "fire and rescue authorities",
    "E36": "census merged wards",
    "E47": "combined authorities",
    "E58": "county electoral divisions",
    "N10": "district electoral areas",
    **dict.fromkeys(("E92", "W92", "S92", "N92"), "countries"),
}


def tidy(code: str) -> str:
    """Write a code as published: no spaces around it, and in capitals where it is one of the statistics offices."""
    code = code.strip()
    return code.upper() if _CODE.match(code.upper()) else code


def is_ward(code: str) -> bool:
    """Whether it is the code of a ward or, in Wales, of an electoral division or ward."""
    return WARD.match(code) is not None


def is_code(code: str) -> bool:
    """Whether it has the form of any code of the statistics offices."""
    return _CODE.match(code) is not None


def kind_of(codes: Sequence[str]) -> str:
    """Name the kind of place that most of the codes are of; empty where most are no codes, or are those of wards."""
    named = Counter(_kind(code) for code in codes if code)
    if not named:
        return ""
    kind, count = named.most_common(1)[0]
    return kind if 2 * count > named.total() else ""


def _kind(code: str) -> str:
    if not is_code(code) or is_ward(code):
        return ""
    return KINDS.get(code[:3], f"places whose codes begin with {code[:3]}")
