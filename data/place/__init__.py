"""Which place this is: its wards, residents, seasons, operations, school terms and calendar.

Others use: area, area_calendar, area_file, area_made, calendar_words, folders, forces, layer_added, neighbours,
small_area_tables, small_areas, small_areas_command, small_areas_made, terms_file, ward_layers.
"""
