"""What the browser is sent of a chart, kept by what the chart is made of: the same figure is checked and coded once.

plotly takes some ten milliseconds to check a figure and to code it, and Streamlit lets it do so at every run of a page.
A figure that is the same to the last figure and letter makes the same message, whoever asks: so that is kept by the
digest of what it is made of. ``tests/chart/test_sent.py`` holds the message against what Streamlit sends itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.chart.figure import Settings
from pages.ui.shell.kept import Shelf

_CONFIG = {"displayModeBar": False}
_THEME = "streamlit"  # which puts its colours in place of ours in the browser: one message serves light and dark
_ENTRIES, _BYTES = 1_024, 24_000_000


@dataclass(frozen=True)
class Message:
    """A figure as the browser takes it: JSON, and its height in pixels."""

    spec: str
    height: int


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf:
    """Give the messages that are kept."""
    return Shelf(_ENTRIES, _BYTES)


def message(figure: Settings) -> Message:
    """Check a figure and code it; only once for figures that are the same.

    Parameters
    ----------
    figure : dict
        Of :meth:`pages.ui.chart.figure.Drawing.figure`.

    Raises
    ------
    ValueError
        plotly does not know it so.
    """
    try:
        told = json.dumps(figure, default=_plain, separators=(",", ":"))
    except TypeError:  # of something that cannot be told from its like: it is coded every time
        return _message(figure)
    found: Message = shelf().get(
        hashlib.sha256(told.encode()).digest(), lambda: _message(figure), lambda made: len(made.spec)
    )
    return found


def _plain(value: Any) -> Any:
    """Plain form of what JSON does not know, different for different values."""
    if isinstance(value, (np.ndarray, pd.Series, pd.Index)):
        return [type(value).__name__, str(value.dtype), value.shape, value.tolist()]
    if isinstance(value, np.generic):
        return [str(value.dtype), value.item()]
    if isinstance(value, (date, pd.Period)):
        return [type(value).__name__, str(value)]
    raise TypeError(f"a figure is made of plain values, not of {type(value).__name__}")


def _message(figure: Settings) -> Message:
    import plotly.graph_objects as go  # takes long to import, and is not needed for what is kept
    import plotly.io

    checked = go.Figure(deepcopy(figure)).to_dict()  # plotly writes into what it is given
    return Message(plotly.io.to_json(checked, validate=False), int(checked["layout"]["height"]))


def show(drawn: Message, *, key: str, alt: str, on_select: Callable[[], None] | None = None) -> None:
    """Put a chart on the page, as ``st.plotly_chart`` does with the figure that it was made of.

    Parameters
    ----------
    drawn : Message
    key : str
        Unlike any other on the page.
    alt : str
        What is drawn, for those who do not see it.
    on_select : callable, optional
        Called when a person clicks a point, before the page runs again; what was clicked stands in the session under
        ``key``.
    """
    from streamlit.elements.lib.layout_utils import LayoutConfig
    from streamlit.elements.lib.policies import check_widget_policies
    from streamlit.elements.lib.utils import compute_and_register_element_id, normalize_alt
    from streamlit.elements.plotly_chart import PlotlyChartSelectionSerde, parse_selection_mode
    from streamlit.proto.PlotlyChart_pb2 import PlotlyChart
    from streamlit.runtime.scriptrunner import get_script_run_ctx
    from streamlit.runtime.state import register_widget

    page, alt = st._main, normalize_alt(alt) or ""
    mode: Any = "points" if on_select else ("points", "box", "lasso")
    if on_select:
        check_widget_policies(
            page, key, on_change=on_select, default_value=None, writes_allowed=False, enable_check_callback_rules=True
        )
    sent = PlotlyChart(theme=_THEME, form_id="", spec=drawn.spec, config=json.dumps(_CONFIG), alt=alt)
    sent.id = compute_and_register_element_id(
        "plotly_chart",
        user_key=key,
        key_as_main_identity=False,
        dg=page,
        plotly_spec=sent.spec,
        plotly_config=sent.config,
        selection_mode=mode,
        is_selection_activated=on_select is not None,
        theme=_THEME,
        width="stretch",
        height="content",
        alt=alt or None,
    )
    if on_select:
        sent.selection_mode.extend(parse_selection_mode(mode))
        serde = PlotlyChartSelectionSerde()
        register_widget(
            sent.id,
            on_change_handler=on_select,
            deserializer=serde.deserialize,
            serializer=serde.serialize,
            ctx=get_script_run_ctx(),
            value_type="string_value",
        )
    page._enqueue("plotly_chart", sent, layout_config=LayoutConfig(width="stretch", height=drawn.height))
