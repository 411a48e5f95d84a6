"""An area among other districts in sentences: its place, which differences are more than years vary by, a claim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.common.method import YEAR, month_name
from analysis.common.percents import interval, signed
from analysis.course.beside import HIGHER, LOWER, NEAR, Beside
from analysis.findings.finding import Finding, capital, readable
from data.kinds.lists import join_words, number_words
from data.place.neighbours import Claim

_ORDINALS = ("", "", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ", "ninth ", "tenth ")
HOLDS, NOT_SURE, FAILS, UNKNOWN = "holds", "not sure", "does not hold", "cannot be checked"
MOST_NAMED = 4
VARY = "by more than years vary by"


def rank_words(rank: int, of: int) -> str:
    """Write a place among several, 1 the lowest, from the nearer end: "third lowest", "second highest", "lowest".

    Parameters
    ----------
    rank, of : int
    """
    end, place = ("lowest", rank) if rank <= (of + 1) // 2 else ("highest", of + 1 - rank)
    ordinal = _ORDINALS[place] if place < len(_ORDINALS) else f"{place}th "
    return f"{ordinal}{end}"


def beside_title(found: Beside, name: str) -> Finding:
    """Say which place an area has among districts, and from which it cannot be told apart.

    Parameters
    ----------
    found : Beside
    name : str
        What is counted, as it begins a sentence: "ASB".

    Returns
    -------
    Finding
        A place is never told without saying what of it is within what years vary by, and not at all where all is.
    """
    place = f"is {rank_words(found.rank, found.of)} of {number_words(found.of)}"
    when = f"in the 12 months to {month_name(found.end)}"
    if len(found.months) < YEAR:
        when = f"in {len(found.months)} of the 12 months to {month_name(found.end)}"
    near = found.named(NEAR)
    others = f"{number_words(len(near))} other{'' if len(near) == 1 else 's'}"
    ends = [f", not told apart from {others}", f", {others} too close"] if near else [", clearly"]
    ends = [f", not told apart from {near[0]}", *ends] if len(near) == 1 else ends
    if not found.spread.known:  # then nobody knows what a place would say
        among = f"among the other {number_words(found.of - 1)}" if found.of > 2 else "beside the other"
        place, ends = f"cannot yet be placed {among}", [""]
    if found.spread.known and len(near) == found.of - 1:  # then a place would say nothing
        place = "is not told apart from "
        ends = [near[0]] if len(near) == 1 else [f"the other {number_words(len(near))}"]
    titles = [f"{name}: {whom} {place}{end}" for whom in (found.own, "the area") for end in ends]
    return Finding(next(filter(readable, titles), titles[-1]), when, _detail(found))


def _detail(found: Beside) -> str:
    """Rate, the difference to the next on each side, and between which places it lies."""
    mine = found.table[found.table["own"]].iloc[0]
    said = [f"{mine['rate']:.1f} for every 1,000 residents ({mine['low']:.1f} to {mine['high']:.1f})."]
    if not found.spread.known:
        return f"{said[0]} Two years of months are needed to tell what a difference means."
    lower, higher, near = (found.named(one) for one in (LOWER, HIGHER, NEAR))
    clear = [f"{word} than {_named(names)}" for word, names in (("lower", higher), ("higher", lower)) if names]
    if clear:
        said.append(f"It is {' and '.join(clear)} {VARY}.")
    if near:
        verb = "is" if len(near) == 1 else "are"
        said.append(
            f"The difference{'' if len(near) == 1 else 's'} to {_named(near)} {verb} within what years vary by: "
            f"its place lies between {rank_words(found.lowest, found.of)} and {rank_words(found.highest, found.of)}."
        )
    return " ".join(said)


def _named(names: list[str]) -> str:
    """Name districts, the nearest rate first; many by their number."""
    return join_words(names) if len(names) <= MOST_NAMED else f"{number_words(len(names))} others"


def trend_words(found: Beside) -> str:
    """Say how an area and the others moved: against the year before, and since the first 12 months of all.

    Parameters
    ----------
    found : Beside

    Returns
    -------
    str
        Whole sentences; empty where there is neither.
    """
    mine, others = found.table[found.table["own"]].iloc[0], found.table[~found.table["own"]]
    said = []
    if np.isfinite(mine["change"]):
        moved = [
            (f"{row['district']} {signed(row['change'] - 1)}")
            for row in others.to_dict("records")
            if np.isfinite(row["change"])
        ]
        spread = interval(mine["change_low"], mine["change_high"])
        beside = f"; {', '.join(moved)}" if moved else ""
        said.append(f"Against the year before: {found.own} {signed(mine['change'] - 1)} ({spread}){beside}.")
    start = found.index.dropna()
    if len(start) > YEAR and np.isfinite(mine["index"]):
        values = others["index"].dropna()
        first = start.index[0]
        said.append(
            f"Since the 12 months to {month_name(first)} (100): {found.own} {mine['index']:.0f}, the others "
            f"{values.min():.0f} to {values.max():.0f}."
        )
    return " ".join(said)


def left_out_words(found: Beside) -> str:
    """Name the districts that are left out, and why; empty where none is."""
    return " ".join(f"{name} is left out: {why}." for name, why in found.left_out)


@dataclass(frozen=True)
class Verdict:
    """What the figures say of a claim.

    Attributes
    ----------
    verdict : str
        ``HOLDS``, ``NOT_SURE`` or ``FAILS``; ``UNKNOWN`` where there are no figures.
    sentence : str
        Whole sentences.
    """

    verdict: str
    sentence: str


def claim_verdict(found: Beside, claim: Claim) -> Verdict:
    """Hold a claim against the figures.

    Parameters
    ----------
    found : Beside
        Of the crime types of the claim.
    claim : Claim

    Returns
    -------
    Verdict
        It holds where every other district is beyond what years vary by, and fails where one is so on the wrong side;
        in between it is not sure. Where districts are left out it can only hold among the others.

    Notes
    -----
    When it misleads: rates by residents say little of city centres, and a claim of other crimes than those that are
    published, or of harm, is not checked by it.

    References
    ----------
    Of this project.
    """
    low = claim.direction == "lowest"
    wrong, right = found.named(LOWER if low else HIGHER), found.named(HIGHER if low else LOWER)
    near = found.named(NEAR)
    place = f"{found.own} is {rank_words(found.rank, found.of)} of {number_words(found.of)}"
    verb = "lower" if low else "higher"
    missing = join_words([name for name, _ in found.left_out])
    among = f" Not compared: {missing}." if missing else ""
    if not found.spread.known:
        return Verdict(UNKNOWN, f"{place}; whether that is more than years vary by is not known.{among}")
    if wrong:
        verbs = "is" if len(wrong) == 1 else "are"
        return Verdict(FAILS, f"{place}: {_named(wrong)} {verbs} {verb} {VARY}.{among}")
    if near:
        said = f"{place}: the difference to {_named(near)} is within what years vary by"
        return Verdict(NOT_SURE, f"{said}, so the order may be another one next year.{among}")
    said = f"{place}: {_named(right)} {'is' if len(right) == 1 else 'are'} {'higher' if low else 'lower'} {VARY}"
    return Verdict(HOLDS, f"{said}.{among}")


def verdict_words(found: Verdict) -> str:
    """Write the verdict as the page shows it: "Does not hold"."""
    return capital(found.verdict)
