"""What every page stands in: frame, filters, cache, downloads, tables, words.

Others use: access, accessibility, address, bar, cache, choice, columns, downloads, filters, folders, frame,
kept_widget, origins, screenshot, tables, unlocated, vendor, words.
"""
