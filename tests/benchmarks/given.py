"""What benchmarks are run on: the area, the real files, and a store of them that is made once in a run."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.place.area import Area

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
FOLDER_VARIABLE = "BENCHMARKS_FOLDER"  # of one run of the command, removed at its end
ARCHIVES = ("merseyside_2018-01_to_2021-12.zip", "merseyside_2022-10_to_2024-12.zip")


class NotHereError(Exception):
    """What a benchmark needs is not on this machine."""


def real(*parts: str) -> Path:
    """Give the path of a real file or folder; raises `NotHereError` where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        raise NotHereError(f"needs {'/'.join(parts) or 'the real data'} in ../shared/data")
    return path


@cache
def area() -> Area:
    """Give the project's own area."""
    from data.place.area import load_area

    return load_area(ROOT / "data" / "area.toml")


@cache
def folder() -> Path:
    """Give the folder of this run, for what benchmarks make."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given) if given else Path(tempfile.mkdtemp(prefix="benchmarks-"))


def chromium() -> str:
    """Give the path of a Chromium; raises `NotHereError` where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise NotHereError("needs Chromium")


def archives() -> list[Path]:
    """Give the two archives of 73 real months."""
    return [real("police_uk", name) for name in ARCHIVES]


def real_store() -> Path:
    """Give a store with all 73 months. Read only: copy it before changing it."""
    from data.published.police_uk import import_paths

    store = folder() / "real" / "store"
    if not (store / "manifest.json").exists():
        import_paths(archives(), store, area())
    return store


if __name__ == "__main__":  # before the first benchmark, so that none's time and memory hold the import
    real_store()
