"""Problems: what is known of each, what is done about it, and what became of it."""

from pages.ui.problem import page as problem_page
from pages.ui.shell import frame

with frame.page("Problems") as view:
    problem_page.show(view)
