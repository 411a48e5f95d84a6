"""Which months of a store are in doubt, and how that is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from data.kinds.crime_types import category_words
from data.kinds.lists import join_words
from data.place.area import Area
from data.store.accepted import Acceptance, standing
from data.store.manifest import Manifest, Unit
from data.store.schema import POLICE_UK
from data.store.whole import COMMON, DAMAGED, FEWEST, IN_ALL, TYPE_GONE, Doubt, Judgement, Shortfall, judge

_DAMAGED = "its stored file is missing or damaged"


def judgements(
    manifest: Manifest, area: Area, said: Collection[Acceptance], more: Collection[str] = ()
) -> dict[str, Judgement]:
    """Judge the months of every force that the area file names.

    Parameters
    ----------
    manifest : Manifest
    area : Area
    said : collection of Acceptance
        Of :func:`data.store.accepted.read_accepted`.
    more : collection of str
        Forces of the area's neighbours.

    Returns
    -------
    dict of str to Judgement
        By force; forces without a month in the store are not in it.
    """
    units: dict[str, list[Unit]] = {}
    for unit in manifest.units.values():
        if unit.source == POLICE_UK and unit.force in {*area.forces, *area.buffer_forces, *more}:
            units.setdefault(unit.force, []).append(unit)
    holds = {(one.force, one.month, one.file) for one in standing(said)}
    return {
        force: judge(
            force,
            {unit.month: unit.rows_read for unit in there},
            {unit.month: unit.by_type for unit in there if unit.by_type},
            {unit.month for unit in there if (unit.force, unit.month, unit.file) in holds},
        )
        for force, there in sorted(units.items())
    }


def doubts_of(
    manifest: Manifest, area: Area, said: Collection[Acceptance], damaged: Collection[str] = ()
) -> tuple[Doubt, ...]:
    """Months in doubt, by month and force.

    Parameters
    ----------
    manifest : Manifest
    area : Area
    said : collection of Acceptance
    damaged : collection of str
        Keys of the units whose files are missing or damaged (:mod:`data.store.sums`): they are in doubt whatever was
        accepted, those of dated feeds too.
    """
    return with_damaged(all_doubts(judgements(manifest, area, said)), manifest, damaged)


def with_damaged(doubts: Sequence[Doubt], manifest: Manifest, damaged: Collection[str]) -> tuple[Doubt, ...]:
    """Put months whose files are damaged beside those that are in doubt by their counts, by month and force."""
    units = [manifest.units[key] for key in damaged]
    found = {(unit.force, unit.month): _damaged(unit) for unit in units}
    both = [*(doubt for doubt in doubts if (doubt.force, doubt.month) not in found), *found.values()]
    return tuple(sorted(both, key=lambda doubt: (doubt.month, doubt.force)))


def _damaged(unit: Unit) -> Doubt:
    return Doubt(unit.force, unit.month, unit.rows_read, 0, (Shortfall(DAMAGED, "", unit.rows_read, 0, 0),))


def all_doubts(judged: Mapping[str, Judgement]) -> tuple[Doubt, ...]:
    """Months in doubt of all forces, by month and force."""
    found = [doubt for one in judged.values() for doubt in one.doubts]
    return tuple(sorted(found, key=lambda doubt: (doubt.month, doubt.force)))


def shortfall_words(short: Shortfall) -> str:
    """Say what a month has too few of: "3,812 rows in all, where 12,530 are usual"."""
    if short.rule == DAMAGED:
        return _DAMAGED
    if short.rule == IN_ALL:
        return f"{short.rows:,} rows in all, where {short.usual:,} are usual"
    rows = "no rows" if not short.rows else f"{short.rows:,} row{'' if short.rows == 1 else 's'}"
    return f"{rows} of {category_words(short.category)}, where {short.usual:,} are usual"


def doubt_words(doubt: Doubt) -> str:
    """Say what is wrong with a month: "3,812 rows in all, where 12,530 are usual".

    What is short by crime type is not told of a month that is short as a whole, unless a type is gone.
    """
    return join_words([shortfall_words(short) for short in _told(doubt)])


def rule_words(doubt: Doubt) -> str:
    """Name the rules by which a month is in doubt: "rows in all"."""
    return join_words(list(dict.fromkeys(short.rule for short in _told(doubt))))


def _told(doubt: Doubt) -> list[Shortfall]:
    in_all = any(short.rule == IN_ALL for short in doubt.shortfalls)
    return [short for short in doubt.shortfalls if not in_all or short.rule in (IN_ALL, TYPE_GONE)]


def rows_words(doubt: Doubt) -> str:
    """Say how many rows a month has, how many are usual, and of which crime types it has too few."""
    if doubt.damaged:
        return _DAMAGED
    text = f"{doubt.rows:,} rows, usually {doubt.usual:,}"
    told = [shortfall_words(short) for short in _told(doubt) if short.rule != IN_ALL]
    return f"{text}, with {join_words(told)}" if told else text


def what_to_do(doubt: Doubt) -> str:
    """Say what a person can do about it."""
    if doubt.damaged:
        return f"import {doubt.force} {doubt.month} again, or restore a backup; python -m data verify names the file"
    return (
        "load the month again from data.police.uk; if the force published it so, accept it: "
        f"python -m data accept {doubt.force} {doubt.month}"
    )


def doubt_lines(doubts: Iterable[Doubt]) -> list[str]:
    """Tell a person of each month in doubt: force, month, rows, what is usual, the rule, what to do."""
    return [
        f"IN DOUBT, left out: {doubt.force} {doubt.month}, {rows_words(doubt)}. Rule: {rule_words(doubt)}. "
        f"What to do: {what_to_do(doubt)}"
        for doubt in doubts
    ]


def left_out_line(doubts: Sequence[Doubt]) -> str:
    """Tell in one line which months are left out and why; empty where none is."""
    if not doubts:
        return ""
    months = [f"{doubt.force} {doubt.month} ({doubt_words(doubt)})" for doubt in doubts]
    return f"Left out, because {why_words(doubts)}: {'; '.join(months)}. python -m data status says what to do."


def why_words(doubts: Sequence[Doubt], files: str = "the file") -> str:
    """Say why months are left out: "the file may hold a part of the month only"."""
    if all(doubt.damaged for doubt in doubts):
        return f"what is stored of {'them' if len(doubts) > 1 else 'it'} is damaged"
    if any(doubt.damaged for doubt in doubts):
        return f"{files} may hold a part of the month only, or {'are' if files.startswith('their') else 'is'} damaged"
    return f"{files} may hold a part of the month only"


def limits_lines(judgement: Judgement) -> list[str]:
    """Tell a person what of a force could not be judged, and why."""
    lines = []
    if judgement.unjudged:
        lines.append(
            f"  cannot be judged whether whole (fewer than {FEWEST} other months, or than {COMMON} rows a month): "
            + span_words(judgement.unjudged)
        )
    if judgement.total_only:
        lines.append(
            "  judged by their rows in all only (they or the months around them were imported before rows were counted "
            f"by crime type; --rebuild counts them): {span_words(judgement.total_only)}"
        )
    if judgement.rare:
        rare = [f"{name} ({n} month{'' if n == 1 else 's'})" for name, n in judgement.rare.items()]
        lines.append(f"  too rare to be judged alone (under {COMMON} rows in a usual month): {', '.join(rare)}")
    return lines


def span_words(months: Collection[str], most: int = 6) -> str:
    """List months; many are told by their number, first and last."""
    if len(months) <= most:
        return ", ".join(months)
    return f"{len(months)} months, {min(months)} to {max(months)}"
