"""The Plan targets page: are we on course.

Others use: charts, choice, page, priorities, review, review_more, tabs.
"""
