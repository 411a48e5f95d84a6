"""The Overview page: how is the area doing.

Others use: figures, news, page, tabs.
"""
