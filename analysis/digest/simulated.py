"""How often a digest speaks up: in made-up quiet months, where incidents double, and in every stored month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.digest.unusual import judge, marked
from analysis.digest.worlds import World

BATCH = 25  # histories drawn at once: 14 crime types x 15 wards x 73 months x 25 take some 3 MB


@dataclass(frozen=True)
class Spoke:
    """Shares of made-up months in which something is said.

    Attributes
    ----------
    world : str
    draws : int
    any, area, wards : float
        Where any remark, one on the area, one on a ward was made.
    named : float
        Where the area's count of the doubled crime type was called unusual; NaN where none was doubled.
    """

    world: str
    draws: int
    any: float
    area: float
    wards: float
    named: float


def speaks(world: World, rng: np.random.Generator, draws: int = 1000, doubled: str = "") -> Spoke:
    """Judge the last month of made-up histories as a digest judges the newest month.

    Parameters
    ----------
    world : World
    rng : Generator
    draws : int
    doubled : str
        Crime type that twice as much is expected of in the judged month; empty for a quiet one.

    Returns
    -------
    Spoke

    Notes
    -----
    When it misleads: levels do not drift in a made-up world, and do in real ones.

    References
    ----------
    Of this project.
    """
    said = [
        _said(world, world.draw(rng, min(BATCH, draws - start), doubled), doubled) for start in range(0, draws, BATCH)
    ]
    area, wards, named = np.concatenate(said).T
    return Spoke(
        world.name, draws, float((area | wards).mean()), float(area.mean()), float(wards.mean()),
        float(named.mean()) if doubled else float("nan"),
    )  # fmt: skip


def _said(world: World, count: NDArray[np.float64], doubled: str) -> NDArray[np.bool_]:
    """Whether the area, a ward, and the doubled crime type of the area were called unusual, shape (draws, 3)."""
    draws, types, wards, n = count.shape
    every = np.concatenate([count.sum(axis=2, keepdims=True), count], axis=2)
    flat = every.reshape(-1, n)
    found = judge(world.period[:-1], flat[:, :-1], flat[:, -1], np.ones(n - 1, dtype=bool))
    out = np.zeros((draws, 3), dtype=bool)
    if found is None:
        return out
    p = found[1].reshape(draws, types, wards + 1)
    for at in range(draws):
        what = marked(world.kinds, p[at, :, 0], p[at, :, 1:])
        out[at, 0] = what[:, 0].any()
        out[at, 1] = what[:, 1:].any()
        out[at, 2] = bool(doubled) and bool(what[world.kinds.index(doubled), 0])
    return out
