"""How the figures of a plan may be told: as expected incidents, as parts of the area's, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from data.kinds.crime_types import category_words
from data.plan.plan import Plan

WHOLE = 100.0  # what all cells of the area add up to where there is no forecast: figures then are per cent
NOT_KNOWN = "–"
BESIDE = "beside last year's busiest places"  # a parameter of plans whose lead over them is within its error


@dataclass(frozen=True)
class Told:
    """What the figures of places and cells are. One decision, made with the forecast and carried by the plan.

    Attributes
    ----------
    category : str
        The crime type.
    forecast : bool
        Whether they are expected incidents: there is a forecast of the plan's days.
    refused : str
        Why there is no forecast, as a sentence without its full stop. Figures of places and cells then are per cent of
        what the ranking holds in the whole area; figures of shifts and visits mean nothing but in proportion. Empty
        without a forecast in a plan of an earlier version: nothing but proportions is known of its figures.
    hours : bool
        Whether a dated feed tells the hours of a day. Without it nothing is told of a shift or an hour: stops then are
        told by their part of what the days bring.
    """

    category: str
    forecast: bool
    refused: str = ""
    hours: bool = False

    @property
    def in_shifts(self) -> bool:
        """Whether it may be told what a visit, a patrol or a shift brings."""
        return self.forecast and self.hours

    @property
    def parts(self) -> bool:
        """Whether figures of places and cells are per cent of the area's."""
        return not self.forecast and bool(self.refused)

    @property
    def head(self) -> str:
        """What a column of them is called."""
        return "Expected" if self.forecast else "Part of all"

    @property
    def column(self) -> str:
        """What a column of them is called in a file."""
        return "expected" if self.forecast else "part_percent"

    @property
    def words(self) -> str:
        """What a part is of: "of the area's ASB, by past incidents"."""
        return f"of the area's {category_words(self.category)}, by past incidents"

    @property
    def why(self) -> str:
        """Say that figures are parts, and why there is no forecast; empty where there is one."""
        if self.forecast:
            return ""
        reason = f" {self.refused.rstrip('.')}." if self.refused else ""
        return f"No forecast could be given, so no number of incidents: places are ranked by past incidents.{reason}"

    def text(self, figure: float, digits: int = 1) -> str:
        """Write the figure of a place or a cell: "2.4", "2.4 %" or a dash."""
        if self.forecast:
            return f"{figure:,.{digits}f}"
        return f"{figure:.{digits}f} %" if self.parts else NOT_KNOWN

    def value(self, figure: float, digits: int) -> float | None:
        """Round the figure of a place or a cell for a file; None where it is not known."""
        return round(float(figure), digits) if self.forecast or self.parts else None

    def of_visit(self, figure: float, digits: int) -> float | None:
        """Round the figure of a visit, a patrol or a shift; None without a forecast, and where nothing tells hours."""
        return round(float(figure), digits) if self.in_shifts else None


def led(plan: Plan) -> bool:
    """Whether the plan may be set beside last year's busiest places: its lead was larger than its error."""
    return BESIDE not in plan.parameters


def told(plan: Plan) -> Told:
    """Say how the figures of a plan may be told."""
    return Told(plan.category, plan.expected is not None, plan.refused, plan.hours_known)
