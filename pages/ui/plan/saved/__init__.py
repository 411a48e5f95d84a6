"""Saved plans: kept, opened, changed, marked as run.

Others use: restore, step.
"""
