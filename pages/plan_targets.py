"""Are we on course for the plan's target, and what can open data say about its priorities."""

import streamlit as st

from pages.ui.problem import known as problems
from pages.ui.shell import frame, screenshot
from pages.ui.targets import charts as targets_charts
from pages.ui.targets import choice as targets_choice
from pages.ui.targets import page as targets
from pages.ui.targets import tabs as targets_tabs

with frame.page("Plan targets") as view:
    chosen, baseline = targets_choice.choose(view.data)
    found = targets.course_of(view.data, chosen, baseline)
    view.finding(targets.finding(view.area, found))
    targets.show_cards(view.data, found)
    left, right = st.columns(2, gap="medium")
    with left:
        targets_charts.show_path(view.data, chosen, found)
    with right:
        targets_charts.show_control(view.data, chosen)
    screenshot.picture_ends()
    with left:
        targets.show_required(view.data, chosen, found)
    targets_tabs.show(view.data, chosen, problems.of_year)
    frame.asb_note()
