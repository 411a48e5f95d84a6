"""The page Did it work: what changed where something was done.

Others use: choice, figures, map, panel.
"""
