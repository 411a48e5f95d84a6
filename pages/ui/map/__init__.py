"""How a map looks, and what lies on it: the offline map, its lattice, the ranked cells, roads.

Others use: base_map, lattice, maps, parts, ranked, season.
"""
