"""What a result means in one sentence that can be read aloud, each true by the table it was made from.

<<<<<<< HEAD
Others use: age, assessment, beside, change, course, finding, leaders, news, peaks, seasons, type_profile, unusual.
=======
Others use: age, beside, change, course, finding, leaders, news, peaks, review, seasons, unusual.
>>>>>>> review
"""
