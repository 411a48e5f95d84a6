"""Step 3 of a plan: which crews, on which routes.

Others use: form, step, stops, ways.
"""
