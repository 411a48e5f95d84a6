"""Step 2 of a plan: which places, and how firm they are.

Others use: places, ranking, zone.
"""
