"""Near repeats: whether incidents close in place are also close in time, by Knox's test with permuted days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from analysis.common.method import Method
from analysis.common.refusal import Refusal
from analysis.common.significance import benjamini_hochberg
from data.store.schema import Incidents
from geo.errors import InputError

PERMUTATIONS = 999
DISTANCE_BANDS_M = (0.0, 0.1, 200.0, 400.0, 600.0, 800.0)
TIME_BANDS_DAYS = (0.0, 7.0, 14.0, 21.0, 28.0)
LEVEL = 0.05
SAME_PLACE_M = 1.0  # a first band narrower than this is spoken of as the same place
Metric = Literal["euclidean", "manhattan"]

_ROWS = 255  # pairs counted at a time, so that a count fits into one byte
_BLOCK_VALUES = 1 << 23  # permuted days held at a time
_MONTH_GAP_DAYS = 28.0
_MONTH_LEAST = 30  # incidents from which days that all lie four weeks apart are taken for months
_REMEDY = "Load a feed that gives the day of each incident, such as a partner's own records"


@dataclass(frozen=True, eq=False)
class Knox:
    """Pairs of incidents by how far and how long they lie apart. Arrays have shape (distance bands, time bands).

    Attributes
    ----------
    observed : ndarray of int
        Pairs.
    expected : ndarray
        Mean of the pairs over the permutations.
    ratio : ndarray
        Observed / expected; NaN where no permutation had a pair.
    p : ndarray
        One-sided: (1 + permutations with at least as many pairs) / (1 + permutations).
    q : ndarray
        p adjusted over all bands (Benjamini-Hochberg).
    monte_carlo_error : ndarray
        Standard error of p from the number of permutations.
    distance_bands_m, time_bands_days : ndarray
        Edges of the bands, one more than bands.
    permutations : int
    sentence : str
        About the nearest band in place and time, which was chosen before looking.
    method : Method
    """

    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    ratio: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    monte_carlo_error: NDArray[np.float64] = field(repr=False)
    distance_bands_m: NDArray[np.float64]
    time_bands_days: NDArray[np.float64]
    permutations: int
    sentence: str
    method: Method

    def table(self) -> pd.DataFrame:
        """Lay out a row for each combination of bands: edges, observed, expected, ratio, p, q."""
        near, soon = self.observed.shape
        return pd.DataFrame(
            {
                "distance_from_m": np.repeat(self.distance_bands_m[:-1], soon),
                "distance_to_m": np.repeat(self.distance_bands_m[1:], soon),
                "days_from": np.tile(self.time_bands_days[:-1], near),
                "days_to": np.tile(self.time_bands_days[1:], near),
                **{name: getattr(self, name).ravel() for name in ("observed", "expected", "ratio", "p", "q")},
            }
        )


def knox(
    xy_m: ArrayLike,
    days: Any,
    distance_bands_m: Sequence[float] | NDArray[np.float64],
    time_bands_days: Sequence[float] | NDArray[np.float64],
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
    metric: Metric = "euclidean",
    *,
    data_version: str = "",
    period: str = "",
) -> Knox:
    """Count pairs of incidents by distance and time apart, against permuted days.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Coordinates in metres, on a plane.
    days : array_like, shape (n,)
        Day of each incident as a number, or datetime64, which is cut to whole days.
    distance_bands_m : sequence of float, length k + 1
        Edges of k bands in metres, ascending, closed below and open above: 0, 0.1, 200 is "same place" and what lies
        less than 200 m apart otherwise.
    time_bands_days : sequence of float, length m + 1
        Edges of m bands in days; the last one may be infinite.
    rng : Generator
    permutations : int
    metric : "euclidean" or "manhattan"
    data_version, period : str
        For the caption.

    Returns
    -------
    Knox

    Raises
    ------
    Refusal
        The days are months, or an incident has none.
    InputError
        Fewer than two incidents, shapes that differ, coordinates that are not numbers, bands that do not ascend from 0
        or more, no permutation, or another metric.

    Notes
    -----
    The days are shuffled over the places, which keeps where and when incidents were common and breaks what ties one to
    another (Besag and Diggle 1977). When it misleads: a hotspot that was busy for a season of the period looks like
    repetition; points moved to the nearest snap point are at "the same place" for up to a street; and an incident
    reported twice is a near repeat.

    References
    ----------
    Knox, E. G. (1964). The detection of space-time interactions. Applied Statistics 13, 25-30.
    Johnson, S. D. et al. (2007). Space-time patterns of risk. Journal of Quantitative Criminology 23, 201-219.
    """
    xy = np.asarray(xy_m, dtype=float)
    when = _days(days)
    near, soon = _edges(distance_bands_m, "distance_bands_m"), _edges(time_bands_days, "time_bands_days")
    _check(xy, when, near, permutations, metric)
    first, second, band = _pairs(xy, near, metric)
    below = np.zeros((len(near) - 1, len(soon), permutations + 1), dtype=np.int64)
    done = 0
    for values in _shuffles(when, rng, permutations):
        many = values.shape[1]
        for i in range(len(near) - 1):
            here = band == i
            below[i, :, done : done + many] = _closer_than(values, first[here], second[here], soon)
        done += many
    pairs = np.diff(below, axis=1)
    observed, shuffled = pairs[:, :, 0], pairs[:, :, 1:]
    expected = shuffled.mean(axis=2)
    ratio = np.divide(observed, expected, out=np.full(expected.shape, np.nan), where=expected > 0)
    p = (1 + (shuffled >= observed[:, :, None]).sum(axis=2)) / (1 + permutations)
    q = benjamini_hochberg(p.ravel()).reshape(p.shape)
    return Knox(
        observed=observed,
        expected=expected,
        ratio=ratio,
        p=p,
        q=q,
        monte_carlo_error=np.sqrt(p * (1 - p) / permutations),
        distance_bands_m=near,
        time_bands_days=soon,
        permutations=permutations,
        sentence=_sentence(observed, expected, ratio, q, near, soon),
        method=Method(
            name="Knox's test of near repeats, days permuted over places",
            parameters={
                "distance bands": _bands(near, "m"),
                "time bands": _bands(soon, "days"),
                "distance": metric,
                "permutations": f"{permutations:,}",
            },
            n=len(xy),
            correction=f"Benjamini-Hochberg over {p.size} combinations of bands",
            data_version=data_version,
            period=period,
            caveats=(
                "A place that was busy for part of the period looks like repetition.",
                "Places that were moved to a common point count as the same place.",
            ),
            source_refs=("Knox 1964", "Besag and Diggle 1977", "Johnson et al. 2007"),
        ),
    )


def near_repeats(
    incidents: Incidents,
    rng: np.random.Generator,
    distance_bands_m: Sequence[float] = DISTANCE_BANDS_M,
    time_bands_days: Sequence[float] = TIME_BANDS_DAYS,
    permutations: int = PERMUTATIONS,
    metric: Metric = "euclidean",
) -> Knox:
    """Test the dated incidents of a feed for near repeats, in whole days.

    Parameters
    ----------
    incidents : Incidents
        Of one kind. An incident without a date is left out; one known as an interval counts on its first day.
    rng, distance_bands_m, time_bands_days, permutations, metric
        As in :func:`knox`.

    Returns
    -------
    Knox

    Raises
    ------
    Refusal
        No incident has a date, as in published month data, or fewer than two have.
    InputError
        As :func:`knox`.

    Notes
    -----
    When it misleads: as :func:`knox`.

    References
    ----------
    As :func:`knox`.
    """
    dated = incidents.frame[incidents.frame["occurred_at"].notna()]
    if len(dated) == 0 and len(incidents.frame):
        raise _months_only()
    if len(dated) < 2:
        raise Refusal(
            f"Near repeats are pairs of incidents, and there {'is one' if len(dated) else 'is none'} with a date",
            "Choose a wider selection",
        )
    days = dated["occurred_at"].dt.floor("D")
    return knox(
        dated[["easting_m", "northing_m"]].to_numpy(dtype=float),
        days.to_numpy(),
        distance_bands_m,
        time_bands_days,
        rng,
        permutations,
        metric,
        data_version=incidents.version,
        period=f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}",
    )


def _months_only() -> Refusal:
    return Refusal(
        "Near repeats cannot be found in month data: only the month of an incident is published, and two incidents of "
        "a month may lie a day or four weeks apart",
        _REMEDY,
    )


def _days(days: Any) -> NDArray[np.float64]:
    """Days as numbers from the first one, shape (n,); months are refused."""
    given = days.array if isinstance(days, pd.Series | pd.Index) else days
    if isinstance(getattr(given, "dtype", None), pd.PeriodDtype):
        raise _months_only()
    raw = np.asarray(given)
    if raw.dtype.kind == "M":
        if np.datetime_data(raw.dtype)[0] in {"M", "Y"}:
            raise _months_only()
        out = np.where(np.isnat(raw), np.nan, raw.astype("datetime64[D]").astype(np.int64).astype(float))
    else:
        try:
            out = raw.astype(float)
        except (TypeError, ValueError) as error:
            raise InputError(
                "days are numbers or datetime64", column="days", value=str(raw.dtype), hint="Count them from any day."
            ) from error
    if out.ndim != 1:
        raise InputError("days come as one list", column="days", value=f"shape {out.shape}")
    absent = int(np.isnan(out).sum())
    if absent:
        if absent == len(out):
            raise _months_only()
        raise Refusal(f"{absent} of {len(out)} incidents have no date", f"Leave them out and say so. {_REMEDY}")
    apart = np.diff(np.unique(out))
    if len(out) >= _MONTH_LEAST and 0 < len(apart) < len(out) / 3 and apart.min() >= _MONTH_GAP_DAYS:
        raise _months_only()
    return out - out.min() if len(out) else out


def _edges(bands: Sequence[float] | NDArray[np.float64], name: str) -> NDArray[np.float64]:
    edges = np.asarray(bands, dtype=float)
    if edges.ndim != 1 or len(edges) < 2 or not (edges[0] >= 0 and (np.diff(edges) > 0).all()):
        raise InputError(
            "bands are given by their edges, at least two, ascending from 0 or more",
            column=name,
            value=str(edges.tolist()),
        )
    return edges


def _check(
    xy: NDArray[np.float64], when: NDArray[np.float64], near: NDArray[np.float64], permutations: int, metric: str
) -> None:
    if xy.ndim != 2 or xy.shape[1] != 2 or len(xy) != len(when):
        raise InputError(
            "there is one pair of coordinates for each day", column="xy_m", value=f"shape {xy.shape}, {len(when)} days"
        )
    if len(xy) < 2:
        raise InputError("near repeats are pairs of incidents", column="xy_m", value=f"{len(xy)} incidents")
    if not (np.isfinite(xy).all() and np.isfinite(when).all()):
        raise InputError("a coordinate or a day is not a number", column="xy_m")
    if not np.isfinite(near[-1]):
        raise InputError("the last distance band has no end", column="distance_bands_m", hint="Give it one, in metres.")
    if permutations < 1:
        raise InputError("there must be at least one permutation", column="permutations", value=str(permutations))
    if metric not in {"euclidean", "manhattan"}:
        raise InputError("no such distance", column="metric", value=str(metric), hint="euclidean or manhattan")


def _pairs(
    xy: NDArray[np.float64], near: NDArray[np.float64], metric: str
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Pairs that lie in a distance band, each once: two positions and the band."""
    centred = xy - xy.mean(axis=0)
    order = 2.0 if metric == "euclidean" else 1.0
    found = cKDTree(centred).query_pairs(near[-1] * (1 + 1e-9), p=order, output_type="ndarray")
    first, second = found[:, 0].astype(np.intp), found[:, 1].astype(np.intp)
    apart = np.abs(xy[first] - xy[second])
    distance = np.hypot(apart[:, 0], apart[:, 1]) if metric == "euclidean" else apart.sum(axis=1)
    band = np.searchsorted(near, distance, side="right") - 1
    keep = (band >= 0) & (band < len(near) - 1)
    return first[keep], second[keep], band[keep]


def _shuffles(when: NDArray[np.float64], rng: np.random.Generator, permutations: int) -> Any:
    """Yield blocks of shape (n, columns), an order of the days in each column; the first column is as it was."""
    whole = bool((when == np.floor(when)).all() and when.max() < np.iinfo(np.int16).max)
    values = when.astype(np.uint16) if whole else when
    columns = max(1, _BLOCK_VALUES // len(values))
    yield values[:, None]
    done = 0
    while done < permutations:
        many = min(columns, permutations - done)
        yield np.ascontiguousarray(rng.permuted(np.broadcast_to(values, (many, len(values))), axis=1).T)
        done += many


def _closer_than(
    values: NDArray[Any], first: NDArray[np.intp], second: NDArray[np.intp], soon: NDArray[np.float64]
) -> NDArray[np.int64]:
    """How many pairs lie less than each edge apart in time, shape (edges, columns)."""
    out = np.zeros((len(soon), values.shape[1]), dtype=np.int64)
    whole = values.dtype == np.uint16
    # |a - b| < t is (a - b + t - 1) < 2t - 1 in unsigned arithmetic, which wraps round: no sign, no absolute value
    longest = int(values.max()) + 1 if whole else 0
    limits = [int(min(np.ceil(edge), longest)) if whole else float(edge) for edge in soon]
    for start in range(0, len(first), _ROWS):
        apart = values[first[start : start + _ROWS]]
        apart -= values[second[start : start + _ROWS]]
        if not whole:
            np.abs(apart, out=apart)
        for k, limit in enumerate(limits):
            if limit <= 0:
                continue
            near = apart + np.uint16(limit - 1) < np.uint16(2 * limit - 1) if whole else apart < limit
            out[k] += np.add.reduce(near.view(np.uint8), axis=0, dtype=np.uint8)
    return out


def _bands(edges: NDArray[np.float64], unit: str) -> str:
    return " ".join(f"[{a:g}, {b:g})" for a, b in pairwise(edges)) + f" {unit}"


def _sentence(
    observed: NDArray[np.int64],
    expected: NDArray[np.float64],
    ratio: NDArray[np.float64],
    q: NDArray[np.float64],
    near: NDArray[np.float64],
    soon: NDArray[np.float64],
) -> str:
    where = "at the same place" if near[1] <= SAME_PLACE_M else f"within {near[1]:g} m"
    where = where if near[0] == 0 else f"{near[0]:g} to {near[1]:g} m apart"
    when = f"less than {soon[1]:g} days apart" if soon[0] == 0 else f"{soon[0]:g} to {soon[1]:g} days apart"
    seen = f"{observed[0, 0]:,} {'pair' if observed[0, 0] == 1 else 'pairs'} {where} and {when}"
    if np.isnan(ratio[0, 0]):
        return f"{seen[0].upper()}{seen[1:]}, and none by chance: too few incidents to tell."
    against = f"where chance would give {expected[0, 0]:,.1f}"
    if q[0, 0] <= LEVEL:
        return f"Incidents come as near repeats: {seen}, {against}, {ratio[0, 0]:.1f} times as many."
    return f"No near repeats can be told from chance: {seen}, {against}."
