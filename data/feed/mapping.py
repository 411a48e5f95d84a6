"""Which column of a partner's file is what: confirmed by a person once, remembered for the feed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from data.feed.dates import time_text
from data.kinds.crime_types import ASB, CATEGORIES
from data.store.collected_errors import collect
from geo.aside import DEVICES
from geo.errors import InputError

# What a column can be mapped to, with the words for a person. Nothing else of a file is ever kept.
TARGETS: dict[str, str] = {
    "start": "Date and time, or date (of the start, where it is an interval)",
    "start_time": "Time of day, where it has a column of its own",
    "end": "End of the interval: date and time, or date",
    "end_time": "End of the interval: time of day, where it has a column of its own",
    "easting": "Easting in metres (British National Grid)",
    "northing": "Northing in metres (British National Grid)",
    "longitude": "Longitude in degrees (WGS84)",
    "latitude": "Latitude in degrees (WGS84)",
    "point": "Place in one column: two coordinates, WKT or GeoJSON, or a National Grid reference",
    "postcode": "Postcode, for the place only: the centre of its unit (the text is never kept)",
    "reference": "Reference number, unlike any other in the feed",
    "category": "Kind of incident (crime type)",
    "asb_type": "National ASB type",
    "subcategory": "Kind of ASB or fire, as the partnership's plan names them",
    "location": "Street name (never an address)",
    "count": "Number of incidents that the row stands for",
}
ASB_TYPES = ("personal", "nuisance", "environmental")
FIRES = "deliberate secondary fires"
# The kinds that the plan names; then those of the national standard and of fire statistics that it lacks.
KINDS: tuple[str, ...] = (
    "misuse of fireworks",
    "rowdy or nuisance neighbour",
    "littering and drugs paraphernalia",
    "street drinking",
    "trespass",
    "nuisance calls",
    "noise",
    "rowdy and inconsiderate behaviour",
    "vehicle nuisance",
    FIRES,
    "abandoned vehicles",
    "animal problems",
    "begging or vagrancy",
    "graffiti",
    "prostitution related activity",
    "fires",
    "primary fires",
    "secondary fires",
    "chimney fires",
    "deliberate fires",
    "deliberate primary fires",
    "accidental fires",
)
VALUED: dict[str, tuple[str, ...]] = {"category": CATEGORIES, "asb_type": ASB_TYPES, "subcategory": KINDS}
LEFT_OUT = "leave out"  # what a word for a kind is mapped to whose rows are not wanted
LEAVES_OUT = ("category", "subcategory")  # whose words may be left out
# What a row stands for: one incident, one of several rows of an incident, a number of incidents.
INCIDENTS, PARTS, COUNTS, NOT_SAID = "incidents", "parts", "counts", "not said"
ROWS_ARE = ("", INCIDENTS, PARTS, COUNTS, NOT_SAID)
LOCAL, AS_LABELLED = "local", "as labelled"
RESERVED = frozenset({"police-uk", "demonstration", "demonstration-feed"}) | DEVICES
_NAMED = "the name of the feed"  # where an error is
_LONGEST_NAME = 40
_WORDS = {"asb": ASB} | {name.casefold(): name for names in VALUED.values() for name in names}


@dataclass(frozen=True)
class FeedMapping:
    """What the columns and values of a feed mean.

    Attributes
    ----------
    columns : mapping of str to str
        Column of the file by what it is (:data:`TARGETS`).
    category, asb_type, subcategory : str
        The same for every row, where no column is mapped to it; empty for none.
    words : mapping of str to mapping
        For ``category``, ``asb_type`` and ``subcategory``: ours by the words of the file. Words that are not in it
        stay unmapped; a row with such a word as its kind of incident is rejected, one with it as its ASB type or
        subcategory has none. ``"leave out"`` as a category or subcategory puts the rows aside.
    day_first : bool or None
        31/10/2024 (True) or 10/31/2024 (False); None lets the column decide.
    labelled_times : str
        What times with a label such as ``+00:00`` are: ``"local"`` (the label is wrong), ``"as labelled"``, or empty
        (not said).
    midnight_unknown : bool
        00:00 stands for a time that is not known.
    unknown_times : tuple of str
        Other times of day that do: ``12:00``, ``00:01``, ``23:59``; ``24:00`` where it is written so.
    sheet : str
        Of a workbook; empty for those that read alike.
    rows_are : str
        What a row stands for: ``"incidents"`` (one each), ``"parts"`` (rows of one reference number are one incident)
        or ``"counts"`` (as many as its ``count`` column says). ``"not said"`` is refused until somebody says it. Empty,
        in mappings from before this was asked, is one each.
    """

    columns: AnyMapping[str, str] = field(default_factory=dict)
    category: str = ""
    asb_type: str = ""
    subcategory: str = ""
    words: AnyMapping[str, AnyMapping[str, str]] = field(default_factory=dict)
    day_first: bool | None = None
    labelled_times: str = ""
    midnight_unknown: bool = False
    unknown_times: tuple[str, ...] = ()
    sheet: str = ""
    rows_are: str = ""

    @property
    def mapped(self) -> tuple[str, ...]:
        """Columns of the file that are kept, in the order of the targets."""
        return tuple(dict.fromkeys(self.columns[target] for target in TARGETS if self.columns.get(target)))

    @property
    def unknown_seconds(self) -> frozenset[int]:
        """Seconds of the day that stand for a time that is not known.

        Raises
        ------
        InputError
            One of them is no time of day.
        """
        found = {0} if self.midnight_unknown else set()
        for text in self.unknown_times:
            at = time_text(text.strip())
            if at is None or at[1] is not None:
                raise InputError("this is no time of day", column="unknown_times", value=text, hint="Such as 12:00.")
            found.add(at[0])
        return frozenset(found)

    def to_json(self) -> dict[str, Any]:
        """Plain values; :func:`mapping_from_json` reads them back."""
        plain: dict[str, Any] = asdict(self)
        return {key: value for key, value in plain.items() if value not in ("", None, False, {}, ())} | (
            {"day_first": self.day_first} if self.day_first is not None else {}
        )


def mapping_from_json(raw: object, where: str = "mapping") -> FeedMapping:
    """Check a mapping that came from a file or from a person.

    Parameters
    ----------
    raw : object
        As :meth:`FeedMapping.to_json` gives it.
    where : str
        What to call it in messages.

    Returns
    -------
    FeedMapping

    Raises
    ------
    InputError
        Every key, target or value that does not exist, with those that do.
    """
    if not isinstance(raw, dict):
        raise InputError("a mapping is a table of columns and options", file=where, hint='{"columns": {"start": ...}}')
    known = {each.name for each in fields(FeedMapping)}
    with collect() as problems:
        for key in raw.keys() - known:
            problems.add(_wrong("there is no such option", where, str(key), None, sorted(known)))
        columns = _texts(raw, "columns", where, problems)
        for target in columns.keys() - TARGETS.keys():
            problems.add(_wrong("there is nothing of this name to map to", where, "columns", target, TARGETS))
        values = raw.get("words", {})
        if not isinstance(values, dict) or not all(isinstance(table, dict) for table in values.values()):
            problems.add(_wrong("values are mapped in a table for each of", where, "words", str(values), VALUED))
            values = {}
        tables: dict[str, dict[str, str]] = {}
        for target, table in values.items():
            if target not in VALUED:
                problems.add(_wrong("values of this are not mapped", where, "words", str(target), VALUED))
                continue
            allowed = (*VALUED[target], LEFT_OUT) if target in LEAVES_OUT else VALUED[target]
            tables[target] = {
                str(theirs): _one_of(ours, allowed, where, f"words.{target}", problems)
                for theirs, ours in table.items()
            }
        single = {target: _one_of(raw.get(target, ""), VALUED[target], where, target, problems) for target in VALUED}
        day_first, midnight = raw.get("day_first"), raw.get("midnight_unknown", False)
        unknown = _clocks(raw.get("unknown_times", ()), where, problems)
        labelled, sheet = raw.get("labelled_times", ""), raw.get("sheet", "")
        rows_are = raw.get("rows_are", "")
        for name, value, right in (
            ("day_first", day_first, day_first in (None, True, False)),
            (
                "midnight_unknown",
                raw.get("midnight_unknown", False),
                raw.get("midnight_unknown", False) in (True, False),
            ),
            (
                "labelled_times",
                raw.get("labelled_times", ""),
                raw.get("labelled_times", "") in ("", LOCAL, AS_LABELLED),
            ),
            ("sheet", raw.get("sheet", ""), isinstance(raw.get("sheet", ""), str)),
            ("rows_are", rows_are, rows_are in ROWS_ARE),
        ):
            if not right:
                allowed = {"labelled_times": (LOCAL, AS_LABELLED), "rows_are": ROWS_ARE[1:]}.get(
                    name, ("true", "false")
                )
                problems.add(_wrong("this is none of its values", where, name, str(value), allowed))
    return FeedMapping(
        columns=columns,
        words={target: table for target, table in tables.items() if table},
        day_first=day_first,
        labelled_times=labelled,
        midnight_unknown=bool(midnight),
        unknown_times=unknown,
        sheet=sheet,
        rows_are=rows_are,
        **single,
    )


def _texts(raw: dict[str, Any], key: str, where: str, problems: Any) -> dict[str, str]:
    table = raw.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        problems.add(
            InputError(
                "names of columns are text, by what they are mapped to",
                file=where,
                column=key,
                hint='{"columns": {"start": "Date"}}',
            )
        )
        return {}
    return {str(name): value for name, value in table.items() if value}


def _clocks(value: object, where: str, problems: Any) -> tuple[str, ...]:
    """Check a list of times of day."""
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        problems.add(InputError("this is a list of times", file=where, column="unknown_times", hint='["12:00"]'))
        return ()
    for text in value:
        if (at := time_text(text.strip())) is None or at[1] is not None:
            problems.add(_wrong("this is no time of day", where, "unknown_times", text, ("12:00", "00:01", "24:00")))
    return tuple(text.strip() for text in value)


def _one_of(value: object, allowed: tuple[str, ...], where: str, key: str, problems: Any) -> str:
    """Ours, however it is written; empty for none."""
    if value in ("", None):
        return ""
    text = str(value).strip()
    found = text if text in allowed else _WORDS.get(text.casefold(), "")
    if found not in allowed:
        problems.add(_wrong("this is not among what it can be", where, key, text, allowed))
        return ""
    return found


def _wrong(message: str, where: str, column: str, value: str | None, allowed: Any) -> InputError:
    return InputError(message, file=where, column=column, value=value, hint=f"One of: {', '.join(allowed)}")


def read_mapping(path: Path) -> FeedMapping:
    """Read a mapping from a file of JSON or TOML.

    Raises
    ------
    InputError
        It cannot be read, is neither, or says something that does not exist.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"the mapping cannot be read: {error}", file=str(path), hint="JSON, or TOML by name."
        ) from error
    return mapping_from_json(raw, str(path))


def feed_slug(name: str) -> str:
    """Name of a feed in the store, from what a person calls it: "Fire service" is fire-service.

    Raises
    ------
    InputError
        Nothing is left of it, it is too long, or it is the name of something else.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not slug:
        raise InputError(
            "it has to hold letters or digits", file=_NAMED, value=name, hint="Call it such as fire-service-fires."
        )
    if len(slug) > _LONGEST_NAME:
        raise InputError(f"it has at most {_LONGEST_NAME} letters", file=_NAMED, value=name, hint="Shorten it.")
    if slug in RESERVED:
        raise InputError(
            "this is the name of something else",
            file=_NAMED,
            value=name,
            hint="Name the feed after who records it and what it holds, such as fire-service-fires.",
        )
    return slug
