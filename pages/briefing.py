"""Briefing: what to show, as slides, paper and pictures."""

from pages.ui.briefing import page as briefing_page
from pages.ui.plan.when import window as plan_when
from pages.ui.shell import frame

with frame.page("Briefing") as view:
    window = plan_when.choose(view.data)
    asked = briefing_page.choose(view.data, window)
    view.finding(briefing_page.finding(view.data, asked))
    briefing_page.show_files(view.data, asked)
    briefing_page.show_panels(view.data, asked)
