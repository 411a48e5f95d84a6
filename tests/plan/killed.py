"""A program that is killed while it saves, for a process of its own."""

from __future__ import annotations


def program(uses: str, load: str, change: str) -> str:
    """Give a program that loads ``one``, changes it, and is killed at the statement of its second argument.

    Parameters
    ----------
    uses, load, change : str
        Its lines: an import, what gives ``one`` of the ``store``, and what saves.
    """
    return f"""
import os, sqlite3, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
{uses}
store, at, seen, real = Path(sys.argv[1]), int(sys.argv[2]), [0], sqlite3.connect
def connect(*args, **kwargs):
    db = real(*args, **kwargs)
    db.execute("PRAGMA cache_size = 1")  # pages reach the file before the commit
    def step(statement):
        seen[0] += 1
        if seen[0] == at:
            os._exit(9)
    db.set_trace_callback(step)
    return db
{load}
sqlite3.connect = connect
{change}
"""
