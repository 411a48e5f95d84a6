"""Names of restricted zones, and references of their cells, taken out of texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Literal

NOT_PRINTED = "a zone that is not printed"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_UNSEEN_PLAIN = re.compile(r"[^\n -~]")  # of a text that is ASCII
_LEAST = 4  # letters: a shorter name stands in any text
_BETWEEN = r"[\W_]*"  # words of a name may be set apart by any marks, or by none
_NAME = r"(?<![^\W_]){}(?![^\W_])"
_WORD = re.compile(r"[^\W_]+")
_REFERENCE = re.compile(r"(?<![a-z0-9])[a-z]{2}\s?\d{3}\s?\d{3}(?!\d)")


def cleaner(names: Iterable[str], cells: Sequence[str] = ()) -> Callable[[str], str]:
    """Give what takes names and references of cells out of a text.

    Parameters
    ----------
    names : iterable of str
        Those of under 4 letters are taken out only where a text is the name; those of pictures alone anywhere.
    cells : sequence of str, optional
        Six-figure grid references.

    Returns
    -------
    callable
        A text without them, and without characters that nobody sees; names are found in capitals too, without their
        accents, and with other marks between their words: "St Mary's" in "ST MARY’S", "Tŷ Coch" in "ty coch". What was
        taken out before stays as it is.
    """
    spoken = {_alike(_seen(name, "NFKC"))[0].strip() for name in names} - {""}
    found = {name: re.escape(name) for name in spoken if _pictures(name)}
    for name in spoken:
        words = _WORD.findall(name)
        if sum(map(str.isalpha, name)) >= _LEAST:
            found["".join(words)] = _NAME.format(_BETWEEN.join(map(re.escape, words)))
    longest = sorted(found, key=lambda key: (-len(key), key))
    whole, references = {_said(name) for name in spoken}, {cell.lower() for cell in cells}

    def clean(text: str) -> str:
        plain = _seen(text, "NFKC")
        alike, _ = _alike(plain)
        if alike.strip() and _said(alike) in whole:
            return NOT_PRINTED
        joined = "".join(_WORD.findall(alike))
        parts = [found[key] for key in longest if key in joined or key in alike]  # of 200 hardly one is in a text
        made = plain
        if parts:
            made = _without(made, re.compile("|".join([re.escape(NOT_PRINTED), *parts])))
        if references:
            made = _without(made, _REFERENCE, references)
        return _seen(text, "NFC") if made == plain else made

    return clean


def _without(plain: str, pattern: re.Pattern[str], only: Container[str] | None = None) -> str:
    """Take out what is found in the letters of a text; of references ``only`` some."""
    alike, at = _alike(plain)
    made, end = [], 0
    for one in pattern.finditer(alike):
        if only is None or re.sub(r"\s", "", one[0]) in only:
            made += [plain[end : at[one.start()]], NOT_PRINTED]
            end = at[one.end()]
    return "".join([*made, plain[end:]])


def _said(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(name)) or (name.strip(),)


def _pictures(name: str) -> bool:
    return not _WORD.search(name) and any(unicodedata.category(c) == "So" for c in name)


def _alike(text: str) -> tuple[str, Sequence[int]]:
    """Give a text in small letters without accents, and where in the text each of them stands, and its end."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    letters, at = [], []
    for n, c in enumerate(text):
        for letter in unicodedata.normalize("NFD", c.casefold()):
            if unicodedata.category(letter) != "Mn":
                letters.append(letter)
                at.append(n)
    return "".join(letters), [*at, len(text)]


def _seen(text: str, form: Literal["NFC", "NFKC"]) -> str:
    """Give the letters as they are printed: composed, and without those that nobody sees."""
    if text.isascii():
        return _UNSEEN_PLAIN.sub("", text)
    return "".join(c for c in unicodedata.normalize(form, text) if unicodedata.category(c) not in _UNSEEN or c == "\n")
