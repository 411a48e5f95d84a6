"""What incidents are counted by: the crime types, when each was published, and the words for them and for lists.

Others use: changes, crime_types, lists, people, printable, typed.
"""
