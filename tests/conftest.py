"""What many tests share: the area, the real files where they are, a store made from them once, the demonstration."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from data.area import Area, load_area
from data.schema import Incidents

# No test here fails because the machine is busy.
settings.register_profile("untimed", deadline=None, max_examples=50)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def need(present: bool, what: str) -> None:
    """Skip with the reason where something is missing; in CI nothing may be missing."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}", pytrace=False)
    pytest.skip(f"needs {what}")


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
    from data.police_uk import import_paths

    store = tmp_path_factory.mktemp("real") / "store"
    police = shared / "police_uk"
    import_paths(
        [police / "merseyside_2018-01_to_2021-12.zip", police / "merseyside_2022-10_to_2024-12.zip"], store, area
    )
    return store


@pytest.fixture(scope="session")
def real(real_store: Path, area: Area) -> Incidents:
    """All incidents of that store, buffer included."""
    from data.store import load

    return load(real_store, area)
