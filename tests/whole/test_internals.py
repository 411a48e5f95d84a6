"""What this project rests on inside other libraries, so that a new version of one says here first what it broke.

The libraries are pinned exactly in ``pyproject.toml``; ``docs/decisions/pins.md`` says why.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import branca.element
import folium
import streamlit
import streamlit_folium
from folium.elements import JSCSSMixin

from pages.ui.chart.figure import BACKGROUND, SERIES, TEXT
from pages.ui.map.maps import OfflineMap


def test_streamlit_puts_the_themes_colours_in_place_of_ours() -> None:
    from streamlit.elements.lib import streamlit_plotly_theme as theme

    assert (theme.CATEGORY_0, theme.CATEGORY_1, theme.CATEGORY_2, theme.CATEGORY_3) == SERIES
    assert (theme.BG_COLOR, theme.GRAY_90) == (BACKGROUND, TEXT)
    scripts = (Path(streamlit.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js")
    read = "".join(script.read_text(encoding="utf-8") for script in scripts)
    assert [colour for colour in (*SERIES, BACKGROUND, TEXT) if colour not in read] == []


def test_streamlit_scans_components_where_tests_stop_it() -> None:
    from streamlit.components.v2 import component_manager, manifest_scanner

    assert callable(manifest_scanner.scan_component_manifests)
    assert "scan_component_manifests" in inspect.getsource(component_manager)


def test_streamlit_folium_gathers_scripts_from_the_elements_of_a_map() -> None:
    source = inspect.getsource(streamlit_folium.st_folium)
    assert 'getattr(elem, "default_js", [])' in source
    assert 'getattr(elem, "default_css", [])' in source
    # the two addresses it adds by itself belong to colour maps, which no map here has
    assert source.count("https://") == 2


def test_streamlit_folium_keeps_a_map_mounted_whose_script_and_key_are_the_same() -> None:
    plain = streamlit_folium.generate_js_hash("var map_a1b2 = 1;", "key", return_on_hover=False)
    assert plain == streamlit_folium.generate_js_hash(
        "var map_c3d4 = 1;", "key", return_on_hover=False
    )  # ids are stripped
    assert plain != streamlit_folium.generate_js_hash("var map_a1b2 = 2;", "key", return_on_hover=False)
    assert plain != streamlit_folium.generate_js_hash("var map_a1b2 = 1;", "other", return_on_hover=False)


def test_folium_takes_scripts_from_the_class_of_a_map() -> None:
    assert issubclass(folium.Map, JSCSSMixin)
    assert {type(pair) for pair in folium.Map.default_js} == {tuple}
    assert all("://" in link for _, link in folium.Map.default_js)  # which is why OfflineMap has its own
    for ours in (OfflineMap.default_js, OfflineMap.default_css):
        assert [link for _, link in ours if not link.startswith("../../app/static/vendor/")] == []


def test_branca_renders_the_template_of_an_element() -> None:
    source = inspect.getsource(branca.element.MacroElement)
    assert "self._template.module" in source
    assert '"script"' in source


def test_matplotlib_draws_a_text_where_its_layout_says() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    from pages.ui.paper import text as words
    from pages.ui.paper.page import Sheet

    drawn = []
    for kind in (None, Text):  # ours, which is not measured, and matplotlib's own
        sheet = Sheet((200.0, 60.0))
        for at, (text, style) in enumerate(
            (("Incidents, fünf $ words", "normal"), ("AVAT", "bold"), ("fjord", "italic"))
        ):
            put = words.put(sheet.figure, 3.3, 10.7 + 15 * at, text, 9.5, style, transform=sheet.points)
            put.__class__ = kind or put.__class__
        canvas = FigureCanvasAgg(sheet.figure)
        canvas.draw()
        drawn.append(bytes(canvas.buffer_rgba()))
        assert len(set(drawn[-1])) > 20
    assert drawn[0] == drawn[1]
