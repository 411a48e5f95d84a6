"""How much any plan of patrols could cover at most: a bound, so that a plan can say how far from the best it may be.

Every cell is given a price. A crew that pays the price of every stay and may come back to cells it has forgotten can
collect at least as much as a real one; so the prices of all cells, and what the crews then collect, bound what any plan
covers. Prices and memories are bettered in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.patrol.tour import Route

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_NEVER = np.float32(-1e9)
# Steps of time in a shift (at least; at most twice as many), and cells a place on a route remembers, at most: the first
# is quick and weak, the last slow and strong.
_PHASES = ((100, 0), (160, 2), (200, 3), (240, 4))
_SMALLEST = 0.1  # move of the prices at which a phase has done what it can
_PATIENCE = 4  # rounds without gain before prices move half as far
_ENOUGH = 1e-3  # of the value: a bound this close is as good as a proof
_BLOCK = 600_000  # elements worked on at once
_EPS = 1e-6
_SINGLE = 1e-5  # relative: sums in single precision are rounded up by this


@dataclass(frozen=True, eq=False)
class Kind:
    """Crews that are alike, with the same base and way of travel."""

    route: Route
    crews: int


@dataclass(frozen=True)
class Bound:
    """What no plan exceeds.

    Attributes
    ----------
    value : float
    rounds : int
        Of bettering prices.
    """

    value: float
    rounds: int


def upper_bound(kinds: Sequence[Kind], prize: Floats, pinned: Sequence[int], value: float, work: float) -> Bound:
    """Bound what any plan can collect.

    Parameters
    ----------
    kinds : sequence of Kind
    prize : ndarray, shape (n,)
    pinned : sequence of int
        Cells that some crew must visit.
    value : float
        Of a plan there is: prices move towards it, and the bound is never below it.
    work : float
        Elements that may be worked on in all; the same work gives the same bound on every machine.

    Returns
    -------
    Bound

    Notes
    -----
    Lagrangian relaxation of "each cell once", priced by dynamic programming over routes whose memory grows where they
    go round in circles (ng-routes: Baldacci, Mingozzi and Roberti 2011; grown as in Roberti and Mingozzi 2014), prices
    by subgradients (Held, Wolfe and Crowder 1974). Times are rounded down to whole steps here, so that rounding can
    only make the bound weaker.
    """
    n = len(prize)
    possible = np.zeros(n, dtype=bool)
    for kind in kinds:
        possible |= kind.route.allowed
    everything = float(prize[possible].sum())
    if not kinds or everything <= value * (1 + _ENOUGH):
        return Bound(max(value, everything), 0)
    must = np.zeros(n, dtype=bool)
    must[list(pinned)] = True
    best, spent, done = everything, 0.0, 0
    best_price = price = _first_prices(kinds, prize, possible)
    walks: list[_Walks] = []
    for steps, memory in _PHASES:
        walks = [_Walks(kind.route, steps, walks[i] if walks else None) for i, kind in enumerate(kinds)]
        step, waited, price = 1.0 if not done else 0.5, 0, best_price.copy()
        while spent < work and step > _SMALLEST:
            done += 1
            total, stays = float(price[possible].sum()), np.zeros(n)
            for kind, walk in zip(kinds, walks, strict=True):
                found, cells = walk.best(prize - price)
                spent += walk.work
                total += kind.crews * found
                np.add.at(stays, cells, kind.crews)
                walk.learn(cells, memory)
            for walk in walks:
                walk.drop(value - total)
            if total < best * (1 - 2e-4):
                best, best_price, waited = total, price.copy(), 0
            else:
                best, waited = min(best, total), waited + 1
                if waited >= _PATIENCE:
                    price, step, waited = best_price.copy(), step / 2, 0
            short = np.where(possible, 1 - stays, 0.0)
            short[(price <= 0) & (short > 0) & ~must] = 0.0
            square = float(short @ short)
            if square == 0 or best <= value * (1 + _ENOUGH):
                return Bound(max(best, value), done)
            price = price - step * max(total - value, 0.0) / square * short
            price = np.where(must, price, np.maximum(price, 0.0))
    return Bound(max(best, value), done)


def _first_prices(kinds: Sequence[Kind], prize: Floats, possible: NDArray[np.bool_]) -> Floats:
    """Prices at which as many cells are worth a stay as there is time for, were all of them a short walk apart."""
    stays = 0.0
    for kind in kinds:
        way = kind.route.seconds[1:, 1:]
        near = np.sort(way, axis=1)[:, 1:2].mean() if len(way) > 1 else 0.0
        stays += kind.crews * kind.route.limit / (kind.route.stay + near)
    ranked = np.sort(prize[possible])[::-1]
    last = ranked[min(int(stays), len(ranked) - 1)]
    return np.where(possible, np.maximum(prize - last, 0.0), 0.0)


@dataclass(eq=False)
class _Walks:
    """Best walks of one kind of crew for given worths of the cells, with memories that grow.

    A walk that ends in cell j has forgotten all but ``memory[j]``. ``table[t, j, m]`` is the most that a walk collects
    that has left j after at most t steps, where of the remembered cells only those in m may have been visited.
    """

    route: Route
    least_steps: int
    before: _Walks | None
    memory: list[list[int]] = field(init=False)
    open: NDArray[np.bool_] = field(init=False)
    work: float = 0.0
    _key: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        route = self.route
        self.open = self.before.open if self.before else route.allowed.copy()
        self._lost = np.zeros(len(route.allowed))
        self.memory = self.before.memory if self.before else [[] for _ in range(len(route.allowed))]
        self.unit = _unit(route, self.least_steps)
        self.out = np.floor((route.seconds[0, 1:] + route.stay) / self.unit + _EPS).astype(np.intp)
        self.home = np.floor(route.seconds[0, 1:] / self.unit + _EPS).astype(np.intp)
        self.between = np.floor((route.seconds[1:, 1:] + route.stay) / self.unit + _EPS).astype(np.intp)
        self.steps = int(np.floor(route.limit / self.unit + _EPS))

    def best(self, worth: Floats) -> tuple[float, Ints]:
        """Most that one crew collects, rounded up, and the cells in order, with repeats; cells worth nothing are out.

        Leaving them out is right because a real tour is never longer without a cell.
        """
        cells = np.flatnonzero(self.open & (worth > 0))
        self.work = 0.0
        self._lost[:] = 0.0
        if not len(cells):
            return 0.0, cells
        self._tables(cells)
        n, masks, width = len(cells), self._masks, self._width
        value = worth[cells].astype(np.float32)
        table = np.full((self._pad + self.steps + 1, width), _NEVER, dtype=np.float32)
        flat = table.reshape(-1)
        off = ~np.eye(n, dtype=bool)
        block = int(self._hops[off].min()) if n > 1 else self.steps + 1
        block = max(1, min(block, 1 + _BLOCK // (n * n * masks)))
        out = self.out[cells]
        for first in range(0, self.steps + 1, block):
            now = np.arange(first, min(first + block, self.steps + 1))
            came = flat.take(self._base + (now * width)[:, None, None, None]).max(axis=1)
            start = np.where(now[:, None] >= out, np.float32(0), _NEVER)[:, :, None]
            rows = np.maximum(came, start) + value[None, :, None]
            table[self._pad + now, :-1] = rows.reshape(len(now), -1)
        self.work = float(self.steps + 1) * n * n * masks
        end = self.steps - self.home[cells]
        last = np.where(end >= 0, table[self._pad + np.maximum(end, 0), np.arange(n) * masks + masks - 1], _NEVER)
        j = int(last.argmax())
        if last[j] <= 0:
            return 0.0, cells[:0]
        # Forth to a cell and back from it, both along walks from the base: the stay in it counts in both.
        full = table[self._pad :, np.arange(n) * masks + masks - 1]
        both = self.steps + int(np.ceil(self.route.stay / self.unit))
        there = np.arange(max(0, both - self.steps), self.steps + 1)
        through = (full[there] + full[both - there]).max(axis=0) - value
        self._lost[cells] = last[j] - through - _SINGLE * last[j]
        walk = self._traced(flat, out, j, int(end[j]))
        return float(last[j]) * (1 + _SINGLE), cells[walk]

    def drop(self, room: float) -> None:
        """Leave out for good the cells with which no plan reaches the value there is; ``room`` is at most 0."""
        self.open &= ~(self._lost > -room)

    def learn(self, walk: Ints, most: int) -> None:
        """Let the cells of every circle of a walk remember where the circle began."""
        seen: dict[int, int] = {}
        for at, cell in enumerate(walk.tolist()):
            if cell in seen:
                circle = [c for c in walk[seen[cell] + 1 : at].tolist() if cell not in self.memory[c]]
                if all(len(self.memory[c]) < most for c in circle):
                    for c in dict.fromkeys(circle):
                        self.memory[c].append(cell)
            seen[cell] = at

    def _traced(self, flat: NDArray[np.float32], out: Ints, j: int, at: int) -> list[int]:
        n_masks, width = self._masks, self._width
        mask, walk = n_masks - 1, [j]
        while True:
            back = self._base[:, j, mask] + at * width
            i = int(flat[back].argmax())
            if flat[back[i]] <= (0 if at >= out[j] else _NEVER / 2):
                return walk[::-1]
            at -= int(self._hops[i, j])
            mask = int(back[i] - (self._pad + at) * width) - i * n_masks
            j = i
            walk.append(j)

    def _tables(self, cells: Ints) -> None:
        """Where in the flat table each hop comes from: ``base[i, j, mask]``, for time 0."""
        key = (cells.tobytes(), tuple(map(tuple, self.memory)))
        if key == self._key:
            return
        self._key = key
        n, at = len(cells), {int(cell): i for i, cell in enumerate(cells)}
        kept = [[at[c] for c in self.memory[int(cell)] if c in at] for cell in cells]
        bits = max(len(k) for k in kept)
        masks = 1 << bits
        mask = np.arange(masks)
        bit_of = np.full((n, n), -1, dtype=np.intp)  # [j, x]: bit of x in the memory of j
        for j, remembered in enumerate(kept):
            bit_of[j, remembered] = np.arange(len(remembered))
        index = np.arange(n)
        source = np.zeros((n, n, masks), dtype=np.intp)
        for bit in range(bits):
            x = np.array([k[bit] if bit < len(k) else -1 for k in kept])
            there = bit_of[:, np.maximum(x, 0)].T[:, :, None]  # [i, j]: bit of what i remembers in the memory of j
            may = (there < 0) | ((mask >> np.maximum(there, 0)) & 1 == 1)
            may &= (x[:, None] != index)[:, :, None] & (x >= 0)[:, None, None]
            source |= may.astype(np.intp) << bit
        there = bit_of.T[:, :, None]
        may = (there < 0) | ((mask >> np.maximum(there, 0)) & 1 == 1)
        may = may & ~np.eye(n, dtype=bool)[:, :, None]
        self._hops = self.between[np.ix_(cells, cells)]
        self._pad, self._masks, self._width = int(self._hops.max()), masks, n * masks + 1
        column = np.where(may, index[:, None, None] * masks + source, n * masks)
        self._base = (self._pad - self._hops)[:, :, None] * self._width + column


def _unit(route: Route, steps: int) -> float:
    """Length of a time step, seconds: of those about right, the one that loses least when short hops are rounded."""
    fine, coarse = route.limit / (2 * steps), route.limit / steps
    hops = np.sort(route.seconds[1:, 1:], axis=1)[:, 1:5].reshape(-1) + route.stay
    if not len(hops):
        hops = np.array([route.stay])
    tried = np.linspace(fine, coarse, 61)
    lost = [float((hops / unit - np.floor(hops / unit + _EPS)).mean() * unit) for unit in tried]
    return float(tried[int(np.argmin(lost))])
