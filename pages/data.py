"""Data: what is this based on."""

import streamlit as st

from pages.ui import coverage, frame

with frame.page("Data") as view:
    state = coverage.status(view.data)
    view.finding(coverage.finding(view.data))
    left, right = st.columns(2, gap="medium")
    with left:
        coverage.show_coverage(view.data, state)
    with right:
        coverage.show_import(view.data)
    coverage.show_details(view.data, state)
