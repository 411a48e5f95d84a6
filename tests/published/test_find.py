"""Which files a person means by the paths that are given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.published.find import find_containers
from data.store.inputs import Container, Entry, Limits
from tests.published.police_files import archive, named, put

OCTOBER = named()


def found(*paths: Path | str, limits: Limits | None = None) -> list[Container]:
    return find_containers(paths, limits or Limits())


def test_a_csv_is_a_container_of_itself_whatever_it_is_called(tmp_path: Path) -> None:
    for name in ("mine.csv", OCTOBER, "no suffix", ".hidden.csv", "2024-10-somewhere-outcomes.csv"):
        path = put(tmp_path, b"a,b\n", name)
        assert found(path) == [Container(name, path, entries=(Entry(name, name),))]
        assert found(str(path)) == found(path)


def test_an_archive_is_known_by_its_bytes_or_its_name(tmp_path: Path) -> None:
    for name in ("a.zip", "b.csv", "c"):
        path = archive(tmp_path / name, {f"x/{OCTOBER}": b"", "y.txt": b""})
        entry = Entry(f"{name}/x/{OCTOBER}", f"x/{OCTOBER}")
        assert found(path) == [Container(name, path, archive=True, entries=(entry,), left_alone=1)]
    (broken,) = found(put(tmp_path, b"a,b\n", "D.ZIP"))
    assert (broken.archive, broken.entries) == (True, ())
    assert (broken.error or "").startswith("D.ZIP: this is not a zip archive")
    (limited,) = found(tmp_path / "a.zip", limits=Limits(members=1))
    assert "a.zip: the archive holds more files than it may" in (limited.error or "")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    why = "it cannot be read: No such file or directory. Check the path and your access to it."
    csv, zip_ = tmp_path / "no.csv", tmp_path / "no.zip"
    assert found(csv, zip_) == [
        Container("no.csv", csv, error=f"no.csv: {why}"),
        Container("no.zip", zip_, archive=True, error=f"no.zip: {why}"),
    ]
    (nul,) = found(tmp_path / "a\0.csv")
    assert "it cannot be read: embedded null byte" in (nul.error or "")


def test_a_folder_that_may_not_be_entered_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.is_dir

    def is_dir(self: Path) -> bool:
        if self.parent.name == "locked" or not self.name:
            raise PermissionError(13, "Permission denied")
        return original(self)

    monkeypatch.setattr(Path, "is_dir", is_dir)
    (one,) = found(tmp_path / "locked" / "a.csv")
    assert (one.name, one.archive) == ("a.csv", False)
    assert "it cannot be read" in (one.error or "")
    (nameless,) = found(Path())
    assert nameless.name == "."
    assert (nameless.error or "").startswith(".: it cannot be read")


def test_a_folder_is_searched_in_order_of_name(tmp_path: Path) -> None:
    folder = tmp_path / "my folder"
    for inside in ("b/2.csv", "b/1.CSV", "a/z.csv", "a/c/y.csv", "x.csv"):
        put(folder / Path(inside).parent, b"a,b\n", Path(inside).name)
    archive(folder / "a" / "more.Zip", {OCTOBER: b"", "y.txt": b"", "z.txt": b""})
    for stranger in ("notes.txt", "b/.hidden.csv", "b/.more.zip", "b/2024-10-x-outcomes.csv", "a/csv"):
        put(folder / Path(stranger).parent, b"", Path(stranger).name)
    containers = found(folder)
    inside = ["x.csv", "a/more.Zip", "a/z.csv", "a/c/y.csv", "b/1.CSV", "b/2.csv"]
    assert [one.name for one in containers] == [f"my folder/{name}" for name in inside]
    assert [one.path for one in containers] == [folder.resolve() / name for name in inside]
    assert [one.left_alone for one in containers] == [5, 2, 0, 0, 0, 0], "counted once, and those of an archive with it"
    assert containers[2].entries == (Entry("my folder/a/z.csv", "z.csv"),)
    assert not any(one.error for one in containers)


def test_of_two_paths_each_is_searched(tmp_path: Path) -> None:
    for name in ("b", "a"):
        put(tmp_path / name, b"a,b\n", "x.csv")
    put(tmp_path, b"a,b\n", "c.csv")
    names = [one.name for one in found(tmp_path / "b", tmp_path / "c.csv", tmp_path / "a")]
    assert names == ["b/x.csv", "c.csv", "a/x.csv"], "in the order given"
    assert found() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make links")
def test_links_to_folders_are_counted_and_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    put(folder / "a", b"a,b\n", "x.csv")
    put(tmp_path / "elsewhere", b"a,b\n", "y.csv")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "a" / "out").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (folder / "a" / "z.csv").symlink_to(tmp_path / "elsewhere" / "y.csv")
    containers = found(folder)
    assert [one.name for one in containers] == ["folder/a/x.csv", "folder/a/z.csv"], "a link to a file is a file"
    assert [one.left_alone for one in containers] == [2, 0]


def test_a_folder_with_nothing_to_read_is_told(tmp_path: Path) -> None:
    put(tmp_path / "empty", b"", "notes.txt")
    path = tmp_path / "empty"
    assert found(path) == [
        Container(
            str(path),
            path,
            left_alone=1,
            error=f"{path}: there is no street-level CSV and no archive in this folder. "
            "Name the folder that holds them; links to other folders are not followed.",
        )
    ]


def test_a_folder_inside_that_cannot_be_read_is_told_after_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        put(tmp_path / "top" / name, b"a,b\n", "x.csv")
    original = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return original(path)

    monkeypatch.setattr(os, "scandir", scandir)
    good, locked = found(tmp_path / "top")
    assert (good.name, good.left_alone) == ("top/b/x.csv", 0)
    name = str((tmp_path / "top" / "a").resolve())
    assert locked == Container(
        name, Path(name), error=f"{name}: it cannot be read: Permission denied. Check the path and your access to it."
    )
