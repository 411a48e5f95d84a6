"""What is loaded: incidents as Parquet, a manifest that says from which files, and what was put aside and why.

Others use: accept, accepted, backup, checks, collected_errors, doubts, fetched, force_counts, in_wards, inputs,
keeping_command, layout, locate, manifest, months, news, options, origins, plain_types, report, revision, rows,
same_area, schema, staging, status, store, sums, unlocated, whole.
"""
