"""Zones on screen: drawn, chosen, imported, shown on maps, and offered to other pages as an area.

Others use: example, offered, page, shown.
"""
