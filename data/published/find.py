"""Which published files a person means: folders, archives and single CSVs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from data.published.archive import contents
from data.store.inputs import NOT_STREET, Container, Entry, Limits, cannot_read, open_regular, plain
from geo.errors import InputError


def find_containers(paths: Sequence[Path | str], limits: Limits) -> list[Container]:
    """List what is to be read, without reading it.

    Parameters
    ----------
    paths : sequence of paths
        Archives, folders and CSVs. Folders are searched in order of name; links to folders are not followed.
    limits : Limits

    Returns
    -------
    list of Container
        One that cannot be read carries its error; nothing is raised.
    """
    found: list[Container] = []
    for path in map(Path, paths):
        try:
            folder = path.is_dir()
        except OSError:  # a folder on the way may not be entered: said when the path is opened
            folder = False
        if folder:
            found += _in_folder(path, limits)
        else:
            found.append(_container(path, path.name or str(path), limits))
    return found


def _in_folder(folder: Path, limits: Limits) -> list[Container]:
    found: list[Container] = []
    broken: list[Container] = []
    left_alone = 0

    def unreadable(error: OSError) -> None:
        name = str(error.filename or folder)
        broken.append(Container(plain(name), Path(name), error=str(cannot_read(name, error))))

    top = folder.resolve()
    for base, folders, files in os.walk(top, onerror=unreadable):
        folders.sort()
        left_alone += sum((Path(base) / name).is_symlink() for name in folders)
        for file in sorted(files):
            path = Path(base) / file
            wanted = path.suffix.lower() in {".csv", ".zip"} and not file.startswith(".")
            if wanted and not NOT_STREET.search(file):
                found.append(_container(path, f"{top.name}/{path.relative_to(top).as_posix()}", limits))
            else:
                left_alone += 1
    found += broken
    if not found:
        error = InputError(
            "there is no street-level CSV and no archive in this folder",
            file=plain(str(folder)),
            hint="Name the folder that holds them; links to other folders are not followed.",
        )
        return [Container(plain(str(folder)), folder, left_alone=left_alone, error=str(error))]
    found[0] = replace(found[0], left_alone=found[0].left_alone + left_alone)
    return found


def _container(path: Path, name: str, limits: Limits) -> Container:
    name = plain(name)
    try:
        with open_regular(path) as handle:
            packed = handle.read(2) == b"PK"
        if not packed and path.suffix.lower() != ".zip":
            return Container(name, path, entries=(Entry(name, path.name),))
        entries, left_alone = contents(path, name, limits)
    except (OSError, ValueError) as error:
        problem = error if isinstance(error, InputError) else cannot_read(name, error)
        return Container(name, path, archive=path.suffix.lower() == ".zip", error=str(problem))
    return Container(name, path, archive=True, entries=entries, left_alone=left_alone)
