"""The same answers without the screen: the commands of ``python -m analysis``.

Others use: base, names, output.
"""
