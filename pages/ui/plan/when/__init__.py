"""Step 1 of a plan: which days, and what they will bring.

Others use: operation, panel, window.
"""
