"""What is printed: sheets, text and maps on paper, the same bytes every time.

Others use: map, packed, page, picture, room, text.
"""
