"""Whether the ranking did better on past targets than plain counts of the last 12 months, by more than its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.common.tails import t_quantile

LEVEL = 0.95
FEWEST = 3  # targets: with fewer there is no error to speak of
NO_BETTER = "no better than last year's busiest places"


@dataclass(frozen=True)
class Lead:
    """How much more the ranking caught than last year's busiest cells.

    Attributes
    ----------
    targets : int
    points : float
        Mean lead in percentage points of the incidents; NaN without targets.
    error : float
        Half the width of its 95 % interval over the targets; infinite with fewer than three.
    """

    targets: int
    points: float
    error: float

    @property
    def proven(self) -> bool:
        """Whether the lead is larger than its error."""
        return self.points > self.error

    @property
    def sentence(self) -> str:
        """Say what past targets show, first in everyday words."""
        if not self.targets:
            return f"On past windows it was {NO_BETTER}, as far as can be told: there is none to look at."
        n = f"{self.targets} past {'window' if self.targets == 1 else 'windows'}"
        if self.targets < FEWEST:
            return f"It cannot be told from {n} to be better: {NO_BETTER}, as far as is known."
        head = "Better than last year's busiest places" if self.proven else NO_BETTER[:1].upper() + NO_BETTER[1:]
        return f"{head}: over {n} it caught {self.points:+.1f} points of the incidents, give or take {self.error:.1f}."


def lead(backtest: pd.DataFrame) -> Lead:
    """Compare the ranking with plain counts over the targets of a backtest.

    Parameters
    ----------
    backtest : DataFrame
        Of :func:`analysis.where.validation.backtest`, one share: ``hit_rate`` and ``rival_hit_rate`` by target.

    Returns
    -------
    Lead

    Notes
    -----
    Student's t over the targets. When it misleads: few years, which are not independent; and the ranking's parameters
    were chosen on years up to 2024, which favours it there.

    References
    ----------
    Of this project.
    """
    difference = 100 * (backtest["hit_rate"] - backtest["rival_hit_rate"]).dropna().to_numpy(dtype=float)
    n = len(difference)
    if n < FEWEST:
        return Lead(n, float(difference.mean()) if n else float("nan"), float("inf"))
    spread = float(difference.std(ddof=1)) / np.sqrt(n)
    return Lead(n, float(difference.mean()), float(t_quantile((1 + LEVEL) / 2, n - 1) * spread))
