"""Ways along the streets of a network: shortest paths between places that lie beside its streets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.ops import substring

from analysis.patrol.router import DETOUR, NO_STREET, NO_WAY, STREETS, TOO_FAR, Floats, Legs, straight_metres
from data.plan.plan import FOOT, VEHICLE
from data.plan.ways import Leg, Ways
from data.streets.network import Network
from data.streets.open_roads import MOTORWAY, PATH

REACH_M = 150.0  # a place further from its street lies beside none
MOST_TIMES, MOST_MORE_M = 5.0, 1000.0  # a way longer than so many straight lines and so much is not believed
_ISLAND = 0.05  # of the length of the largest part: no place joins a smaller one
_ALL = slice(None)
_LEAST_M = 1e-6  # two places at one point of a street
Ints = NDArray[np.int64]


class StreetRouter:
    """Finds ways along a network of streets: on foot without motorways, by vehicle without paths.

    Parameters
    ----------
    network : Network

    Notes
    -----
    A place joins the nearest street, straight; by vehicle none joins a motorway. A way is the shortest one (Dijkstra
    1959). One that ends further than :data:`REACH_M` from its street has that end times 1.3. Where there is no way, or
    one longer than :data:`MOST_TIMES` straight lines and :data:`MOST_MORE_M`, the straight line times 1.3 stands in: a
    crossing may be missing in the file, or lie beyond its edge. ``why`` tells all these from ways along streets. Parts
    of the network that hold less than a twentieth of the largest are left alone, unless there is nothing else.

    When it misleads: one-way streets, barriers, gates and private ground are not known, and streets are not told apart
    by speed.

    References
    ----------
    Dijkstra, E. W. (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1, 269-271.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._parts = {
            FOOT: _part(network, network.foot & (network.classes != MOTORWAY)),
            VEHICLE: _part(network, network.classes != PATH),
        }

    @property
    def mixed(self) -> bool:
        """Some ways follow streets, others are straight."""
        return True

    def legs(self, east_m: Floats, north_m: Floats, travel: str) -> Legs:
        """Ways between all of some places.

        Parameters
        ----------
        east_m, north_m : ndarray, shape (n,)
            EPSG:27700.
        travel : str
            "foot" or "vehicle".

        Returns
        -------
        Legs
        """
        part = self._parts[travel]
        spots = part.beside(east_m, north_m)
        straight = straight_metres(east_m, north_m, east_m, north_m)
        on = np.flatnonzero(spots.street >= 0)
        along = np.full(straight.shape, np.inf)
        if len(on):
            graph = _graph(part, spots)
            limit = MOST_TIMES * float(straight.max()) + MOST_MORE_M
            found = dijkstra(graph.matrix, indices=graph.first + on, limit=limit)[:, graph.first + on]
            away = spots.away[on]
            along[np.ix_(on, on)] = np.minimum(found, found.T) + (away[:, None] + away[None, :])
        return _mixed(along, straight, spots)

    def reach(self, base: int, east_m: Floats, north_m: Floats, travel: str) -> Floats:
        """Metres from one of some places to all of them, shape (n,)."""
        part = self._parts[travel]
        spots = part.beside(east_m, north_m)
        straight = straight_metres(east_m[[base]], north_m[[base]], east_m, north_m)
        along = np.full(straight.shape, np.inf)
        if spots.street[base] >= 0:
            graph = _graph(part, spots)
            found = dijkstra(graph.matrix, indices=[graph.first + base])[0, graph.first :]
            along[0] = found + spots.away + spots.away[base]
        metres: Floats = _mixed(along, straight, spots, slice(base, base + 1)).metres[0]
        return metres

    def lines(
        self, east_m: Floats, north_m: Floats, pairs: Sequence[tuple[int, int]], travel: str
    ) -> list[Floats | None]:
        """Points along the way of some legs, from place to place, shape (k, 2) each; None where streets give none."""
        part = self._parts[travel]
        used = sorted({at for pair in pairs for at in pair})
        east, north = east_m[used], north_m[used]
        spots = part.beside(east, north)
        graph = _graph(part, spots)
        at = {place: k for k, place in enumerate(used)}
        sources = sorted({at[a] for a, _ in pairs if spots.street[at[a]] >= 0})
        if not sources:
            return [None] * len(pairs)
        straight = straight_metres(east, north, east, north)
        limit = MOST_TIMES * float(straight.max()) + MOST_MORE_M
        _, before = dijkstra(
            graph.matrix, indices=[graph.first + k for k in sources], limit=limit, return_predecessors=True
        )
        row = {k: i for i, k in enumerate(sources)}
        found: list[Floats | None] = []
        for a, b in pairs:
            start, end = at[a], at[b]
            steps = _steps(before[row[start]], graph.first + start, graph.first + end) if start in row else []
            if not steps:
                found.append(None)
                continue
            runs = [graph.piece(one, two) for one, two in pairwise(steps)]
            line = np.vstack([[[east[start], north[start]]], *runs, [[east[end], north[end]]]])
            line = line[np.r_[True, (np.abs(np.diff(line, axis=0)) > _LEAST_M).any(axis=1)]]
            line[-1] = east[end], north[end]
            found.append(line)
        return found

    def ways(self, legs: tuple[Leg, ...]) -> Ways | None:
        """Say for some legs which streets they follow."""
        return Ways(self.network.source, self.network.attribution, self.network.version, legs)


@dataclass(frozen=True, eq=False)
class _Spots:
    """Where places join the streets: which one (-1 for none), of which connected part, how far along and away.

    Those that are ``off`` lie further from it than :data:`REACH_M`: there ``away`` is times 1.3.
    """

    street: Ints
    part: Ints
    off: NDArray[np.bool_]
    along: Floats
    away: Floats


@dataclass(frozen=True, eq=False)
class _Part:
    """Streets of one way to travel, and of which connected part each is; those that a place may join, in a tree."""

    nodes: int
    part: Ints
    ends: Ints
    metres: Floats
    lines: NDArray[np.object_]
    joined: Ints
    tree: shapely.STRtree = field(repr=False)

    def beside(self, east_m: Floats, north_m: Floats) -> _Spots:
        """Find the nearest street of every place."""
        points = np.asarray(shapely.points(east_m, north_m), dtype=object)
        street = np.full(len(points), -1, dtype=np.int64)
        if len(self.joined):
            place, near = self.tree.query_nearest(points, all_matches=False)
            street[place] = self.joined[near]
        on = street >= 0
        part = np.full(len(points), -1, dtype=np.int64)
        part[on] = self.part[street[on]]
        along, away = np.zeros(len(points)), np.full(len(points), np.inf)
        lines = self.lines[street[on]]
        along[on] = np.clip(np.nan_to_num(shapely.line_locate_point(lines, points[on], normalized=True)), 0.0, 1.0)
        away[on] = shapely.distance(lines, points[on])
        off = away > REACH_M
        return _Spots(street, part, off, along, np.where(off, DETOUR * away, away))


def _part(network: Network, kept: NDArray[np.bool_]) -> _Part:
    ends, metres, lines, classes = network.ends[kept], network.metres[kept], network.lines[kept], network.classes[kept]
    n = len(network.nodes)
    links = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n))
    _, part = connected_components(links, directed=False)
    own = part[ends[:, 0]]
    length = np.bincount(own, weights=metres, minlength=1)
    joined = np.flatnonzero((length[own] >= _ISLAND * length.max()) & (classes != MOTORWAY))
    return _Part(n, own.astype(np.int64), ends, metres, lines, joined, shapely.STRtree(lines[joined]))


@dataclass(frozen=True, eq=False)
class _Graph:
    """Streets cut where places join them: places are the nodes from ``first`` on, whether they join a street or not.

    Piece k runs from node ``begin[k]`` to ``end[k]`` along a street, between two parts of its length.
    """

    part: _Part
    first: int
    matrix: csr_array
    key: Ints
    begin: Ints
    street: Ints
    between: Floats

    def piece(self, one: int, two: int) -> Floats:
        """Points from one node to the next."""
        k = int(np.searchsorted(self.key, min(one, two) * self.matrix.shape[0] + max(one, two)))
        line, (low, high) = self.part.lines[self.street[k]], self.between[k]
        if (low, high) != (0.0, 1.0):
            line = substring(line, low, high, normalized=True)
        points: Floats = shapely.get_coordinates(line)
        return points if self.begin[k] == one else points[::-1]


def _graph(part: _Part, spots: _Spots) -> _Graph:
    on = np.flatnonzero(spots.street >= 0)
    on = on[np.lexsort((spots.along[on], spots.street[on]))]
    street, along, node = spots.street[on], spots.along[on], part.nodes + on
    new = np.ones(len(on) + 1, dtype=bool)
    new[1:-1] = street[1:] != street[:-1]
    opens, closes = new[:-1], new[1:]
    before = np.where(opens, part.ends[street, 0], np.roll(node, 1))
    low = np.where(opens, 0.0, np.roll(along, 1))
    whole = np.setdiff1d(np.arange(len(part.ends)), street)
    begin = np.concatenate([part.ends[whole, 0], before, node[closes]])
    end = np.concatenate([part.ends[whole, 1], node, part.ends[street[closes], 1]])
    of = np.concatenate([whole, street, street[closes]])
    low = np.concatenate([np.zeros(len(whole)), low, along[closes]])
    high = np.concatenate([np.ones(len(whole)), along, np.ones(int(closes.sum()))])
    metres = np.maximum((high - low) * part.metres[of], _LEAST_M)
    size = part.nodes + len(spots.street)
    key = np.minimum(begin, end) * size + np.maximum(begin, end)
    order = np.lexsort((metres, key))
    order = order[begin[order] != end[order]]
    order = order[np.r_[True, np.diff(key[order]) != 0]] if len(order) else order  # the shortest of two between nodes
    key, begin, end, metres = key[order], begin[order], end[order], metres[order]
    both = (np.concatenate([metres, metres]), (np.concatenate([begin, end]), np.concatenate([end, begin])))
    between = np.column_stack([low, high])[order]
    return _Graph(part, part.nodes, csr_array(both, shape=(size, size)), key, begin, of[order], between)


def _steps(before: NDArray[np.int32], start: int, end: int) -> list[int]:
    """Nodes of a shortest path in order; empty where there is none."""
    steps = [end]
    while steps[-1] != start:
        last = int(before[steps[-1]])
        if last < 0:
            return []
        steps.append(last)
    return steps[::-1]


def _mixed(along: Floats, straight: Floats, spots: _Spots, first: slice = _ALL) -> Legs:
    """Ways along streets where there are any that can be believed, else straight ones; shape (from, to)."""
    one, other = spots.part[first][:, None], spots.part[None, :]
    why = np.where(spots.off[first][:, None] | spots.off[None, :], NO_STREET, STREETS)
    why = np.where(along > MOST_TIMES * straight + MOST_MORE_M, TOO_FAR, why)
    why = np.where(one != other, NO_WAY, why)
    none = (one < 0) | (other < 0)
    why = np.where(none, NO_STREET, why)
    why = np.where(straight == 0, STREETS, why).astype(np.int8)
    instead = none | (why == NO_WAY) | (why == TOO_FAR)
    metres = np.where(instead, straight * DETOUR, np.maximum(along, straight))
    return Legs(np.where(straight == 0, 0.0, metres), why)
