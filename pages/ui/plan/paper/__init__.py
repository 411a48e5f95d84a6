"""A plan on paper and as files: the sheets of its patrols, tables, routes, calendar entries.

Others use: carried, exports, pdf, phone, sheet.
"""
