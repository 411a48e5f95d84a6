"""What the server does before anybody asks: loads what the first page needs, and opens a browser.

Others use: server.
"""
