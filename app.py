"""Overview: how is the area doing."""

import streamlit as st

from data.schema import ASB
from pages.ui import filters, frame, overview
from pages.ui.cache import cached

with frame.page("Overview") as view:
    chosen = filters.draw(view.data, ("wards", "as_at"))
    view.finding(overview.finding(view.data, chosen))
    overview.show_headlines(view.data, chosen)
    left, right = st.columns([45, 55], gap="medium")
    with left:
        overview.show_trend(view.data, chosen)
    with right:
        rates = overview.show_wards(view.data, chosen)
    frame.asb_note()
    frame.how(cached(overview.comparison, view.data, chosen, ASB).method)
    if rates:
        frame.how(rates)
