"""What the plan says of the area among its neighbours, and how it stands beside them."""

from __future__ import annotations

import streamlit as st

from pages.ui.chart import beside_panel
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters


def show(data: Dataset, chosen: Filters) -> None:
    """Draw the claims with their verdicts and the comparison; nothing where the area file speaks of neither."""
    if not {"comparison", "claims"} & set(data.area.raw):
        return
    st.html("<h2>Beside its neighbours</h2>")
    beside_panel.show(data, chosen)
