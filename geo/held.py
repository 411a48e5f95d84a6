"""Holding a file so that no other process does: the operating system lets go of it when a process ends in any way."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    def hold(handle: int) -> None:
        """Hold an open file, or raise OSError at once where another does. Closing it lets go."""
        os.lseek(handle, 0, os.SEEK_SET)  # a byte of the file is locked: the same one by all
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def hold(handle: int) -> None:
        """Hold an open file, or raise OSError at once where another does. Closing it lets go."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
