"""What was measured, on whose data: everything for an area in one go, and which of it may be said of this area.

Others use: everything, shown, whose.
"""
