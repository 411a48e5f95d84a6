"""The Word file read back: what is a heading is one, what is numbered is numbered, and nothing else got in."""

from __future__ import annotations

import io
import zipfile
from itertools import cycle
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from geo.errors import InputError
from pages.ui.document import word_template
from pages.ui.document.drawn import line
from pages.ui.document.word import word
from pages.ui.document.word_template import WordTemplate
from tests.document.made_document import WHEN, made_document
from tests.hostile import CONTROLS, TEXTS


@pytest.fixture(scope="module")
def raw() -> bytes:
    return word(made_document(simulated=True), WHEN)


@pytest.fixture(scope="module")
def file(raw: bytes) -> Any:
    return docx.Document(io.BytesIO(raw))


def test_the_same_document_is_the_same_bytes(raw: bytes) -> None:
    assert word(made_document(simulated=True), WHEN) == raw


def test_headings_are_headings(file: Any) -> None:
    found = [(p.style.name, p.text) for p in file.paragraphs if p.style.name.startswith("Heading")]
    assert found == [
        ("Heading 1", "Summary"), ("Heading 1", "It fell"), ("Heading 2", "It peaks"),
        ("Heading 1", "What open data lack"), ("Heading 2", "Harm in homes"), ("Heading 2", "Fires"),
        ("Heading 1", "Sources"),
    ]  # fmt: skip
    assert (file.paragraphs[0].style.name, file.paragraphs[0].text) == ("Title", "A year on paper")


def test_contents_lead_to_the_headings(file: Any) -> None:
    links = {
        one.get(qn("w:anchor")): "".join(text.text for text in one.iter(qn("w:t")))
        for one in file.element.body.iter(qn("w:hyperlink"))
    }
    assert list(links.values()) == ["It fell", "It peaks", "What open data lack", "Fires"]
    marks = {
        one.get(qn("w:name")): Paragraph(one.getparent(), file).text
        for one in file.element.body.iter(qn("w:bookmarkStart"))
    }
    assert {key: marks[key] for key in links} == links
    assert any(text.text.strip().startswith("TOC ") for text in file.element.body.iter(qn("w:instrText")))


def test_tables_and_figures_are_numbered(file: Any) -> None:
    captions = [p for p in file.paragraphs if p.style.name == "Caption"]
    assert [p.text for p in captions] == [
        "Figure 1. Three bars", "Table 1. Two wards", "Table 2. Types", "Figure 2. Three bars",
    ]  # fmt: skip
    asked = [t.text.strip() for p in captions for t in p._p.iter(qn("w:instrText"))]
    assert asked == ["SEQ Figure \\* ARABIC", "SEQ Table \\* ARABIC", "SEQ Table \\* ARABIC", "SEQ Figure \\* ARABIC"]
    begins = [one.get(qn("w:fldCharType")) for one in file.element.body.iter(qn("w:fldChar"))]
    assert begins == ["begin", "separate", "end"] * (len(begins) // 3)


def test_tables_hold_their_cells_under_a_head_that_repeats(file: Any) -> None:
    small, long = file.tables
    assert [[cell.text for cell in row.cells] for row in small.rows] == [
        ["Ward", "Incidents"], ["North", "12"], ["South", "7"],
    ]  # fmt: skip
    assert len(long.rows) == 31
    for table in file.tables:
        heads = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert heads == [True] + [False] * (len(heads) - 1)
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    assert [cell.paragraphs[0].runs[0].bold for cell in small.columns[0].cells] == [True, True, None]


def test_pictures_have_their_words(file: Any) -> None:
    described = [one.get("descr") for one in file.element.body.iter(qn("wp:docPr"))]
    assert described == ["Bars that rise"] * 2
    shape = file.inline_shapes[0]
    section = file.sections[0]
    assert shape.width <= section.page_width - section.left_margin - section.right_margin
    wide = shape._inline.graphic.graphicData.pic.blipFill.blip.embed
    picture = file.part.related_parts[wide].image
    assert 190 <= picture.px_width / (shape.width / 914400) <= 210  # dots an inch as printed


def test_every_page_says_what_it_is(file: Any) -> None:
    section = file.sections[0]
    assert "SIMULATED" in section.header.paragraphs[0].text
    foot = section.footer.paragraphs[0]
    assert "a1b2c3" in foot.text
    assert [t.text.strip() for t in foot._p.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    real = docx.Document(io.BytesIO(word(made_document(), WHEN)))
    assert not any(p.text for p in real.sections[0].header.paragraphs)


def test_the_file_says_its_title_day_and_language(file: Any) -> None:
    about = file.core_properties
    assert (about.title, about.author, about.language) == (
        "A year on paper", "Community safety dashboard", "en-GB",
    )  # fmt: skip
    assert about.created == WHEN
    assert [one.get(qn("w:val")) for one in file.styles.element.iter(qn("w:lang"))][:1] == ["en-GB"]


def test_a_gap_has_whom_to_ask_what_was_given_and_a_place_to_type(file: Any) -> None:
    texts = [p.text for p in file.paragraphs]
    at = texts.index("Harm in homes")
    assert texts[at + 1 : at + 4] == ["Ask: the police unit", "412 reports", "Source: A return; as of May 2024"]
    places = list(file.element.body.iter(qn("w:sdt")))
    assert len(places) == 2
    assert all("type" in "".join(text.text for text in place.iter(qn("w:t"))) for place in places)


def test_hostile_text_stays_text() -> None:
    attacks = cycle((*TEXTS.values(), CONTROLS, "\x00\ud800\ufffe"))
    said: dict[str, str] = {}
    raw = word(made_document(lambda plain: said.setdefault(plain, f"{next(attacks)} {plain}")), WHEN)
    file = docx.Document(io.BytesIO(raw))
    assert len(said) > 2 * len(TEXTS)
    shown = {cell.text for table in file.tables for cell in table._cells} | {p.text for p in file.paragraphs}
    assert {line(said[plain]) for plain in ("Ward", "North", "It fell", "A remark", "July", "116")} <= shown
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        assert b"External" not in whole.read("word/_rels/document.xml.rels")


# --- templates -------------------------------------------------------------------------------------------------------
def template(change: Any = None) -> bytes:
    """A Word file of a partnership, with text of its own."""
    file = docx.Document()
    file.add_paragraph("Old text")
    file.sections[0].header.paragraphs[0].text = "The council"
    if change is not None:
        change(file)
    made = io.BytesIO()
    file.save(made)
    return made.getvalue()


def test_a_template_gives_its_styles_and_edges_and_none_of_its_text() -> None:
    def red(file: Any) -> None:
        file.styles["Heading 1"].font.name = "Georgia"

    raw = word(made_document(simulated=True), WHEN, WordTemplate("ours.docx", template(red)))
    file = docx.Document(io.BytesIO(raw))
    assert file.styles["Heading 1"].font.name == "Georgia"
    assert [p.text for p in file.sections[0].header.paragraphs] == [
        "The council", "SIMULATED: made up for the demonstration, totals too.",
    ]  # fmt: skip
    assert "Old text" not in [p.text for p in file.paragraphs]
    assert "It fell" in [p.text for p in file.paragraphs]


@pytest.mark.parametrize("name", word_template.NEEDED)
def test_a_template_without_a_style_is_refused_by_the_name_of_both(name: str) -> None:
    def without(file: Any) -> None:
        style = file.styles[name]
        style.element.getparent().remove(style.element)

    with pytest.raises(InputError) as told:
        word(made_document(), WHEN, WordTemplate("ours.docx", template(without)))
    assert "ours.docx" in str(told.value)
    assert repr(name) in str(told.value)


def changed(raw: bytes, name: str, old: bytes, new: bytes, more: dict[str, bytes] | None = None) -> bytes:
    """A zip with one part changed and others added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.namelist():
            after.writestr(one, before.read(one).replace(old, new) if one == name else before.read(one))
        for one, content in (more or {}).items():
            after.writestr(one, content)
    return made.getvalue()


def squashed(name: str) -> bytes:
    """A template one of whose parts cannot be unpacked."""
    raw = bytearray(template())
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        start = whole.getinfo(name).header_offset + 30 + len(name)
    raw[start : start + 8] = b"\xff" * 8
    return bytes(raw)


_MAIN = b"wordprocessingml.document.main+xml"
_PROLOG = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"


@pytest.mark.parametrize(
    "spoilt",
    [
        b"", b"no zip", b"PK\x05\x06" + bytes(18),
        changed(template(), "[Content_Types].xml", b"application/vnd.openxmlformats-officedocument." + _MAIN,
                b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        changed(template(), "", b"", b"", {"word/vbaProject.bin": b"x"}),
        changed(template(), "", b"", b"", {"word/embeddings/oleObject1.bin": b"x"}),
        changed(template(), "", b"", b"", {"word/large.xml": bytes(60_000_000)}),
        changed(template(), "word/document.xml", _PROLOG, _PROLOG + b"<!DOCTYPE x [<!ENTITY a 'b'>]>"),
        changed(template(), "word/document.xml", b"<w:body>", b"<w:bod>"),
        template()[:5000], squashed("word/styles.xml"), squashed("[Content_Types].xml"),
        changed(template(), "word/styles.xml", b"w:styles", b"w:other"),
    ],
    ids=range(13),
)  # fmt: skip
def test_a_template_that_is_none_or_holds_a_program_is_refused(spoilt: bytes) -> None:
    with pytest.raises(InputError, match=r"ours\.docx"):
        word(made_document(), WHEN, WordTemplate("ours.docx", spoilt))


def test_a_template_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.docx"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(InputError, match="larger than 50 MB"):
        WordTemplate.of(large)
    with pytest.raises(InputError, match="cannot be read"):
        WordTemplate.of(tmp_path)


def test_a_template_asks_for_nothing_outside() -> None:
    def far(file: Any) -> None:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
        file.part.relate_to("http://127.0.0.9/x", f"{kind}image", is_external=True)
        settings = next(one.target_part for one in file.part.rels.values() if one.reltype.endswith("/settings"))
        settings.relate_to("http://127.0.0.9/t.dotm", f"{kind}attachedTemplate", is_external=True)

    raw = word(made_document(), WHEN, WordTemplate("ours.docx", template(far)))
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        assert not [name for name in whole.namelist() if b"127.0.0.9" in whole.read(name)]
