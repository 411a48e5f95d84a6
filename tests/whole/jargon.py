"""Names of statistics, taken from what the program itself calls its methods, and where a page says one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tests.conftest import ROOT
from tests.whole.page_walk import Seen, paragraphs

_WORD = re.compile(r"[A-Za-z]+\*?(?:['’-][A-Za-z]+)*")
# Words of methods' names that people use as well. A new name of a method is no such word until it stands here.
_EVERYDAY = (
    "against ahead asb before brought compare comparison concentration counts density differences district "
    "districts each effect event exact expect given held hotspots hour interval judge kind known lead level measure "
    "near neighbourhoods next nights operations outcome path per period points rank rate rates ratio ratios reading "
    "residents rest rise said season seasonal seasons seen shared smoothed spread straight table times trend unlike "
    "unseen unusual variation vary visited weekday wider years problem dated inside months point published recorded "
    "same written zone whose least"
)
EVERYDAY = frozenset(_EVERYDAY.split())
_HOW = '<div class="how">'
_COMMAND = re.compile(r"python -m \w+ \w+ \w+")
_HOW_SAID = ("How this was made", "Method:")  # in a speaker's notes


def _words(text: str) -> set[str]:
    return {word.casefold().removesuffix("’s").removesuffix("'s") for word in _WORD.findall(text)}


def _explained() -> set[str]:
    """Words that the glossary explains others in; capitals alone are short for something."""
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    rows = [row.split("|")[2] for row in glossary.splitlines() if row.startswith("|")]
    return _words(re.sub(r"\b[A-Z]{3,}\b", "", " ".join(rows)))


def names() -> set[str]:
    """Give the words that methods are called by and that explain nothing in the glossary.

    Of functions, of what results say of themselves (:class:`analysis.common.method.Method`), of authors, and what is
    short for something longer.
    """
    methods = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    called = set(re.split(r"[._]", ".".join(re.findall(r"### `analysis\.([\w.]+)`", methods))))
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "analysis").rglob("*.py"))
    called |= _words(" ".join(re.findall(r'Method\(\s*(?:name=)?f?"([^"]+)"', source)))
    authors = set(re.findall(r"\b([A-Z][A-Za-z]+), (?:[A-Z]\. ?)+", methods))
    short = set(re.findall(r"\b(?:[A-Z]{3,}|XmR|Gi\*)", methods))
    return {word.casefold() for word in called | authors | short if len(word) > 1} - _explained() - EVERYDAY


def said(one: Seen) -> Iterator[str]:
    """Give what a page says before anybody opens "How this was made": text, tabs, tables, charts."""
    for element in one.at.get("html"):
        if not element.proto.body.startswith(_HOW):
            yield from (text for text in paragraphs(element.proto.body) if not text.startswith(_HOW_SAID))
    for kind in ("info", "warning", "error", "caption", "success", "markdown"):
        yield from (element.value for element in one.at.get(kind))
    yield from (tab.label for tab in one.at.tabs)
    for table in one.at.dataframe:
        yield table.proto.alt
        yield from (column.get("label", "") for column in json.loads(table.proto.columns).values())
    for chart in one.at.get("plotly_chart"):
        yield chart.proto.alt
        layout = json.loads(chart.proto.spec)["layout"]
        yield from (note["text"] for note in layout.get("annotations", ()))


def found(one: Seen, forbidden: set[str]) -> dict[str, str]:
    """Give every name of a statistic that a page says, with where."""
    return {word: text for text in said(one) for word in _words(_COMMAND.sub("", text)) & forbidden}
