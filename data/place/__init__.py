"""Which place this is: its wards, residents, seasons, operations, school terms and calendar.

Others use: area, area_calendar, calendar_words.
"""
