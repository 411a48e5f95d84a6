"""Hit rate, PAI and PEI: how much of what came later the top cells caught."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.where.cells import cells_in_share
from geo.errors import InputError


def hit_rate(score: ArrayLike, later: ArrayLike, share: float) -> float:
    """Share of the later incidents that fell in the top cells.

    Parameters
    ----------
    score : array_like, shape (n,)
        What cells are ranked by, highest first, made without looking at ``later``. Equal cells.
    later : array_like, shape (n,)
        Incidents that came later, by the same cells.
    share : float
        Of the cells; ``N = ceil(round(share n, 9))``.

    Returns
    -------
    float
        0 to 1; NaN when nothing came later. Cells that tie at the border count in part, so that their order never
        matters.

    Raises
    ------
    InputError
        Shapes that differ, a score that is not a number, negative incidents, a share outside 0 to 1.

    Notes
    -----
    Misleads across cell sizes and areas: five per cent of large cells are a larger place. Compare on one grid only.

    References
    ----------
    Chainey, S., Tompson, L. and Uhlig, S. (2008). The utility of hotspot mapping for predicting spatial patterns of
    crime. Security Journal 21, 4-28.
    """
    s, x = _pair(score, later)
    total = float(x.sum())
    return caught(s, x, cells_in_share(share, len(s))) / total if total > 0 else float("nan")


def pai(score: ArrayLike, later: ArrayLike, share: float) -> float:
    """Predictive accuracy index: hit rate over the share of the area that was searched, ``(n/N) / (a/A)``.

    Parameters, exceptions and ties are as for :func:`hit_rate`. The share of the area is that of the whole cells taken,
    so 44 of 2,165 and not 2 %.

    Returns
    -------
    float
        1 is no better than chance; NaN when nothing came later.

    Notes
    -----
    Misleads by growing without end as the share shrinks: compare at one share only.

    References
    ----------
    Chainey, Tompson and Uhlig (2008).
    """
    s, x = _pair(score, later)
    return hit_rate(s, x, share) * len(s) / cells_in_share(share, len(s))


def pei(score: ArrayLike, later: ArrayLike, share: float) -> float:
    """Predictive efficiency index: PAI over the best PAI possible with as many cells.

    Parameters, exceptions and ties are as for :func:`hit_rate`.

    Returns
    -------
    float
        0 to 1; NaN when nothing came later.

    Notes
    -----
    Misleads with few incidents: the best possible ranking then catches all of them, and a good one looks poor.

    References
    ----------
    Hunt, J. M. (2016). Do crime hot spots move? Exploring the effects of the modifiable areal unit problem and
    modifiable temporal unit problem on crime hot spot stability. American University.
    """
    s, x = _pair(score, later)
    n = cells_in_share(share, len(s))
    best = caught(x, x, n)
    return caught(s, x, n) / best if best > 0 else float("nan")


def _pair(score: ArrayLike, later: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    s, x = np.asarray(score, dtype=float), np.asarray(later, dtype=float)
    if s.ndim != 1 or s.shape != x.shape or len(s) == 0:
        raise InputError(
            "score and later incidents are two lists over the same cells",
            column="later",
            value=f"shapes {s.shape} and {x.shape}",
        )
    if np.isnan(s).any():
        raise InputError(
            f"{int(np.isnan(s).sum())} cells have no score",
            column="score",
            hint="Give every cell a score, 0 if need be.",
        )
    wrong = x[~(np.isfinite(x) & (x >= 0))]
    if len(wrong):
        raise InputError("later incidents are counts", column="later", value=str(wrong[0]))
    return s, x


def caught(score: NDArray[np.float64], later: NDArray[np.float64], n: int) -> float:
    """Count the incidents in the top ``n`` cells; those at the border share what is left in equal parts."""
    border = np.partition(score, len(score) - n)[len(score) - n]
    above, at = score > border, score == border
    return float(later[above].sum() + (n - int(above.sum())) * (float(later[at].sum()) / int(at.sum())))
