"""Saved plans: kept, opened, changed, marked as run.

Others use: asked, restore, state, step.
"""
