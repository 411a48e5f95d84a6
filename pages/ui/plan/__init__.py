"""The page Plan an operation: what will it bring, where do we go, and who.

Others use: build.
"""
