"""Seasonal peaks: when does it peak."""

import streamlit as st

from data.kinds.crime_types import ASB
from pages.ui.peaks import page as peaks
from pages.ui.peaks import tabs as peaks_tabs
from pages.ui.shell import filters, frame, screenshot

with frame.page("Seasonal peaks") as view:
    chosen = filters.draw(view.data, ("category", "wards", "as_at"))
    view.finding(peaks.finding(view.data, chosen))
    left, right = st.columns(2, gap="medium")
    with left:
        peaks.show_years(view.data, chosen)
    with right:
        peaks.show_index(view.data, chosen)
    screenshot.picture_ends()
    peaks.show_seasons(view.data, chosen)
    peaks_tabs.show(view.data, chosen)
    if chosen.category == ASB:
        frame.asb_note()
