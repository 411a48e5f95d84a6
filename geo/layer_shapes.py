"""What is wrong with codes, names and shapes of wards: all of it at once, by feature and ward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import InputError
from geo.layer import listed
from geo.layer_columns import strange
from geo.layer_kinds import WARDS_BEGIN, is_ward, kind_of

OVERLAP_SHARE = 0.05  # of the smaller ward: generalised layers overlap by slivers, two vintages by fields
REPAIR_SHARE = 0.001  # of a ward: a side that touches itself, not one that crosses the ward
_MOST_TOLD = 5
_REPAIR = "Repair the layer (QGIS: Fix geometries), or get it again from its publisher."


def check_codes(codes: Sequence[str], rows: Sequence[int], column: str, file: str) -> None:
    """Refuse features without a code, and codes of other places among those of wards.

    Parameters
    ----------
    codes : sequence of str, length n
        Of the features that are taken.
    rows : sequence of int, length n
        Their places in the file, from 0.
    column, file : str
        For messages.

    Raises
    ------
    InputError
        With the features.
    """
    wards = sum(map(is_ward, codes)) * 2 >= len(codes)
    wrong = [
        (row, code) for row, code in zip(rows, codes, strict=True)
        if not code or strange(code) or (wards and not is_ward(code))
    ]  # fmt: skip
    if not wrong:
        return
    kind = kind_of([code for _, code in wrong])
    if kind:
        problem = f"{len(wrong):,} of {len(codes):,} features are {kind}, not wards"
    elif any(code for _, code in wrong):
        problem = f"{len(wrong):,} of {len(codes):,} features have no ward's code"
    else:
        problem = f"{len(wrong):,} of {len(codes):,} features have no code"
    raise InputError(
        f"{problem}: {listed([f'feature {row + 1}' for row, _ in wrong], _MOST_TOLD)}",
        file=file,
        column=column,
        value=wrong[0][1],
        hint=f"The {WARDS_BEGIN}. Correct them; with --area what the area file does not list is left out."
        if wards
        else "Correct them.",
    )


def check_names(codes: Sequence[str], names: Sequence[str], rows: Sequence[int], column: str, file: str) -> None:
    """Refuse wards without a name, and names with characters that no name has.

    Parameters
    ----------
    codes, names : sequences of str, length n
    rows : sequence of int, length n
        Places of the features in the file, from 0.
    column, file : str
        For messages.

    Raises
    ------
    InputError
        With the features.
    """
    for row, code, name in zip(rows, codes, names, strict=True):
        if not name:
            raise InputError(
                f"feature {row + 1} ({code}) has no name", file=file, column=column,
                hint="Correct it, or take another column with --name.",
            )  # fmt: skip
        if character := strange(name):
            lost = character == "U+FFFD"
            raise InputError(
                f"the name of feature {row + 1} ({code}) holds "
                + (
                    "a letter that was lost when the file was saved"
                    if lost
                    else f"a character that controls ({character})"
                ),
                file=file,
                column=column,
                value=name,
                hint="Save the layer as UTF-8." if lost else "Correct the name.",
            )


def check_shapes(
    shapes: Sequence[object], problems: Mapping[int, str], codes: Sequence[str], rows: Sequence[int], file: str
) -> NDArray[np.object_]:
    """Refuse wards without a whole, valid polygon.

    Parameters
    ----------
    shapes : sequence of shapely geometries, length n
    problems : mapping of int to str
        What was wrong when they were read, by place in the file.
    codes : sequence of str, length n
    rows : sequence of int, length n
        Places of the features in the file, from 0.
    file : str
        For messages.

    Returns
    -------
    ndarray of shapely geometries, shape (n,)

    Raises
    ------
    InputError
        All wards that cannot be used, with the reasons.
    """
    polygons: NDArray[np.object_] = np.full(len(rows), None, dtype=object)
    polygons[:] = list(shapes)
    told = [(row, code, problems[row]) for row, code in zip(rows, codes, strict=True) if row in problems]
    if told:
        kinds = {problem for _, _, problem in told}
        every = len(told) == len(rows) and len(kinds) == 1
        points = every and next(iter(kinds)).endswith("not a polygon")
        raise InputError(
            "ward shapes cannot be used: "
            + (f"each {next(iter(kinds))}" if every and len(told) > 1 else _features(told)),
            file=file,
            hint="Give the layer of boundaries: this one holds the middles of wards, or lines." if points else _REPAIR,
        )
    finite = np.asarray([bool(np.isfinite(shapely.get_coordinates(polygon)).all()) for polygon in polygons])
    valid = shapely.is_valid(polygons) & finite
    if not valid.all():
        bad = [
            (rows[i], codes[i], shapely.is_valid_reason(polygons[i]) if finite[i] else "a coordinate is not a number")
            for i in np.flatnonzero(~valid).tolist()
        ]
        more = f" and {len(bad) - 1:,} more" if len(bad) > 1 else ""
        raise InputError(
            f"feature {bad[0][0] + 1}{more}: a ward polygon is not valid",
            file=file,
            value=f"{bad[0][1]}: {bad[0][2]}",
            hint=f"Its sides cross or touch each other. {_REPAIR}",
        )
    return polygons


def check_repeats(
    polygons: NDArray[np.object_],
    codes: Sequence[str],
    names: Sequence[str],
    rows: Sequence[int],
    column: str,
    file: str,
) -> None:
    """Refuse a ward that is there in several features, and say which kind of repetition it is.

    Parameters
    ----------
    polygons : ndarray of valid shapely polygons, shape (n,)
    codes, names : sequences of str, length n
    rows : sequence of int, length n
        Places of the features in the file, from 0.
    column, file : str
        For messages.

    Raises
    ------
    InputError
        With the features of the first such ward and the number of such wards.
    """
    twice = [code for code, count in Counter(codes).items() if count > 1]
    if not twice:
        return
    at = [i for i, code in enumerate(codes) if code == twice[0]]
    parts = polygons[at]
    if all(shapely.equals(parts[0], part) for part in parts[1:]):
        how, hint = "with the same shape", "Leave the repeated features out."
    elif shapely.union_all(parts).area >= (1 - OVERLAP_SHARE) * shapely.area(parts).sum():
        how = "in parts" if len({names[i] for i in at}) == 1 else "in parts with different names"
        hint = "Merge its parts into one feature (QGIS: Dissolve by the code)."
    else:
        how, hint = "with different shapes", "Two sets of wards may lie in one file: give the one that is in force."
    raise InputError(
        f"a ward code is there twice: {twice[0]} {how}, in features "
        + listed([str(rows[i] + 1) for i in at], _MOST_TOLD)
        + (f"; so are {len(twice) - 1:,} more codes" if len(twice) > 1 else ""),
        file=file,
        column=column,
        value=twice[0],
        hint=hint,
    )


def repair(
    layer_shapes: NDArray[np.object_], problems: Mapping[int, str], rows: Sequence[int]
) -> tuple[NDArray[np.object_], list[int]]:
    """Repair polygons whose sides touch or cross themselves by next to nothing; leave the others as they are.

    Parameters
    ----------
    layer_shapes : ndarray of shapely geometries, shape (m,)
        Of the whole layer.
    problems : mapping of int to str
        What was wrong when they were read, by place in the file.
    rows : sequence of int, length n
        Places of the features that are taken.

    Returns
    -------
    shapes : ndarray, shape (m,)
    repaired : list of int
        Places of those that are others now.

    Notes
    -----
    A repair counts where it changes the area that the sides run around by no more than ``REPAIR_SHARE``.
    """
    shapes, repaired = layer_shapes.copy(), list[int]()
    for row in rows:
        shape = shapes[row]
        if row in problems or shapely.is_valid(shape) or not np.isfinite(shapely.get_coordinates(shape)).all():
            continue
        made = shapely.make_valid(shape)
        parts = [one for one in shapely.get_parts(made) if one.geom_type in {"Polygon", "MultiPolygon"}]
        whole = shapely.union_all(parts)
        if parts and abs(whole.area - abs(shape.area)) <= REPAIR_SHARE * whole.area:
            shapes[row] = whole
            repaired.append(row)
    return shapes, repaired


def check_overlaps(polygons: NDArray[np.object_], codes: Sequence[str], file: str) -> None:
    """Refuse wards that lie on each other by more than slivers, which cleaning would hand to one of them.

    Parameters
    ----------
    polygons : ndarray of valid shapely polygons, shape (n,)
    codes : sequence of str, length n
    file : str
        For messages.

    Raises
    ------
    InputError
        With both wards and the share that they have in common.
    """
    at = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(polygons)))
    first, second = shapely.STRtree(polygons[at]).query(polygons[at], predicate="intersects")
    pairs = first < second
    one, other = at[first[pairs]], at[second[pairs]]
    common = shapely.area(shapely.intersection(polygons[one], polygons[other]))
    share = common / np.minimum(shapely.area(polygons[one]), shapely.area(polygons[other]))
    if not (share > OVERLAP_SHARE).any():
        return
    worst = int(np.argmax(share))
    raise InputError(
        f"ward polygons overlap: {codes[one[worst]]} and {codes[other[worst]]} by {share[worst]:.0%} of the smaller"
        + (
            f"; so do {int((share > OVERLAP_SHARE).sum()) - 1:,} more pairs"
            if (share > OVERLAP_SHARE).sum() > 1
            else ""
        ),
        file=file,
        value=f"{codes[one[worst]]}, {codes[other[worst]]}",
        hint="Two sets of wards may lie in one file: give the one that is in force, or repair the layer.",
    )


def check_coverage(polygons: NDArray[np.object_], codes: Sequence[str], file: str, hint: str) -> None:
    """Refuse polygons that overlap, or whose common sides differ.

    Parameters
    ----------
    polygons : ndarray of shapely polygons, shape (n,)
    codes : sequence of str, length n
    file, hint : str
        For messages.

    Raises
    ------
    InputError
        With the wards.
    """
    bad = [
        f"{code}: {'no geometry' if shapely.is_empty(polygon) else shapely.is_valid_reason(polygon)}"
        for code, polygon in zip(codes, polygons, strict=True)
        if shapely.is_empty(polygon) or not shapely.is_valid(polygon)
    ]
    if bad:
        raise InputError("a ward polygon is not valid", file=file, value=bad[0], hint=_REPAIR)
    if not shapely.coverage_is_valid(polygons):
        edges = shapely.coverage_invalid_edges(polygons)
        between = [code for code, edge in zip(codes, edges, strict=True) if not shapely.is_empty(edge)]
        raise InputError("ward polygons overlap or do not meet", file=file, value=", ".join(between), hint=hint)


@contextmanager
def shape_errors(file: str) -> Iterator[None]:
    """Turn an error of the geometry library into one that names the file.

    Parameters
    ----------
    file : str
        For messages.

    Raises
    ------
    InputError
        Instead of the library's own.
    """
    try:
        yield
    except shapely.errors.ShapelyError as error:
        raise InputError(f"the ward polygons cannot be worked with: {error}", file=file, hint=_REPAIR) from error


def _features(told: Sequence[tuple[int, str, str]]) -> str:
    return listed([f"feature {row + 1} ({code}) {problem}" for row, code, problem in told], _MOST_TOLD)
