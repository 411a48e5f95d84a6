"""The Briefing page and its command: what do I show, as slides, paper, pictures and figures.

Others use: board, findings, lines, make, page, panel, where.
"""
