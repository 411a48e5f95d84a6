"""The page Did it work: what changed where something was done.

Others use: address, choice, figures, map, panel, subject.
"""
