"""Who may do what, and who did what: the settings of access, the rights of an account, and the log of acts.

Others use: acts, actor, address, command, log, settings, signed_in.
"""
