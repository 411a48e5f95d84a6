"""The Seasonal peaks page: when.

Others use: page, tabs.
"""
