"""An area file written out: what is known of the place, and all that is national, with nothing left for a default."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.place.national import LOCKDOWN, NIGHTS, NONE, OPERATIONS, SCHOOL, SEASONS, bank_holidays
from data.place.neighbours import District


@dataclass(frozen=True)
class Known:
    """What an area file says of a place.

    Attributes
    ----------
    name, code : str
    wards : mapping of code to name
    ward_file : str
        As the area file names it.
    ward_vintage : str
    kind, partnership : str
    forces, buffer_forces : tuple of str
        As data.police.uk calls them in its files' names.
    residents : mapping of ward code to int
        Empty where they are not known.
    residents_source : str
    districts : mapping of str to tuple of str
        Codes of wards by district, where there are several: they stand as parts of the area.
    neighbours : tuple of District
        Beside whom the area is shown; empty where there are none.
    neighbours_source : str
        Whose residents they are.
    notes : tuple of str
        What is not known, or was chosen; written at the head of the file.
    """

    name: str
    code: str
    wards: Mapping[str, str]
    ward_file: str
    ward_vintage: str
    kind: str = "area"
    partnership: str = ""
    forces: tuple[str, ...] = ()
    buffer_forces: tuple[str, ...] = ()
    residents: Mapping[str, int] = field(default_factory=dict)
    residents_source: str = ""
    districts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    neighbours: tuple[District, ...] = ()
    neighbours_source: str = ""
    notes: tuple[str, ...] = ()


def area_text(known: Known) -> str:
    """Write an area file.

    Parameters
    ----------
    known : Known

    Returns
    -------
    str
        TOML that :func:`data.place.area.load_area` reads without a note: nothing national is left for a default.
    """
    return "\n".join(_lines(known)) + "\n"


def layer_text(
    valid_from: str,
    ward_file: str,
    vintage: str,
    wards: Mapping[str, str],
    residents: Mapping[str, int],
    source: str,
    townships: Mapping[str, Sequence[str]],
) -> str:
    """Write a further ward layer, to stand at the end of an area file.

    Parameters
    ----------
    valid_from : str
        YYYY-MM-DD.
    ward_file, vintage : str
    wards : mapping of code to name
    residents : mapping of ward code to int
        Empty where they are not known.
    source : str
        Whose they are.
    townships : mapping of str to sequence of str
        Codes of wards by the part of the area.
    """
    lines = [
        *_table("ward_layers", {"valid_from": valid_from, "ward_file": ward_file, "ward_vintage": vintage}, many=True),
        *_table("ward_layers.wards", dict(sorted(wards.items()))),
    ]
    if residents:
        lines += _table("ward_layers.residents", {"source": source})
        lines += _table("ward_layers.residents.by_ward", dict(sorted(residents.items())))
    for name, codes in townships.items():
        lines += _table("ward_layers.townships", {"name": name, "wards": sorted(codes)}, many=True)
    return "\n".join(lines) + "\n"


def _lines(known: Known) -> Iterator[str]:
    yield "# What the dashboard knows of the place: correct what is wrong. What keys mean stands in docs/formats.md."
    yield from (f"# {_one_line(note)}" for note in known.notes)
    yield f"name = {_value(known.name)}"
    yield f"kind = {_value(known.kind)}                 # how sentences speak of it"
    yield f"partnership = {_value(known.partnership or known.name)}"
    yield f"code = {_value(known.code)}"
    yield f"ward_file = {_value(known.ward_file)}"
    yield f"ward_vintage = {_value(known.ward_vintage)}"
    yield "buffer_m = 1000                  # incidents this far outside are kept for the edges of maps"
    yield "cell_size_m = 200"
    yield 'time_zone = "Europe/London"'
    bank = bank_holidays(known.wards)
    if not bank:
        yield f"bank_holidays = {_value(NONE)}"
    yield from _table("contact", {"name": known.partnership or known.name})
    yield from _table("forces", {"area": list(known.forces), "buffer": list(known.buffer_forces)})
    if known.residents:
        yield from _table("residents", {"source": known.residents_source})
        yield from _table("residents.by_ward", dict(sorted(known.residents.items())))
    yield from _table("wards", dict(sorted(known.wards.items())))
    for name, wards in known.districts.items():
        yield from _table("townships", {"name": name, "wards": sorted(wards)}, many=True)
    if known.neighbours:
        yield "\n# Districts beside which the area is shown: those of its force. Add those of its city region by hand."
        yield from _table("comparison", {"source": known.neighbours_source})
        for one in known.neighbours:
            yield from _table("comparison.districts", _district(one), many=True)
    yield "\n# From here on, what is usual in England and Wales."
    yield from _tables("seasons", SEASONS)
    yield from _tables("operations", OPERATIONS)
    yield from _tables("nights", NIGHTS)
    if bank:
        yield from _table("bank_holidays", bank)
    yield "\n# No published term dates: python -m data terms FILE.csv takes them. Until then holidays are assumed, by:"
    yield from _table("school", {"pattern": SCHOOL["pattern"]})
    yield from _tables("school.holidays", SCHOOL["holidays"])
    yield "\n# COVID restrictions: breaches were often logged as ASB. Left out where a method says so."
    yield from _table("lockdown", LOCKDOWN)
    yield ""
    yield "# A target of the partnership's plan, once there is one:"
    yield "# [target]"
    yield '# category = "Anti-social behaviour"'
    yield "# change = -0.06                 # of the baseline: 6 % less"
    yield '# by = "2027/28"'
    yield ""
    yield "# What the plan says of the area among its neighbours; without categories it speaks of all crime:"
    yield "# [[claims]]"
    yield '# text = "the lowest levels of crime of all districts"'
    yield '# direction = "lowest"'
    yield '# source = "partnership plan"'


def _district(one: District) -> dict[str, Any]:
    known = {"name": one.name, "code": one.code, "force": one.force}
    people = {"residents": one.residents} if one.residents else {}
    return known | people | ({"formerly": list(one.called[1:])} if one.called[1:] else {})


def _tables(name: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for entry in entries:
        yield from _table(name, entry, many=True)


def _table(name: str, values: Mapping[str, Any], *, many: bool = False) -> Iterator[str]:
    yield f"\n[[{name}]]" if many else f"\n[{name}]"
    yield from (f"{key} = {_value(value)}" for key, value in values.items())


def _one_line(text: str) -> str:
    """Write what may come from a service as a comment: in one line, without characters that control."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _value(value: Any) -> str:
    """Texts, whole numbers, flags and lists of them are written alike in JSON and in TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
