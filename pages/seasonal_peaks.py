"""Seasonal peaks: when does it peak."""

from pages.ui import filters, frame

with frame.page("Seasonal peaks") as view:
    chosen = filters.draw(view.data, ("category", "wards", "as_at"))
