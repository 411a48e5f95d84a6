"""What many tests share: the area, the real files where they are, stores made from them once, what opens and asks."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest

from data.place.area import Area, load_area
from data.store.schema import Incidents
from tests.properties import load_profile

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.cli.analysis_command import Asked
    from tests.tab_pages import Open

load_profile()

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def need(present: bool, what: str) -> None:
    """Skip with the reason where something is missing; in CI nothing may be missing."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}", pytrace=False)
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="session", autouse=True)
def components_scanned_once() -> Iterator[None]:
    """Streamlit reads what every installed package says of itself at each run of AppTest: most of the time of a run."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def every_column_is_explained() -> Iterator[None]:
    """A page shows a column that the list does not explain under its bare name; in tests it ends the page."""
    from pages.ui.shell import columns

    def lacking(missing: columns.Missing) -> None:
        raise AssertionError(f"{missing} is not in pages/ui/shell/column_list.py")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "lacking", lacking)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """No test pulls the plug, so none needs its bytes on the disk; those that count the calls patch this again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="session")
def area() -> Area:
    """The project's own area."""
    return load_area(ROOT / "data" / "area.toml")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real data, read only."""
    need(SHARED.is_dir(), "the real data in ../shared/data")
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium to drive."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need(found is not None, "Chromium (Debian: apt-get install chromium)")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def real_store(shared: Path, area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all 73 months of the two archives. Read only: copy it before changing it."""
    from data.published.police_uk import import_paths

    store = tmp_path_factory.mktemp("real") / "store"
    police = shared / "police_uk"
    import_paths(
        [police / "merseyside_2018-01_to_2021-12.zip", police / "merseyside_2022-10_to_2024-12.zip"], store, area
    )
    return store


@pytest.fixture(scope="session")
def real(real_store: Path, area: Area) -> Incidents:
    """All incidents of that store, buffer included."""
    from data.store.store import load

    return load(real_store, area)


@pytest.fixture(scope="session")
def short(shared: Path, area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with four real months. Read only."""
    from tests.tab_pages import short_store

    return short_store(shared, area, tmp_path_factory.mktemp("short"))


@pytest.fixture(scope="session")
def raw_october(shared: Path) -> pd.DataFrame:
    """October 2024 as published, with the ward of each point found by geopandas, not by the importer."""
    name = "2024-10/2024-10-merseyside-street.csv"
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as archive:
        inside = next(one for one in archive.namelist() if one.endswith(name))
        rows = pd.read_csv(io.BytesIO(archive.read(inside)))
    wards = gpd.read_file(shared / "boundaries" / "knowsley_wards.geojson")
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["Longitude"], rows["Latitude"]), crs=4326)
    return pd.DataFrame(gpd.sjoin(points, wards, how="inner", predicate="within"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Folder of a store that is not there yet."""
    return tmp_path / "a store"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page by its title on a store, with parameters in the address; tests of one page have their own."""
    from tests.tab_pages import ASKED, PAGES, open_page

    def start(store: Path, page: str = "Overview", **query: str) -> AppTest:
        return open_page(monkeypatch, store, PAGES[page], **(ASKED.get(page, {}) | query))

    return start


@pytest.fixture
def ask(real_store: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Asked]:
    """Runs a command of the analysis on the real store."""
    from analysis.__main__ import main
    from tests.cli.analysis_command import Asked

    def run(*arguments: str) -> Asked:
        name, *more = arguments
        code = main([name, "--store", str(real_store), *more])
        return Asked(code, *capsys.readouterr())

    return run
