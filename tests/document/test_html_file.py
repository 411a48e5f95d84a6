"""The one HTML file: what stands in it, that nothing else can, and that people who do not see it can read it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import cycle, pairwise

import pytest

from pages.ui.document.drawn import line
from pages.ui.document.html_file import page
from tests.document.made_document import WHEN, made_document
from tests.hostile import CANARY, CONTROLS, TEXTS

_VOID = {"meta", "img", "br", "link", "input"}


class Read(HTMLParser):
    """What a browser would make of it: elements with their attributes, and the text in each."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._open: list[int] = []
        self.feed(raw.decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {key: value or "" for key, value in attributes}))
        self.texts.append("")
        if tag not in _VOID:
            self._open.append(len(self.found) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.texts[place] += data

    def of(self, tag: str) -> list[tuple[dict[str, str], str]]:
        """Elements of a kind: attributes, and the text in them."""
        return [(about, text) for (name, about), text in zip(self.found, self.texts, strict=True) if name == tag]


@pytest.fixture(scope="module")
def raw() -> bytes:
    return page(made_document(simulated=True), WHEN)


@pytest.fixture(scope="module")
def read(raw: bytes) -> Read:
    return Read(raw)


def test_the_same_document_is_the_same_bytes(raw: bytes) -> None:
    assert page(made_document(simulated=True), WHEN) == raw
    assert len(raw) < 5e6


def test_headings_run_down_without_a_leap(read: Read) -> None:
    found = [(int(tag[1]), text) for (tag, _), text in zip(read.found, read.texts, strict=True)
             if re.fullmatch(r"h\d", tag)]  # fmt: skip
    assert found[0] == (1, "A year on paper")
    assert Counter(level for level, _ in found)[1] == 1
    assert all(b - a <= 1 for (a, _), (b, _) in pairwise(found))
    assert [text for _, text in found[3:]] == [
        "It fell", "It peaks", "What open data lack", "Harm in homes", "Fires", "Sources",
    ]  # fmt: skip


def test_links_lead_inside_the_file_alone(read: Read) -> None:
    names = [about["id"] for _, about in read.found if "id" in about]
    assert len(set(names)) == len(names)
    links = [(about["href"], text) for about, text in read.of("a")]
    assert [text for _, text in links[1:]] == ["It fell", "It peaks", "What open data lack", "Fires"]
    assert {href[1:] for href, _ in links} <= set(names)
    assert read.of("html")[0][0] == {"lang": "en-GB"}
    assert read.of("title")[0][1] == "SIMULATED: A year on paper"


def test_a_table_has_a_caption_and_heads(read: Read) -> None:
    assert [text for _, text in read.of("caption")] == ["Table 1. Two wards", "Table 2. Types"]
    assert [text for about, text in read.of("th") if about.get("scope") == "col"][:2] == ["Ward", "Incidents"]
    assert [text for about, text in read.of("th") if about.get("scope") == "row"][:2] == ["North", "South"]
    assert [text for _, text in read.of("td")][:2] == ["12", "7"]
    regions = [about for about, _ in read.of("div") if about.get("role") == "region"]
    assert len(regions) == 4
    assert all(about["tabindex"] == "0" for about in regions)


def test_a_picture_has_its_words(read: Read) -> None:
    assert [about["alt"] for about, _ in read.of("img")] == ["Bars that rise"] * 2
    assert [text for _, text in read.of("figcaption")] == ["Figure 1. Three bars", "Figure 2. Three bars"]


def test_a_gap_says_whom_to_ask_and_what_was_given(read: Read) -> None:
    gaps = [text for about, text in read.of("div") if about.get("class") == "gap"]
    assert gaps[0] == "Harm in homes" + "412 reports" + "Source: A return; as of May 2024" + "Ask: the police unit"
    assert gaps[1].endswith("Ask: the fire service")


def test_the_file_may_do_nothing_and_asks_for_nothing(raw: bytes, read: Read) -> None:
    policy = next(about["content"] for about, _ in read.of("meta") if about.get("http-equiv"))
    style = read.of("style")[0][1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    tags = {tag for tag, _ in read.found}
    assert not tags & {"script", "iframe", "object", "embed", "link", "form", "base", "svg"}
    assert not [key for _, about in read.found for key in about if key.startswith("on") or key == "style"]
    assert {about["src"].split(",")[0] for _, about in read.found if "src" in about} == {"data:image/svg+xml;base64"}
    assert b"http:" not in raw
    assert b"url(" not in raw
    assert b"@import" not in raw


def test_hostile_text_stays_text(raw: bytes) -> None:
    attacks = cycle((*TEXTS.values(), CONTROLS, "\x00\ufffe"))
    said: dict[str, str] = {}
    evil = Read(page(made_document(lambda plain: said.setdefault(plain, f"{next(attacks)} {plain}")), WHEN))
    assert len(said) > 2 * len(TEXTS)
    calm = Read(page(made_document(), WHEN))
    assert [tag for tag, _ in evil.found] == [tag for tag, _ in calm.found]
    assert [sorted(about) for _, about in evil.found] == [sorted(about) for _, about in calm.found]
    assert {line(said[plain]) for plain in ("Ward", "North", "It fell", "A remark", "July", "116")} <= set(evil.texts)
    assert not [about for _, about in evil.found if CANARY in about.get("href", "") + about.get("src", "")]
