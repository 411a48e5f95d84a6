"""Which roads lie under the map: read once from a file of open data, clipped and kept.

Others use: base_map, open_roads.
"""
