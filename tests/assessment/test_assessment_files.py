"""The files of a needs assessment: the same input gives the same bytes, also from what was kept of earlier data."""

from __future__ import annotations

import io
import shlex
import shutil
from pathlib import Path

import docx
import pytest
from streamlit.testing.v1 import AppTest

from data.store.restore import restore
from pages.ui.assessment.command import main
from tests.tab_pages import open_page, text


@pytest.fixture(scope="module")
def made(short: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command writes of four months."""
    folder = tmp_path_factory.mktemp("made")
    store = folder / "store"
    shutil.copytree(short, store)
    assert main(["--store", str(store), "--out", str(folder / "out"), "--made", "2025-01-20"]) == 0
    return folder


def only(folder: Path, ending: str) -> Path:
    (found,) = folder.glob(f"*.{ending}")
    return found


def test_the_command_writes_word_html_and_the_data_that_they_name(made: Path) -> None:
    out = made / "out"
    book = docx.Document(io.BytesIO(only(out, "docx").read_bytes()))
    heads = [one.text for one in book.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert {"Crime types side by side", "Each crime type", "What only partners can say"} <= {h.strip() for h in heads}
    page = only(out, "html").read_text(encoding="utf-8")
    assert len(page) < 5_000_000
    assert only(out, "zip").name in page


def test_the_kept_data_make_the_same_bytes_again(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is another one by then; what was kept beside the document is restored, as the document says."""
    out = made / "out"
    page = only(out, "html").read_text(encoding="utf-8")
    printed = page.partition("then python -m pages.ui.assessment ")[2].partition(".</li>")[0]
    assert printed == "--store earlier --made 2025-01-20 --out again"
    before = {name: only(out, name).read_bytes() for name in ("docx", "html")}
    restore(only(out, "zip"), made / "earlier")
    monkeypatch.chdir(made)
    assert main(shlex.split(printed)) == 0
    assert {name: only(made / "again", name).read_bytes() for name in before} == before


def test_a_wrong_year_and_nothing_loaded_are_told(
    short: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--store", str(short), "--out", str(tmp_path), "--year", "2019/20"]) == 2
    assert "2019/20" in capsys.readouterr().err
    assert main(["--store", str(short), "--out", str(tmp_path), "--year", "nonsense"]) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("store", ["short", "none"])
def test_the_page_offers_it(
    store: str,
    short: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = short if store == "short" else tmp_path / "store"
    at: AppTest = open_page(monkeypatch, folder, "pages/briefing.py", document="needs-assessment")
    said = text(at)
    assert "for partners to complete" in said
    assert "ask " in said, "whom to ask stands where nothing was given"
    assert any(button.label == "Write the needs assessment" for button in at.button)
