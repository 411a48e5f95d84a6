"""What every page stands in: frame, filters, cache, downloads, tables, words.

Others use: accessibility, address, bar, cache, choice, columns, downloads, filters, frame, kept_widget, origins,
screenshot, small_areas, tables, unlocated, vendor, words.
"""
