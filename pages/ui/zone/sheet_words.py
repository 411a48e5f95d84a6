"""What the evidence sheet of a zone says, on paper and on screen: rows and sentences, all of them plain text."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis.common.method import YEAR, month_name, period_words
from analysis.common.percents import interval, signed
from analysis.common.refusal import Refusal
from analysis.common.years import Comparison
from analysis.zone.dated import Dated, Written, written
from analysis.zone.recorded import CRIME, EDGE_M, FEW, KindCount, Recorded
from data.kinds.crime_types import ASB, category_title, incidents_words
from data.zone.times import length_words, minute_words
from data.zone.times import words as time_words
from data.zone.zone import KINDS, Zone

NOT_GROUNDS = "Recorded incidents alone are not grounds."
DECIDES = "The authorising officer decides."
NEVER_ADDED = "ASB is never added to crimes: some of what it counts may stand in both."
MOVED = (
    "Published incidents do not stand where they happened: each is moved to the nearest of a fixed list of points, up "
    "to some hundreds of metres away."
)
REPORTED = (
    "Counts are what was reported and recorded, not all that happened; they do not say who did it, or why. "
    "A zone is drawn where much was recorded: fewer afterwards can be chance."
)
MOST_KINDS, MOST_YEARS = 8, 8
NONE = "–"
CHANCE = "can be chance"
PER_CENT = "Under 10 incidents: no per cent."
_YEARS_OF = 2  # crime types beside ASB and all crime in the table of past years
_FEW = 50  # incidents of a feed under which days and hours can be chance
_FINE = 0.1


@dataclass(frozen=True, eq=False)
class Found:
    """What a sheet is drawn from.

    Attributes
    ----------
    recorded : Recorded or Refusal
        Of the published data.
    dated : Dated or Refusal
        Of a partner's dated feed.
    age : str
        How old the data are; may be empty.
    """

    recorded: Recorded | Refusal
    dated: Dated | Refusal
    age: str = ""


def simulated(zone: Zone, found: Found) -> bool:
    """Whether anything on the sheet is made up."""
    parts = (found.recorded, found.dated)
    return zone.simulated or any(not isinstance(one, Refusal) and one.simulated for one in parts)


def facts(zone: Zone, clock: ZoneInfo) -> tuple[tuple[str, str], ...]:
    """Say what the zone is: label and text."""
    named = " BST " in time_words(zone.starts, zone.ends, clock) or " GMT " in time_words(zone.starts, zone.ends, clock)
    starts = minute_words(zone.starts, clock, named=named)
    ends = "no end is set" if zone.ends is None else minute_words(zone.ends, clock, named=named)
    lasts = NONE if zone.ends is None else length_words(zone.starts, zone.ends, clock)
    hectares = zone.shape.area / 10_000
    return (
        ("Kind", KINDS[zone.kind]),
        ("Authorising role", zone.role),
        ("Size", f"{hectares:,.1f} hectares, {zone.across_m:,.0f} m across"),
        ("Starts", starts),
        ("Ends", ends),
        ("Lasts", lasts),
    )


def part(share: float | None) -> str:
    """Write a part of a whole in per cent; a small one is "under 0.1 %"."""
    if share is None:
        return NONE
    per = 100 * share
    return "0 %" if per == 0 else f"under {_FINE:g} %" if per < _FINE else f"{per:.1f} %"


def part_of(here: int, whole: int) -> str:
    """Write a count as a part of the area's; of under 10 incidents no per cent is said."""
    return NONE if here < FEW or not whole else part(here / whole)


def title_of(category: str) -> str:
    """Name a crime type as a row of the sheet does."""
    return "ASB" if category == ASB else category_title(category)


def shown(found: Recorded) -> tuple[KindCount, ...]:
    """Give the crime types that have room on the sheet."""
    return found.kinds[:MOST_KINDS]


def late_months(found: Recorded) -> str:
    """Say which months the counts are of."""
    to = month_name(found.as_at)
    if found.late_months == YEAR:
        return f"in the 12 months to {to}"
    n = found.late_months
    return f"in the {'one' if n == 1 else n} of the 12 months to {to} that {'is' if n == 1 else 'are'} in the data"


def count_head(kind: str) -> tuple[str, ...]:
    """Name the columns of the table of counts."""
    return "Crime type", "In the zone", f"In the {kind}", f"Part of the {kind}'s", "50 m wider", "50 m narrower"


def count_rows(found: Recorded) -> list[list[str]]:
    """Rows of the table of counts: crime type, zone, area, part of it, 50 m wider and narrower."""
    return [
        [
            title_of(one.category), f"{one.here:,}", f"{one.area:,}", part_of(one.here, one.area), f"{one.wider:,}",
            f"{one.narrower:,}" if found.narrower_left else NONE,
        ]
        for one in shown(found)
    ]  # fmt: skip


def land(found: Recorded, kind: str) -> str:
    """Say how much of the area's land the zone covers."""
    text = (
        f"The zone covers {part(found.land_share)} of the {kind}'s land, which does not say how many people are there."
    )
    if found.outside_share >= 0.005:
        text += f" {part(found.outside_share)} of it lies outside the {kind}; nothing is counted there."
    return text


def left_out(found: Recorded) -> str:
    """Say which crime types have no row."""
    more = len(found.kinds) - MOST_KINDS
    text = "Rows below all recorded crime are parts of it; types with under 10 in the last 24 months have none."
    text += f" {PER_CENT}"
    if more > 0:
        text += f" {more} more {'is' if more == 1 else 'are'} left out for want of room."
    return text


def year_head(found: Recorded, kind: str) -> list[str]:
    """Name the columns of the table of past years."""
    part = f"of the {kind}'s"
    return ["Months", *(name for one in _of_years(found) for name in (title_of(one.category), part))]


def year_note(found: Recorded) -> str:
    """Say what a row of the table of past years counts."""
    return (
        "Published data know no days: the whole of these months is counted; “no data” where not all of them are there. "
        f"{PER_CENT} Data: {found.known}."
    )


def year_rows(found: Recorded) -> list[list[str]]:
    """Rows of the zone's months by year, the latest first."""
    kinds = _of_years(found)
    by_year = {one.category: {each.first: each for each in one.years} for one in kinds}
    rows = []
    for first in sorted({each.first for one in kinds for each in one.years}, reverse=True)[:MOST_YEARS]:
        row = [period_words(first, first + len(found.months) - 1)]
        for one in kinds:
            each = by_year[one.category].get(first)
            if each is None or each.here is None or each.area is None:
                row += ["no data", NONE]
            else:
                row += [f"{each.here:,}", part_of(each.here, each.area)]
        rows.append(row)
    return rows


def _of_years(found: Recorded) -> tuple[KindCount, ...]:
    return found.kinds[: 2 + _YEARS_OF]


def years_before(found: Recorded) -> int:
    """Count the earlier years that have no row."""
    return max(0, max(len(one.years) for one in found.kinds) - MOST_YEARS)


def change_head(kind: str) -> tuple[str, ...]:
    """Name the columns of the table of change."""
    return "Crime type", "12 months", "12 before", "Change in the zone", f"Change in the {kind}", f"Beside the {kind}"


def change_rows(found: Recorded) -> list[list[str]]:
    """Rows of change: crime type, 12 months, 12 before, change with range, the area's, and beside the area."""
    rows = []
    for one in shown(found):
        now, before, change = _change(one.late)
        rows.append([title_of(one.category), now, before, change, _short(one.area_late), _beside(one)])
    return rows


def _change(late: Comparison | Refusal) -> tuple[str, str, str]:
    if isinstance(late, Refusal):
        return NONE, NONE, "cannot be told"
    now, before = f"{late.current:,}", f"{late.previous:,}"
    if late.current == late.previous == 0:
        return now, before, "none in either"
    if not late.current or not late.previous:
        way = "more" if late.current else "fewer"
        return now, before, f"clearly {way}" if late.differs else CHANCE
    if min(late.current, late.previous) < FEW:
        return now, before, f"clearly {'more' if late.current > late.previous else 'fewer'}" if late.differs else CHANCE
    size = f"{signed(late.change_ratio - 1)} ({interval(late.low, late.high)})"
    if late.differs:
        return now, before, f"clearly {'more' if late.change_ratio > 1 else 'fewer'}: {size}"
    return now, before, f"can be chance: {size}"


def _short(late: Comparison | Refusal) -> str:
    if isinstance(late, Refusal):
        return NONE
    return signed(late.change_ratio - 1) if late.previous else NONE


def _beside(one: KindCount) -> str:
    """Say "clearly" only where the row's own change is clear too: a row that says both would be read as it suits."""
    beside = one.beside
    if isinstance(beside, Refusal) or isinstance(one.late, Refusal):
        return "cannot be told"
    if not beside.clear or not one.late.differs:
        return "not clear"
    return "clearly more" if beside.ratio > 1 else "clearly fewer"


def change_notes(found: Recorded, kind: str) -> list[str]:
    """Say how the table of change is read, and where it refuses."""
    asb = found.kinds[0]
    lines = []
    if isinstance(asb.late, Refusal):
        lines.append(asb.late.reason)
    elif asb.late.missing_months:
        lines.append(f"Only {asb.late.months} of 12 months are in both years; changes are per day.")
    if isinstance(asb.beside, Refusal) and not isinstance(asb.late, Refusal):
        lines.append(f"ASB: {asb.beside.reason}")
    lines.append(
        f"In brackets: the range that chance allows. Beside the {kind}: whether the zone went another way than the "
        f"whole {kind}; clear only where its own change is clear too. Of 20 rows, one may look clear by "
        f"chance. {PER_CENT}"
    )
    if found.months[0] <= found.as_at:
        lines.append(
            f"The zone begins in {month_name(found.months[0])}: months before it and in it are not parted here."
        )
    return lines


def sure(found: Recorded) -> list[str]:
    """Say how sure the counts are."""
    return [f"{MOVED} {points(found)}", edge(found), REPORTED]


def points(found: Recorded) -> str:
    """Say how many published points lie in the zone and near its edge."""
    lie = "point lies" if found.points == 1 else "points lie"
    return f"{found.points:,} published {lie} inside the zone, {found.edge_points:,} within {EDGE_M:g} m of its edge."


def edge(found: Recorded) -> str:
    """Say what ASB would be counted, were the zone a little wider or narrower."""
    asb = found.kinds[0]
    narrower = f"{asb.narrower:,} if it were {EDGE_M:g} m narrower"
    if not found.narrower_left:
        narrower = f"nothing would be left of it {EDGE_M:g} m narrower"
    return (
        f"ASB {late_months(found)}: {asb.here:,} in the zone, {asb.wider:,} if it were {EDGE_M:g} m wider, {narrower}."
    )


def feed_tables(found: Dated) -> Written:
    """Write the counts of a feed as they may leave the machine."""
    return written(found)


def feed_notes(found: Dated, said: Written) -> list[str]:
    """Say what the counts of a feed are, and what their words mean."""
    first, last = found.months[0], found.months[-1]
    counted = f"{incidents_words(found.category)} in the zone, {period_words(first, last)}"
    lines = [f"From the feed “{found.name}”: {counted}: {said.total} in all."]
    if said.total == f"{found.total:,}" and found.total < _FEW:
        lines.append(f"Under {_FEW}: which day or hours stand out can be chance.")
    texts = {text for rows in (said.by_month, said.by_day, said.by_hours) for _, text in rows} | {said.total}
    if not all(text.replace(",", "").isdigit() for text in texts):
        lines.append("“Under 5” is 1 to 4. “Not shown” is left out so that none of those can be worked out.")
    if found.coarse:
        lines.append(f"Left out because their place is too coarse: {said.coarse}.")
    lines.append("Many records carry the time of the call, not of the incident. Never added to the published counts.")
    return lines


def made_lines(found: Found) -> list[str]:
    """Say how the sheet was made."""
    if isinstance(found.recorded, Refusal):
        return []
    return [f"How this was made: {found.recorded.method.line()}"]


def is_crime_sum(one: KindCount) -> bool:
    """Whether a row is all recorded crime, which the rows after it are part of."""
    return one.category == CRIME
