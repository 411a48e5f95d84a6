"""The text of an area file: TOML, with each value of the kind that it has to be.

What is wrong is told with the key as it stands in the file, such as ``townships[2].wards``, and with the value.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import InputError

MEANING = "What each key means stands in docs/formats.md."
_MONTHS = range(1, 13)
_MOST = 10**9  # of anything that is counted: sums stay whole numbers of a machine
_COUNT = "a whole number, 0 or more and at most a thousand million"
_MISSING: Any = object()


@dataclass(frozen=True)
class Table:
    """A table of an area file, whose values are checked as they are asked for.

    Attributes
    ----------
    raw : mapping
    file : str
    place : str
        Key of the table; empty for the whole file.

    Notes
    -----
    Each method takes a key, and a default for a file that does not have it. Without a default the key is required.
    """

    raw: Mapping[str, Any]
    file: str
    place: str = ""

    def text(self, key: str, default: str = _MISSING) -> str:
        """Give a text without characters that control."""
        return self._text(self._get(key, default), key)

    def number(self, key: str, default: float, least: float = 0.0) -> float:
        """Give a number that is not below another."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < float("inf"):
            raise self._wrong(key, f"a number, {least:g} or more", value)
        return float(value)

    def flag(self, key: str) -> bool:
        """Give true or false; false where it is not there."""
        value = self._get(key, default=False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false", value)
        return value

    def texts(self, key: str, default: tuple[str, ...] = _MISSING) -> tuple[str, ...]:
        """Give a list of texts."""
        value = self._get(key, default)
        if not isinstance(value, list | tuple):
            raise self._wrong(key, 'a list of texts, as ["one", "two"]', value)
        return tuple(self._text(one, key) for one in value)

    def months(self, key: str) -> tuple[int, ...]:
        """Give a list of months, 1 to 12."""
        value = self._get(key, _MISSING)
        if not isinstance(value, list) or not all(type(one) is int and one in _MONTHS for one in value):
            raise self._wrong(key, "a list of months, 1 to 12", value)
        return tuple(value)

    def month(self, key: str) -> pd.Period:
        """Give a month, written YYYY-MM."""
        value = self._get(key, _MISSING)
        try:
            first = date.fromisoformat(f"{value}-01")
        except ValueError as error:
            raise self._wrong(key, "a month, written YYYY-MM", value) from error
        return pd.Period(first, "M")

    def day(self, key: str) -> tuple[int, int]:
        """Give a day of the year, written MM-DD, as month and day."""
        value = self._get(key, _MISSING)
        try:
            found = date.fromisoformat(f"2001-{value}")
        except ValueError as error:
            raise InputError(
                "a day of the year is written MM-DD",
                file=self.file,
                column=self._at(key),
                value=str(value),
                hint="Write it so, such as 10-31.",
            ) from error
        return found.month, found.day

    def date(self, key: str) -> date:
        """Give a day, written YYYY-MM-DD."""
        value = self._get(key, _MISSING)
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise self._wrong(key, "a day, written YYYY-MM-DD", value) from error

    def by_text(self, key: str) -> dict[str, str]:
        """Give a table of texts, such as names by code."""
        table = self.table(key, required=True)
        return {table._text(code, key): table.text(code) for code in table.raw}

    def by_count(self, key: str) -> dict[str, int]:
        """Give a table of counts by code; empty where it is not there."""
        table = self.table(key)
        for code, value in table.raw.items():
            if type(value) is not int or not 0 <= value <= _MOST:
                raise table._wrong(code, _COUNT, value)
        return dict(table.raw)

    def count(self, key: str) -> int | None:
        """Give a count; None where it is not there."""
        value = self._get(key, None)
        if value is not None and (type(value) is not int or not 0 <= value <= _MOST):
            raise self._wrong(key, _COUNT, value)
        return None if value is None else int(value)

    def table(self, key: str, *, required: bool = False) -> Table:
        """Give the table of a key; an empty one where it is not there."""
        value = self._get(key, _MISSING if required else {})
        if not isinstance(value, Mapping):
            raise self._wrong(key, f"a table, as [{self._at(key)}]", value)
        return Table(value, self.file, self._at(key))

    def tables(self, key: str) -> list[Table]:
        """Give the tables of a key, written [[key]]; none where it is not there."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise self._wrong(key, f"a list of tables, each as [[{self._at(key)}]]", value)
        return [Table(one, self.file, f"{self._at(key)}[{number + 1}]") for number, one in enumerate(value)]

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _get(self, key: str, default: Any) -> Any:
        value = self.raw.get(key, default)
        if value is _MISSING:
            raise InputError(
                "the area file lacks a key",
                file=self.file,
                column=self._at(key),
                hint=MEANING,
            )
        return value

    def _text(self, value: Any, key: str) -> str:
        if not isinstance(value, str):
            raise self._wrong(key, "a text in quotation marks", value)
        # a line may break; a character that controls has no place in a name that stands on a page and in a file
        if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\t\n\r" for c in value):
            raise InputError(
                "a text of the area file holds a character that controls",
                file=self.file,
                column=self._at(key),
                value=ascii(value),
                hint="Write it again by hand.",
            )
        return value

    def _wrong(self, key: str, kind: str, value: Any) -> InputError:
        return InputError(
            f"this has to be {kind}", file=self.file, column=self._at(key), value=str(value),
            hint=MEANING,
        )  # fmt: skip


def read_toml(path: Path) -> Table:
    """Read the text of an area file.

    Parameters
    ----------
    path : path

    Returns
    -------
    Table
        The whole file.

    Raises
    ------
    InputError
        It is missing, cannot be read, or is not TOML.
    """
    if not path.is_file():
        raise InputError("there is no such area file", file=str(path), hint="Name one with --area or DASHBOARD_AREA.")
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8-sig")), str(path))
    except OSError as error:
        raise InputError(
            f"the area file cannot be read: {error.strerror or error}", file=str(path), hint="May this account read it?"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"the area file is not valid TOML: byte 0x{error.object[error.start]:02x} at {error.start:,} is no UTF-8",
            file=str(path),
            hint="Save it as UTF-8.",
        ) from error
    except (ValueError, RecursionError) as error:  # also a number of too many figures
        raise InputError(
            f"the area file is not valid TOML: {error}", file=str(path), hint="Correct the line that is named."
        ) from error
