"""What incidents are counted by: the crime types, and the words for them and for lists.

Others use: crime_types, lists.
"""
