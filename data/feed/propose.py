"""What the columns and words of a partner's file probably mean, for a person to confirm or correct."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from data.feed.dates import UNKNOWN, date_text, time_text
from data.feed.mapping import ASB_TYPES, FIRES, VALUED, FeedMapping
from data.feed.personal import header_words, personal_columns
from data.feed.table import Table
from data.kinds.crime_types import ASB, CATEGORIES
from data.place.area import Area

_SAMPLE = 2_000
_MOST = 0.8  # share of the values that have to look like it
_SOME = 0.4  # share of the rows whose word has to have a meaning
_WORDS_MOST = 200  # different words that a column of kinds may have
_SAMPLES = 3
_NEAR_M = 5_000.0
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)

# Words of a header, the best first.
_HEADERS: dict[str, tuple[str, ...]] = {
    "start": (
        r"\b(occurred|committed|start|started|from|earliest)\b.*",
        r"\b(incident|event|offence|offense|fire)\b.*\b(date|time)\b|\bdate\b.*\b(incident|event|offence|fire)\b",
        r"\bdate ?time\b|\bdate\b|\bwhen\b|\btimestamp\b",
        r"\b(received|reported|call|logged|created|recorded|mobilised)\b",
        r".*",
    ),
    "end": (r"\b(end|ended|until|to|latest|finish|finished)\b",),
    "start_time": (r"\b(occurred|start|from|incident|event|call)\b.*\b(time|hour)\b|\btime\b", r"\bhour\b|\bhrs\b"),
    "end_time": (r"\b(end|until|to|latest|finish)\b.*\btime\b|\btime\b.*\b(end|until|to|latest|finish)\b",),
    "easting": (r"\beastings?\b|\bx ?(coord\w*)?$|^x\b|\bgrid e\b|\bos ?x\b",),
    "northing": (r"\bnorthings?\b|\by ?(coord\w*)?$|^y\b|\bgrid n\b|\bos ?y\b",),
    "longitude": (r"\b(longitude|long|lon|lng)\b|^x\b|\bx ?(coord\w*)?$",),
    "latitude": (r"\b(latitude|lat)\b|^y\b|\by ?(coord\w*)?$",),
    "reference": (
        r"\b(ref|reference|urn|uid)\b",
        r"\b(id|log|case|incident|crime|job|call|event)\b.*\b(id|no|num|number|code)\b|\b(id|log)\b",
        r"\b(number|no)\b",
    ),
}
_LATE = re.compile(r"\b(end|ended|until|to|latest|finish\w*|closed|close|resolved|updated|modified|cleared|stop)\b")
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


@dataclass(frozen=True, eq=False)
class Proposal:
    """A mapping that was guessed, and what a person needs to judge it.

    Attributes
    ----------
    mapping : FeedMapping
    personal : mapping of str to str
        Columns that look personal, with why.
    samples : mapping of str to tuple of str
        Some values of every other column.
    questions : tuple of str
        What the file does not tell and a person has to say.
    """

    mapping: FeedMapping
    personal: Mapping[str, str]
    samples: Mapping[str, tuple[str, ...]] = field(repr=False)
    questions: tuple[str, ...] = ()


def propose(table: Table, area: Area, feed: str = "") -> Proposal:
    """Guess a mapping from names of columns and from values.

    Parameters
    ----------
    table : Table
    area : Area
        Its place tells eastings from northings where headers do not.
    feed : str
        Name of the feed: one of a fire service is told apart by it.

    Returns
    -------
    Proposal
        The street name is never proposed: whether a column holds names of streets only is for a person to say.
    """
    personal = personal_columns(table)
    free = [column for column in table.columns if column not in personal and table.filled(column)]
    columns: dict[str, str] = {}

    def take(target: str, fits: Callable[[Sequence[str]], bool], but: str = "") -> None:
        for pattern in _HEADERS[target]:
            for column in free:
                words = header_words(column)
                if column in columns.values() or not re.search(pattern, words) or (but and re.search(but, words)):
                    continue
                if fits(table.filled(column)[:_SAMPLE]):
                    columns[target] = column
                    return

    take("start", _dates, _LATE.pattern)
    if "start" not in columns:
        take("start", _dates)
    take("end", _dates)
    if "start" in columns and not _timed(table.filled(columns["start"])[:_SAMPLE]):
        take("start_time", _times, _LATE.pattern)
    if "end" in columns and not _timed(table.filled(columns["end"])[:_SAMPLE]):
        take("end_time", _times)
    _take_place(table, area, free, columns, take)
    take("reference", _unique)
    words = _take_kinds(table, free, columns)
    category, subcategory = _same_for_all(table, columns, words, feed)
    mapping = FeedMapping(columns=columns, words=words, category=category, subcategory=subcategory)
    samples = {column: _samples(table, column) for column in table.columns if column not in personal}
    return Proposal(mapping, personal, samples, _questions(mapping))


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


def _share(values: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(text)) for text in values) / len(values) if values else 0.0


def _dates(values: Sequence[str]) -> bool:
    return _share(values, date_text) >= _MOST


def _timed(values: Sequence[str]) -> bool:
    parts = [date_text(text) for text in values]
    return sum(part is not None and part.seconds > 0 for part in parts) >= _SOME * len(parts)


def _times(values: Sequence[str]) -> bool:
    def is_time(text: str) -> bool:
        part = date_text(text)
        return time_text(text) is not None or (part is not None and part.seconds != UNKNOWN)

    return _share(values, is_time) >= _MOST


def _unique(values: Sequence[str]) -> bool:
    return len(set(values)) >= 0.95 * len(values) and not _dates(values) and _share(values, _is_decimal) < _SOME


def _is_decimal(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and "." in text


def _between(low: float, high: float) -> Callable[[Sequence[str]], bool]:
    def fits(values: Sequence[str]) -> bool:
        def inside(text: str) -> bool:
            bare = text.replace(",", "")
            return bool(_NUMBER.fullmatch(bare)) and low <= float(bare) <= high

        return _share(values, inside) >= _MOST

    return fits


def _take_place(
    table: Table, area: Area, free: Sequence[str], columns: dict[str, str], take: Callable[..., None]
) -> None:
    """Take a pair of columns as the place: grid coordinates, degrees, or numbers that lie in the area."""
    west, south, east, north = area.wards.outline.bounds
    for pair, bounds in (
        (("easting", "northing"), ((1_000, 700_000), (1_000, 1_300_000))),
        (("longitude", "latitude"), ((-180, 180), (-90, 90))),
    ):
        for target, (low, high) in zip(pair, bounds, strict=True):
            take(target, _between(low, high))
        if all(target in columns for target in pair):
            return
        for target in pair:
            columns.pop(target, None)
    found: dict[str, str] = {}
    for target, low, high in (("easting", west, east), ("northing", south, north)):
        fits = _between(low - _NEAR_M, high + _NEAR_M)
        for column in free:
            if column not in (*columns.values(), *found.values()) and fits(table.filled(column)[:_SAMPLE]):
                found[target] = column
                break
    if len(found) == 2:
        columns.update(found)


def _take_kinds(table: Table, free: Sequence[str], columns: dict[str, str]) -> dict[str, dict[str, str]]:
    """Take for each kind the column whose words most often have a meaning."""
    words: dict[str, dict[str, str]] = {}
    for target in ("asb_type", "subcategory", "category"):
        best, share = "", 0.0
        for column in free:
            if column in columns.values():
                continue
            counts = Counter(table.filled(column))
            if len(counts) > _WORDS_MOST or _dates(list(counts)[:_SAMPLE]):
                continue
            told = sum(n for word, n in counts.items() if _ours(target, word)) / counts.total()
            kinds = {ours for word in counts if (ours := _ours(target, word))}
            if target == "asb_type" and len(kinds) < 2 and not re.search(r"\basb\b", header_words(column)):
                continue
            if told >= _SOME and told > share:
                best, share = column, told
        if best:
            columns[target] = best
            words[target] = propose_words(target, sorted(set(table.filled(best))))
    return words


def _same_for_all(
    table: Table, columns: Mapping[str, str], words: Mapping[str, Mapping[str, str]], feed: str
) -> tuple[str, str]:
    """Guess category and kind of all rows where no column tells it; none for fires, which may count either way."""
    kinds: Counter[str] = Counter()
    if "subcategory" in columns:
        kinds.update(words["subcategory"].get(word, "") for word in table.columns[columns["subcategory"]])
    fires = kinds[FIRES] > 0.5 * kinds.total() or "fire" in header_words(feed).split()
    recorded_as_asb = "category" not in columns and not fires and ("asb_type" in columns or "subcategory" in columns)
    return ASB if recorded_as_asb else "", FIRES if fires and "subcategory" not in columns else ""


def _samples(table: Table, column: str) -> tuple[str, ...]:
    different = list(dict.fromkeys(table.filled(column)[:_SAMPLE]))
    step = max(1, len(different) // _SAMPLES)
    return tuple(text[:60] for text in different[::step][:_SAMPLES])


def _questions(mapping: FeedMapping) -> tuple[str, ...]:
    asked = []
    if not mapping.columns.get("start"):
        asked.append("Which column is the date?")
    if not (mapping.columns.get("easting") or mapping.columns.get("longitude")):
        asked.append("Which columns are the place: easting and northing, or longitude and latitude?")
    if not mapping.category and "category" not in mapping.columns:
        asked.append(f"What kind of incident are the rows? One of: {', '.join(CATEGORIES)}.")
    return tuple(asked)
