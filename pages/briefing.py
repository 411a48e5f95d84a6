"""Briefing: what to show, as slides, paper and pictures, and the needs assessment as a document."""

from pages.ui.assessment import page as assessment_page
from pages.ui.briefing import page as briefing_page
from pages.ui.plan.when import window as plan_when
from pages.ui.shell import frame

with frame.page("Briefing") as view:
    if assessment_page.asked_for():
        year = assessment_page.choose(view.data)
        view.finding(assessment_page.finding(view.data, year))
        assessment_page.show(view.data, year)
    else:
        window = plan_when.choose(view.data)
        asked = briefing_page.choose(view.data, window)
        view.finding(briefing_page.finding(view.data, asked))
        briefing_page.show_files(view.data, asked)
        briefing_page.show_panels(view.data, asked)
