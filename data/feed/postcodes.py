"""Postcodes as places: a local file of their units, read once, of which the area's are kept beside the incidents."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.feed.postcode_text import is_part, postcode_of
from data.feed.reasons import ENDED_POSTCODE, NO_POSTCODE, PART_POSTCODE, UNKNOWN_POSTCODE, Reject
from data.place.area import Area
from data.store.checks import NO_LOCATION, month_ordinal
from data.store.inputs import cannot_read, open_regular
from data.store.store import write_whole
from geo.assign import OUTSIDE, assign_wards
from geo.errors import InputError

POSTCODES = "postcodes.parquet"
FORMAT = 1
PRECISION_M = 100.0  # neither file tells how far a unit reaches; its centre is taken for no finer than this
OS, ONS = "OS Code-Point Open", "ONS postcode file"
WHERE = (
    "Get OS Code-Point Open (CSV, from osdatahub.os.uk) or the ONS Postcode Directory (from "
    "geoportal.statistics.gov.uk) and load it: python -m data postcodes FILE. Both are free of charge."
)
_KEY = b"postcodes"
_MOST_BYTES = 4 << 30  # of a member, inflated; the ONS directory has 1.5 GB
_MOST_ROWS = 5_000_000
_MONTH = re.compile(r"\d{4}(?:0[1-9]|1[0-2])", re.ASCII)
_OS_COLUMNS = 10  # without a header: postcode, quality, easting, northing and six codes
_ONS = {  # names of columns in small letters; some editions of the directory leave "os" away
    "postcode": re.compile("pcds"),
    "east": re.compile("(?:os)?east1m"),
    "north": re.compile("(?:os)?nrth1m|north1m"),
    "ended": re.compile("doterm"),
}
_NEEDED = {"postcode", "east", "north"}
_NO_END = 1 << 30


@dataclass(frozen=True, eq=False)
class Postcodes:
    """Postcode units around an area.

    Attributes
    ----------
    places : mapping of str to (easting_m, northing_m, ended)
        Units in the area and its buffer by postcode; ``ended`` is the last month counted from January 1970.
    elsewhere : frozenset of str
        Postcodes of the same districts that lie further away, and all other districts of the file.
    source : str
        Product and name of the file.
    """

    places: dict[str, tuple[float, float, int]] = field(repr=False)
    elsewhere: frozenset[str] = field(repr=False)
    source: str


@dataclass(frozen=True)
class PostcodeReport:
    """What was read and kept of a postcode file."""

    name: str
    product: str
    read: int
    kept: int
    ended: int
    placeless: int
    districts: int

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {"ok": True, **asdict(self)}

    def text(self) -> list[str]:
        """Tell a person."""
        return [
            f"{self.name}: {self.product}, {self.read:,} postcodes in {self.districts:,} districts read.",
            f"  {self.kept:,} in the area and its buffer kept with their place, {self.ended:,} of them out of use.",
            f"  {self.placeless:,} without a place were left out.",
        ]


def import_postcodes(path: Path, store: Path, area: Area) -> PostcodeReport:
    """Read a postcode file and keep what an area needs of it.

    Parameters
    ----------
    path : Path
        OS Code-Point Open as it comes (a zip of CSV files without header), one of its CSV files, or the CSV of an ONS
        postcode directory (ONSPD or NSPL), alone or in its zip.
    store : Path
    area : Area

    Raises
    ------
    InputError
        No such file, none of these products, damaged, or nothing of it lies here.
    """
    here: dict[str, tuple[float, float, int]] = {}
    away: list[str] = []
    districts: set[str] = set()
    read = placeless = 0
    products: set[str] = set()
    west, south, east, north = area.wards.outline.bounds
    far = area.buffer_m
    for product, text, x, y, ended in _units(path):
        read += 1
        products.add(product)
        if read > _MOST_ROWS:
            raise InputError(
                "the postcode file has too many rows",
                file=path.name,
                hint="Give the directory of one country, or of one postcode area.",
            )
        district = text.partition(" ")[0]
        districts.add(district)
        if x <= 0 or y <= 0:
            placeless += 1
        elif west - far <= x <= east + far and south - far <= y <= north + far:
            here[text] = (x, y, ended)
        else:
            away.append(text)
    ward = assign_wards(
        np.array([place[0] for place in here.values()], dtype=float),
        np.array([place[1] for place in here.values()], dtype=float),
        area.wards,
        far,
    )
    kept = {text: place for (text, place), w in zip(here.items(), ward.tolist(), strict=True) if w != OUTSIDE}
    if not kept:
        raise InputError(
            f"not one of its {read:,} postcodes lies in {area.name} or within {far:g} m of it",
            file=path.name,
            hint="Is it the file of another area? " + WHERE,
        )
    near = {text.partition(" ")[0] for text in kept}
    elsewhere = {text for text in [*away, *here] if text not in kept and text.partition(" ")[0] in near}
    elsewhere |= districts - near
    product = sorted(products)[0]
    _write(store, area, kept, sorted(elsewhere), f"{product} ({path.name})")
    ended = sum(place[2] < _NO_END for place in kept.values())
    return PostcodeReport(path.name, product, read, len(kept), ended, placeless, len(districts))


def _write(
    store: Path, area: Area, kept: dict[str, tuple[float, float, int]], elsewhere: Sequence[str], source: str
) -> None:
    texts = sorted(kept)
    places = [kept[text] for text in texts]
    more = len(elsewhere)
    table = pa.table(
        {
            "postcode": pa.array([*texts, *elsewhere], pa.string()),
            "easting_m": pa.array([*(p[0] for p in places), *[None] * more], pa.float64()),
            "northing_m": pa.array([*(p[1] for p in places), *[None] * more], pa.float64()),
            "ended": pa.array([*(p[2] if p[2] < _NO_END else None for p in places), *[None] * more], pa.int32()),
        }
    ).replace_schema_metadata({_KEY: f"{FORMAT}|{_layer(area.wards.version, area)}|{source}".encode()})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    write_whole(store / POSTCODES, buffer.getvalue())


def read_postcodes(store: Path, area: Area) -> Postcodes | None:
    """Give the postcodes of a store; None where none were loaded for this area.

    Raises
    ------
    InputError
        The file of the store is damaged.
    """
    path = store / POSTCODES
    try:
        table = pq.ParquetFile(path).read(use_threads=False)
        said = table.schema.metadata[_KEY].decode().split("|", 2)
        columns = [table[name].to_pylist() for name in ("postcode", "easting_m", "northing_m", "ended")]
    except FileNotFoundError:
        return None
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
        raise InputError(f"the postcodes cannot be read: {error}", file=str(path), hint=WHERE) from error
    if said[:2] not in [[str(FORMAT), _layer(version, area)] for version in area.layer_versions]:
        return None
    places = {
        text: (x, y, _NO_END if ended is None else ended)
        for text, x, y, ended in zip(*columns, strict=True)
        if x is not None
    }
    elsewhere = frozenset(text for text, x in zip(columns[0], columns[1], strict=True) if x is None)
    return Postcodes(places, elsewhere, said[2])


def _layer(version: str, area: Area) -> str:
    """By which wards was kept what is kept."""
    return f"{version}, {area.buffer_m:g} m"


def needed(postcodes: Postcodes | None, file: str, column: str) -> Postcodes:
    """Give the postcodes, or say what to load.

    Raises
    ------
    InputError
        There are none.
    """
    if postcodes is None:
        raise InputError(
            "a place by postcode needs a postcode file, and none is loaded for this area",
            file=file,
            column=column,
            hint=WHERE,
        )
    return postcodes


def read_postcode_places(
    texts: Sequence[str], reject: Reject, months: NDArray[np.int64] | None, known: Postcodes
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the centre of the unit of every row; NaN where there is none, or it lies elsewhere.

    Parameters
    ----------
    texts : sequence of str, length n
    reject : callable
    months : ndarray of int, shape (n,), or None
        Of the incidents. A postcode that ended earlier is rejected.
    known : Postcodes
    """
    whole = [postcode_of(text) for text in texts]
    found = [known.places.get(text) for text in whole]
    away = [text in known.elsewhere or text.partition(" ")[0] in known.elsewhere for text in whole]

    def told(reason: str, where: list[bool]) -> None:
        reject(reason, np.array(where, dtype=bool), "postcode")

    told(NO_LOCATION, [not text for text in texts])
    told(PART_POSTCODE, [not ours and is_part(text) for text, ours in zip(texts, whole, strict=True)])
    told(NO_POSTCODE, [not ours for ours in whole])
    told(UNKNOWN_POSTCODE, [place is None and not far for place, far in zip(found, away, strict=True)])
    when = months.tolist() if months is not None else [_NO_END - 1] * len(whole)
    told(ENDED_POSTCODE, [place is not None and place[2] < month for place, month in zip(found, when, strict=True)])
    east = np.array([place[0] if place else np.nan for place in found], dtype=float)
    north = np.array([place[1] if place else np.nan for place in found], dtype=float)
    return east, north


# --- the files --------------------------------------------------------------------------------------------------------
def _units(path: Path) -> Iterator[tuple[str, str, float, float, int]]:
    """Product, postcode, easting, northing (0 without a place) and last month of every unit."""
    try:
        if not zipfile.is_zipfile(path):
            with open_regular(path) as handle:
                yield from _csv(path.name, handle)
            return
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _is_data(member.filename)]
            if not members:
                raise InputError("there is no CSV in the archive", file=path.name, hint=WHERE)
            if any(member.flag_bits & 1 or member.file_size > _MOST_BYTES for member in members):
                raise InputError("the archive is encrypted or inflates beyond all reason", file=path.name, hint=WHERE)
            for member in members:
                with archive.open(member) as handle:
                    yield from _csv(f"{path.name}/{member.filename}", handle)
    except OSError as error:
        raise cannot_read(str(path), error) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, csv.Error, NotImplementedError) as error:
        raise InputError(f"the postcode file is damaged: {error}", file=path.name, hint=WHERE) from error


def _is_data(name: str) -> bool:
    """Whether a member holds postcodes: not a list of codes, nor the directory once more in parts."""
    folders = [part.lower() for part in name.split("/")[:-1]]
    return name.lower().endswith(".csv") and not {"doc", "docs", "documents", "multi_csv"} & set(folders)


def _csv(name: str, handle: IO[bytes]) -> Iterator[tuple[str, str, float, float, int]]:
    with io.TextIOWrapper(handle, encoding="utf-8-sig", newline="") as text:
        yield from _rows(name, csv.reader(text, strict=True))


def _rows(name: str, rows: Iterator[list[str]]) -> Iterator[tuple[str, str, float, float, int]]:
    first = next((row for row in rows if row), None)
    if first is None:
        return
    header = [text.strip().lower() for text in first]
    if postcode_of(first[0]) and len(first) == _OS_COLUMNS:
        product, (code, x, y, ended) = OS, (0, 2, 3, -1)
        lines: Iterable[list[str]] = chain([first], rows)
    elif {what for what, pattern in _ONS.items() if any(map(pattern.fullmatch, header))} >= _NEEDED:
        places = [next((n for n, text in enumerate(header) if _ONS[what].fullmatch(text)), -1) for what in _ONS]
        product, (code, x, y, ended), lines = ONS, places, rows
    else:
        raise InputError(
            "this is neither OS Code-Point Open nor an ONS postcode directory",
            file=name,
            hint=f"The columns of the latter are called pcds, oseast1m, osnrth1m, doterm. {WHERE}",
        )
    for number, row in enumerate(lines, start=1 if product == OS else 2):
        if not row:
            continue
        text = postcode_of(row[code]) if len(row) > max(code, x, y, ended) else ""
        if not text:
            raise InputError("this line holds no postcode: is the file cut short?", file=name, row=number, hint=WHERE)
        end = row[ended].strip() if ended >= 0 else ""
        if end and not _MONTH.fullmatch(end):
            raise InputError(
                "the month in which the postcode ended is not YYYYMM",
                file=name,
                row=number,
                value=end,
                hint="Correct the line, or get the file again.",
            )
        last = month_ordinal(f"{end[:4]}-{end[4:6]}") if end else _NO_END
        yield product, text, _metres(name, number, row[x]), _metres(name, number, row[y]), last


def _metres(name: str, number: int, text: str) -> float:
    """Metres of a coordinate; 0 of a blank."""
    text = text.strip()
    if text.isdecimal() and text.isascii() and len(text) < 8:  # nearly all of some millions
        return float(text)
    if text and not re.fullmatch(r"\d{1,7}(?:\.\d+)?", text, re.ASCII):
        raise InputError(
            "a coordinate of the postcode file is not a number",
            file=name,
            row=number,
            value=text,
            hint="Correct the line, or get the file again.",
        )
    return float(text or 0)
