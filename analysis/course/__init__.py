"""Are we on course: trend, months outside what is usual, wards outside it, and the target.

Others use: beside, control_chart, control_limits, control_rates, districts, funnel, target, target_progress,
target_spread, trend.
"""
