"""The two-page form: what stands on it on paper and in Word, that it is two pages, and that grey loses nothing."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pypdfium2
import pytest

from data.place.area import Area
from data.problem.problem import CLOSED, Line, Problem, Step
from pages.ui.paper.page import bind
from pages.ui.problem.form import BY_DATA, BY_PARTNER, NOT_KNOWN, Form, form_of
from pages.ui.problem.form_pdf import form_sheets, problem_pdf
from pages.ui.problem.form_word import problem_word
from tests.paper.print_checks import collisions, outside, pdf_pages
from tests.problem import made_problem as made
from tests.problem.made_problem import WHEN


def pdf(problem: Problem, area: Area, *, place: bool = False) -> bytes:
    one = made.clear(problem)
    figures = made.drawn(one, area)
    return problem_pdf(one, figures if place else replace(figures, squares=None), area, None, when=WHEN)


def form(problem: Problem, area: Area) -> Form:
    one = made.clear(problem)
    return form_of(one, made.drawn(one, area), area, None, when=WHEN)


def told(raw: bytes) -> str:
    """All text of a PDF or Word file on one line."""
    if raw[:4] == b"%PDF":
        return " ".join(" ".join(text for text, _ in pdf_pages(raw)).split())
    file = docx.Document(io.BytesIO(raw))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(p.text for p in file.paragraphs), *cells]).split()).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def printed(area: Area) -> bytes:
    return pdf(made.made_problem(), area, place=True)


@pytest.fixture(scope="module")
def written(area: Area) -> bytes:
    one = made.clear(made.made_problem())
    return problem_word(one, made.drawn(one, area), area, None, when=WHEN)


SAYS = (
    "Summer vehicle nuisance around the retail park", "Neighbourhood team, North", "Mill Street; Retail park",
    "Anti-social behaviour", "20 May 2024", "Assessment, step 5 of 5", "Problem 3, revision 5",
    "Fewer complaints about cars on summer evenings.", "A fall under about 38 % would go unseen.",
    "ASB incidents recorded in the places, July to December 2024, against the same months of 2021 to 2023 and places "
    "like it. Wanted: a fall of 40 %.",
    "312 incidents in 12 months.", "Complaints doubled since the ramp went.", "Hours are not known: no dated feed.",
    "Signed off 3 September 2024, on data version ab12cd34, known to July 2024, by Partnership analyst.",
    "(The data said: In 3 of 4 years.)", "Not signed off. Data version ab12cd34, known to December 2024.",
    "Summer patrols", "no end known", "10 Sep 2024", "Cannot tell: 61 where 70.3 were expected.",
    "It says what changed, not why.", "Traders say that it is quieter.", "Calls, as of 31 December 2024",
    "Source: Contact centre", "Data version 0123abcd", "its lines on data version ab12cd34", "Data to December 2024.",
    "Open Government Licence", "Police-recorded ASB only",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["printed", "written"])
def test_both_files_say_all_of_it(kind: str, request: pytest.FixtureRequest) -> None:
    text = told(request.getfixturevalue(kind))
    assert [said for said in SAYS if said not in text] == []


def test_lines_say_whose_they_are(area: Area, written: bytes) -> None:
    scanning = form(made.made_problem(), area).first[2]
    assert [one.mark for one in scanning.lines] == [BY_DATA, BY_PARTNER, NOT_KNOWN]
    assert "Not known: Hours are not known" in told(written)


def test_the_same_arguments_give_the_same_bytes(area: Area, printed: bytes, written: bytes) -> None:
    assert pdf(made.made_problem(), area, place=True) == printed
    one = made.clear(made.made_problem())
    figures = made.drawn(one, area)
    assert problem_word(one, figures, area, None, when=WHEN) == written
    later = problem_word(one, replace(figures, squares=None), area, None, when=WHEN + timedelta(minutes=1))
    assert "Record of 14 January 2025, 15:03" in told(later)


@pytest.mark.parametrize("make", [made.made_problem, made.empty_problem, made.longest_problem])
def test_paper_is_two_pages_on_which_nothing_collides(make: Any, area: Area) -> None:
    one = made.clear(make())
    figures = made.drawn(one, area)
    sheets = form_sheets(form_of(one, figures, area, None, when=WHEN), figures)
    pages = [text for text, _ in pdf_pages(bind(sheets, "Form", WHEN))]
    for sheet in sheets:
        assert collisions(sheet.figure) == []
        assert outside(sheet.figure) == []
    assert [f"page {n} of 2" in text for n, text in enumerate(pages, start=1)] == [True, True]


def test_what_is_left_out_is_counted(area: Area) -> None:
    problem = made.made_problem(scanning=Step(tuple(Line("", f"Line {k} " + "word " * 100, "partner")
                                                    for k in range(24))))  # fmt: skip
    text = told(pdf(problem, area))
    found = re.search(r"More in the record: (\d+) lines are left out or cut\.", text)
    assert found is not None
    whole = [k for k in range(24) if re.search(rf"\bLine {k} (word ){{100}}", text)]
    assert int(found[1]) == 24 - len(whole)
    assert 0 < len(whole) < 24
    assert "More in the record" not in told(pdf(made.made_problem(), area))


def test_an_empty_record_says_what_is_not_there(area: Area) -> None:
    text = told(pdf(made.empty_problem(), area))
    assert text.count("Nothing is written yet.") == 4
    assert "No measure is set yet." in text
    assert text.count("No response") == 2
    assert "What partners counted" not in text


def test_it_says_when_it_has_ended_and_that_it_is_simulated(area: Area) -> None:
    ended = made.made_problem(state=CLOSED, closed_on=WHEN.date(), simulated=True)
    text = told(pdf(ended, area, place=True))
    assert "Closed on 14 January 2025" in text
    assert text.count("SIMULATED") >= 2 + 2  # a line on each page, across the map and the months
    assert "licensed under the Open Government Licence v3.0. Contains OS" not in text


def test_hostile_texts_are_texts(area: Area) -> None:
    problem = made.made_problem(title=made.HOSTILE, objective=made.HOSTILE, owner=made.HOSTILE)
    one = made.clear(problem)
    figures = replace(made.drawn(one, area), squares=None)
    text = told(problem_word(one, figures, area, None, when=WHEN))
    assert "<b>$x_2$ %{x} ![a](b) =1+1 日本語" in text
    paper = told(problem_pdf(one, figures, area, None, when=WHEN))
    assert paper.count("<b>$x_2$ %{x} ![a](b) =1+1 ???") >= 4  # the font has no such letters, and says so


def test_headings_are_headings_and_pictures_have_words(written: bytes) -> None:
    file = docx.Document(io.BytesIO(written))
    found = [p.text for p in file.paragraphs if p.style.name == "Heading 1"]
    first = ["Objective", "Measure, and what change could be seen", "Scanning", "Analysis"]
    assert found == [*first, "Response", "Assessment", "What partners counted", "Sources"]
    assert file.paragraphs[0].style.name == "Title"
    described = [one.get("descr") for one in file.element.body.iter() if one.tag.endswith("}docPr")]
    assert len(described) == 2
    assert "Summer patrols, Neighbourhood team, done: Jun to Aug 2024." in described[1]
    assert not any("TOC" in (one.text or "") for one in file.element.body.iter())


def test_the_page_of_months_has_no_colours(printed: bytes) -> None:
    document = pypdfium2.PdfDocument(printed)
    colours = np.asarray(document[1].render(scale=2).to_pil()).astype(int)
    document.close()
    spread = (colours.max(axis=2) - colours.min(axis=2)).max()
    assert spread <= 16  # grey ground and ink alone: nothing of the second page is said by colour


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (libreoffice-writer)")
@pytest.mark.parametrize("simulated", [False, True])
def test_word_is_two_pages_in_libreoffice(area: Area, tmp_path: Path, *, simulated: bool) -> None:
    one = made.clear(replace(made.made_problem(), simulated=simulated))
    path = tmp_path / "form.docx"
    path.write_bytes(problem_word(one, made.drawn(one, area), area, None, when=WHEN))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/lo", "--headless", "--convert-to", "pdf",
               "--outdir", str(tmp_path), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert len(list(pdf_pages((tmp_path / "form.pdf").read_bytes()))) == 2
