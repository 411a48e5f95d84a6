"""The Overview page: how is the area doing.

Others use: figures, map, news, page, tabs.
"""
