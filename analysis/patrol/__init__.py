"""Who goes where: hours shared out over cells, with the distance from the best possible plan.

Others use: allocation, crews, router, streets.
"""
