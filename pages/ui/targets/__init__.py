"""The Plan targets page: are we on course.

Others use: charts, choice, outcomes, page, priorities.
"""
