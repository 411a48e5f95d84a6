"""Accessibility: what works, what does not, and whom to tell."""

from pages.ui.shell import accessibility as statement
from pages.ui.shell import frame

with frame.page("Accessibility") as view:
    view.finding(statement.FINDING)
    statement.show(view.area)
