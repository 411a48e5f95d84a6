"""What incidents are counted by: crime types, when each was published; and words: of types, of lists, of people.

Others use: changes, crime_types, lists, people.
"""
