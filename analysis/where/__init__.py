"""Where incidents concentrate, whether that is more than chance, and how well the past says where the next ones are.

Others use: accuracy, cells, change, concentration, gistar, hotspots, kde, lead, moved, period_test, places, stability,
stops, unseen, validation.
"""
