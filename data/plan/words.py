"""What changed between two versions of a plan, in words."""

from __future__ import annotations

from collections.abc import Iterable

from data.plan.plan import Plan, PlanPlace, Shift


def patrol_hours(shifts: Iterable[Shift]) -> float:
    """Hours of one patrol each, added up."""
    return sum(shift.minutes / 60 * len(shift.patrols) for shift in shifts)


def difference(old: Plan, new: Plan) -> str:
    """Say what changed between two versions of a plan.

    Parameters
    ----------
    old, new : Plan

    Returns
    -------
    str
        Such as ``Notes; places: 1 added, 2 left out; patrol-hours: 12 to 18``; "" where nothing did.
    """
    said = []
    if old.title != new.title:
        said.append(f"title: was {old.title}")
    if old.notes != new.notes:
        said.append("notes")
    if (old.first, old.last) != (new.first, new.last):
        said.append(f"days: were {old.first} to {old.last}")
    for name, before, after in (
        ("operation", old.operation, new.operation),
        ("crime type", old.category, new.category),
        ("as at", old.as_at, new.as_at),
        ("ward boundaries", old.ward_vintage or new.ward_vintage, new.ward_vintage),
    ):
        if before != after:
            said.append(f"{name}: was {before or 'none'}")
    said += _places(old.places, new.places)
    if old.shifts != new.shifts:
        said.append(_shifts(old.shifts, new.shifts))
    if (old.expected, old.low80, old.high80) != (new.expected, new.low80, new.high80):
        said.append("expected incidents")
    if not said and old != new:
        said.append("how it was made")
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def _places(old: tuple[PlanPlace, ...], new: tuple[PlanPlace, ...]) -> list[str]:
    # A place is its cells: its number is only its rank.
    before = {frozenset(cell.reference for cell in place.cells): place for place in old}
    after = {frozenset(cell.reference for cell in place.cells): place for place in new}
    both = before.keys() & after.keys()
    counts = {
        "added": len(after.keys() - before.keys()),
        "gone": len(before.keys() - after.keys()),
        "newly pinned": sum(after[key].pinned and not before[key].pinned for key in both),
        "no longer pinned": sum(before[key].pinned and not after[key].pinned for key in both),
        "newly left out": sum(after[key].left_out and not before[key].left_out for key in both),
        "no longer left out": sum(before[key].left_out and not after[key].left_out for key in both),
    }
    words = [f"{count} {what}" for what, count in counts.items() if count]
    if not words and old != new:
        words = ["figures"]
    return ["places: " + ", ".join(words)] if words else []


def _shifts(old: tuple[Shift, ...], new: tuple[Shift, ...]) -> str:
    if len(old) != len(new):
        return f"shifts: {len(old)} to {len(new)}"
    hours = patrol_hours(old), patrol_hours(new)
    if hours[0] != hours[1]:
        return f"patrol-hours: {round(hours[0], 1):g} to {round(hours[1], 1):g}"
    return "shifts: other times or routes"
