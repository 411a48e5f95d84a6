"""Streets as a network to find ways on: kept beside the picture of them, whole where that one is simplified.

Streets join where they share a point, and nowhere else: a bridge shares none with what runs below it. It is no part of
the manifest, like the picture; any moment has the old file or the new one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from data.place.area import Area
from data.store.manifest import Layer
from data.store.store import write_whole
from data.streets.kept import kept_version, read_kept

NETWORK = "streets.parquet"
FORMAT = 1
TOLERANCE_M = 1.0  # of the lines that are drawn; lengths are measured before
_NOT_ON_FOOT = 16
_CM = 100.0  # two points that are the same one agree to a centimetre
_DM = 10.0  # what is kept
_KEY = b"streets"
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """Streets of an area and its buffer, from junction to junction.

    Attributes
    ----------
    nodes : ndarray, shape (n, 2)
        Junctions, ends, and points where the class changes; EPSG:27700.
    ends : ndarray of int, shape (m, 2)
        Of every street, positions in ``nodes``; the same twice for a ring.
    classes : ndarray of int, shape (m,)
        Positions in :data:`data.streets.open_roads.CLASSES`.
    foot : ndarray of bool, shape (m,)
        Whether one may walk along it, as far as the file says; motorways are told by their class.
    metres : ndarray, shape (m,)
        Length as the file has it, at least that of the line.
    lines : ndarray of shapely LineString, shape (m,)
        EPSG:27700, simplified by :data:`TOLERANCE_M`; from its first end to its second.
    attribution, source : str
        What has to stand under what shows them; product and layers.
    version : str
        Digest of everything above.
    """

    nodes: Floats
    ends: Ints
    classes: NDArray[np.int8]
    foot: NDArray[np.bool_]
    metres: Floats
    lines: NDArray[np.object_]
    attribution: str
    source: str
    version: str


@dataclass(frozen=True, eq=False)
class Joined:
    """Lines joined into a network, not yet kept: as :class:`Network` has them, in whole decimetres."""

    nodes: Ints
    ends: Ints
    classes: NDArray[np.int8]
    foot: NDArray[np.bool_]
    decimetres: Ints
    lines: tuple[Ints, ...]


# --- joining ---------------------------------------------------------------------------------------------------------
def join(classes: NDArray[np.int8], foot: NDArray[np.bool_], lines: NDArray[np.object_]) -> Joined:
    """Join lines where they share a point.

    Parameters
    ----------
    classes : ndarray of int, shape (n,)
    foot : ndarray of bool, shape (n,)
        Whether one may walk along it.
    lines : ndarray of shapely geometry, shape (n,)
        Lines, alone or several in one, as a file has them; EPSG:27700.

    Returns
    -------
    Joined
        Cut where a point is shared by two lines, or touched twice by one; where only two meet, and they are alike
        in class and ``foot``, they are one again. The same whatever the order of the lines.

    Notes
    -----
    When it misleads: in which direction a street may be driven is not looked at, nor barriers, steps or private ground.
    """
    parts, of = shapely.get_parts(lines, return_index=True)
    line = shapely.get_type_id(parts) == 1
    parts = shapely.remove_repeated_points(parts[line], 0.5 / _CM)
    level = np.where(foot, classes, np.add(classes, _NOT_ON_FOOT))[of[line]]
    xy, part = shapely.get_coordinates(parts, return_index=True)
    places, point, times = np.unique(
        np.rint(xy * _CM).astype(np.int64), axis=0, return_inverse=True, return_counts=True
    )
    point = point.reshape(-1)
    xy = places[point] / _CM
    end = np.ones(len(part), dtype=bool)
    end[1:-1] = (part[1:-1] != part[:-2]) | (part[1:-1] != part[2:])
    cut = np.flatnonzero(end | (times[point] > 1))
    pieces = [
        (int(level[part[a]]), _turned(xy[a : b + 1], point[a : b + 1]))
        for a, b in pairwise(cut.tolist())
        if part[a] == part[b]
    ]
    return _decimetres(_chained(_distinct(pieces)))


# Class, more by _NOT_ON_FOOT where nobody walks; line with the points it begins and ends at.
Piece = tuple[int, tuple[Floats, int, int]]


def _turned(xy: Floats, point: Ints) -> tuple[Floats, int, int]:
    """One direction, whatever that of the file: points are numbered by place."""
    a, b = int(point[0]), int(point[-1])
    back = b < a or (a == b and len(point) > 2 and point[-2] < point[1])
    return (xy[::-1], b, a) if back else (xy, a, b)


def _length(xy: Floats) -> float:
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())


def _distinct(pieces: list[Piece]) -> list[Piece]:
    """Every piece once: a street that lies in two files is one street."""
    found: dict[tuple[int, int, int, int], Piece] = {}
    for level, (xy, a, b) in pieces:
        found.setdefault((a, b, round(_CM * _length(xy)), level), (level, (xy, a, b)))
    return [found[key] for key in sorted(found)]


def _chained(pieces: list[Piece]) -> list[Piece]:
    """Join two pieces of a class that meet where nothing else does."""
    at: dict[int, list[int]] = {}
    for i, (_, (_, a, b)) in enumerate(pieces):
        at.setdefault(a, []).append(i)
        at.setdefault(b, []).append(i)
    passes = {
        node
        for node, met in at.items()
        if len(met) == 2 and met[0] != met[1] and pieces[met[0]][0] == pieces[met[1]][0]
    }
    done = np.zeros(len(pieces), dtype=bool)
    made: list[Piece] = []
    # chains from their ends, then rings on which nothing ends
    order = sorted(range(len(pieces)), key=lambda i: pieces[i][1][1] in passes and pieces[i][1][2] in passes)
    for i in order:
        if done[i]:
            continue
        done[i] = True
        level, (xy, a, b) = pieces[i]
        if a in passes and b not in passes:
            xy, a, b = xy[::-1], b, a
        runs = [xy]
        start = a
        while b in passes and b != start:
            after = next((k for k in at[b] if not done[k]), None)
            if after is None:
                break
            done[after] = True
            more, c, d = pieces[after][1]
            more, b = (more, d) if c == b else (more[::-1], c)
            runs.append(more[1:])
        made.append((level, (np.vstack(runs), start, b)))
    return made


def _decimetres(pieces: list[Piece]) -> Joined:
    rows = []
    for level, (xy, a, b) in pieces:
        whole = np.rint(xy[[0, -1]] * _DM)
        drawn = shapely.simplify(shapely.linestrings(xy), TOLERANCE_M) if len(xy) > 2 else shapely.linestrings(xy)
        line = np.rint(shapely.get_coordinates(drawn) * _DM).astype(np.int64)
        line = line[np.r_[True, (np.diff(line, axis=0) != 0).any(axis=1)]]
        if len(line) < 2:
            line = whole.astype(np.int64)
        least = np.hypot(*np.diff(line, axis=0).T).sum()
        length = int(np.ceil(max(_DM * _length(xy), least) - 1e-6))
        if length > 0 and (a != b or len(np.unique(line, axis=0)) > 2):
            rows.append((level, a, b, length, line))
    rows.sort(key=lambda row: (row[1], row[2], row[3], row[0]))
    old = np.unique([row[1:3] for row in rows]) if rows else np.empty(0, dtype=np.int64)
    ends = np.searchsorted(old, np.array([row[1:3] for row in rows], dtype=np.int64).reshape(-1, 2))
    nodes = np.zeros((len(old), 2), dtype=np.int64)
    for (a, b), row in zip(ends, rows, strict=True):
        nodes[a], nodes[b] = row[4][0], row[4][-1]
    coded = np.array([row[0] for row in rows], dtype=np.int8)
    return Joined(
        nodes, ends.astype(np.int64), coded % _NOT_ON_FOOT, coded < _NOT_ON_FOOT,
        np.array([row[3] for row in rows], dtype=np.int64), tuple(row[4] for row in rows),
    )  # fmt: skip


# --- keeping ---------------------------------------------------------------------------------------------------------
def keep_network(
    store: Path,
    area: Area,
    classes: NDArray[np.int8],
    foot: NDArray[np.bool_],
    lines: NDArray[np.object_],
    attribution: str,
    source: str,
) -> Network:
    """Join the streets of an area, cut at its buffer already, and keep them in the store.

    Parameters
    ----------
    store : Path
    area : Area
    classes, foot, lines
        As :func:`join` takes them.
    attribution, source : str

    Returns
    -------
    Network

    Raises
    ------
    InputError
        The store cannot be written.
    """
    joined = join(classes, foot, lines)
    raw, version = _encode(joined, attribution, source, Layer.of(area))
    write_whole(store / NETWORK, raw)
    return _network(joined, attribution, source, version)


def network(store: Path, area: Area) -> Network | None:
    """Streets that were kept for an area, or None where there are none.

    Raises
    ------
    InputError
        They were kept for another area or buffer or by another version of this program, or the file is damaged.
    """
    return read_kept(store / NETWORK, _KEY, FORMAT, area, "the streets for ways", _decoded)


def network_version(store: Path) -> str:
    """Version of the streets that are kept, without reading them; "" where there are none."""
    return kept_version(store / NETWORK, _KEY)


def _network(joined: Joined, attribution: str, source: str, version: str) -> Network:
    count = np.array([len(line) for line in joined.lines], dtype=np.int64)
    xy = np.concatenate(joined.lines) / _DM if len(count) else np.empty((0, 2))
    return Network(
        nodes=joined.nodes / _DM,
        ends=joined.ends,
        classes=joined.classes,
        foot=joined.foot,
        metres=joined.decimetres / _DM,
        lines=np.asarray(shapely.linestrings(xy, indices=np.repeat(np.arange(len(count)), count)), dtype=object),
        attribution=attribution,
        source=source,
        version=version,
    )


def _encode(joined: Joined, attribution: str, source: str, layer: Layer) -> tuple[bytes, str]:
    """Write step by step along each line: small numbers, which pack well."""
    steps = [np.vstack([line[:1], np.diff(line, axis=0)]).astype(np.int32) for line in joined.lines]
    columns = {
        "first": joined.ends[:, 0].astype(np.int32),
        "last": joined.ends[:, 1].astype(np.int32),
        "class": joined.classes,
        "foot": joined.foot,
        "decimetres": joined.decimetres.astype(np.int32),
    }
    table = pa.table(
        {name: pa.array(values) for name, values in columns.items()}
        | {axis: pa.array([s[:, k] for s in steps], pa.list_(pa.int32())) for k, axis in enumerate(("x", "y"))}
    )
    head = {"format": FORMAT, "attribution": attribution, "source": source, "layer": asdict(layer)}
    digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    for values in (*columns.values(), *steps):
        digest.update(np.ascontiguousarray(values).tobytes())
    head["version"] = digest.hexdigest()[:12]
    table = table.replace_schema_metadata({_KEY: json.dumps(head)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=False, write_statistics=False)
    return sink.getvalue().to_pybytes(), str(head["version"])


def _decoded(table: pa.Table, head: dict[str, Any]) -> Network:
    ends = np.column_stack([table[name].to_numpy() for name in ("first", "last")]).astype(np.int64)
    lines = [
        np.cumsum(np.column_stack([x, y]).astype(np.int64), axis=0)
        for x, y in zip(*(table[axis].to_numpy() for axis in ("x", "y")), strict=True)
    ]
    if any(len(line) < 2 for line in lines) or (len(ends) and ends.min() < 0):
        raise ValueError("a street is no line")
    nodes = np.zeros((int(ends.max()) + 1 if len(ends) else 0, 2), dtype=np.int64)
    for (a, b), line in zip(ends, lines, strict=True):
        nodes[a], nodes[b] = line[0], line[-1]
    joined = Joined(
        nodes, ends, table["class"].to_numpy().astype(np.int8), table["foot"].to_numpy().astype(bool),
        table["decimetres"].to_numpy().astype(np.int64),
        tuple(lines),
    )  # fmt: skip
    return _network(joined, *(str(head[part]) for part in ("attribution", "source", "version")))
