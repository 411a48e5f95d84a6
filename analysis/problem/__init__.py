"""A problem: what its places show, and what change at them could be seen at all.

Others use: analysed, ending, lines, measure, said, subject.
"""
