"""The Overview page: how is the area doing.

Others use: figures, funnel, map, news, page, tabs.
"""
