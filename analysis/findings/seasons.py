"""What seasons and calendar months run at, as titles.

A season is held against the months of no season ("an ordinary month"), a calendar month of the index against the mean
of all twelve ("an average month"): two numbers with two names.
"""

from __future__ import annotations

import numpy as np

from analysis.common.method import MONTH_NAMES
from analysis.findings.finding import Finding, readable
from analysis.when.season_effect import SeasonEffect, SeasonEffects
from analysis.when.seasonality import UNUSUAL, SeasonalIndex
from data.kinds.crime_types import plural


def leading(found: SeasonEffects) -> SeasonEffect:
    """Choose the effect to speak of: the largest whose interval leaves out 1, or the largest."""
    clear = [effect for effect in found.effects if effect.differs] or list(found.effects)
    return max(clear, key=lambda effect: abs(np.log(effect.ratio)))


def season_title(found: SeasonEffect, name: str) -> Finding:
    """Say whether a season differs from the months of no season.

    Parameters
    ----------
    found : SeasonEffect
    name : str
        "ASB".

    Returns
    -------
    Finding
        A factor is named only where three years stand behind it and the interval leaves out 1; the detail is the
        effect's own sentence.
    """
    months = " and ".join(MONTH_NAMES[m - 1] for m in found.season.months)
    verb = "run" if plural(name) else "runs"
    if not found.sound:
        short = "too few years to tell"
        title = f"{name} in {months}: {short}"
    elif found.differs:
        title = f"{name} in {months} {verb} at about {found.written} times an ordinary month"
        short = f"about {found.written} times an ordinary month"
    else:
        short = "no clear difference"
        title = f"{name} in {months} cannot be told from an ordinary month"
    if not readable(title):  # a long name
        title = f"{name} in {months}: {short}"
    return Finding(title, detail=found.sentence)


def index_title(found: SeasonalIndex) -> Finding:
    """Say which calendar month stands highest, and whether that is more than years differ from each other."""
    value, low = (found.index[name].to_numpy(dtype=float) / 100 for name in ("index", "low"))
    above = np.flatnonzero((low > 1) & (value >= 1 + UNUSUAL))
    if len(above) and found.reliable:
        top = int(above[np.argmax(value[above])])
        return Finding(f"{MONTH_NAMES[top]} runs at {value[top]:.2f} times an average month", detail=found.sentence)
    if np.isnan(low).all() or not found.reliable:
        top = int(np.argmax(value))
        title = f"{MONTH_NAMES[top]} stands highest, with too few years to tell it from chance"
        return Finding(title, detail=found.sentence)
    return Finding("No month stands clearly above an average month", detail=found.sentence)
