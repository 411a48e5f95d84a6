"""Problems that partners work on over months: what is known, what was done, how it ended; kept with revisions.

Others use: file, problem, problems, there.
"""
