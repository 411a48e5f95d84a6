"""Messages without the folders of the machine: whoever looks at a page need not know where its files lie."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from data.place.area import chosen_area
from data.store.store import default_store
from geo.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
# What is left of a path that begins at a root: nothing stands before it, and all but its last part goes.
_PATH = re.compile(r"""(?<![\w.:/\\<])(?:/|[A-Za-z]:[\\/]|\\\\)(?:[^\s/\\:;,'"<>|()]+[/\\])+""")


def by_name(text: str) -> str:
    """Write a message with files by their names only: inside the store, the project or beside the area file.

    Parameters
    ----------
    text : str
        Of an error, a report or a note; never what a person typed to be kept.

    Notes
    -----
    The command line shows whole paths. When it misleads: a folder that is none of these and has a blank in its name
    keeps what stands before the blank.
    """
    if "/" not in text and "\\" not in text:
        return text
    try:
        beside = chosen_area().parent
    except InputError:  # its drive is away: then it is that of the store
        beside = default_store()
    given = {default_store(), beside, ROOT, Path.cwd(), Path.home(), Path(tempfile.gettempdir())}
    folders = {str(one) for path in given for one in (path, path.absolute(), path.resolve()) if one.is_absolute()}
    for folder in sorted(folders - {path.anchor for path in given}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.]){re.escape(folder)}[/\\]", "", text)
        text = re.sub(rf"(?<![\w.]){re.escape(folder)}(?![\w-])", lambda match: Path(match[0]).name, text)
    return _PATH.sub("", text)
