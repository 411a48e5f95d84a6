"""When the planned operations fall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from data.area import Area, Operation


@dataclass(frozen=True)
class OperationWindow:
    """An operation in a year: first and last day, and whether its days are as published or assumed."""

    operation: Operation
    first: date
    last: date
    assumed: bool

    def days_from(self, day: date) -> int:
        """Days until it starts; 0 on its first day, negative while it runs."""
        return (self.first - day).days


def operation_window(area: Area, operation: Operation, year: int) -> OperationWindow:
    """Days of an operation in a year.

    Parameters
    ----------
    area : Area
    operation : Operation
    year : int
        Calendar year in which the operation starts.

    Returns
    -------
    OperationWindow
        ``assumed`` where the days should follow the school terms and those are not published in the area file.
    """
    first = date(year, *operation.starts)
    last = date(year + (operation.ends < operation.starts), *operation.ends)
    if not operation.from_terms:
        return OperationWindow(operation, first, last, assumed=False)
    term = next((t for t in area.terms if t.year == year), None)
    if term is None:
        return OperationWindow(operation, first, last, assumed=True)
    return OperationWindow(
        operation,
        term.summer_ends + timedelta(days=1),
        term.autumn_starts - timedelta(days=1) if term.autumn_starts else last,
        assumed=term.autumn_starts is None,
    )


def next_operation(area: Area, day: date) -> OperationWindow | None:
    """Find the operation that runs on a day or is the next to start; None when the area file has none."""
    windows = [
        operation_window(area, operation, year)
        for operation in area.operations
        for year in (day.year - 1, day.year, day.year + 1)
    ]
    return min((w for w in windows if w.last >= day), key=lambda w: w.first, default=None)
