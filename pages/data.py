"""Data: what is this based on."""

from pages.ui import frame

with frame.page("Data") as view:
    pass
