"""Did it work: what changed where we acted, against what changed elsewhere."""

import streamlit as st

from data.kinds.crime_types import ASB
from pages.ui.outcome import choice as did_choice
from pages.ui.outcome import figures as did_figures
from pages.ui.outcome import map as did_map
from pages.ui.outcome import panel as did_panel
from pages.ui.shell import frame
from pages.ui.shell import screenshot as slide
from pages.ui.shell.cache import cached

with frame.page("Did it work") as view:
    asked = did_choice.choose(view.data)
    changed = did_panel.changes(asked)
    areas = cached(did_figures.areas, view.data, did_figures.without(asked), changed)
    view.finding(did_panel.finding(view.data, asked, changed))
    left, right = st.columns([48, 52], gap="small")
    with left:
        did_map.show(view.data, asked, areas)
    with right:
        did_panel.show_verdicts(view.data, asked, changed)
        did_panel.show_comparison(view.data, asked, areas, changed)
    slide.picture_ends()
    did_panel.show_months(view.data, asked, changed)
    if asked.category == ASB:
        frame.asb_note()
