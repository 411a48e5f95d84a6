"""Every page through AppTest, on real, simulated, broken and almost empty stores and with other area files."""

from __future__ import annotations

import io
import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st

from data.place.area import Area
from pages.ui.shell import frame, vendor
from tests.conftest import ROOT
from tests.tab_pages import PAGES, Open, charts, finding, html


@pytest.mark.parametrize("page", PAGES)
def test_opens_with_title_finding_links_and_attribution(opened: Open, real_store: Path, area: Area, page: str) -> None:
    at = opened(real_store, page)
    assert [title.value for title in at.title] == [page]
    assert finding(at)
    own = [one for one in at.get("page_link") if not one.proto.label.startswith("Hotspots of")]  # under a small map
    assert len(own) == sum((ROOT / path).is_file() for _, path in (*frame.PAGES, frame.STATEMENT))
    assert "Contains data from data.police.uk, licensed under the Open Government Licence v3.0" in html(at)
    assert area.wards.attribution in html(at)
    assert "Demonstration" not in html(at)
    assert "council, housing and the fire service" in html(at)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Files that the page offers, by name, with their text."""
    found: dict[str, str] = {}
    real = st.download_button

    def button(label: str, data: bytes, **more: Any) -> bool:
        if more["file_name"].endswith(".csv"):
            found[more["file_name"]] = data.decode("utf-8-sig")
        return real(label, data, **more)

    monkeypatch.setattr(st, "download_button", button)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_demonstration_is_marked_everywhere(opened: Open, tmp_path: Path, files: dict[str, str], page: str) -> None:
    at = opened(tmp_path, page)
    assert "Demonstration: simulated incidents.</strong> Simulated figures too" in html(at)
    assert "Nothing here happened" not in html(at)
    assert "Contains data from data.police.uk" not in html(at), "none of it is from there"
    for spec in charts(at).values():
        assert any("SIMULATED" in note["text"] for note in spec["layout"]["annotations"])
    assert files or page == "Data"
    for name, text in files.items():
        assert name.endswith("-simulated.csv")
        assert text.startswith("# SIMULATED")


@pytest.mark.parametrize("page", PAGES)
def test_files_say_their_source_and_are_not_called_simulated(
    opened: Open, real_store: Path, files: dict[str, str], area: Area, page: str
) -> None:
    opened(real_store, page)
    assert files
    for name, text in files.items():
        assert name.startswith(area.name.lower())
        if "-outcomes-" in name or "-partners-" in name:  # the partnership's own figures, from no published file
            assert "Typed by the partnership" in text
            continue
        assert "simulated" not in (name + text).lower()
        assert "# Contains data from data.police.uk; licensed under the Open Government Licence v3.0" in text
        assert area.wards.attribution.replace(",", ";") in text
        assert len(pd.read_csv(io.StringIO(text), comment="#"))


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_has_words_a_table_and_a_file(opened: Open, real_store: Path, page: str) -> None:
    at = opened(real_store, page)
    drawn = charts(at)
    assert drawn or page == "Briefing"  # whose charts are pictures, each with its table
    assert all(len(alt) > 20 for alt in drawn)
    assert len(at.get("download_button")) >= len(drawn)
    assert len(at.dataframe) >= len(drawn)
    assert all(frame.proto.alt for frame in at.dataframe)
    assert html(at).count('class="chart-title"') >= len(drawn)


@pytest.mark.parametrize("page", PAGES)
def test_the_map_library_is_in_place_whichever_page_is_opened_first(opened: Open, tmp_path: Path, page: str) -> None:
    marker = vendor.VENDOR / vendor.MARKER
    marker.unlink(missing_ok=True)
    opened(tmp_path, page)
    assert marker.is_file()
    assert (vendor.VENDOR / vendor.LEAFLET_JS).is_file()


@pytest.mark.parametrize("page", PAGES)
def test_a_store_that_cannot_be_read_is_told(opened: Open, tmp_path: Path, page: str) -> None:
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    at = opened(tmp_path, page)
    assert 'class="failed" role="alert"' in html(at)
    assert "manifest" in html(at)
    assert not at.exception


@pytest.mark.parametrize("page", PAGES)
def test_an_area_file_that_is_not_there_is_told(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("DASHBOARD_AREA", str(tmp_path / "<b>nowhere</b>.toml"))
    at = opened(tmp_path, "Overview")
    if PAGES[page]:
        at.switch_page(PAGES[page]).run()
    assert not at.exception
    assert "there is no such area file" in html(at)
    assert "<b>nowhere" not in html(at)


@pytest.mark.parametrize("page", ["Overview", "Seasonal peaks"])
def test_only_the_neighbouring_force_is_loaded(
    opened: Open, real_store: Path, tmp_path: Path, area: Area, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    text = (ROOT / "data" / "area.toml").read_text(encoding="utf-8")
    forces = ", ".join(f'"{force}"' for force in area.forces)
    changed = text.replace(f"area = [{forces}]", f'area = [{forces}, "nowhere"]', 1)
    assert changed != text
    (tmp_path / "area.toml").write_text(changed, encoding="utf-8")
    shutil.copy(ROOT / "data" / tomllib.loads(text)["ward_file"], tmp_path)
    monkeypatch.setenv("DASHBOARD_AREA", str(tmp_path / "area.toml"))
    at = opened(real_store, page)
    assert 'class="refused"' in html(at)
    assert not charts(at)


@pytest.mark.parametrize("page", PAGES)
def test_an_area_file_with_only_what_is_required(
    opened: Open, real_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    raw = tomllib.loads((ROOT / "data" / "area.toml").read_text(encoding="utf-8"))
    shutil.copy(ROOT / "data" / raw["ward_file"], tmp_path)
    lines = [f"{key} = {json.dumps(raw[key])}" for key in ("name", "code", "ward_file", "buffer_m", "ward_vintage")]
    lines += ["[forces]", f"area = {json.dumps(raw['forces']['area'])}", "[wards]"]
    lines += [f"{code} = {json.dumps(name)}" for code, name in raw["wards"].items()]
    (tmp_path / "area.toml").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("DASHBOARD_AREA", str(tmp_path / "area.toml"))
    at = opened(real_store, page)
    assert finding(at)
    assert charts(at) or page in {"Plan targets", "Briefing"}  # whose area file sets none; which shows pictures


@pytest.mark.parametrize("page", ["Overview", "Seasonal peaks"])
@pytest.mark.parametrize("category", ["bicycle-theft", "theft-from-the-person"])
def test_a_ward_with_almost_nothing(opened: Open, real_store: Path, area: Area, page: str, category: str) -> None:
    opened(real_store, page, category=category, wards=area.wards.codes[0], as_at="2018-03")
    opened(real_store, page, category=category, wards=area.wards.codes[0])
