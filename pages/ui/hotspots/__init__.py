"""The Hotspots page: where, and is it real.

Others use: choice, headline, map, month, panel, picture, start, tabs.
"""
