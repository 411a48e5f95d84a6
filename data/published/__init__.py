"""What the police publish: street-level files and archives, found, read, checked and imported.

Others use: police_uk.
"""
