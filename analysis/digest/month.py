"""The digest of a month: remarks that claim a signal, facts that claim none, and what cannot be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.common.method import Method, covered, month_name
from analysis.course.control_limits import BASELINE
from analysis.digest.unusual import FIRST_SHARES, LEAST_USUAL, OTHER_SHARE, WARD_SHARE, unusual_now
from analysis.findings import digest as words
from analysis.findings.finding import Finding
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents


@dataclass(frozen=True)
class Digest:
    """What is new in a month.

    Attributes
    ----------
    month : str
        YYYY-MM; empty with nothing loaded.
    title : str
    remarks : tuple of Finding
        Each claims a signal.
    facts : tuple of Finding
        What is new with the data, and the next operation: none is a test.
    limits : tuple of Finding
        What was judged, and what cannot be said.
    method : Method
    """

    month: str
    title: str
    remarks: tuple[Finding, ...]
    facts: tuple[Finding, ...]
    limits: tuple[Finding, ...]
    method: Method

    @property
    def quiet(self) -> bool:
        """Whether no remark is made."""
        return not self.remarks

    @property
    def rows(self) -> tuple[tuple[str, Finding], ...]:
        """Every finding with its heading."""
        return (
            *(("remark", one) for one in self.remarks),
            *(("fact", one) for one in self.facts),
            *(("limit", one) for one in self.limits),
        )

    def text(self) -> str:
        """Write it out in plain text, a heading and a line for each finding."""
        out = [self.title, ""]
        for head, part in (
            ("What stands out", self.remarks),
            ("Good to know", self.facts),
            ("What was looked at", self.limits),
        ):
            if part:
                out += [head, *(f"- {one.sentence}. {one.detail}".rstrip() for one in part), ""]
        return "\n".join([*out, self.method.line(), ""])


def month_digest(incidents: Incidents, area: Area, facts: Sequence[Finding] = ()) -> Digest:
    """Say what is new in the newest month and holds.

    Parameters
    ----------
    incidents : Incidents
        Every crime type; nothing later than the month.
    area : Area
    facts : sequence of Finding
        What is new with the data, and the next operation, where it is known.

    Returns
    -------
    Digest

    Notes
    -----
    Remarks are those of :func:`analysis.digest.unusual.unusual_now`: any at all in at most 10 % of quiet months. Facts
    are no tests. When it misleads:
    a level that moved for good is remarked on for many months.

    References
    ----------
    Of this project.
    """
    remarks: list[Finding] = []
    limits: list[Finding] = []
    month = incidents.as_at_month
    if month is not None:
        found = unusual_now(incidents, area)
        names = area.ward_names
        remarks = [
            words.unusual_count(one.category, names[one.ward] if one.ward else "", month, one.count, one.usual)
            for one in found.found
        ]
        if found.area + found.wards + found.rare:
            limits.append(words.judged_words(found.area, found.wards, found.rare))
            if found.short:
                limits.append(words.some_short(found.short))
        else:
            limits.append(words.too_few(len(incidents.months) - 1, BASELINE))
    if remarks:
        title = remarks[0].sentence
    elif month is None:
        title = "There are no months to look at"
    else:
        judged = limits[0].title if limits and "do not say" in limits[0].title else words.QUIET
        title = f"{judged}: {month_name(month)}"
    method = Method(
        name="Monthly digest: the newest month held against the 24 known months before",
        parameters={
            "false remarks": f"{FIRST_SHARES[ASB]:.0%} on ASB, {FIRST_SHARES[DRUGS]:.0%} on drug "
            f"offences, {OTHER_SHARE:.0%} on other crime types, {WARD_SHARE:.0%} on wards, at most",
            "judged": f"counts of which {LEAST_USUAL:g} and more are usual",
        },
        n=len(incidents.in_area().frame),
        correction="Holm within crime types and within wards, a share of false remarks for each",
        data_version=incidents.version,
        period=covered(incidents.months),
        caveats=("A level that moved for good is remarked on until the two years before hold it.",),
        source_refs=("Holm 1979",),
    )
    return Digest("" if month is None else str(month), title, tuple(remarks), tuple(facts), tuple(limits), method)
