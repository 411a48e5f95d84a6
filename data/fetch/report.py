"""How far a run of fetching is, and what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from data.fetch.monthly import MonthlyReport
from data.store.report import ImportReport

_MOST_LISTED = 4  # months of a force


@dataclass(frozen=True)
class Step:
    """How far a run is.

    Attributes
    ----------
    done, total : int
        Months of forces.
    bytes_done, bytes_total : int
    month : str
        ``force YYYY-MM`` that is on its way; empty at the end.
    """

    done: int
    total: int
    bytes_done: int
    bytes_total: int
    month: str


@dataclass(frozen=True)
class FetchReport:
    """What a run brought.

    Attributes
    ----------
    archives : tuple of str
        Looked into, the newest first.
    first, last : str
        Months that were asked for.
    fetched : int
        Months of forces.
    bytes : int
        Received, tables of contents apart.
    unchanged : int
        Months that were here already.
    not_published : tuple of str
        ``force/YYYY-MM`` that no archive has, though it has that month of other forces.
    imported : ImportReport
    monthly : MonthlyReport
        Months that no archive has yet, by outline.
    refused : str
        Why no archive could be read by parts, so that months came by outline; empty where one could.
    """

    archives: tuple[str, ...]
    first: str
    last: str
    fetched: int
    bytes: int
    unchanged: int
    not_published: tuple[str, ...]
    imported: ImportReport
    monthly: MonthlyReport = field(default_factory=MonthlyReport)
    refused: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for came and could be used."""
        return self.imported.ok and all(not file.error for file in self.monthly.files) and not self.monthly.problem

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {
            "ok": self.ok,
            "archives": list(self.archives),
            "first": self.first,
            "last": self.last,
            "fetched": self.fetched,
            "bytes": self.bytes,
            "unchanged": self.unchanged,
            "not_published": list(self.not_published),
            "imported": self.imported.to_json(),
            "by_outline": asdict(self.monthly),
            "refused": self.refused,
        }

    def lines(self) -> list[str]:
        """Tell a person."""
        if self.refused:
            head = f"No archive could be read by parts ({self.refused})."
            return [head, *self.monthly.lines()]
        head = (
            f"Archives {', '.join(self.archives)}, months {self.first} to {self.last}: {self.fetched} files fetched "
            f"({self.bytes / 1e6:,.1f} MB), {self.unchanged} here already."
        )
        lines = [head, *(self.imported.lines() if self.imported.files else ())]
        if self.not_published:
            lines.append(f"Not published by the force: {_by_force(self.not_published)}.")
        return lines + self.monthly.lines()


def _by_force(names: Sequence[str]) -> str:
    """Tell months by force, many of them as a count and the first and last."""
    months: dict[str, list[str]] = {}
    for name in names:
        force, _, month = name.partition("/")
        months.setdefault(force, []).append(month)
    return "; ".join(
        f"{force} {', '.join(found)}" if len(found) <= _MOST_LISTED
        else f"{force} {len(found)} months, {min(found)} to {max(found)}"
        for force, found in months.items()
    )  # fmt: skip
