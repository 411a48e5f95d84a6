"""Which column of a layer holds the codes of wards, and which their names: told by the values, then by the words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.errors import InputError
from geo.layer import listed, text_of
from geo.layer_kinds import WARDS_BEGIN, is_code, is_ward, kind_of, tidy

_HALF = 0.5
_NEARLY_ALL = 0.9
_APART = 0.8  # of the names in a column of ward names differ: many a county has two Castle Wards
_ONS = re.compile(r"^(?:ward_code|WD(?P<year>\d\d)CD)$", re.IGNORECASE)
_CODE_NAMES = (
    re.compile(r"^(?:ward_?code|wd_?\d*_?cd|wd_?\d*_?code)$", re.IGNORECASE),
    re.compile(r"ward|^wd", re.IGNORECASE),
    re.compile(r"cd$|code|reference|gss|^id$", re.IGNORECASE),
)
# of a column of codes -> of the column of names beside it
_PAIRS = (
    (re.compile(r"cd$", re.IGNORECASE), ("NM", "_NM", "_NAME", "NAME")),
    (re.compile(r"(?:gss_?)?code$", re.IGNORECASE), ("NAME", "NM")),
    (re.compile(r"reference$|ref$", re.IGNORECASE), ("NAME",)),
    (re.compile(r"id$", re.IGNORECASE), ("NAME",)),
)
_NAME_NAMES = (
    re.compile(r"^(?:ward_?name|wd_?\d*_?nm|wd_?\d*_?name|ward_?nm)(?:_?en)?$", re.IGNORECASE),
    re.compile(r"^(?:name|nm)(?:_?en(?:g|glish)?)?$|^english_?name$", re.IGNORECASE),
    re.compile(r"^ward$|ward.*(?:name|nm|title|label)", re.IGNORECASE),
    re.compile(r"name|nm$|nm_|title|label", re.IGNORECASE),
)
_OTHERS = re.compile(
    r"^(?:lad|lea|la_|ltla|utla|ctyua|cty|rgn|reg|ctry|par|pcon|icb)|county|region|district|authority|country|parish|"
    r"constituen|council|dataset|type|desc|file|status|organi|source|notes|date|url|entity",
    re.IGNORECASE,
)
_WELSH = re.compile(r"nmw$|_?cym?$|cymraeg|welsh|_w$", re.IGNORECASE)
_NO_NAME = re.compile(
    r"^(?:\{?[0-9a-f]{8}-[0-9a-f]{4}-.*|https?://.*|\d{4}-\d\d-\d\d.*|\d\d/\d\d/\d{4}.*)$", re.IGNORECASE
)
_WAY = "Name the columns with --code and --name (python -m data wards)."


@dataclass(frozen=True)
class Columns:
    """Codes and names of a layer.

    Attributes
    ----------
    code, name : str
        The columns taken; ``name`` is empty where the names are those that were expected.
    codes, names : tuple of str, length n
        Empty text where a feature has none.
    year : str
        Year of the wards as the column's name gives it (WD24CD: "2024"); else empty.
    notes : tuple of str
        Which of several columns was taken.
    """

    code: str
    name: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    year: str
    notes: tuple[str, ...]


def has_wards(columns: Mapping[str, Sequence[Any]]) -> bool:
    """Whether a column holds codes of wards, each one once."""
    return any(_unique(codes) for codes in _of_wards(_texts(columns)).values())


def find_columns(
    columns: Mapping[str, Sequence[Any]],
    file: str,
    *,
    code: str = "",
    name: str = "",
    wanted: Mapping[str, str] | None = None,
) -> Columns:
    """Find the columns of ward codes and names.

    Parameters
    ----------
    columns : mapping of name to values
    file : str
        For messages.
    code, name : str, optional
        What a person says they are.
    wanted : mapping of code to name, optional
        Wards of the area: they decide between two columns that fit.

    Returns
    -------
    Columns

    Raises
    ------
    InputError
        No column fits, two fit and nothing decides between them, or the layer is of another kind of place, which is
        named.

    Notes
    -----
    A column is one of ward codes where half of its values or more are. Failing that, ``ward_code`` and ``WDyyCD`` are
    believed. When it misleads: a layer of another kind that gives each place a ward of its own is taken for wards,
    where its own codes are not those of the statistics offices.
    """
    texts, notes = _texts(columns), list[str]()
    if not columns:
        raise InputError(
            "the layer has no features, so no column of ward codes and names", file=file, hint="Give one with wards."
        )
    chosen = _said(code, texts, file) if code else _code_column(texts, file, wanted, notes)
    codes = [tidy(value) for value in texts[chosen]]
    _other_kind(chosen, codes, texts, file, said=bool(code))
    names_in = (
        _said(name, texts, file)
        if name
        else _name_column(texts, chosen, codes, file, wanted, notes, code_said=bool(code))
    )
    if names_in:
        names = [" ".join(filter(None, value.replace("\u00a0", " ").split(" "))) for value in texts[names_in]]
    else:
        names = [(wanted or {}).get(one, "") for one in codes]
    match = _ONS.match(chosen)
    year = f"20{match['year']}" if match and match["year"] else ""
    return Columns(chosen, names_in, tuple(codes), tuple(names), year, tuple(notes))


def strange(text: str) -> str:
    """Name the first character that no name or code has: one that controls, or one that could not be read."""
    for character in text:
        if unicodedata.category(character).startswith(("C", "Zl", "Zp")) or character == "\ufffd":
            return f"U+{ord(character):04X}"
    return ""


def _texts(columns: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    return {column: [text_of(value) for value in values] for column, values in columns.items()}


def _of_wards(texts: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Columns of which at least half of what is filled in are codes of wards."""
    found = {}
    for column, values in texts.items():
        codes = [tidy(value) for value in values]
        filled = sum(1 for one in codes if one)
        if filled and sum(map(is_ward, codes)) >= _HALF * filled:
            found[column] = codes
    return found


def _unique(codes: Sequence[str]) -> bool:
    filled = [one for one in codes if one]
    return bool(filled) and len(set(filled)) == len(filled)


def _said(column: str, texts: Mapping[str, list[str]], file: str) -> str:
    found = [c for c in texts if c == column] or [c for c in texts if c.lower() == column.lower()]
    if len(found) != 1:
        raise InputError(
            f"there is no such column; the layer has {listed(list(texts), 30)}",
            file=file,
            column=column,
            hint="Give one of these with --code or --name.",
        )
    return found[0]


def _rank(column: str, patterns: Sequence[re.Pattern[str]]) -> int:
    return next((rank for rank, pattern in enumerate(patterns) if pattern.search(column)), len(patterns))


def _code_column(texts: Mapping[str, list[str]], file: str, wanted: Mapping[str, str] | None, notes: list[str]) -> str:
    fits = _of_wards(texts)
    if not fits:
        named = [column for column in texts if _ONS.match(column)]
        if named:
            return named[0]
        _other_kind("", [], texts, file, said=False)
        raise InputError(
            "the ward file has no column of ward codes and names",
            file=file,
            value=", ".join(texts),
            hint=f"The {WARDS_BEGIN}; ward_code, or a name such as WD24CD, is believed for others. {_WAY}",
        )
    order = sorted(fits, key=lambda column: (_rank(column, _CODE_NAMES), list(texts).index(column)))
    if len(order) == 1:
        return order[0]
    if wanted:
        asked = {column: [one if one in wanted else "" for one in codes] for column, codes in fits.items()}
        full = [column for column in order if set(asked[column]) >= set(wanted)]
        if full and all(asked[column] == asked[full[0]] for column in full):
            notes.append(_taken("codes", full[0], order, "they are those of the area file", "--code"))
            return full[0]
    if all(fits[column] == fits[order[0]] for column in order):
        notes.append(_taken("codes", order[0], order, "all hold the same", "--code"))
        return order[0]
    once = [column for column in order if _unique(fits[column])]
    if len(once) == 1:
        notes.append(_taken("codes", once[0], order, "only there each code stands once", "--code"))
        return once[0]
    raise InputError(
        f"several columns hold codes of wards, and not the same ones: {' and '.join(order)}",
        file=file,
        value="; ".join(f"{column}: {next(filter(None, fits[column]))}" for column in order),
        hint="Name the one to take with --code (python -m data wards).",
    )


def _taken(what: str, column: str, fits: Sequence[str], why: str, option: str) -> str:
    others = listed([c for c in fits if c != column])
    return f"Ward {what} are taken from {column} ({why}); {others} would fit too: {option} takes another."


def _other_kind(chosen: str, codes: Sequence[str], texts: Mapping[str, list[str]], file: str, *, said: bool) -> None:
    """Refuse a layer of another kind of place by its name."""
    own = kind_of(codes)
    others = {c: kind for c, values in texts.items() if (kind := kind_of([tidy(v) for v in values]))}
    column, kind = chosen, own
    if not own and not said and others and (not chosen or not _unique(codes)):
        # the column that tells most apart is what a feature is; the others are what it lies in
        finest = max(others, key=lambda c: len(set(texts[c])))
        if not chosen or (_unique(texts[finest]) and all(texts[finest]) and len(texts[finest]) > 1):
            column, kind = finest, others[finest]
    if kind:
        raise InputError(
            f"this is a layer of {kind}, not of wards ({WARDS_BEGIN})",
            file=file,
            column=column,
            value=next(filter(None, texts[column]), ""),
            hint="Give the layer of wards. Where it has another column of ward codes, name it with --code.",
        )


def _name_column(
    texts: Mapping[str, list[str]],
    code: str,
    codes: Sequence[str],
    file: str,
    wanted: Mapping[str, str] | None,
    notes: list[str],
    *,
    code_said: bool,
) -> str:
    rows = [place for place, one in enumerate(codes) if one and (wanted is None or one in wanted)]
    ranks = {
        column: rank
        for column, values in texts.items()
        if column != code
        and (rank := _name_rank(column, [values[place] for place in rows], code, len(rows))) is not None
    }
    if not code_said and not any(map(is_ward, codes)):
        # believed by its name alone: then so are the names
        ranks = {column: rank for column, rank in ranks.items() if rank in {0, 1}}
    known = {_plain(name) for name in (wanted or {}).values() if name}
    agree = {c: sum(1 for place in rows if _plain(texts[c][place]) in known) >= _HALF * len(rows) for c in ranks}
    if known and any(agree.values()):
        ranks = {column: rank for column, rank in ranks.items() if agree[column]}
    if not ranks:
        if wanted and all(wanted.values()):
            notes.append("No column of the layer holds names of wards: they are those of the area file.")
            return ""
        raise InputError(
            "the ward file has no column of ward codes and names: the codes are there, the names are not",
            file=file,
            value=", ".join(texts),
            hint=_WAY,
        )
    order = sorted(ranks, key=lambda column: ranks[column])
    best = [column for column in order if ranks[column] == ranks[order[0]]]
    if len(best) > 1 and any(texts[column] != texts[best[0]] for column in best):
        raise InputError(
            f"several columns may be the names of wards: {' and '.join(best)}",
            file=file,
            value="; ".join(f"{column}: {next((texts[column][place] for place in rows), '')}" for column in best),
            hint="Name the one to take with --name (python -m data wards).",
        )
    welsh = [c for c in order if c != best[0] and _WELSH.search(c) and any(texts[c])]
    if welsh:
        notes.append(f"Names are the English ones of {best[0]}; --name {welsh[0]} takes the Welsh ones.")
    others = [column for column in order if column != best[0] and column not in welsh]
    if others:
        notes.append(_taken("names", best[0], others, "its name fits best", "--name"))
    return best[0]


def _name_rank(column: str, values: Sequence[str], code: str, rows: int) -> float | None:
    """Rank a column as one of names, the best 0; None for one that cannot be."""
    filled = [value for value in values if value]
    rank: float = len(_NAME_NAMES) + 1
    for pattern, endings in _PAIRS:
        stem = pattern.sub("", code)
        if stem != code and column.upper() in {(stem + ending).upper() for ending in endings}:
            rank = 0
    if rank:
        rank = 1 + _rank(column, _NAME_NAMES)
    worded = [v for v in filled if any(map(str.isalpha, v)) and not _NO_NAME.match(v) and not is_code(v.upper())]
    if rows and (not filled or len(worded) < _HALF * len(filled)):
        return None
    by_word = rank <= 2 and not _OTHERS.search(column)
    if not by_word and (len(set(worded)) < _APART * rows or len(filled) < _NEARLY_ALL * rows or _OTHERS.search(column)):
        return None
    if rank > len(_NAME_NAMES) and all(" " not in v and any(map(str.isdigit, v)) for v in worded):
        return None  # codes of another office
    return rank + _HALF if _WELSH.search(column) else rank


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold().replace("&", "and") if c.isalnum())
