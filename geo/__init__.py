"""Coordinates, boundaries and the National Grid: the lowest layer, which knows nothing of crime or of screens."""
