"""The Hotspots page: where, and is it real.

Others use: map, panel, picture, tabs.
"""
