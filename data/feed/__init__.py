"""What a partner recorded with dates: columns understood, confirmed, and imported without anything personal.

Others use: command, fit, importing, mapping, postcode_text, postcodes, preview, propose, propose_what,
propose_when, records, remembered, report, table, times.
"""
