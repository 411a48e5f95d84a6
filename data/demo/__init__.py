"""What is shown with nothing loaded: simulated incidents whose truth is known, because it was planted.

Others use: dataset, fall, places.
"""
