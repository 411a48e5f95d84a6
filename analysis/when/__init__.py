"""When incidents peak: seasons, days and hours, and how much of it the data can carry.

Others use: aoristic, event_window, near_repeat, nights, season_design, season_effect, season_places,
seasonality, shape, ward_logs, ward_season, window_fit.
"""
