"""The page of problems, and the form that a problem is printed on.

Others use: known, page.
"""
