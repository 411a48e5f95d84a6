"""What the server does before anybody asks: loads what the first page needs, and tells browsers what to fetch.

Others use: server.
"""
