"""Months that no archive has yet, from the publisher's monthly service: every crime in a polygon, whatever the force.

Such a month has no LSOA and no force. It stands in for the archive's, which takes its place when it comes.
"""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from data.fetch.hosts import Hosts
from data.fetch.incoming import incoming
from data.fetch.outline import gather, outline_of, poly_text
from data.fetch.web import FetchError, Web, read_json
from data.kinds.crime_types import CATEGORIES
from data.place.area import Area
from data.published.police_uk import take_paths
from data.store.layout import NEEDED
from data.store.locate import Locator
from data.store.manifest import Manifest, read_manifest
from data.store.report import FileReport
from data.store.schema import BY_OUTLINE, POLICE_UK
from geo.errors import InputError

PER_SECOND = 12  # questions; the service takes 15
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_SLUGS = {
    "anti-social-behaviour": CATEGORIES[0],
    "criminal-damage-arson": "Criminal damage and arson",
    "violent-crime": "Violence and sexual offences",
    **{name.lower().replace(" ", "-"): name for name in CATEGORIES},
}


@dataclass(frozen=True)
class Crime:
    """One crime as the service gives it.

    Attributes
    ----------
    longitude, latitude : float
        Degrees.
    of_force : bool
        Recorded by the police of a place, not by the British Transport Police.
    row : tuple of str
        As a published file has it, of the columns ``NEEDED``; what the service does not tell is empty.
    """

    longitude: float
    latitude: float
    of_force: bool
    row: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class MonthlyReport:
    """What the monthly service brought.

    Attributes
    ----------
    newest : str
        The newest month that it has; empty where it could not be asked.
    months : tuple of str
        Stored by outline in this run.
    questions : int
        That it took.
    left_out : tuple of str
        Sentences: months that it has and that were not taken, and why.
    files : tuple of FileReport
    problem : str
        Why it could not be asked to the end; empty where it could.
    """

    newest: str = ""
    months: tuple[str, ...] = ()
    questions: int = 0
    left_out: tuple[str, ...] = ()
    files: tuple[FileReport, ...] = ()
    problem: str = ""

    def lines(self) -> list[str]:
        """Tell a person."""
        lines = []
        if self.months:
            lines.append(
                f"By outline, until the archive has them: {', '.join(self.months)} ({self.questions} "
                f"question{'' if self.questions == 1 else 's'})."
            )
        lines += self.left_out
        if self.problem:
            lines.append(f"The monthly service could not be asked to the end: {self.problem}")
        return lines


class Monthly:
    """The monthly service, asked no faster than it allows.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    per_second : float
        Questions.
    """

    def __init__(self, web: Web, hosts: Hosts, per_second: float = PER_SECOND) -> None:
        self._web, self._start = web, f"{hosts.police}/api/"
        self._pause, self._next = 1 / per_second, 0.0
        self.questions = 0
        web.take_503(f"{self._start}crimes-street/")

    def months(self) -> tuple[str, ...]:
        """Months (YYYY-MM) that the service has, ascending.

        Raises
        ------
        FetchError
            As :meth:`data.fetch.web.Web.json`; the answer is of another form.
        """
        self._wait()
        url = f"{self._start}crimes-street-dates"
        raw = self._web.json(url)
        try:
            found = sorted({str(each["date"]) for each in raw})
        except (TypeError, KeyError) as error:
            raise FetchError("the list of months is of another form", url, status=200) from error
        if not found or not all(_MONTH.fullmatch(month) for month in found):
            raise FetchError("the list of months is of another form", url, status=200, value=", ".join(found[:3]))
        return tuple(found)

    def crimes(self, outline: Any, month: str) -> list[Crime]:
        """Every crime of a month in an outline.

        Parameters
        ----------
        outline : Polygon or MultiPolygon
            Of :func:`data.fetch.outline.outline_of`.
        month : str
            YYYY-MM.

        Raises
        ------
        FetchError
            As :meth:`data.fetch.web.Web.post`; the answer is of another form or month.
        InputError
            As :func:`data.fetch.outline.gather`.
        """
        url = f"{self._start}crimes-street/all-crime"

        def ask(piece: Any) -> Sequence[Crime] | None:
            self._wait()
            try:
                answer = self._web.post(url, {"date": month, "poly": poly_text(piece)})
            except FetchError as error:
                if error.status == 503:  # more than 10,000
                    return None
                raise
            raw = read_json(answer)
            try:
                return [_crime(each, month) for each in raw]
            except (TypeError, KeyError, ValueError, AttributeError) as error:
                raise FetchError(f"a crime is of another form: {error!r}", url, status=200, value=month) from error

        return gather(outline, ask)

    def _wait(self) -> None:
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._pause
        self.questions += 1


def _crime(raw: dict[str, Any], month: str) -> Crime:
    if raw["month"] != month:
        raise ValueError(f"it is of {raw['month']!r}")
    place, outcome = raw["location"], raw["outcome_status"] or {}
    longitude, latitude = str(place["longitude"]), str(place["latitude"])
    row = (
        str(raw["persistent_id"] or ""),
        month,
        "",
        "",
        longitude,
        latitude,
        str(place["street"]["name"]),
        "",
        _SLUGS.get(str(raw["category"]), str(raw["category"])),
        str(outcome.get("category") or ""),
    )
    return Crime(float(longitude), float(latitude), raw["location_type"] == "Force", row)


def as_file(crimes: Iterable[Crime]) -> bytes:
    """Write crimes as a file of the published form."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(NEEDED)
    writer.writerows(one.row for one in crimes)
    return out.getvalue().encode("utf-8", "replace")  # half a character is a question mark


def fetch_monthly(
    service: Monthly,
    store: Path,
    room: Path,
    area: Area,
    *,
    after: str,
    first: str,
    silent: Collection[str],
    progress: Callable[[int, int, str], None] | None,
    now: datetime,
) -> MonthlyReport:
    """Fetch months that no archive has, and import them by outline.

    Parameters
    ----------
    service : Monthly
    store : Path
    room : Path
        Folder for files on their way in.
    area : Area
    after : str
        YYYY-MM of the newest archive; empty takes every month that the service has.
    first : str
        YYYY-MM before which nothing is wanted; may be empty.
    silent : collection of str
        Forces of the area that are not in the newest month of the newest archive. While there is one, no month is
        taken: rows by outline do not tell their force, so that nobody could see that one of them is missing.
    progress : callable, optional
        Told months done, months in all, and which is next.
    now : datetime

    Returns
    -------
    MonthlyReport
        A service that fails is told in it: months before the failure are stored.

    Notes
    -----
    A month without a single row of a police force in the area was not published yet: it is left out, not stored as a
    month without incidents. Misleads where the area has several forces of which one has not published.
    """
    months: list[str] = []
    left_out: list[str] = []
    files: list[FileReport] = []
    newest = problem = ""
    try:
        offered = service.months()
        newest = offered[-1]
        manifest = read_manifest(store)
        wanted = [month for month in offered if month > after and month >= first and not _here(manifest, area, month)]
        if not after and first and first < offered[0]:
            left_out.append(f"Months before {offered[0]} stand in archives only.")
        if wanted and silent:
            left_out.append(
                f"Not taken by outline: {', '.join(wanted)}. {', '.join(sorted(silent))} did not publish the newest "
                "month of the archive, and by outline nobody could see whether it has now."
            )
            wanted = []
        outline, locate = outline_of(area), Locator(area)
        for done, month in enumerate(wanted):
            if progress:
                progress(done, len(wanted), f"by outline {month}")
            crimes = service.crimes(outline, month)
            if not _published(crimes, locate):
                left_out.append(f"Not taken by outline: {month}, which has no incident of a force in the area yet.")
                continue
            report = _import(crimes, month, room, store, area, now)
            files += report
            months += [month for file in report if file.error is None]
    except InputError as error:
        problem = str(error)
    return MonthlyReport(newest, tuple(months), service.questions, tuple(left_out), tuple(files), problem)


def _here(manifest: Manifest | None, area: Area, month: str) -> bool:
    if manifest is None:
        return False
    return f"{POLICE_UK}/{BY_OUTLINE}/{month}" in manifest.units or manifest.has(month, area.forces)


def _published(crimes: Sequence[Crime], locate: Locator) -> bool:
    """Whether a row of a police force, other than that of the railways, lies in a ward."""
    ours = [one for one in crimes if one.of_force]
    at = np.array([(one.longitude, one.latitude) for one in ours], dtype=float).reshape(-1, 2)
    return bool((locate(at[:, 0], at[:, 1])[2] >= 0).any())


def _import(
    crimes: Sequence[Crime], month: str, room: Path, store: Path, area: Area, now: datetime
) -> tuple[FileReport, ...]:
    with incoming(room):
        path = room / f"{month}-{BY_OUTLINE}-street.csv"
        path.write_bytes(as_file(crimes))
        return take_paths([path], store, area, now=now).files
