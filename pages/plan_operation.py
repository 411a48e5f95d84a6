"""Plan an operation: what will it bring, where do we go, and who goes when."""

from pages.ui.plan import build as plan_build
from pages.ui.plan.saved import restore as plan_restore
from pages.ui.plan.when import window as plan_when
from pages.ui.shell import frame

with frame.page("Plan an operation") as view:
    plan_restore.restore(view.data)
    window = plan_when.choose(view.data)
    plan_build.show(view, window)
