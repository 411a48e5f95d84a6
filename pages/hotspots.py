"""Where it concentrates, and whether that is more than chance."""

import streamlit as st

from pages.ui.hotspots import panel as hotspot_panel
from pages.ui.hotspots import picture as hotspots
from pages.ui.hotspots import tabs as hotspot_tabs
from pages.ui.shell import filters, frame, screenshot
from pages.ui.shell.cache import cached
from pages.ui.shell.choice import as_at_date

with frame.page("Hotspots") as view:
    chosen = filters.draw(view.data)
    share = hotspot_panel.share()
    picture = cached(hotspots.picture, view.data, chosen, share)
    view.finding(hotspot_panel.finding(view.area, chosen, picture, share, as_at_date(view.data, chosen)))
    left, right = st.columns([48, 52], gap="small")
    with left:
        hotspot_panel.show_map(view.data, chosen, picture)
    with right:
        hotspot_panel.show_list(view.data, chosen, picture)
    screenshot.picture_ends()
    hotspot_panel.show_detail(view.data, chosen, picture)
    hotspot_tabs.show(view.data, chosen, picture, share)
