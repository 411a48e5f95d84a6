"""Files that are zips inside, and zips: without marks of the machine and the minute, so the same bytes always."""

from __future__ import annotations

import io
import zipfile

_STAMP = (1980, 1, 1, 0, 0, 0)


def repacked(raw: bytes) -> bytes:
    """Write a zip again with fixed times, so that the same content is the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(stamped(name), old.read(name), compresslevel=6)
    return made.getvalue()


def stamped(name: str) -> zipfile.ZipInfo:
    """Name a file in a zip, with a fixed time and no marks of the machine."""
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info
