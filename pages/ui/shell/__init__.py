"""What every page stands in: frame, filters, cache, downloads, tables, words.

Others use: access, accessibility, address, asking, bar, boundaries, cache, choice, columns, done, downloads, filters,
folders, frame, history, kept, kept_widget, later, origins, plain, problem_link, rows, screenshot, small_areas,
tables, unlocated, vendor, words.
"""
