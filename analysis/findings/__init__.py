"""What a result means in one sentence that can be read aloud, each true by the table it was made from.

Others use: age, assessment, beside, change, course, digest, finding, leaders, news, peaks, problems, review, seasons,
type_profile, unusual.
"""
