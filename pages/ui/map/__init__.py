"""How a map looks, and what lies on it and under it: the offline map, its lattice, the ranked cells, streets.

Others use: base_map, judged, lattice, maps, offered, parts, ranked, season.
"""
