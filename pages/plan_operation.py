"""Plan an operation: what will it bring, where do we go, and who goes when."""

from pages.ui import frame, plan_build, plan_when

with frame.page("Plan an operation") as view:
    window = plan_when.choose(view.data)
    plan_build.show(view, window)
