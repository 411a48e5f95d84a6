"""The page Did it work: what changed where something was done.

Others use: address, choice, map, panel, start, subject.
"""
