"""What the server does beside pages: loads what the first one needs, opens a browser, hears that a map is painted.

Others use: server.
"""
