"""Dated polygons: what power was used where and when, kept with revisions, read from files and written to them.

Others use: covered, exported, imported, limits, times, unnamed, zone, zones.
"""
