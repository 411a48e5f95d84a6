"""Where it concentrates, and whether that is more than chance."""

import streamlit as st

from pages.ui.hotspots import choice as hotspot_choice
from pages.ui.hotspots import headline as hotspot_headline
from pages.ui.hotspots import month as hotspot_month
from pages.ui.hotspots import panel as hotspot_panel
from pages.ui.hotspots import picture as hotspots
from pages.ui.hotspots import start as hotspot_start
from pages.ui.hotspots import tabs as hotspot_tabs
from pages.ui.shell import filters, frame, screenshot
from pages.ui.shell.cache import cached

with frame.page("Hotspots", map_first=True) as view:
    chosen = filters.draw(view.data)
    hotspot_choice.read(view.area, hotspot_tabs.TABS)
    share, layer = hotspot_choice.share(), hotspot_choice.shown()
    picture = cached(hotspots.picture, view.data, chosen, share)
    hotspot_month.settle(view.data, chosen)
    hotspot_choice.settle(view.area, chosen, picture, hotspot_tabs.TABS)
    selected = hotspot_choice.selected()
    view.finding(hotspot_headline.headline(view.data, chosen, picture, share, layer, selected))
    hotspot_month.banner()
    left, right = st.columns([48, 52], gap="small")
    with left:
        hotspot_panel.show_map(view.data, chosen, picture)
    with right:
        hotspot_panel.show_list(view.data, chosen, picture)
    screenshot.picture_ends()
    hotspot_panel.show_detail(view.data, chosen, picture)
    hotspot_start.show(view.data, chosen, picture)
    hotspot_tabs.show(view.data, chosen, picture, share)
