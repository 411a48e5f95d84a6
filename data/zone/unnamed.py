"""Names of restricted zones, and references of their cells, taken out of texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

NOT_PRINTED = "a zone that is not printed"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_LEAST = 4  # letters: a shorter name stands in any text
_BETWEEN = r"[\W_]*"  # words of a name may be set apart by any marks, or by none
_REFERENCE = r"(?<![A-Za-z0-9]){}\s?{}\s?{}(?!\d)"


def cleaner(names: Iterable[str], cells: Sequence[str] = ()) -> Callable[[str], str]:
    """Give what takes names and references of cells out of a text.

    Parameters
    ----------
    names : iterable of str
        Those of under 4 letters are taken out only where a text is the name.
    cells : sequence of str, optional
        Six-figure grid references.

    Returns
    -------
    callable
        A text without them, and without characters that nobody sees; names are found in capitals too, and with other
        marks between their words: "St Mary's" in "ST MARY’S".
    """
    spoken = {words for name in names if (words := tuple(_words(_seen(name, "NFKC"))))}
    long = [one for one in spoken if sum(map(str.isalpha, "".join(one))) >= _LEAST]
    long.sort(key=lambda one: (-len(one), one))
    parts = [r"(?<!\w)" + _BETWEEN.join(map(re.escape, one)) + r"(?!\w)" for one in long]
    parts += [_REFERENCE.format(cell[:2], cell[2:5], cell[5:]) for cell in cells]
    pattern = re.compile("|".join(parts), re.IGNORECASE) if parts else None
    whole = {tuple(map(str.casefold, one)) for one in spoken}

    def clean(text: str) -> str:
        plain = _seen(text, "NFKC")
        if tuple(map(str.casefold, _words(plain))) in whole:
            return NOT_PRINTED
        if pattern is not None and pattern.search(plain):
            return pattern.sub(NOT_PRINTED, plain)
        return _seen(text, "NFC")

    return clean


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _seen(text: str, form: Literal["NFC", "NFKC"]) -> str:
    """Give the letters as they are printed: composed, and without those that nobody sees."""
    return "".join(c for c in unicodedata.normalize(form, text) if unicodedata.category(c) not in _UNSEEN or c == "\n")
