"""What was planned and done, and what is to be reached: saved plans, targets, figures that people type.

Others use: evidence, figures, file, kept, names, patrolled, plain, plan, plans, saved, stops, targets, told, wards,
ways, words.
"""
