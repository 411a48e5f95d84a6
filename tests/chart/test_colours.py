"""Every colour of charts and maps: seen, in both themes, and told apart with two forms of colour blindness."""

from __future__ import annotations

import itertools
import tomllib

import numpy as np
import pytest

from pages.ui.chart.figure import FAINT
from pages.ui.chart.palette import DARK, LIGHT, Palette
from pages.ui.map import parts as map_parts
from pages.ui.map.parts import Legend, class_rows, legend_html
from tests.chart.colour_vision import MATRICES, contrast, difference, linear, luminance, over, seen
from tests.conftest import ROOT

THEMES = {"light": LIGHT, "dark": DARK}
MARK, TEXT = 3.0, 4.5  # WCAG 2.2, success criteria 1.4.11 and 1.4.3
APART = 10.0  # four times what is just noticed; the published palette's blue and plum are 11 apart with protanopia
STEP_APART = 18.0  # classes of a ramp, which lie side by side
EDGE = 0.9  # opacity of what a map fills


@pytest.fixture(params=sorted(THEMES))
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def colours(theme: str) -> Palette:
    return THEMES[theme]


@pytest.fixture
def settings(theme: str) -> dict[str, str]:
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][theme]


def test_the_measures_give_published_values() -> None:
    # WCAG 2.2: black on white is 21; #767676 is the lightest grey that reaches 4.5 on white.
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") < TEXT < contrast("#767676", "#FFFFFF")
    # CIE: white has L* 100, sRGB red L* 53.24, a* 80.09, b* 67.20.
    assert difference("#FFFFFF", "#000000") == pytest.approx(100, abs=0.01)
    assert difference("#FF0000", "#000000") == pytest.approx(np.hypot(53.24, np.hypot(80.09, 67.20)), abs=0.05)
    for vision in MATRICES:  # greys stay as they are: every row adds up to one
        np.testing.assert_allclose(seen("#808080", vision), linear("#808080"), atol=1e-5)
    # Red and green of one lightness, far apart otherwise, are nearly one colour without the cones for green.
    assert difference("#C05A5A", "#6E8A3C") > 3 * difference("#B07A3C", "#8F8A3C", "deuteranopia")
    assert luminance(seen("#FF0000", "protanopia")) < luminance(linear("#FF0000"))  # red is darker


def test_marks_are_seen(colours: Palette, settings: dict[str, str]) -> None:
    for ground in (settings["backgroundColor"], colours.land):
        for mark in (*colours.series, colours.accent, colours.line, FAINT):
            assert contrast(mark, ground) >= MARK, (mark, ground)
    assert contrast(colours.line, colours.water) >= MARK  # the outline of the area
    assert contrast(colours.accent, colours.water) >= MARK
    # Fills run from pale to strong: the edge of each is seen against the ground, whatever its fill.
    script = (ROOT / "pages" / "ui" / "map" / "overlay.js").read_text(encoding="utf-8")
    assert "color: c[5] ? look.accent : look.line" in script
    assert "stroke: true, color: look.line, weight: 0.4, fillColor: look.ramp" in script
    # Snap points are drawn with three quarters of the colour of circles.
    assert contrast(over(colours.series[0], 0.75, colours.land), colours.land) >= MARK


def test_words_are_read(colours: Palette, settings: dict[str, str]) -> None:
    for ground in (settings["backgroundColor"], settings["secondaryBackgroundColor"]):
        assert contrast(settings["textColor"], ground) >= TEXT
        assert contrast(settings["linkColor"], ground) >= TEXT
    for ground in (colours.land, colours.water):
        for words in (colours.text, colours.label, colours.muted):
            assert contrast(words, ground) >= TEXT, (words, ground)
    for words in colours.series[:2]:  # names of lines are written in their colour
        assert contrast(words, settings["backgroundColor"]) >= TEXT
    assert contrast("#0B0C0C" if colours.dark else "#FFFFFF", colours.series[0]) >= TEXT  # numbers in circles
    # Captions and notes are drawn with 85 % of the colour of text.
    assert contrast(over(settings["textColor"], 0.85, settings["backgroundColor"]), settings["backgroundColor"]) >= TEXT


@pytest.mark.parametrize("vision", sorted(MATRICES))
def test_series_and_classes_stay_apart(colours: Palette, vision: str) -> None:
    for one, other in itertools.combinations(colours.series, 2):
        assert difference(one, other, vision) >= APART, (one, other)
    for one, other in itertools.pairwise((colours.land, *colours.ramp)):
        assert difference(one, other, vision) >= STEP_APART, (one, other)
    light = [luminance(seen(colour, vision)) for colour in colours.ramp]
    assert light == sorted(light, reverse=not colours.dark)  # more is always darker, or always lighter
    for colour in colours.ramp:  # the outline of what is more than chance
        assert difference(colours.accent, over(colour, EDGE, colours.land), vision) >= APART


@pytest.mark.parametrize("vision", sorted(MATRICES))
def test_steps_of_the_heat_table_stay_apart(settings: dict[str, str], vision: str) -> None:
    steps = settings["chartSequentialColors"]
    light = [luminance(seen(colour, vision)) for colour in steps]
    assert light == sorted(light) or light == sorted(light, reverse=True)
    assert difference(steps[0], steps[-1], vision) > 50


def test_values_of_classes_are_printed(colours: Palette) -> None:
    limits = map_parts.breaks(np.arange(1, 101))
    rows = class_rows(limits, colours.ramp)
    written = legend_html(Legend("Cells", rows, "more than chance"), colours)
    assert len(rows) == len(limits) + 1 == len(colours.ramp)
    for limit in limits:
        assert f"to {limit:g}" in written
    for colour, words in rows:
        assert f"background:{colour};border:1px solid {colours.line}" in written
        assert f"</span>{words}</span>" in written
    assert "more than chance" in written
