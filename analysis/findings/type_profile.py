"""A crime type on one page: what is known of it, and its row in the table that puts crime types side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.common.method import MONTH_NAMES, YEAR, month_name
from analysis.common.percents import interval, percent, signed
from analysis.common.refusal import Refusal
from analysis.common.years import Comparison
from analysis.course.beside import NEAR, Beside
from analysis.course.funnel import BANDS, Funnel
from analysis.course.trend import LEVEL, Trend
from analysis.findings.beside import rank_words
from analysis.findings.finding import Finding, lower, readable
from analysis.findings.seasons import leading
from analysis.when.season_effect import SeasonEffects
from analysis.where.concentration import Concentration
from data.kinds.lists import join_words, number_words

UNKNOWN = "–"
_NAMED = 2  # wards that a title names
_LISTED = 6  # wards whose rates are listed
HEADS = ("Crime type", "12 months", "Against the year before", "Last three years", "Season", "Busiest 5 % of points",
         "Beside neighbours")  # fmt: skip
RULE = (
    "Crime types stand as they are published, ASB first: the order says nothing of their weight, and counts say "
    "nothing of harm. A change is called clear where an interval that allows for the number of crime types leaves out "
    "no change at all; a direction where the order of 36 months, each beside the same month of other years, would "
    "come about by chance in at most one case in twenty; a season where three years stand behind it and its interval "
    "leaves out 1. Points are the middles of streets to which published places are moved (snap points); the share of "
    "the busiest stands beside what chance alone would give. A place among neighbours counts from the lowest rate by "
    "residents."
)


@dataclass(frozen=True, eq=False)
class Profile:
    """What is known of one crime type at an as-at month; a refusal stands where the data do not carry an answer.

    Attributes
    ----------
    category, name : str
        As published, and as a title begins with it.
    total : int or None
        Incidents in the 12 months up to the as-at month; None where one of them is missing.
    year : Comparison or Refusal
        Against the 12 months before, at 95 %.
    wide : Comparison or Refusal
        The same, its interval widened for the number of crime types compared (:func:`widened`).
    course : Trend or Refusal
        Of the last 36 months.
    course_words : Finding
    seasons : SeasonEffects or Refusal
    wards : DataFrame or Refusal
        Of :func:`analysis.common.rates.ward_rates`.
    funnel : Funnel or Refusal
    concentration : Concentration or Refusal
    beside : Beside or Refusal
    """

    category: str
    name: str
    end: pd.Period
    total: int | None
    year: Comparison | Refusal = field(repr=False)
    wide: Comparison | Refusal = field(repr=False)
    course: Trend | Refusal = field(repr=False)
    course_words: Finding | Refusal = field(repr=False)
    seasons: SeasonEffects | Refusal = field(repr=False)
    wards: pd.DataFrame | Refusal = field(repr=False)
    funnel: Funnel | Refusal = field(repr=False)
    concentration: Concentration | Refusal = field(repr=False)
    beside: Beside | Refusal = field(repr=False)

    @property
    def held(self) -> bool:
        """Whether the change stands also with the wider interval."""
        return isinstance(self.wide, Comparison) and self.wide.differs


def row(found: Profile) -> tuple[str, ...]:
    """Write the row of a crime type, in the order of ``HEADS``.

    Parameters
    ----------
    found : Profile

    Returns
    -------
    tuple of str
        ``UNKNOWN`` where there is no answer.
    """
    total = UNKNOWN if found.total is None else f"{found.total:,}"
    return (found.name, total, _change(found), _course(found), _season(found), _busiest(found), _beside(found))


def _change(found: Profile) -> str:
    one = found.year
    if isinstance(one, Refusal) or not np.isfinite(one.change_ratio):
        return UNKNOWN
    said = f"{signed(one.change_ratio - 1)} ({interval(one.low, one.high)})"
    return f"{said}, clear" if found.held else said


def _course(found: Profile) -> str:
    one = found.course
    if isinstance(one, Refusal):
        return UNKNOWN
    if one.p > LEVEL:
        return "no clear direction"
    return "rising" if one.s > 0 else "falling"


def _season(found: Profile) -> str:
    if isinstance(found.seasons, Refusal) or not found.seasons.effects:
        return UNKNOWN
    one = leading(found.seasons)
    if not one.sound:
        return "too few years"
    if not one.differs:
        return "none clear"
    return f"{'/'.join(MONTH_NAMES[m - 1][:3] for m in one.season.months)}: {one.written} times"


def _busiest(found: Profile) -> str:
    if isinstance(found.concentration, Refusal):
        return UNKNOWN
    if not concentrated(found):
        return "no more than chance"
    at = found.concentration.told
    return f"{percent(at['observed'])} (chance {percent(at['random'])})"


def concentrated(found: Profile) -> bool:
    """Whether incidents gather on few points more than chance would have it."""
    if isinstance(found.concentration, Refusal):
        return False
    at = found.concentration.told
    return bool(at["observed"] > at["high"])


def concentration_title(found: Profile) -> str:
    """Say how concentrated a crime type is, or that it is no more so than chance; whole sentences."""
    one = found.concentration
    if isinstance(one, Refusal):
        return str(one)
    if concentrated(found):
        return one.sentence
    return f"Its {one.incidents:,} incidents gather on {one.unit} no more than by chance alone: no place is named."


def _beside(found: Profile) -> str:
    one = found.beside
    if isinstance(one, Refusal):
        return UNKNOWN
    if not one.spread.known:
        return "too few years"
    if len(one.named(NEAR)) == one.of - 1:
        return "not told apart"
    low, high = rank_words(one.lowest, one.of), rank_words(one.highest, one.of)
    return f"{low} of {number_words(one.of)}" if low == high else f"{low} to {high} of {number_words(one.of)}"


def wards_title(found: Profile) -> Finding:
    """Say which wards stand clearly above the rate of the whole area.

    Parameters
    ----------
    found : Profile

    Returns
    -------
    Finding
        Wards above the 99.8 % limits of the funnel are named, the highest rate first; the detail has their rates, and
        says how many stand below.
    """
    if isinstance(found.funnel, Refusal) or isinstance(found.wards, Refusal):
        why = found.funnel if isinstance(found.funnel, Refusal) else found.wards
        return Finding(f"{found.name}: wards cannot be compared", detail=str(why))
    what = lower(found.name)
    table = found.funnel.table
    high = table[table["band"] == BANDS[-1]].sort_values("ratio", ascending=False)
    low = int((table["band"] == BANDS[0]).sum())
    rates = found.wards.set_index("ward_code")["rate_per_1000"]
    names = [str(name) for name in high["ward_name"]]
    if not names:
        title = f"No ward stands clearly above the area's rate of {what}"
    elif len(names) <= _NAMED:
        verb = "stands" if len(names) == 1 else "stand"
        title = f"{join_words(names)} {verb} clearly above the area's rate of {what}"
    else:
        title = f"{number_words(len(names)).capitalize()} wards stand clearly above the area's rate of {what}"
    if not readable(title):
        title = f"{number_words(len(names)).capitalize()} wards stand clearly above the area's rate"
    listed = [f"{row['ward_name']} {rates[row['ward_code']]:.1f}" for row in high.to_dict("records")]
    if len(listed) > _LISTED:
        listed = [*listed[: _LISTED - 1], f"{number_words(len(listed) - _LISTED + 1)} more"]
    said = [f"By rate for every 1,000 residents: {join_words(listed)}."] if listed else []
    if low:
        said.append(f"{number_words(low).capitalize()} {'lies' if low == 1 else 'lie'} clearly below it.")
    return Finding(title, f"in the 12 months to {month_name(found.end)}", " ".join(said))


def change_title(found: Profile, title: str) -> str:
    """Say a change against the year before, and where it does not hold among all crime types that are compared.

    Parameters
    ----------
    found : Profile
    title : str
        Of :func:`analysis.findings.change.year_changes`.

    Returns
    -------
    str
        Whole sentences.
    """
    if isinstance(found.year, Refusal) or not found.year.differs or found.held:
        return f"{title}."
    return f"{title}; among so many crime types compared, one may differ as much by chance."


def held(changes: Sequence[tuple[str, Comparison | Refusal]]) -> tuple[list[str], list[str]]:
    """Split crime types whose change holds into those that rose and those that fell.

    Parameters
    ----------
    changes : sequence of (str, Comparison or Refusal)
        Names and comparisons whose interval already allows for their number.
    """
    clear = [(name, one) for name, one in changes if isinstance(one, Comparison) and one.differs]
    rose = [name for name, one in clear if one.change_ratio > 1]
    return rose, [name for name, one in clear if one.change_ratio < 1]


def widened(number: int, level: float = 0.95) -> float:
    """Give the level at which one of several intervals leaves out no change by chance as seldom as one alone would.

    Parameters
    ----------
    number : int
        Of comparisons made.
    level : float

    References
    ----------
    Bonferroni, by the number of comparisons.
    """
    return 1 - (1 - level) / max(number, 1)


def volume_words(name: str, total: int | None, residents: int, end: pd.Period) -> str:
    """Say how many there were in 12 months, and how many that is for every 1,000 residents.

    Parameters
    ----------
    name : str
        What is counted, as a number is followed by it: "ASB incidents".
    total : int or None
    residents : int
        0 where they are not known.
    end : Period
    """
    when = f"in the {YEAR} months to {month_name(end)}"
    if total is None:
        return f"How many {name} there were {when} is not known: a month is missing."
    rate = f", {1000 * total / residents:.1f} for every 1,000 residents" if residents and total else ""
    return f"{total:,} {name} were recorded {when}{rate}."
