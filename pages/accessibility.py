"""Accessibility: what works, what does not, and whom to tell."""

from pages.ui import frame, statement

with frame.page("Accessibility") as view:
    view.finding(statement.FINDING)
    statement.show(view.area)
