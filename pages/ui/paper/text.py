"""Text on paper: measured before it is set, cut with an ellipsis, never read as mathematics, in fonts of our own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

ELLIPSIS = "…"
_SPACES = re.compile(r"[^\S\u00a0]+")  # all but the space that does not break
_FILES = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf", "italic": "DejaVuSans-Oblique.ttf"}


@cache
def _path(style: str) -> Path:
    """Font file that matplotlib carries: every machine sets the same letters."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / _FILES[style]


@lru_cache(maxsize=256)
def font(size: float, style: str = "normal") -> FontProperties:
    """Font of a size in points; ``style`` is normal, bold or italic."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=_path(style), size=size)


@cache
def _letters(style: str) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(_path(style)).get_charmap())


@lru_cache(maxsize=8192)
def clean(text: str, style: str = "normal") -> str:
    """Text on one line, without control characters; what the font has no letter for becomes "?".

    Parameters
    ----------
    text : str
        From a file or from a person.
    """
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    kept = (c for c in line if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    known = _letters(style)
    return "".join(c if ord(c) in known else "?" for c in kept)


@cache
def _advance(letter: str, style: str) -> float:
    """Width of a letter as a share of the size."""
    from matplotlib.font_manager import get_font
    from matplotlib.ft2font import LoadFlags

    face = get_font(_path(style))
    face.set_size(1000, 72)
    return float(face.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 1000)


@lru_cache(maxsize=32768)
def width(text: str, size: float, style: str = "normal") -> float:
    """Width in points of a clean text on one line; kerning, which only brings letters closer, is left out."""
    return size * sum(_advance(letter, style) for letter in text)


def cut(text: str, room: float, size: float, style: str = "normal") -> str:
    """Text that fits into so many points, ended with an ellipsis where something had to go."""
    text = clean(text, style)
    if width(text, size, style) <= room:
        return text
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + ELLIPSIS, size, style) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS if low else ""


def wrap(text: str, room: float, size: float, style: str = "normal", most: int | None = None) -> list[str]:
    """Break a text into lines of so many points; a word that is wider is cut, and so is what exceeds ``most`` lines."""
    lines: list[str] = []
    for word in clean(text, style).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, style) <= room:
            lines[-1] = longer
        else:
            lines.append(cut(word, room, size, style))
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], cut(" ".join(lines[most - 1 :]), room, size, style)]
    return lines


def largest(text: str, room: float, sizes: Sequence[float], most: int, style: str = "normal") -> float:
    """Largest of some sizes, the last but one at least, at which a text takes at most so many lines; else the last."""
    return next((s for s in sizes[:-1] if len(wrap(text, room, s, style)) <= most), sizes[-1])


def put(target: Any, x: float, y: float, text: str, size: float, style: str = "normal", **more: Any) -> Any:
    """Set a text, already clean, on a figure or axes; see ``matplotlib.text.Text`` for ``more``."""
    found = target.text(x, y, text, fontproperties=font(size, style), parse_math=False, **more)
    found.__class__ = _line()
    return found


@cache
def _line() -> Any:
    """Give a text that is not measured where nothing hangs on it: matplotlib measures every text that it draws."""
    from matplotlib.text import Text

    class Line(Text):
        """A text; from its left end on its base line, level and without a ground, it stands where it is put."""

        _drawing = False

        def draw(self, renderer: Any) -> None:
            self._drawing = True
            try:
                super().draw(renderer)
            finally:
                self._drawing = False

        def _get_layout(self, renderer: Any) -> Any:
            at = self.get_horizontalalignment(), self.get_verticalalignment()
            stands = at == ("left", "baseline") and self.get_rotation() == 0
            if self._drawing and stands and self.get_bbox_patch() is None:
                return None, [(self.get_text(), None, (0.0, 0.0))], None
            return super()._get_layout(renderer)  # type: ignore[misc]  # private, see tests/whole/test_internals.py

    return Line
