"""From published files to a store of incidents, and what describes the area they happened in."""
