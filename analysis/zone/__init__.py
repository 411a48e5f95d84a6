"""A zone: what was recorded inside it, in the same months of past years and of late, beside the area.

Others use: dated, months, recorded.
"""
