"""What was measured on the data of an area: how often its tests err, and how well its methods did.

Others use: measurement.
"""
