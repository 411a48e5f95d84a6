"""Overview: how is the area doing."""

from pages.ui import filters, frame

with frame.page("Overview") as view:
    chosen = filters.draw(view.data, ("wards", "as_at"))
