"""Documents: what stands in one, as a Word file that is edited and as one HTML file that opens anywhere.

Others use: blocks, command, drawn, html_file, word, word_template, written.
"""
