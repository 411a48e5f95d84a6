"""Did it work: what changed where we acted, against what changed elsewhere."""

import streamlit as st

from pages.ui.map import judged
from pages.ui.outcome import address as outcome_address
from pages.ui.outcome import choice as outcome_choice
from pages.ui.outcome import map as outcome_map
from pages.ui.outcome import panel as outcome_panel
from pages.ui.outcome import start as outcome_start
from pages.ui.outcome import subject as outcome_subject
from pages.ui.shell import frame, screenshot
from pages.ui.shell.cache import cached

with frame.page("Did it work") as view:
    plans = outcome_subject.run_plans(view.data)
    subject = outcome_subject.subject(plans)
    if not subject:
        view.finding(outcome_subject.finding(view.data))
        outcome_subject.show_needs(view.data)
        screenshot.picture_ends()
    else:
        asked = outcome_choice.choose(view.data, subject, plans)
        changed = outcome_panel.changes(asked)
        outcome_address.write(subject)
        view.finding(outcome_panel.finding(view.data, asked, changed))
        areas = cached(judged.areas, view.data, judged.without(asked), changed)
        left, right = st.columns([48, 52], gap="small")
        with left:
            outcome_map.show(view.data, asked, areas)
        with right:
            outcome_panel.show_verdicts(view.data, asked, changed)
            outcome_panel.show_comparison(view.data, asked, areas, changed)
        screenshot.picture_ends()
        outcome_panel.show_months(view.data, asked, changed)
        outcome_start.show(view.data, asked)
