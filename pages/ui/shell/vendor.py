"""The map library, copied from the installed packages so that maps draw with no internet.

No third-party file is committed: Leaflet comes from the package ``js_lib_leaflet``, its heat layer from folium's own
wheel. Both go to ``static/vendor/`` beside ``app.py`` (git-ignored), which Streamlit serves.
"""

from __future__ import annotations

import json
import os
import tempfile
from importlib import metadata, resources
from pathlib import Path

from geo.aside import into_place
from geo.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
VENDOR = ROOT / "static" / "vendor"
MARKER = "versions.json"
PACKAGES = ("django-js-lib-leaflet", "folium")
# From inside the frame of a component; an absolute address breaks under another base path.
_URL = "../../app/static/vendor/"
LEAFLET_JS, LEAFLET_CSS, HEAT_JS = "leaflet.js", "leaflet.css", "leaflet_heat.min.js"


def url(name: str) -> str:
    """Address of a vendored file as the frame of a map component sees it.

    Parameters
    ----------
    name : str
        Such as ``"leaflet.js"``.
    """
    return _URL + name


def versions() -> dict[str, str]:
    """Version of every package a file is copied from."""
    return {name: metadata.version(name) for name in PACKAGES}


def _sources() -> dict[str, bytes]:
    """Content of every file by its name below ``static/vendor/``; the images belong to Leaflet's style sheet."""
    leaflet = resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet"
    found = {name: (leaflet / name).read_bytes() for name in (LEAFLET_JS, LEAFLET_CSS)}
    found |= {f"images/{image.name}": image.read_bytes() for image in (leaflet / "images").iterdir()}
    found[HEAT_JS] = (resources.files("folium") / "templates" / HEAT_JS).read_bytes()
    return found


def _write(path: Path, content: bytes) -> None:
    """Put a file into place in one step: whoever reads it sees the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        into_place(Path(name), path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def ensure_vendor(folder: Path = VENDOR) -> Path:
    """Copy the map library unless these versions are there already.

    Parameters
    ----------
    folder : path
        Where the files go.

    Returns
    -------
    Path
        The folder, with every file of the installed versions in it.

    Raises
    ------
    InputError
        The folder cannot be written to.

    Notes
    -----
    The marker is written last, so that a kill at any moment means that the next start copies again. Two servers that
    start at once write the same bytes. When it misleads: a file removed by hand is noticed only when it is missing
    altogether, not when it was changed.
    """
    wanted = versions()
    marker = folder / MARKER
    try:
        done = json.loads(marker.read_text(encoding="utf-8"))
        if done["versions"] == wanted and all((folder / name).is_file() for name in done["files"]):
            return folder
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or not whole: copy
    files = _sources()
    try:
        for name, content in files.items():
            _write(folder / name, content)
        _write(marker, json.dumps({"versions": wanted, "files": sorted(files)}, indent=1).encode())
    except OSError as error:
        raise InputError(
            f"the map library cannot be put into place: {error.strerror or error}",
            file=str(folder),
            hint="Give the app's folder write permission and start again.",
        ) from error
    return folder
