"""A layer that another one takes the place of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.geo.ward_layers import BEFORE, written


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A layer that stands where the new one is to go."""
    return written(tmp_path / "target.geojson", BEFORE)
