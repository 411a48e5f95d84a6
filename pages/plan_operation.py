"""Plan an operation: what will it bring, where do we go, and who goes when."""

from pages.ui import frame, plan_build, plan_restore, plan_when

with frame.page("Plan an operation") as view:
    plan_restore.restore(view.data)
    window = plan_when.choose(view.data)
    plan_build.show(view, window)
