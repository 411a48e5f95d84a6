"""How often each test cries wolf: run where nothing happened, and where something was taken away.

Others use: methods, operations, verdict_rates.
"""
