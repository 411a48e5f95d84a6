"""What the words of a partner's file probably mean, and which columns hold them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from data.feed.mapping import ASB_TYPES, FIRES, VALUED
from data.feed.personal import header_words
from data.feed.taken import SAMPLE, SOME, Taken, are_dates
from data.kinds.crime_types import ASB

_WORDS_MOST = 200  # different words that a column of kinds may have
_KINDS: tuple[tuple[str, str], ...] = (
    (r"firework|banger|\brockets?\b", "misuse of fireworks"),
    (r"nuisance (phone )?(call|comm)|hoax|malicious (call|comm)|silent call", "nuisance calls"),
    (r"\bfires?\b|arson|bonfire|burning", FIRES),
    (r"neighbo", "rowdy or nuisance neighbour"),
    (r"trespass", "trespass"),
    (r"drinking|drinker|alcohol", "street drinking"),
    (r"litter|paraphernalia|needle|syringe|fly ?-?tip|rubbish|waste|dumped", "littering and drugs paraphernalia"),
    (r"vehicle|motor|moped|scooter|quad|off-?road|e-?bike|joy ?rid|racing", "vehicle nuisance"),
    (r"nois[ey]|\bloud\b|music", "noise"),
    (r"rowdy|inconsiderate|youth|disorder|gathering|loiter|drunk", "rowdy and inconsiderate behaviour"),
)
_CRIMES: tuple[tuple[str, str], ...] = (
    (r"anti-? ?social|\basb\b", ASB),
    (r"bicycle|\bbike theft|cycle theft", "Bicycle theft"),
    (r"burglar", "Burglary"),
    (r"criminal damage|arson|vandal|graffiti", "Criminal damage and arson"),
    (r"\bdrugs?\b", "Drugs"),
    (r"robber", "Robbery"),
    (r"weapon|knife|firearm", "Possession of weapons"),
    (r"shoplift", "Shoplifting"),
    (r"theft from (the )?person|pick ?pocket", "Theft from the person"),
    (r"vehicle (crime|theft|interference)|theft (of|from) (a )?(motor )?vehicle|\btwoc\b", "Vehicle crime"),
    (r"public order|affray", "Public order"),
    (r"violen|assault|sexual|harass|stalk", "Violence and sexual offences"),
    (r"theft|stolen", "Other theft"),
)


def propose_words(target: str, words: Sequence[str]) -> dict[str, str]:
    """Ours for words of a file, as far as they have a meaning that can be seen.

    Parameters
    ----------
    target : {"category", "asb_type", "subcategory"}
    words : sequence of str
    """
    return {word: ours for word in words if (ours := _ours(target, word))}


def _ours(target: str, word: str) -> str:
    folded = " ".join(re.sub(r"[_/]+", " ", word.lower()).split())
    for ours in VALUED[target]:
        if folded == ours.casefold():
            return ours
    if target == "asb_type":
        return next((ours for ours in ASB_TYPES if ours[:7] in folded), "")
    table = _CRIMES if target == "category" else _KINDS
    return next((ours for pattern, ours in table if re.search(pattern, folded)), "")


def take_kinds(taken: Taken) -> dict[str, dict[str, str]]:
    """Take for each kind the column whose words most often have a meaning."""
    table, columns = taken.table, taken.columns
    words: dict[str, dict[str, str]] = {}
    for target in ("asb_type", "subcategory", "category"):
        best, share = "", 0.0
        for column in taken.left:
            counts = Counter(table.filled(column))
            if len(counts) > _WORDS_MOST or are_dates(list(counts)[:SAMPLE]):
                continue
            told = sum(n for word, n in counts.items() if _ours(target, word)) / counts.total()
            kinds = {ours for word in counts if (ours := _ours(target, word))}
            if target == "asb_type" and len(kinds) < 2 and not re.search(r"\basb\b", header_words(column)):
                continue
            if told >= SOME and told > share:
                best, share = column, told
        if best:
            columns[target] = best
            words[target] = propose_words(target, sorted(set(table.filled(best))))
    return words


def same_for_all(taken: Taken, words: Mapping[str, Mapping[str, str]], feed: str) -> tuple[str, str]:
    """Guess category and kind of all rows where no column tells it; none for fires, which may count either way."""
    table, columns = taken.table, taken.columns
    kinds: Counter[str] = Counter()
    if "subcategory" in columns:
        kinds.update(words["subcategory"].get(word, "") for word in table.columns[columns["subcategory"]])
    fires = kinds[FIRES] > 0.5 * kinds.total() or "fire" in header_words(feed).split()
    recorded_as_asb = "category" not in columns and not fires and ("asb_type" in columns or "subcategory" in columns)
    return ASB if recorded_as_asb else "", FIRES if fires and "subcategory" not in columns else ""
