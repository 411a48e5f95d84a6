"""Did it work: what an operation's months brought, against what they would have brought by themselves.

Others use: comparison, drift, evaluation, expectation, operation.
"""
