"""What lies under the map, roads, water, green and names: read once from files of open data, clipped and kept.

Others use: base_map, importing, kinds, network, open_roads, osm.
"""
