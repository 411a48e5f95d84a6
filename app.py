"""Overview: how is the area doing. Imported by the server it is the server: see `pages/ui/start`."""

import streamlit as st

if __name__ == "__main__":
    from data.kinds.crime_types import DRUGS
    from pages.ui.overview import figures
    from pages.ui.overview import map as overview_map
    from pages.ui.overview import news as overview_news
    from pages.ui.overview import page as overview
    from pages.ui.overview import tabs as overview_tabs
    from pages.ui.shell import filters, frame, screenshot

    with frame.page("Overview") as view:
        chosen = filters.draw(view.data, ("wards", "as_at"))
        filters.say_changed(view.data, chosen, DRUGS)
        view.finding(figures.finding(view.data, chosen))
        overview.show_headlines(view.data, chosen)
        overview_news.show(view.data, chosen)
        left, middle, right = st.columns([28, 21, 51], gap="small")
        with left:
            overview.show_trend(view.data, chosen)
        with middle:
            overview_map.show(view.data, chosen)
        with right:
            rates = overview.show_wards(view.data, chosen)
        filters.say_sum(chosen)
        screenshot.picture_ends()
        frame.asb_note()
        overview_tabs.show(view.data, chosen, rates)
else:
    from pages.ui.start.server import lifespan, routes

    app = st.App(__file__, lifespan=lifespan, routes=routes())
