"""The Data page: what is this based on, and how does more get in.

Others use: coverage, feed_import, fetching.
"""
