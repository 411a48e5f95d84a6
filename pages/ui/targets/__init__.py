"""The Plan targets page: are we on course.

Others use: beside, charts, choice, outcomes, page, priorities.
"""
