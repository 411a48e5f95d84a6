"""Data: what is this based on."""

import streamlit as st

from pages.ui.loading import coverage, feed_import, fetching
from pages.ui.shell import frame, screenshot

with frame.page("Data") as view:
    state = coverage.status(view.data)
    view.finding(coverage.finding(view.data))
    left, right = st.columns(2, gap="medium")
    with left:
        coverage.show_coverage(view.data, state)
    screenshot.picture_ends()
    with right:
        published, feed = coverage.ways_to_load()
        with published:
            fetching.show(view.data)
            coverage.show_import(view.data)
        with feed:
            opened = feed_import.show_upload(view.data)
    feed_import.show_done()
    if opened is not None:
        feed_import.show_mapping(view.data, opened)
    coverage.show_details(view.data, state)
