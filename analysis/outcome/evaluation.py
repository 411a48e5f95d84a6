"""What a change is called against elsewhere, and the weighted displacement difference as it was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.common.method import Method
from analysis.common.tails import normal_quantile
from geo.errors import InputError

LEVEL = 0.95
POWER = 0.8  # 1.96 + 0.84 = 2.8 standard errors are seen in four of five cases
FELL, ROSE, CANNOT_TELL = "fell more than elsewhere", "rose more than elsewhere", "cannot tell"


@dataclass(frozen=True)
class DisplacementDifference:
    """Weighted displacement difference, as published.

    Attributes
    ----------
    difference : float
        Incidents; negative where the treated area, with its surroundings, changed for the better by comparison.
    standard_error : float
    interval : (float, float)
    level : float
    sentence : str
    method : Method
    """

    difference: float
    standard_error: float
    interval: tuple[float, float]
    level: float
    sentence: str
    method: Method


def weighted_displacement_difference(
    treated: Sequence[float],
    control: Sequence[float],
    displacement_treated: Sequence[float] | None = None,
    displacement_control: Sequence[float] | None = None,
    level: float = 0.90,
    *,
    data_version: str = "",
    period: str = "",
) -> DisplacementDifference:
    """Compare the change of a treated area and its surroundings with that of a comparison area.

    Parameters
    ----------
    treated, control : (before, after)
        Incidents.
    displacement_treated, displacement_control : (before, after), optional
        Incidents in the surroundings of each, to which they may have moved; both or neither.
    level : float
        Of the interval.
    data_version, period : str
        For the caption.

    Returns
    -------
    DisplacementDifference

    Raises
    ------
    InputError
        A count that is negative or no number, one of the two surroundings alone, or a level outside 0 to 1.

    Notes
    -----
    [(T1 - T0) - (C1 - C0)] + [(DT1 - DT0) - (DC1 - DC0)], standard error the square root of the sum of all counts.
    When it misleads: it compares differences in incidents, not in per cent. Where the comparison area has twice the
    incidents, a rise of 45 % everywhere is called a change in 38 % of cases; and real months vary more than
    independent incidents. The verdict is that of :func:`analysis.outcome.operation.judge`.

    References
    ----------
    Wheeler, A. P. and Ratcliffe, J. H. (2018). A simple weighted displacement difference test to evaluate place based
    crime interventions. Crime Science 7, 11.
    """
    if (displacement_treated is None) != (displacement_control is None):
        raise InputError(
            "surroundings are given for both areas or for neither", column="displacement_control",
            hint="Give (0, 0) where an area has none.",
        )  # fmt: skip
    if not 0 < level < 1:
        raise InputError("a level lies between 0 and 1", column="level", value=str(level))
    pairs = [_pair(treated, "treated"), _pair(control, "control")]
    if displacement_treated is not None and displacement_control is not None:
        pairs += [
            _pair(displacement_treated, "displacement_treated"),
            _pair(displacement_control, "displacement_control"),
        ]
    counts = np.array(pairs)
    change = counts[:, 1] - counts[:, 0]
    difference = float((change * np.resize([1.0, -1.0], len(change))).sum())
    error = float(np.sqrt(counts.sum()))
    reach = float(normal_quantile(0.5 + level / 2)) * error
    interval = (difference - reach, difference + reach)
    spread = f"{100 * level:g} % interval {signed(interval[0])} to {signed(interval[1])}"
    return DisplacementDifference(
        difference=difference,
        standard_error=error,
        interval=interval,
        level=level,
        sentence=f"Weighted displacement difference: {signed(difference)} incidents ({spread}).",
        method=Method(
            name="weighted displacement difference",
            parameters={
                "interval": f"{100 * level:g} %, independent incidents",
                "surroundings": "counted" if len(pairs) > 2 else "not counted",
            },
            n=round(float(counts.sum())),
            data_version=data_version,
            period=period,
            caveats=("It misleads where the two areas have different levels and both rise or fall.",),
            source_refs=("Wheeler and Ratcliffe 2018",),
        ),
    )


def _pair(counts: Sequence[float], column: str) -> tuple[float, float]:
    pair = np.asarray(counts, dtype=float)
    if pair.shape != (2,) or not np.isfinite(pair).all() or (pair < 0).any():
        raise InputError("there are two counts, before and after, not negative", column=column, value=str(counts))
    return float(pair[0]), float(pair[1])


def signed(value: float) -> str:
    """Write a difference in incidents with its sign: "+12", "−3", "0"."""
    rounded = round(value)
    return "0" if rounded == 0 else f"{'+' if rounded > 0 else '−'}{abs(rounded):,}"


def verdict_words(verdict: str, before: float, after: float) -> str:
    """Say a verdict, which is relative to elsewhere, so that it does not contradict the count itself.

    Parameters
    ----------
    verdict : str
        ``FELL`` or ``ROSE``.
    before, after : float
        Incidents recorded.
    """
    if verdict == FELL and after > before:
        return "rose less than elsewhere"
    if verdict == ROSE and after < before:
        return "fell less than elsewhere"
    if after == before:
        return f"stayed the same, unlike elsewhere ({'less' if verdict == FELL else 'more'} by comparison)"
    return verdict
