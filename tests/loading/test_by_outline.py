"""A month by outline, a month that a force never published, and older archives, as the pages show them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.common.method import Method
from data.fetch.record import Agreed, Record
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.accepted import read_accepted
from data.store.origins import store_origins
from data.store.schema import BY_OUTLINE
from data.store.status import store_status
from data.store.store import store_version
from pages.ui.shell.origins import origin_words
from tests.published.police_files import NOW, archive, crime, named, points_of, row, table
from tests.tab_pages import PAGES, Open, charts, html

OUTLINE = "2024-12"


@pytest.fixture(scope="module")
def mixed(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Months of an older archive, of the newest, one by outline, and one that the force never published."""
    folder = tmp_path_factory.mktemp("mixed")
    at, force, store = points_of(area), area.forces[0], folder / "store"

    def rows(month: str) -> bytes:
        drugs = [crime(at.inside, int(month[2:4]) * 10_000 + int(month[5:]) * 100 + k, Month=month) for k in range(30)]
        return table([*drugs, *[row(at.other, Month=month)] * 20, crime(at.buffer, 9, Month=month)])

    def months(first: int, last: int, year: int) -> dict[str, bytes]:
        return {named(m, force): rows(m) for k in range(first, last + 1) if (m := f"{year}-{k:02d}") != "2024-06"}

    packed = [
        archive(folder / "2021-11.zip", months(9, 11, 2021)),
        archive(
            folder / "2024-11.zip",
            months(12, 12, 2021) | months(1, 12, 2022) | months(1, 12, 2023) | months(1, 11, 2024),
        ),
    ]
    outline = folder / named(OUTLINE, BY_OUTLINE)
    outline.write_bytes(rows(OUTLINE))
    assert import_paths([*packed, outline], store, area, now=NOW).ok
    Record(
        not_published=(f"{force}/2024-06", "elsewhere/2024-01"),
        agreed=Agreed("out of date", "2024-12-20T09:00:00+00:00"),
        newest="2024-11",
        checked_at="2024-12-21T09:00:00+00:00",
        newest_month=OUTLINE,
        months_checked_at="2024-12-22T09:00:00+00:00",
    ).save(store)
    return store


def test_the_status_carries_what_a_scheduler_needs(mixed: Path, area: Area) -> None:
    state = store_status(mixed, area)
    plain = json.loads(json.dumps(state.to_json(), default=int))
    assert plain["newest_month"] == OUTLINE
    assert plain["by_outline"] == [OUTLINE]
    assert plain["not_published"] == [{"force": area.forces[0], "month": "2024-06"}]
    assert {"force": area.forces[0], "month": "2024-06"} in plain["gaps"]  # missing all the same
    assert plain["older_archives_used"] == ["2021-11"]
    assert plain["fetched"] == {
        "newest_archive": "2024-11",
        "checked_at": "2024-12-21T09:00:00+00:00",
        "newest_month_by_outline": OUTLINE,
        "months_checked_at": "2024-12-22T09:00:00+00:00",
        "older_archives": {"agreed": True, "sentence": "out of date", "agreed_at": "2024-12-20T09:00:00+00:00"},
    }
    told = "\n".join(state.lines())
    assert "not published by the force (the changelog of data.police.uk may say why): 2024-06" in told
    assert "missing between them" not in told
    assert "by outline, until the archive has them: 1 month from 2024-12 to 2024-12" in told
    assert 'Older archives were agreed to on 2024-12-20: "out of date"' in told


def test_a_figure_names_the_older_archives_of_its_own_months(
    mixed: Path, area: Area, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(mixed))
    origins = store_origins(mixed, area)
    assert dict(origins.older) == dict.fromkeys(("2021-09", "2021-10", "2021-11"), "2021-11")
    assert read_accepted(mixed) == ()
    method = Method("count", period="October 2021 to March 2022", data_version=store_version(mixed))
    assert origin_words(method) == (
        "Of the published months, 2021-10 to 2021-11 come from older archives (2021-11), which the publisher calls out "
        "of date."
    )
    assert "by outline" in origin_words(replace(method, period="November 2024 to December 2024"))
    assert origin_words(replace(method, period="December 2021 to November 2024")) == ""
    assert origin_words(replace(method, data_version="another")) == ""
    damaged = Path(shutil.copytree(mixed, tmp_path / "s"))
    (damaged / "fetched.json").write_text("{")
    monkeypatch.setenv("DASHBOARD_DATA", str(damaged))
    assert origin_words(method).endswith("the list of what was fetched cannot be read.")


def test_the_data_page_marks_both(opened: Open, mixed: Path, area: Area) -> None:
    at = opened(mixed, "Data")
    (spec,) = charts(at).values()
    hover = [words for trace in spec["data"] for words in trace["hovertext"]]
    assert "Jun 2024: not published by the force" in hover
    assert [words for words in hover if words.startswith("Dec 2024")] == [
        "Dec 2024: 50 incidents in the area, of every force; by outline"
    ]
    assert sum(words.endswith(": not loaded") for words in hover) == 8
    written = html(at)
    assert "Diamonds: by outline" in written
    assert "Crossed: not published by the force" in written


# The others take seconds each.
@pytest.mark.parametrize(
    "page", [page if page in ("Overview", "Hotspots") else pytest.param(page, marks=pytest.mark.long) for page in PAGES]
)
def test_no_page_breaks_with_a_month_by_outline(opened: Open, mixed: Path, page: str) -> None:
    at = opened(mixed, page)
    assert "This cannot be shown" not in html(at)
