"""Accessibility: what works, what does not, and whom to tell."""

from pages.ui.shell import accessibility, frame

with frame.page("Accessibility") as view:
    view.finding(accessibility.FINDING)
    accessibility.show(view.area)
