"""The sentences of a needs assessment: its summary, to be read aloud, and what each part begins with."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.common.method import YEAR, month_name
from analysis.findings.finding import capital, lower
from data.kinds.lists import join_words, number_words

_MOST_NAMED = 4


def total_words(kind: str, crimes: int | None, asb: int | None, residents: int, end: pd.Period) -> str:
    """Say how much was recorded in 12 months.

    Parameters
    ----------
    kind : str
        What the area is called.
    crimes, asb : int or None
        Of all crime types but ASB, and of ASB; None where a month is missing, 0 where the data hold none.
    residents : int
    end : Period
    """
    when = f"In the 12 months to {month_name(end)}"
    if crimes is None or asb is None:
        return f"Months are missing from the {YEAR} to {month_name(end)}, so the year cannot be added up."
    if not crimes:
        return f"{when} police recorded {asb:,} ASB incidents in the {kind}. No other crime type is in the data."
    each = f" That is {round(1000 * crimes / residents):,} crimes for every 1,000 residents." if residents else ""
    return (
        f"{when} police recorded {crimes:,} crimes{f' and {asb:,} ASB incidents' if asb else ''} in the {kind}.{each}"
    )


def moved_words(rose: Sequence[str], fell: Sequence[str], compared: int, months: int = YEAR) -> str:
    """Say which crime types clearly rose or fell against the year before, of how many.

    Parameters
    ----------
    rose, fell : sequence of str
        Names, of :func:`analysis.findings.type_profile.held`.
    compared : int
    months : int
        That both years have, where some are missing.
    """
    if not compared:
        return "No crime type can be compared with the year before."
    of = f"{number_words(compared)} crime types" if compared > 1 else "one crime type"
    year = "the year before" if months == YEAR else f"the year before, in the {number_words(months)} months both have"
    if not rose and not fell:
        return f"Of {of} compared with {year}, none clearly changed."
    parts = [f"{_named(names)} clearly {verb}" for verb, names in (("rose", rose), ("fell", fell)) if names]
    return f"Of {of} compared with {year}, {' and '.join(parts)}; the others did not clearly change."


def _named(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        return f"{number_words(len(names))}"
    return join_words(lower(name) for name in names)


def measured_words(measured: Sequence[str], other: Sequence[str]) -> str:
    """Say of which priorities open data tell how they are doing, and of which they do not.

    Parameters
    ----------
    measured, other : sequence of str
        Names of priorities.
    """
    if not measured and not other:
        return "The area file names no priorities."
    if not other:
        return "Recorded incidents tell how each priority is doing."
    how = "that is" if len(other) == 1 else "they are"
    head = f"Recorded incidents do not measure {_listed(other)}: only partners can say how {how} doing."
    return f"{head} They do measure {_listed(measured)}." if measured else head


def _listed(names: Sequence[str]) -> str:
    """Join names so that the "and" inside one is not taken for the one between two."""
    said = [lower(name) for name in names]
    if len(said) < 2 or not any(" and " in name or "," in name for name in said):
        return join_words(said)
    return f"{'; '.join(said[:-1])}; and {said[-1]}"


def gaps_words(waiting: Sequence[str], given: int) -> str:
    """Say how many parts wait for partners' own evidence.

    Parameters
    ----------
    waiting : sequence of str
        Names of parts without any.
    given : int
        Parts with some.
    """
    if not waiting and not given:
        return ""
    if not waiting:
        return "Every part that only partners can fill has been filled."
    some = f" {capital(number_words(given))} {'has' if given == 1 else 'have'} been filled." if given else ""
    verb = "waits" if len(waiting) == 1 else "wait"
    return f"{capital(number_words(len(waiting)))} of this document's parts {verb} for partners' own evidence: " + (
        f"{_listed(waiting)}.{some}"
    )


def absent_words(names: Sequence[str]) -> str:
    """Say which crime types the data hold nothing of, so that nothing is said of them; empty where there are none.

    Parameters
    ----------
    names : sequence of str
    """
    if not names:
        return ""
    few = join_words(lower(name) for name in names)
    return f"The data hold no incident of {few}: this document leaves {'it' if len(names) == 1 else 'them'} out."


def short_of(months: int) -> str:
    """Say that a document rests on too few months for what it would usually say; empty where it does not.

    Parameters
    ----------
    months : int
        That are stored up to the as-at month.
    """
    if months >= 36:
        return ""
    n = f"{number_words(months)} month{' of data stands' if months == 1 else 's of data stand'}"
    year = "" if months >= 2 * YEAR else "a comparison with the year before needs 24 months, "
    return (
        f"Only {n} behind this document. What needs more is left open and says so: {year}"
        "a season or a direction needs three years."
    )
