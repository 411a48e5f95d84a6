"""What the words of a partner's file probably mean, and which columns hold them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from data.feed.mapping import ASB_TYPES, LEFT_OUT
from data.feed.personal import header_words
from data.feed.taken import SAMPLE, SOME, Taken, are_dates
from data.feed.vocabulary import FIRE_KINDS, entry_of, folded, meaning
from data.kinds.crime_types import ASB
from data.kinds.lists import join_words

_WORDS_MOST = 200  # different words that a column of kinds may have
_CRIMES_LEAST = 0.1  # share of rows that say a crime type from which a column is one of crime types, not of ASB
_SHOWN = 4
_SERVICE = re.compile(r"\bfire (?:and |& )?(?:rescue )?(?:service|brigade|authority)\b", re.IGNORECASE)


class _Told(NamedTuple):
    """How much a column says: what tells its rows most apart comes first."""

    apart: float  # entropy of its kinds, in nats; rows that say nothing count for nothing
    share: float  # of the rows that say something


def propose_words(target: str, words: Sequence[str]) -> dict[str, str]:
    """Ours for words of a file, as far as they have a meaning that can be seen; a narrower one is never guessed.

    Parameters
    ----------
    target : {"category", "asb_type", "subcategory"}
    words : sequence of str
        Of the whole column: some words say something only beside others.
    """
    beside = frozenset(folded(word) for word in words)
    return {word: ours for word in words if (ours := _ours(target, word, beside))}


def _ours(target: str, word: str, beside: frozenset[str]) -> str:
    if target != "asb_type":
        return meaning(target, word, beside)
    text = " ".join(re.sub(r"[_/]+", " ", word.lower()).split())
    return next((ours for ours in ASB_TYPES if ours[:7] in text), "")


def take_kinds(taken: Taken) -> dict[str, dict[str, str]]:
    """Take for each kind the column that tells most rows apart; words that are no incidents are proposed left out."""
    table, columns = taken.table, taken.columns
    words: dict[str, dict[str, str]] = {}
    for target in ("asb_type", "subcategory", "category"):
        best, most = "", _Told(0.0, 0.0)
        others = []
        for column in taken.left:
            counts = table.counted(column)
            if len(counts) > _WORDS_MOST or are_dates(list(counts)[:SAMPLE]):
                continue
            told = _told(target, column, counts)
            if told is None:
                continue
            others.append(column)
            if told > most:
                best, most = column, told
        if not best:
            continue
        columns[target] = best
        words[target] = propose_words(target, sorted(set(table.filled(best))))
        others.remove(best)
        if others and target == "subcategory":
            named = join_words(f"“{column}”" for column in others)
            taken.notes.append(f"“{best}” tells the kinds of incident most apart; {named} tells them too, and less")
    for target in ("subcategory", "category"):
        if target in words:
            taken.notes += _notes(target, table.counted(columns[target]), words[target])
    return words


def _told(target: str, column: str, counts: Counter[str]) -> _Told | None:
    """Weigh a column; None where it is none of this target."""
    ours = propose_words(target, list(counts))
    rows: Counter[str] = Counter()
    for word, kind in ours.items():
        rows[kind] += counts[word]
    share = rows.total() / counts.total() if counts else 0.0
    if share < SOME or not rows.keys() - {LEFT_OUT}:
        return None
    if target == "asb_type":
        if len(rows) < 2 and not re.search(r"\basb\b", header_words(column)):
            return None
        return _Told(0.0, share)
    if target == "subcategory":
        crimes = propose_words("category", [word for word in counts if not ours.get(word)])
        crime = sum(counts[word] for word, ours in crimes.items() if ours not in (ASB, LEFT_OUT))
        if crime >= _CRIMES_LEAST * counts.total():
            return None
    parts = [n / counts.total() for n in rows.values()]
    return _Told(round(-sum(part * math.log(part) for part in parts), 9), share)


def _notes(target: str, counts: Counter[str], words: Mapping[str, str]) -> list[str]:
    """Say what is left out, and what words are too general to be one of ours."""
    notes = []
    out = {word: counts[word] for word, ours in words.items() if ours == LEFT_OUT}
    if out:
        notes.append(
            f"{sum(out.values()):,} rows have a word for what is no incident ({_listed(out)}): they are proposed to be "
            "left out"
        )
    for word, rows in counts.most_common():
        entry = None if words.get(word) else entry_of(target, word)
        if entry is not None and entry.may_be and len(notes) < 2 * _SHOWN:
            notes.append(
                f"“{word}” ({rows:,} rows) is too general for one of ours and mapped to nothing: it may be "
                f"{', '.join(entry.may_be[:-1])}{' or ' if len(entry.may_be) > 1 else ''}{entry.may_be[-1]}"
            )
    if target == "subcategory":
        if FIRE_KINDS & set(words.values()) and not any("deliberate" in ours for ours in words.values()):
            notes.append("no word of the column says which fires were deliberate")
        for word, rows in counts.items():
            if words.get(word) and (crime := _crime(word)):
                notes.append(f"“{word}” ({rows:,} rows) is {words[word]}; as a recorded crime it is {crime}")
    return notes


def _crime(word: str) -> str:
    found = meaning("category", word)
    return "" if found in (ASB, LEFT_OUT) else found


def _listed(rows: Mapping[str, int]) -> str:
    shown = [f"“{word}” {n:,}" for word, n in sorted(rows.items(), key=lambda item: -item[1])]
    return ", ".join(shown[:_SHOWN]) + (f" and {len(shown) - _SHOWN} more words" if len(shown) > _SHOWN else "")


def same_for_all(taken: Taken, words: Mapping[str, Mapping[str, str]], feed: str) -> tuple[str, str]:
    """Guess category and kind of all rows where no column tells it; none for fires, which may count either way.

    The name of a feed tells a kind where it says one ("Deliberate fires"); that of a fire service says none.
    """
    table, columns = taken.table, taken.columns
    kinds: Counter[str] = Counter()
    if "subcategory" in columns:
        kinds.update(words["subcategory"].get(word, "") for word in table.columns[columns["subcategory"]])
        kinds.pop(LEFT_OUT, None)
    service = bool(_SERVICE.search(feed))
    named = meaning("subcategory", _SERVICE.sub("", feed))
    fires = named in FIRE_KINDS or service or sum(kinds[kind] for kind in FIRE_KINDS) > 0.5 * kinds.total() > 0
    recorded_as_asb = "category" not in columns and not fires and ("asb_type" in columns or "subcategory" in columns)
    same = named if named in FIRE_KINDS and "subcategory" not in columns else ""
    return ASB if recorded_as_asb else "", same
