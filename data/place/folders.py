"""Where things lie on this machine: the store's folder, and the area file in it."""

from __future__ import annotations

import os
from pathlib import Path

STORE_VARIABLE = "DASHBOARD_DATA"
OWN_AREA = "area.toml"  # in the store's folder: the area that was chosen when the dashboard was started for it


def default_store() -> Path:
    """Folder that ``DASHBOARD_DATA`` names, or ``data/local`` of the project."""
    return Path(os.environ.get(STORE_VARIABLE) or Path(__file__).parents[1] / "local")
