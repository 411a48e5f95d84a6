"""Files of a document into a folder, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from geo.aside import set_aside
from geo.errors import InputError


def write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, which is made where it is not there.

    Parameters
    ----------
    folder : Path
    files : mapping of str to bytes
        By their path inside.

    Returns
    -------
    list of Path
        Of what was written, in order.

    Raises
    ------
    InputError
        One cannot be written; it is then as it was.
    """
    written = []
    try:
        for name, raw in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with set_aside(path) as aside:
                aside.write_bytes(raw)
            written.append(path)
    except OSError as error:
        raise InputError(
            f"the files cannot be written: {error.strerror or error}", file=str(folder),
            hint="Make room or get access, or name another folder with --out.",
        ) from error  # fmt: skip
    return written
