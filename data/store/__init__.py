"""What is loaded: incidents as Parquet, a manifest that says from which files, and what was put aside and why.

Others use: checks, collected_errors, inputs, locate, manifest, options, plain_types, report, revision, rows, schema,
staging, status, store.
"""
