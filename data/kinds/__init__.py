"""What incidents are counted by: the crime types, and the words for them.

Others use: crime_types.
"""
