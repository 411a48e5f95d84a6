"""What was fetched: each month with its archive and checksum, tables of contents, and what a person agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from data.fetch.archives import Directory, Member
from data.store.fetched import FETCHED, FORMAT, readable
from data.store.plain_types import check_types
from data.store.store import write_json


@dataclass(frozen=True)
class Fetched:
    """A month of a force that came from an archive.

    Attributes
    ----------
    archive : str
        YYYY-MM.
    crc : int
        Checksum that the archive's table of contents told.
    sha256 : str
        Digest of the file, by which the store knows it.
    """

    archive: str
    crc: int
    sha256: str


@dataclass(frozen=True)
class Agreed:
    """That a person asked for months of archives that the publisher calls out of date, after reading that it does."""

    sentence: str
    agreed_at: str


@dataclass(frozen=True)
class Record:
    """What a store knows of its fetching.

    Attributes
    ----------
    months : mapping of str to Fetched
        By ``force/YYYY-MM``.
    directories : mapping of str to Directory
        By archive.
    not_published : tuple of str
        ``force/YYYY-MM`` that no archive has, though it has that month of other forces.
    agreed : Agreed or None
    checked_at : str
        ISO time of the last look at the newest archive; empty before the first.
    newest : str
        The newest archive at that time.
    newest_month : str
        The newest month that the publisher has by outline; empty before the first look.
    months_checked_at : str
        ISO time of that look.
    """

    months: Mapping[str, Fetched] = field(default_factory=dict)
    directories: Mapping[str, Directory] = field(default_factory=dict)
    not_published: tuple[str, ...] = ()
    agreed: Agreed | None = None
    checked_at: str = ""
    newest: str = ""
    newest_month: str = ""
    months_checked_at: str = ""

    def with_months(self, found: Mapping[str, Fetched]) -> Record:
        """Add months."""
        return replace(self, months={**self.months, **found})

    def save(self, store: Path) -> None:
        """Write it into the store, all at once.

        Raises
        ------
        InputError
            It cannot be written.
        """
        write_json(store, FETCHED, {"format": FORMAT, **asdict(self)})


def read_record(store: Path) -> Record:
    """Read what was fetched; an empty record where nothing was.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    with readable(store) as raw:
        if raw is None:
            return Record()
        found = Record(
            months={key: Fetched(**each) for key, each in raw.pop("months").items()},
            directories={key: _directory(each) for key, each in raw.pop("directories").items()},
            not_published=tuple(raw.pop("not_published")),
            agreed=Agreed(**agreed) if (agreed := raw.pop("agreed")) else None,
            **raw,
        )
        check_types(found)
        return found


def _directory(raw: dict[str, Any]) -> Directory:
    return Directory(**{**raw, "members": tuple(Member(**each) for each in raw["members"])})
