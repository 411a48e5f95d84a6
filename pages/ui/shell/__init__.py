"""What every page stands in: frame, filters, cache, downloads, tables, words.

Others use: accessibility, address, bar, boundaries, cache, choice, columns, downloads, filters, frame, kept_widget,
origins, screenshot, tables, unlocated, vendor, words.
"""
