"""How many to expect: a month, a season or a window of days ahead, and how good such forecasts were.

Others use: calibration, distance, forecast, forecast_backtest, volume, window, window_volume.
"""
