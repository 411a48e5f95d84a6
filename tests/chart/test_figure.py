"""Words beside the last point of a chart: the margin makes room for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pages.ui.chart.figure import SMALL, Drawing
from tests.properties import examples

WORDS = st.text("abcdefgh 0123:", min_size=1, max_size=24)


def margin(drawing: Drawing) -> int:
    return int(drawing.figure(200, 20, {}, {})["layout"]["margin"]["r"])


@given(st.lists(WORDS, min_size=1, max_size=4))
@examples(30)
def test_the_margin_holds_the_widest_words(words: list[str]) -> None:
    drawing = Drawing()
    for text in words:
        drawing.beside(text, 1, 1, shift=6)
    assert margin(drawing) >= 6 + max(map(len, words)) * SMALL / 2  # half of its size: a letter is no narrower


def test_marks_and_lines_count_for_what_is_seen() -> None:
    plain, marked, bare = Drawing(), Drawing(), Drawing()
    plain.beside("target 1,496", 1, 1)
    marked.beside("<b>target 1,496</b><br>2027", 1, 1)
    bare.note("a note somewhere in the picture, however long it is", 1, 1)
    assert margin(plain) == margin(marked)
    assert margin(bare) == margin(Drawing())
