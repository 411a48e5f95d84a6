"""How a problem ends: the verdict of Did it work in a few lines that blame nobody."""

from __future__ import annotations

from analysis.common.refusal import Refusal
from analysis.outcome.evaluation import CANNOT_TELL, FELL
from analysis.outcome.operation import Verdict
from analysis.problem.said import Said, hushed

SMALL = 0.2  # above this much may have changed unseen
LIMITS = (
    "The counts say what changed, not why. More officers can mean more records, and places chosen at their worst tend "
    "to get better by themselves."
)
NO_VERDICT = (
    "That the data give no verdict says nothing against what was done. What partners saw and counted themselves stands "
    "beside it."
)


def ending(found: Verdict | Refusal, months: str = "", *, partner: bool = False) -> tuple[Said, ...]:
    """Say how it ended.

    Parameters
    ----------
    found : Verdict or Refusal
        Of :func:`analysis.outcome.operation.judge`.
    months : str, optional
        Those that were asked of, such as "May to August 2024": they stand behind its sentence.
    partner : bool
        A partner's feed gave the counts: those from 1 to 4 are not written out.

    Returns
    -------
    tuple of Said
        ``verdict``: its own sentence, as Did it work says it, or the refusal; ``ending``: what that means for those who
        worked on it; ``limits``: what a verdict cannot see.
    """
    text = str(found) if isinstance(found, Refusal) else found.sentence
    told = hushed(text) if partner else text
    told = f"{told} Months: {months}." if months else told
    if isinstance(found, Refusal):
        return Said("verdict", told, refused=True), Said("ending", NO_VERDICT)
    return Said("verdict", told), Said("ending", _ending(found)), Said("limits", LIMITS)


def _ending(found: Verdict) -> str:
    if found.verdict == FELL:
        return (
            "Fewer were recorded than places like it lead to expect, by more than chance. That is what was aimed for; "
            "the counts alone do not show that the response did it."
        )
    if found.verdict != CANNOT_TELL:
        return (
            "More were recorded than places like it lead to expect, by more than chance. Ask first whether more was "
            "reported, or more officers were there to record it."
        )
    # the verdict's own sentence says which fall would have gone unseen: not once more, rounded otherwise
    if found.smallest_fall <= SMALL:
        return "It changed no more than such places do by themselves."
    return "It cannot be told whether this worked: that is a usual ending, and no reproach."
