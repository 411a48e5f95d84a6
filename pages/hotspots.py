"""Where it concentrates, and whether that is more than chance."""

import streamlit as st

from pages.ui import filters, frame, hotspot_panel, hotspot_tabs, hotspots, slide
from pages.ui.cache import cached

with frame.page("Hotspots") as view:
    chosen = filters.draw(view.data)
    share = hotspot_panel.share()
    picture = cached(hotspots.picture, view.data, chosen, share)
    view.finding(hotspot_panel.finding(view.area, chosen, picture, share))
    left, right = st.columns([48, 52], gap="small")
    with left:
        hotspot_panel.show_map(view.data, chosen, picture)
    with right:
        hotspot_panel.show_list(view.data, chosen, picture)
    slide.picture_ends()
    hotspot_panel.show_detail(view.data, chosen, picture)
    hotspot_tabs.show(view.data, chosen, picture, share)
