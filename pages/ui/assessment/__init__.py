"""The strategic needs assessment: a year of the area as a document that the partnership edits, and its command.

Others use: page.
"""
