"""The Hotspots page: where, and is it real.

Others use: choice, headline, map, panel, picture, tabs.
"""
