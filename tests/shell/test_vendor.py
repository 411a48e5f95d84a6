"""The map library is copied whole, once per version, and survives being interrupted."""

from __future__ import annotations

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import pytest

from geo.errors import InputError
from pages.ui.shell import vendor


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_copies_what_the_packages_carry(tmp_path: Path) -> None:
    folder = vendor.ensure_vendor(tmp_path / "vendor")
    packages = {name: metadata.distribution(name) for name in vendor.PACKAGES}
    for name, distribution, inside in (
        ("leaflet.js", "django-js-lib-leaflet", "js_lib_leaflet/static/js_lib_leaflet/leaflet.js"),
        ("leaflet.css", "django-js-lib-leaflet", "js_lib_leaflet/static/js_lib_leaflet/leaflet.css"),
        ("images/layers.png", "django-js-lib-leaflet", "js_lib_leaflet/static/js_lib_leaflet/images/layers.png"),
        ("leaflet_heat.min.js", "folium", "folium/templates/leaflet_heat.min.js"),
    ):
        source = Path(str(packages[distribution].locate_file(inside)))
        assert (folder / name).read_bytes() == source.read_bytes(), name


def test_has_every_image_the_style_sheet_names(tmp_path: Path) -> None:
    folder = vendor.ensure_vendor(tmp_path)
    named = set(re.findall(r"url\(([^)]+)\)", (folder / "leaflet.css").read_text(encoding="utf-8")))
    named = {name.strip("\"'") for name in named if not name.startswith(("#", "data:"))}
    assert named, "Leaflet's style sheet names images"
    assert [name for name in named if not (folder / name).is_file()] == []


def test_nothing_is_written_a_second_time(tmp_path: Path) -> None:
    folder = vendor.ensure_vendor(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    vendor.ensure_vendor(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize(
    "marker", [None, "", "{", "[]", '{"versions": {}}', '{"versions": {"folium": "0.0.1"}, "files": []}']
)
def test_copies_again_what_is_old_or_broken_off(tmp_path: Path, marker: str | None) -> None:
    whole = digests(vendor.ensure_vendor(tmp_path / "whole"))
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "leaflet.js").write_text("half a fi", encoding="utf-8")
    if marker is not None:
        (folder / vendor.MARKER).write_text(marker, encoding="utf-8")
    assert digests(vendor.ensure_vendor(folder)) == whole


def test_puts_back_a_file_that_is_gone(tmp_path: Path) -> None:
    folder = vendor.ensure_vendor(tmp_path)
    (folder / "images" / "layers.png").unlink()
    assert (vendor.ensure_vendor(tmp_path) / "images" / "layers.png").is_file()


def test_a_kill_before_the_end_leaves_no_marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, done = vendor._write, []

    def killed(path: Path, content: bytes) -> None:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(path)
        real(path, content)

    monkeypatch.setattr(vendor, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        vendor.ensure_vendor(tmp_path)
    assert not (tmp_path / vendor.MARKER).exists()
    monkeypatch.setattr(vendor, "_write", real)
    vendor.ensure_vendor(tmp_path)
    assert json.loads((tmp_path / vendor.MARKER).read_text(encoding="utf-8"))["versions"] == vendor.versions()


def test_two_starts_at_once_leave_it_whole(tmp_path: Path) -> None:
    whole = digests(vendor.ensure_vendor(tmp_path / "one"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(vendor.ensure_vendor, [tmp_path / "many"] * 8))
    assert digests(tmp_path / "many") == whole  # and no half-written file is left beside them


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="write permission"):
        vendor.ensure_vendor(tmp_path / "file" / "vendor")


def test_addresses_are_relative_to_the_frame() -> None:
    assert vendor.url("leaflet.js") == "../../app/static/vendor/leaflet.js"
