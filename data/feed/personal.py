"""Columns that look personal: they are pointed out by name and never kept, whatever a person asks for."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable

from data.feed.dates import date_text
from data.feed.table import Table
from data.kinds.people import GIVEN, TITLED, street_name
from geo.points import read_point

# Words of a header, with what they stand for. Street name, ward name and the like are names of places.
_PLACES = re.compile(
    r"\b(street|road|ward|lsoa|msoa|area|beat|district|township|town|borough|council|force|station|place|site|park|"
    r"location|locality|postcode sector|thoroughfare|file|category|type|operation|event|season|"
    r"app|browser|layer|feature|dataset|parish|region|county|neighbourhood|estate|month|day|weekday)\b"
)
_BY_NAME: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a date of birth or an age", re.compile(r"\b(dob|d o b|born|age|ages|age group|age range)\b|birth")),
    ("an e-mail address", re.compile(r"e ?mail")),
    (
        "a phone number",
        re.compile(r"\b(tel|mob|fax|contact (no|number))\b|phone|mobile|\b(tel|mob|contact|fax)(no|num|number)s?\b"),
    ),
    ("a way to reach somebody", re.compile(r"\bcontact details?\b|\b(social media|twitter|facebook|instagram)\b")),
    (
        "an address",
        re.compile(
            r"\b(addr|house|flat|building|premises?|property|uprn|zip ?code|zip|residence|lives at)\b|"
            r"address|post ?code"
        ),
    ),
    (
        "a personal attribute",
        re.compile(
            r"\b(gender|sex|sexual|ethnic\w*|ethnicity|race|religion|faith|belief|disab\w*|nationality|marital|"
            r"pregnan\w*|health|medical|diagnos\w*|vulnerab\w*|occupation|school attended)\b"
        ),
    ),
    (
        "an identity number",
        re.compile(
            r"\b(nhs|nino|ni (no|number)|national insurance|passport|licence|vrm|vehicle reg\w*|"
            r"reg(istration)? (no|number|plate)|number ?plate|custody|nominal|pnc|user ?(id|no|number)|"
            r"(collar|shoulder|warrant) ?(no|num|number))\b|"
            r"\b(nhs|ni)(no|num|number)\b|nationalinsurance"
        ),
    ),
    (
        "a person",
        re.compile(
            r"(fore|sur|first|last|full|middle|maiden|given|family) ?name|complainant|informant|offender|perpetrator|"
            r"victim|\b(users?|user ?name|initials?|title of person|"
            r"aka|alias|vict|callers?|suspects?|witness(es)?|subject|"
            r"householders?|spouse|sister|brother|next of kin|carer|"
            r"persons?|people involved|customer|tenants?|residents?|neighbours? name|occupiers?|owner|officers?|"
            r"reported by|reporter|recorded by|logged by|created by|entered by|assigned to|signature|guardian|parent|"
            r"mother|father|child|pupil|patient|who)\b"
        ),
    ),
)
_KIND = re.compile(r"\b(type|kind|category|method|reason|code|class)\b")
_REFERENCE = re.compile(r"\b(ref|reference|id|log|number|no|urn|incident)\b")
_NAME = re.compile(r"(\w*?)name[sd]?\b")
_GLUED_PLACE = re.compile(
    r"street|road|ward|area|beat|district|town|borough|council|force|station|place|site|park|file"
)
_FREE_TEXT_NAME = re.compile(
    r"\b(notes?|comments?|description|details?|narrative|summary|remarks?|free ?text|text|log text|story|circumstances|"
    r"observations?|action taken|what happened|message|update|information)\b"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_PHONE = re.compile(r"(?<!\d)(?:\+44\s?\(?0?\)?|0)[1237]\d(?:[\s-]?\d){7,8}(?!\d)")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_HOUSE = re.compile(
    r"^(?:flat|apt|apartment|unit|room)\s*\w{1,4}\b|"
    r"^\d{1,4}[a-z]?(?:\s*[-/]\s*\d{1,4})?,?\s+(?!(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b)[a-z]{3}",
    re.IGNORECASE,
)
_NINO = re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b")
_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|sir|rev)\b\.?\s+\w", re.IGNORECASE)
_NUMBERED = re.compile(r"\b\d{1,4}[a-z]?,?\s+(?=[a-z])", re.IGNORECASE)
_BIRTHS_BEFORE, _BIRTH_YEARS = 2000, 10  # rows before 2000 are never used; missing dates are all of one year
SHARE = 0.1  # of the values from which a column is what they are
_SAMPLE = 2_000
_FREE_WORDS = 6  # words in a value from which it reads like a sentence
_VOCABULARY = 40  # different values up to which a column is a list of kinds, however long they are


def personal_columns(table: Table) -> dict[str, str]:
    """Columns that look personal, with why, in the order of the file.

    Parameters
    ----------
    table : Table

    Returns
    -------
    dict of str to str
        "looks like a phone number (by its values)". A column that is not in it may still be personal: only what is
        mapped is kept.

    Notes
    -----
    By header and by values. When it misleads: names alone in a column of a harmless title are known by a list of
    common given names only.
    """
    found: dict[str, str] = {}
    for column in table.columns:
        counts = table.counted(column)
        why = _by_name(column, counts)
        if why:
            found[column] = f"looks like {why} (by its name)"
            continue
        why = _by_values(counts)
        if why and not (why == "a phone number" and _REFERENCE.search(header_words(column))):
            found[column] = f"looks like {why} (by its values)"
    return found


def header_words(column: str) -> str:
    """Words of a header in small letters, parted by spaces: "StartDate" and "start_date" are "start date"."""
    letters = (c for c in unicodedata.normalize("NFKD", column) if unicodedata.category(c) not in {"Cf", "Mn"})
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", "".join(letters)).lower()).strip()


def _by_name(column: str, counts: Counter[str]) -> str:
    words = re.sub(r"(?<=[a-z])(?=\d)", " ", header_words(column))  # "Address1"
    for why, pattern in _BY_NAME:
        if pattern.search(words):
            may_be_kinds = why == "an address" or (why == "a person" and _KIND.search(words))
            if not (may_be_kinds and _only_kinds(counts)):
                return why
    named = _NAME.search(words)
    if named and not _PLACES.search(words) and not _GLUED_PLACE.search(named[1]):
        return "a person"
    if _FREE_TEXT_NAME.search(words) and not _only_kinds(counts) and not _only_dates(counts):
        return "free text"
    return ""


def _only_kinds(counts: Counter[str]) -> bool:
    """Whether values are words of a short list that come again and again."""
    return len(counts) <= _VOCABULARY and counts.total() >= 2 * len(counts) and not _by_values(counts)


def _only_dates(counts: Counter[str]) -> bool:
    """Whether values are dates: "Last update" is no text then."""
    texts = list(counts)[:_SAMPLE]
    return bool(texts) and all(date_text(text) is not None for text in texts)


def _by_values(counts: Counter[str]) -> str:
    if any("@" in text and _EMAIL.search(text) for text in counts):
        return "an e-mail address"
    texts = list(counts)[:: 1 + len(counts) // _SAMPLE]  # from all over the file
    total = sum(counts[text] for text in texts)
    if not total:
        return ""

    def share(test: Callable[[str], object]) -> float:
        return sum(counts[text] for text in texts if test(text)) / total

    tests: tuple[tuple[str, re.Pattern[str]], ...] = (
        ("a phone number", _PHONE),
        ("an identity number", _NINO),
        ("an address", _POSTCODE),
        ("an address", _HOUSE),
        ("a person", _TITLE),
    )
    for why, pattern in tests:
        if share(pattern.search) >= SHARE:
            return why
    if share(_given) >= 2 * SHARE:
        return "a person"
    births = {part.year for text in texts if (part := date_text(text)) and part.year < _BIRTHS_BEFORE}
    if len(births) >= _BIRTH_YEARS and share(lambda text: (part := date_text(text)) and part.year in births) >= SHARE:
        return "a date of birth or an age"
    # "Thu, 31 Oct 2024 19:05:00 +0000" has as many words as a sentence, and a point may have too
    long = sum(_like_a_sentence(text) for text in texts) >= SHARE * len(texts)
    many = len(counts) > _VOCABULARY or counts.total() < 2 * len(counts)
    return "free text" if long and many else ""


def _like_a_sentence(text: str) -> bool:
    return len(text.split()) >= _FREE_WORDS and not date_text(text) and read_point(text) is None


def private_text(text: str) -> bool:
    """Whether one text reads like a person, an address, a phone or identity number, or an e-mail address.

    Parameters
    ----------
    text : str

    Notes
    -----
    Stricter than :func:`personal_columns`, for what is kept word by word: one given name among other words is enough.
    When it misleads: a surname alone is not known as one.
    """
    if "@" in text or any(pattern.search(text.upper()) for pattern in (_PHONE, _NINO, _POSTCODE)):
        return True
    if TITLED.search(text) or ((house := _NUMBERED.search(text)) and street_name(text[house.end() :])):
        return True
    words = [word.strip(",.;:'") for word in text.lower().split()]
    return sum(word.isalpha() for word in words) > 1 and not GIVEN.isdisjoint(words)


def _given(text: str) -> bool:
    words = re.findall(r"[a-z']+", text.lower())
    return 2 <= len(words) <= 3 and words[0] in GIVEN and not street_name(text)
