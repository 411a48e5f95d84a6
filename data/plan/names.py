"""Typed texts that look like a person's name: they are asked about before a plan keeps them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from data.kinds.people import MORE_GIVEN, STREET_KINDS, SURNAMES

ASK = "Roles, teams and call signs belong here. This looks like a person's name"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_BREAK = re.compile(r"[^\s]")  # anything but a space between two words parts them
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _set("mr mrs ms miss mx dr sir rev pc pcso dc ds di sgt sergeant insp inspector cllr councillor constable")
_BEFORE = _set("ask by call called cc contact for from meet see tell thank thanks via with")
_SAINTS = _set("st saint ss our")
# What a run of words with capitals ends in, or holds, where it is a place and nobody.
_PLACES = frozenset(re.findall(r"[a-z]+", STREET_KINDS)) | _set(
    """
    academy allotments arms arcade athletic barracks beach block building buildings car castle cathedral cemetery
    chapel church circuit clinic club college community corner court courts cottage cottages county cross district
    docks estate estates farm flats forest garage garden gate gates ground hall harbour heath heights high hospital
    hotel house houses hub industrial infant infants inn island junior lake leisure library lodge mall market
    medical mill mills moor moss nature nursing office parish parks passage pavilion pier pitch playground point
    pool post primary pub quarter quay railway reserve retail river royal sailing school shop shops side south
    sports stadium stage statue stores studio supermarket surgery tavern theatre tower towers town township trading
    trust underpass university vale valley village villas ward wards wells west wharf wood woods works yard
    """
)
# Words with a capital that stand beside a given name or surname and make no person of it.
_PLAIN = _set(
    """
    alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec
    romeo sierra tango uniform victor whiskey xray yankee zulu monday tuesday wednesday thursday friday saturday
    sunday january february march april may june july august september october december spring summer autumn winter
    christmas easter halloween bonfire diwali eid new year half term night nights evening evenings day days week
    weekend weekends bank holiday holidays season mischief fireworks bonfires operation op ops plan plans patrol
    patrols team teams unit units crew crews shift shifts squad section base desk officer officers warden wardens
    sergeant inspector constable response neighbourhood community safety police council fire rescue service services
    partnership youth outreach housing transport van car bike bikes foot mobile late early north south east west
    central upper lower great little old a an and the of in on at to by for with asb drugs crime crimes burglary
    robbery theft violence arson vehicle damage disorder order anti social behaviour cup final match race festival
    carnival fair parade concert show event events games league marathon jubilee coronation bid memorial stop stops
    zone zones hotspot hotspots place places street streets road area areas town
    """
)
_LONE = MORE_GIVEN - _PLAIN - _set("dean grace holly ivy joy penny poppy rose may dawn lee dale jean")


def names_in(texts: Iterable[str], known: Collection[str] = ()) -> tuple[str, ...]:
    """Find what looks like a person's name in what somebody typed.

    Parameters
    ----------
    texts : iterable of str
        Titles, notes, remarks, call signs: each by itself.
    known : collection of str
        Names of wards, streets and places of the area, which are nobody's.

    Returns
    -------
    tuple of str
        The parts that look so, as they were typed, each once.

    Notes
    -----
    A given name with another name, a title or an initial with a name, a common surname behind another word with a
    capital, a given name that stands alone or behind a word such as "ask", an e-mail address. When it misleads: names
    that are not in its lists, alone and without a title, are not known; a street that nobody told it of may be taken
    for a person. ``python -m tests.plan.names_measured`` says how often.
    """
    found: dict[str, None] = {}
    for text in texts:
        for name in _names(_without(text, known)):
            found[name] = None
    return tuple(found)


def _without(text: str, known: Collection[str]) -> str:
    """Put a break in place of names of the area."""
    folded = text.casefold()
    here = [name for name in known if len(name) > 3 and name.casefold() in folded]
    for name in sorted(here, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ; ", text, flags=re.IGNORECASE)
    return text


def _names(text: str) -> list[str]:
    found = _EMAIL.findall(text)
    text = _EMAIL.sub(" ; ", text)
    for run in _runs(text):
        found += _in_run(run, alone=run.text == text.strip(" 0123456789.,;:-"))
    return found


class _Run:
    """Words that follow each other with nothing but spaces, or a short number behind a title, between them."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.text = " ".join(words)
        self.plain = [word.rstrip(".").lower().removesuffix("'s").removesuffix("’s") for word in words]


def _runs(text: str) -> list[_Run]:
    runs: list[list[str]] = []
    end = -1
    titled = re.sub(r"\b([A-Za-z]{2,10})\.?\s+\d{2,6}\s+(?=[^\W\d_])", _number_gone, text)
    for match in _WORD.finditer(titled):
        if not runs or _BREAK.search(titled[end : match.start()]) or _ends_sentence(runs[-1][-1]):
            runs.append([])
        runs[-1].append(match[0])
        end = match.end()
    return [_Run(words) for words in runs]


def _number_gone(match: re.Match[str]) -> str:
    return f"{match[1]} " if match[1].lower() in _TITLES else match[0]


def _ends_sentence(word: str) -> bool:
    """Whether a full stop behind a word ends a sentence: not behind an initial or a title."""
    return word.endswith(".") and len(word) > 2 and word.rstrip(".").lower() not in _TITLES


def _in_run(run: _Run, *, alone: bool) -> list[str]:
    found = []
    words, plain = run.words, run.plain
    lower = alone and run.text == run.text.lower() and 1 < len(words) <= 3
    at = 0
    while at < len(words):
        end = _person(words, plain, at, lower=lower)
        if end:
            found.append(" ".join(words[at:end]).rstrip("."))
        at = end or at + 1
    if not found and alone and len(words) == 1 and plain[0] in _LONE:
        found.append(words[0])
    return found


def _person(words: Sequence[str], plain: Sequence[str], at: int, *, lower: bool) -> int:
    """Where a name that begins here ends; 0 where none does."""
    this = plain[at]
    after = at + 1 if at + 1 < len(words) and (lower or words[at + 1][:1].isupper()) else None
    if (
        this in _TITLES
        and words[at][:1].isupper()
        and after
        and _may_name(plain[after])
        and not _place(words, plain, at)
    ):
        return after + 1 + (after + 1 < len(words) and words[after + 1][:1].isupper() and _may_name(plain[after + 1]))
    if not (lower or words[at][:1].isupper()) or (at and plain[at - 1] in _SAINTS) or _place(words, plain, at):
        return 0
    if this in MORE_GIVEN and this not in _PLAIN | _PLACES:
        if after and _may_name(plain[after]):
            return after + 1
        if at and plain[at - 1] in _BEFORE and this in _LONE:
            return at + 1
    if len(this) == 1 and after and (words[at].endswith(".") or plain[after] in SURNAMES) and _may_name(plain[after]):
        return after + 1 if this != "a" or words[at].endswith(".") else 0
    if after and plain[after] in SURNAMES - _PLACES - _PLAIN and len(this) > 1 and _may_name(this):
        return after + 1
    return 0


def _may_name(word: str) -> bool:
    return len(word) > 1 and word not in _PLAIN and word not in _PLACES and word not in _TITLES


def _place(words: Sequence[str], plain: Sequence[str], at: int) -> bool:
    """Whether the words with capitals from here on, or before, end in a kind of place."""
    upper = next((n for n in range(at, len(words)) if not words[n][:1].isupper()), len(words))
    return any(word in _PLACES for word in plain[at + 1 : max(upper, at + 3)])
