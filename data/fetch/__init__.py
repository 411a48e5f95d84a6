"""What the public services have, asked for over the network: the only room that talks to any other machine.

Others use: command, start_command, streets_command, area_command, hosts, report, start, streets, web.
"""
