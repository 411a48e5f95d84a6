"""What is new this month and holds: counts outside what is usual, and what the next operation needs.

Others use: month, operation, simulated, unusual, worlds.
"""
