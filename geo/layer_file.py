"""Files of boundaries: what kind a file is, by how it begins and not by its name, and the layers in it.

GeoJSON is read here; GDAL reads the others. GDAL is handed no file whose kind is not known: some of its kinds name
further files, or addresses in the internet.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import shapely

from geo.errors import InputError
from geo.layer import Layer, listed, text_of
from geo.layer_columns import has_wards
from geo.layer_json import cut_short, read_document, read_geojson

SHAPEFILE = (".shp", ".shx", ".dbf")
_MEMBERS = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".gml", ".kml")
_MOST_BYTES = 3_000_000_000  # of an archive, unpacked: OS Boundary-Line as a GeoPackage has half of it
# GDAL takes these two line by line into memory: 30 MB of empty lines cost it 1.4 GB and a quarter of a minute
_WORDS = {".prj": "coordinate system", ".cpg": "encoding"}
_MOST_WORDS = 100_000  # bytes; a real one has a few hundred
_HEAD = 4096
_GIVE = "Give a GeoJSON, a GeoPackage or a zipped shapefile of ward polygons."
_BEGINS = (
    (b"SQLite format 3\x00", ".gpkg"),
    (b"\x00\x00\x27\x0a", ".shp"),
    (b"fgb\x03", ".fgb"),
    (b"PK\x03\x04", ".zip"),
    (b"PK\x05\x06", ".zip"),  # an empty archive
)
_GML = re.compile(rb"<(?:\w+:)?(?:FeatureCollection|kml)\b", re.IGNORECASE)
_PAGE = re.compile(rb"<!doctype\s+html|<html\b|<head\b|<body\b", re.IGNORECASE)
_MATCHED = re.compile(rb"\bnumberMatched=\"(\d+)\"")
_RETURNED = re.compile(rb"\bnumberReturned=\"(\d+)\"")


@dataclass(frozen=True)
class _Candidate:
    """A layer of a file, read when it is asked for: with its shapes, or its columns alone."""

    name: str
    read: Callable[..., Layer]  # shapes: bool, true by default


def read_layer(path: Path | str, layer: str = "") -> Layer:
    """Read the layer of wards of a file.

    Parameters
    ----------
    path : path
        GeoJSON (also TopoJSON and the JSON of Esri), GeoPackage, shapefile, FlatGeobuf, GML or KML, or one of them in a
        zip archive.
    layer : str, optional
        Name of the layer, for a file with several. By default the only one, or the only one with codes of wards.

    Returns
    -------
    Layer

    Raises
    ------
    InputError
        No such file, none of these kinds, damaged, a part of a shapefile is missing, no layer of shapes in it, or
        several of them and none named.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            "there is no such ward file", file=str(path), hint="Check the path, or ward_file in the area file."
        )
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _choose(list(_candidates(path, str(path), Path(folder))), str(path), layer)
    except OSError as error:
        raise InputError(
            f"the layer cannot be read: {error.strerror or error}",
            file=str(path),
            hint="Close it elsewhere, or copy it.",
        ) from error


def _choose(candidates: Sequence[_Candidate], file: str, layer: str) -> Layer:
    names = [c.name for c in candidates]
    if not candidates:
        raise InputError("there is no layer of shapes in this file", file=file, hint=_GIVE)
    if layer:
        found = [c for c in candidates if c.name == layer or PurePosixPath(c.name).stem == layer]
        if len(found) != 1:
            raise InputError(
                f"there is no such layer; it has {listed(names)}",
                file=file,
                value=layer,
                hint="Choose one with --layer.",
            )
        return found[0].read()
    if len(candidates) == 1:
        return candidates[0].read()
    found = [c for c in candidates if has_wards(c.read(shapes=False).columns)]
    if len(found) != 1:
        raise InputError(
            f"the file has several layers, {'none' if not found else 'several'} of them with codes of wards: "
            f"{listed([c.name for c in found] or names)}",
            file=file,
            hint="Name the one to take with --layer.",
        )
    others = listed([name for name in names if name != found[0].name])
    return found[0].read().noted(f"Layer {found[0].name} was taken; the file also has {others}.")


def _candidates(path: Path, file: str, folder: Path) -> Iterator[_Candidate]:
    """Find the layers of a file; ``file`` is its name for messages and ``folder`` is for what has to be unpacked."""
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    kind = _kind(head, path, file)
    if kind == ".zip":
        yield from _unpacked(path, file, folder)
    elif kind == ".json":
        document = read_document(path.read_bytes(), file)
        if document.get("type") in ("FeatureCollection", "Feature"):  # it may be a list or a table
            yield _Candidate(path.name, lambda **_: read_geojson(document, file))
        elif document.get("type") == "Topology" or "geometryType" in document:
            features = document.get("features")
            cut = cut_short(document, len(features) if isinstance(features, list) else 0)
            yield from _of_gdal(path, file, cut if isinstance(features, list) else "")
        else:
            read_geojson(document, file)  # says that it has no features
    else:
        if kind == ".shp":
            beside = {p.suffix.lower(): p.stat().st_size for p in path.parent.glob("*") if p.stem == path.stem}
            _whole_shapefile(beside, file)
        yield from _of_gdal(path, file, _cut_gml(head) if kind == ".gml" else "")


def _kind(head: bytes, path: Path, file: str) -> str:
    """Tell what kind of file begins so."""
    if not head.strip(b"\x00 \t\r\n"):
        raise InputError("the file is empty", file=file, hint="Download or save it again. " + _GIVE)
    for begins, kind in _BEGINS:
        if head.startswith(begins):
            return kind
    # UTF-16 is told by its nulls
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if _PAGE.search(text[:1024]):
        raise InputError(
            "this is not a boundary file that can be read: it is a web page",
            file=file,
            hint="Download it again: the address gave a page (of a login, or of an error) instead of the file.",
        )
    if text.startswith((b"{", b"[")):
        return ".json"
    if text.startswith(b"<") and _GML.search(text):
        return ".gml"
    if text.startswith(b"version https://git-lfs"):
        raise InputError(
            "this is a pointer to a file (Git LFS), not the file", file=file, hint="Download the file itself."
        )
    if path.suffix.lower() in SHAPEFILE:
        raise InputError(
            "this is a part of a shapefile that cannot be read alone, or a damaged one", file=file,
            hint="Give the .shp, with .shx, .dbf and .prj beside it, or all of them in a zip archive.",
        )  # fmt: skip
    raise InputError("this is not a boundary file that can be read", file=file, value=repr(text[:40])[2:-1], hint=_GIVE)


def _whole_shapefile(sizes: Mapping[str, int], file: str) -> None:
    """Refuse a shapefile with parts missing, or with words in it without end; ``sizes`` are bytes by ending."""
    missing = [suffix for suffix in SHAPEFILE if suffix not in sizes]
    if missing:
        raise InputError(
            f"the shapefile lacks its {', '.join(missing[:-1]) + ' and ' * (len(missing) > 1) + missing[-1]}",
            file=file,
            hint="A shapefile is several files: give all of them (.shp, .shx, .dbf, .prj) in a zip archive.",
        )
    for suffix, what in _WORDS.items():
        if sizes.get(suffix, 0) > _MOST_WORDS:
            raise InputError(
                f"the {suffix} of the shapefile, which names its {what}, is larger than such a file can be",
                file=file,
                value=f"{sizes[suffix]:,} bytes",
                hint="Save the layer again, or download it again: this part is damaged.",
            )


def _unpacked(path: Path, file: str, folder: Path) -> Iterator[_Candidate]:
    """Unpack the layers of an archive, under names of our own: those in the archive may lead anywhere."""
    with _archive_errors(file), zipfile.ZipFile(path) as archive:
        members = [
            m for m in archive.infolist()
            if m.filename and not m.is_dir()
            and not PurePosixPath(m.filename).name.startswith(".") and "__MACOSX" not in m.filename
        ]  # fmt: skip
        if sum(m.file_size for m in members) > _MOST_BYTES:
            raise InputError(
                "the archive is too large when it is unpacked", file=file, hint="Unpack it, and give the layer alone."
            )
        by_stem: dict[str, dict[str, zipfile.ZipInfo]] = {}
        for member in members:
            stem, dot, suffix = member.filename.rpartition(".")
            by_stem.setdefault(stem, {})[dot + suffix.lower()] = member
        parts = sorted(
            (stem, suffix, found) for stem, found in by_stem.items() for suffix in _MEMBERS if suffix in found
        )
        if not parts:
            loose = {s for found in by_stem.values() for s in found} & {".shx", ".dbf", ".prj"}
            raise InputError(
                "the shapefile lacks its .shp" if loose else "there is no layer in this archive",
                file=file,
                value=listed([m.filename for m in members], 5),
                hint=_GIVE,
            )
        unpacked = []
        for number, (stem, suffix, found) in enumerate(parts):
            inside = folder / str(number)
            inside.mkdir()
            named = f"{file}/{stem}{suffix}"
            if suffix == ".shp":
                _whole_shapefile({end: member.file_size for end, member in found.items()}, named)
            for kind in (".shp", ".shx", ".dbf", ".prj", ".cpg") if suffix == ".shp" else (suffix,):
                if kind in found:
                    with archive.open(found[kind]) as source, (inside / f"layer{kind}").open("wb") as target:
                        shutil.copyfileobj(source, target)
            unpacked.append((inside / f"layer{suffix}", named, PurePosixPath(stem).name + suffix))
    for inner, named, short in unpacked:
        for candidate in _candidates(inner, named, inner.parent / "inner"):
            single = candidate.name in {inner.name, inner.stem}
            yield replace(candidate, name=short if single else f"{short}/{candidate.name}")


@contextmanager
def _archive_errors(file: str) -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    # an encrypted member is a RuntimeError, an unknown compression a NotImplementedError
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise InputError(
            f"the archive cannot be unpacked: {error}",
            file=file,
            hint="Download it again, or unpack it and give the layer.",
        ) from error


def _of_gdal(path: Path, file: str, cut: str = "") -> Iterator[_Candidate]:
    import pyogrio  # brings geopandas, whose import takes long

    with _gdal_errors(file):
        layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    for name, kind in layers:
        if kind is not None:
            yield _Candidate(name, partial(_read_gdal, path, file, name, cut))


def _read_gdal(path: Path, file: str, layer: str, cut: str, *, shapes: bool = True) -> Layer:
    import pyogrio.raw

    with _gdal_errors(file):
        count = int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])
        meta, _, raw, values = pyogrio.raw.read(
            path, layer=layer, force_2d=True, read_geometry=shapes, datetime_as_string=True
        )  # as text a time keeps its offset
    names = [str(name) for name in meta["fields"]]
    held = len(values[0]) if names else len(raw) if raw is not None else 0
    if held != count:
        raise InputError(
            f"the layer says that it has {count:,} features, and {held:,} can be read: it is damaged or cut short",
            file=file,
            hint="Download it again.",
        )
    columns = {name: column.tolist() for name, column in zip(names, values, strict=True)}
    made: Any = np.full(held, None, dtype=object)
    problems: dict[int, str] = {}
    for place in range(held) if shapes else ():
        made[place], problem = _of_wkb(raw[place] if raw is not None else None)
        if problem:
            problems[place] = problem
    crs = meta.get("crs")
    crs = None if crs is None or "undefined" in str(crs).lower()[:60] else str(crs)
    said = {key: next((text_of(v) for v in columns.get(key, ())), "") for key in ("vintage", "attribution")}
    return Layer(file, columns, made, problems, crs, crs is not None, cut, said["vintage"], said["attribution"])


def _of_wkb(raw: bytes | None) -> tuple[Any, str]:
    if raw is None:
        return None, "has no geometry"
    try:
        shape: Any = shapely.from_wkb(raw)
    except shapely.errors.ShapelyError as error:
        return None, f"has a shape that cannot be read: {str(error).partition(': ')[2] or error}"
    if shapely.is_empty(shape):
        return None, "has no geometry"
    if shape.geom_type == "GeometryCollection" and {part.geom_type for part in shape.geoms} == {"Polygon"}:
        shape = shapely.MultiPolygon(list(shape.geoms))
    if shape.geom_type not in {"Polygon", "MultiPolygon"}:
        return None, f"is a {shape.geom_type}, not a polygon"
    return shape, ""


@contextmanager
def _gdal_errors(file: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # what GDAL mends by itself; the count shows what it cannot
            yield
    except InputError:
        raise
    # pyogrio's own are RuntimeErrors; bytes that are no text a ValueError; a projection it cannot name, an unbound name
    except (RuntimeError, ValueError, TypeError, OSError, UnboundLocalError) as error:
        told = (str(error).splitlines() or [type(error).__name__])[0].rstrip(". ")
        raise InputError(
            f"this is not a boundary file that can be read: {told}",
            file=file,
            hint="Download or save it again. " + _GIVE,
        ) from error


def _cut_gml(head: bytes) -> str:
    matched, returned = _MATCHED.search(head), _RETURNED.search(head)
    if matched and returned and int(matched[1]) > int(returned[1]):
        return f"numberMatched: {int(matched[1])}, of which {int(returned[1]):,} are in it"
    return ""
