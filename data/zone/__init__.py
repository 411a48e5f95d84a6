"""Dated polygons: what power was used where and when, kept with revisions, read from files and written to them.

Others use: covered, limits, times, zone, zones.
"""
