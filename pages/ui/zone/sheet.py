"""The evidence sheet of a zone on two pages: what was recorded there, how sure that is, and who decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from analysis.zone.dated import Written
from analysis.zone.recorded import Recorded
from data.feed.times import zone_of
from data.place.area import Area
from data.store.schema import POLICE_UK
from data.streets.base_map import BaseMap
from data.zone.zone import Zone
from geo.errors import InputError
from pages.ui.paper import text as words
from pages.ui.paper.page import MARGIN, Sheet, bind
from pages.ui.paper.room import INK, MUTED
from pages.ui.shell.downloads import SIMULATED_LINE
from pages.ui.shell.frame import ASB_NOTE, POLICE_ATTRIBUTION, source_words
from pages.ui.zone import sheet_words as said
from pages.ui.zone.sheet_parts import HEAD, ROW, Column, heading, lines, table, zone_map
from pages.ui.zone.sheet_words import Found

NOT_MADE = "a zone under 50 m across or a closure of premises is never put on paper: it would tell of one building"
_FOOT = 52.0
_SMALL = 6.5
_LEAST_MAP = 150.0
_SIGN = 62.0
_FEED_ROW = 12.0
_ROWS = (11.5, 16.0)  # least and most height of a row of the second page
_ROOM = 420.0  # what its rows and its feed can take
_GAP = 5.0
_FEED_ROWS = 12


def sheet_pdf(zone: Zone, found: Found, area: Area, ground: BaseMap | None, *, when: datetime, note: str) -> bytes:
    """Put the evidence sheet of a zone on two A4 pages.

    Parameters
    ----------
    zone : Zone
        Its texts may be anything: they are cleaned, and cut where they do not fit.
    found : Found
        What was recorded, or why that is not known.
    area : Area
    ground : BaseMap or None
        Drawn under the map.
    when : datetime
        When it was made, as it is printed. The same arguments give the same bytes.
    note : str
        On the zone's length (:func:`data.zone.limits.limit_note`); "" where there is none.

    Returns
    -------
    bytes
        A PDF of two pages. Counts of a partner's feed of 1 to 4 stand as "under 5".

    Raises
    ------
    InputError
        The zone is restricted: it is never put on paper.

    Notes
    -----
    Misleads where it is taken for grounds by itself; its first page says so.
    """
    return bind(sheet_pages(zone, found, area, ground, when=when, note=note), zone.name, when)


def sheet_pages(
    zone: Zone, found: Found, area: Area, ground: BaseMap | None, *, when: datetime, note: str
) -> list[Sheet]:
    """Draw the pages of :func:`sheet_pdf`, not yet bound."""
    if zone.restricted:
        raise InputError(NOT_MADE, hint="Look at it on the page of zones.")
    pages = [_first(zone, found, area, ground, note), _second(zone, found, area)]
    for number, sheet in enumerate(pages, start=1):
        _foot(sheet, found, area, ground, when, f"Page {number} of {len(pages)}")
    return pages


def _first(zone: Zone, found: Found, area: Area, ground: BaseMap | None, note: str) -> Sheet:
    sheet = Sheet()
    room = sheet.wide - 2 * MARGIN
    simulated = said.simulated(zone, found)
    y = _head(sheet, zone, area, simulated=simulated)
    y = _facts(sheet, y, said.facts(zone, zone_of(area)))
    y = lines(sheet, y, [f"Length: {note}"], 3, size=8) if note else y
    y = _decides(sheet, y + 2)
    recorded = found.recorded
    sign = sheet.high - MARGIN - _FOOT - _SIGN
    rows = 0 if isinstance(recorded, Refusal) else len(said.shown(recorded))
    below = 16 + (30 if not rows else HEAD + ROW * rows + 2 + 4 * 10.2) + 16
    high = max(sign - y - below, _LEAST_MAP)
    points = () if isinstance(recorded, Refusal) else recorded.near
    zone_map(sheet, y, high, area, ground, zone.shape, points, simulated=simulated)
    y += high
    cross = " Cross: a published point, inside or within 50 m of its edge." if points else ""
    sheet.text(MARGIN, y + 9, words.cut(f"Thick line: the zone.{cross}", room, 7), 7, color=MUTED)
    y += 13
    if isinstance(recorded, Refusal):
        y = heading(sheet, y, "Recorded in the zone")
        lines(sheet, y, [recorded.reason], 2, size=8)
    else:
        _counts(sheet, y, recorded, area)
    _signed(sheet, sign)
    return sheet


def _head(sheet: Sheet, zone: Zone, area: Area, *, simulated: bool) -> float:
    room = sheet.wide - 2 * MARGIN
    y = MARGIN + 8
    sheet.text(MARGIN, y, words.cut(f"Evidence sheet for a zone · {area.partnership}", room, 8.5), 8.5, color=MUTED)
    y += 5
    for line in words.wrap(zone.name, room, 16, "bold", most=2):
        y += 17
        sheet.text(MARGIN, y, line, 16, "bold")
    y += 7
    if simulated:
        sheet.box(MARGIN, y, room, 15, facecolor=INK)
        sheet.text(MARGIN + 6, y + 10.5, SIMULATED_LINE, 8.5, "bold", color="white")
        y += 18
    sheet.line(MARGIN, y, sheet.wide - MARGIN, y, 1.2)
    return y


def _facts(sheet: Sheet, y: float, facts: Sequence[tuple[str, str]]) -> float:
    """Set the facts in two rows of three."""
    wide = (sheet.wide - 2 * MARGIN) / 3
    for k, (what, fact) in enumerate(facts):
        x, top = MARGIN + (k % 3) * wide, y + 27 * (k // 3)
        sheet.text(x, top + 11, what, 7, color=MUTED)
        size = words.largest(fact, wide - 8, (9, 8, 7), 1, "bold")
        sheet.text(x, top + 22, words.cut(fact, wide - 8, size, "bold"), size, "bold")
    return y + 27 * ((len(facts) + 2) // 3) + 3


def _decides(sheet: Sheet, y: float) -> float:
    room = sheet.wide - 2 * MARGIN
    sheet.box(MARGIN, y, room, 42, facecolor="none", edgecolor=INK, linewidth=1.6)
    sheet.text(MARGIN + 10, y + 17, said.NOT_GROUNDS, 12.5, "bold")
    sheet.text(MARGIN + 10, y + 34, said.DECIDES, 12.5, "bold")
    return y + 50


def _counts(sheet: Sheet, y: float, found: Recorded, area: Area) -> float:
    y = heading(sheet, y, f"Recorded in the zone {said.late_months(found)}")
    places = ((0, 165), (170, 58), (234, 66), (306, 82), (396, 60), (462, 65))
    columns = [
        Column(name, x, wide, right=x > 0) for name, (x, wide) in zip(said.count_head(area.kind), places, strict=True)
    ]
    rows = said.count_rows(found)
    bold = [k for k, one in enumerate(said.shown(found)) if said.is_crime_sum(one)]
    y = table(sheet, y, columns, rows, bold=bold)
    return lines(sheet, y, [f"{said.land(found, area.kind)} {said.NEVER_ADDED} {said.left_out(found)}"], 4)


def _signed(sheet: Sheet, y: float) -> None:
    """Draw the lines on which whoever decides signs."""
    room = sheet.wide - 2 * MARGIN
    sheet.box(MARGIN, y, room, _SIGN - 8, facecolor="none", edgecolor=MUTED, linewidth=0.6)
    sheet.text(MARGIN + 6, y + 12, "Read by the authorising officer", 8, "bold")
    for x, wide, text in ((6, 190, "Name, and rank or post"), (206, 150, "Signature"), (366, 155, "Date and time")):
        sheet.line(MARGIN + x, y + 40, MARGIN + x + wide, y + 40, 0.6)
        sheet.text(MARGIN + x, y + 49, text, 7, color=MUTED)


def _second(zone: Zone, found: Found, area: Area) -> Sheet:
    sheet = Sheet()
    room = sheet.wide - 2 * MARGIN
    y = MARGIN + 8
    mark = f"{SIMULATED_LINE} " if said.simulated(zone, found) else ""
    wide = words.width(mark, 8, "bold")
    sheet.text(MARGIN, y, words.cut(zone.name, room - wide - 10, 9, "bold"), 9, "bold")
    sheet.text(sheet.wide - MARGIN, y, mark.strip(), 8, "bold", ha="right")
    y += 5
    sheet.line(MARGIN, y, sheet.wide - MARGIN, y, 1.2)
    y += 2
    recorded = found.recorded
    if isinstance(recorded, Refusal):
        y = heading(sheet, y, "The same months of past years, and of late")
        y = lines(sheet, y, [recorded.reason], 3, size=8)
    else:
        row = _row(found)
        y = _past_years(sheet, y, recorded, area, row)
        y = _late(sheet, y, recorded, area, row)
        y = heading(sheet, y + _GAP, "How sure the counts are")
        y = lines(sheet, y, said.sure(recorded), 6, size=8)
    y = _dated(sheet, y + _GAP, found)
    end = sheet.high - MARGIN - _FOOT - 12
    lines(
        sheet,
        y + _GAP,
        said.made_lines(found),
        int(max(end - y - _GAP - 2, 0) // (1.35 * _SMALL)),
        size=_SMALL,
        color=MUTED,
    )
    return sheet


def _row(found: Found) -> float:
    """Give the height of a row of the second page: all of them fit, and with few the page is not crowded."""
    recorded = found.recorded
    if isinstance(recorded, Refusal):
        return _ROWS[1]
    feed = not isinstance(found.dated, Refusal)
    rows = len(said.year_rows(recorded)) + len(said.shown(recorded)) + (_FEED_ROWS if feed else 0)
    return float(min(max((_ROOM - (80.0 if feed else 40.0)) / rows, _ROWS[0]), _ROWS[1]))


def _past_years(sheet: Sheet, y: float, found: Recorded, area: Area, row: float) -> float:
    y = heading(sheet, y, "The same months of past years, in the zone")
    head, rows = said.year_head(found, area.kind), said.year_rows(found)
    if not rows:
        return lines(sheet, y, ["None of these months is in the data."], 1, size=8)
    room = sheet.wide - 2 * MARGIN
    pairs = (len(head) - 1) // 2
    first = 152.0
    each = (room - first) / pairs
    columns = [Column(head[0], 0, first - 6)]
    for k in range(pairs):
        at = first + k * each
        columns.append(Column(head[1 + 2 * k], at + 6, 0.56 * each - 10, right=True))  # titles do not meet
        columns.append(Column(head[2 + 2 * k], at + 0.56 * each, 0.44 * each - 2, right=True))
    y = table(sheet, y, columns, rows, row=row)
    notes = [said.year_note(found)]
    if more := said.years_before(found):
        notes.insert(0, f"{more} earlier year{' is' if more == 1 else 's are'} in the data and not in this table.")
    return lines(sheet, y, notes, 3, size=8)


def _late(sheet: Sheet, y: float, found: Recorded, area: Area, row: float) -> float:
    y = heading(
        sheet, y + _GAP, f"The 12 months to {month_name(found.as_at)} and the 12 before, beside the {area.kind}"
    )
    places = ((0, 128), (130, 42), (176, 42), (228, 178), (408, 48), (464, 63))
    columns = [
        Column(name, x, wide, right=x in {130, 176, 408})
        for name, (x, wide) in zip(said.change_head(area.kind), places, strict=True)
    ]
    bold = [k for k, one in enumerate(said.shown(found)) if said.is_crime_sum(one)]
    y = table(sheet, y, columns, said.change_rows(found), bold=bold, row=row)
    return lines(sheet, y, said.change_notes(found, area.kind), 5, size=8)


def _dated(sheet: Sheet, y: float, found: Found) -> float:
    y = heading(sheet, y, "Days and hours")
    if isinstance(found.dated, Refusal):
        return lines(sheet, y, [found.dated.reason], 2, size=8)
    tables = said.feed_tables(found.dated)
    y = lines(sheet, y, said.feed_notes(found.dated, tables), 5, size=8)
    return _feed(sheet, y, tables)


def _feed(sheet: Sheet, y: float, tables: Written) -> float:
    room = sheet.wide - 2 * MARGIN
    gap = 16.0
    wide = (room - 2 * gap) / 3
    ends = []
    for k, (title, rows) in enumerate(
        (("Day of the week", tables.by_day), ("Hours", tables.by_hours), ("Month", tables.by_month))
    ):
        columns = (Column(title, 0, wide - 62), Column("Incidents", wide - 60, 60, right=True))
        ends.append(table(sheet, y, columns, rows, x=MARGIN + k * (wide + gap), room=wide, row=_FEED_ROW))
    return max(ends)


def _foot(sheet: Sheet, found: Found, area: Area, ground: BaseMap | None, when: datetime, page: str) -> None:
    """Set when it was made and from what, licences, and the number of the page."""
    room = sheet.wide - 2 * MARGIN
    recorded = found.recorded
    source, version, made_up = POLICE_UK, "none", False
    if not isinstance(recorded, Refusal):
        source, version, made_up = recorded.source, recorded.version, recorded.simulated
    texts = [f"Source: {source_words(source)}.", f"{found.age}." if found.age else ""]
    texts += [f"{POLICE_ATTRIBUTION}."] if source == POLICE_UK and not made_up else []
    texts += [f"{one}." for one in (area.wards.attribution, ground.attribution if ground is not None else "") if one]
    texts.append(ASB_NOTE)
    text = " ".join(one.replace("..", ".") for one in texts if one)
    wrapped = words.wrap(text, room, _SMALL, most=3)
    y = sheet.high - MARGIN - 1.32 * _SMALL * len(wrapped)
    sheet.line(MARGIN, y - 9, sheet.wide - MARGIN, y - 9, 0.6)
    sheet.text(sheet.wide - MARGIN, y, page, 8, "bold", ha="right")
    made = f"Made {when.day} {when:%B %Y} at {when:%H:%M}, data version {version}"
    sheet.text(MARGIN, y, words.cut(made, room - 80, 8), 8)
    for k, line in enumerate(wrapped):
        sheet.text(MARGIN, y + 10.5 + 1.32 * _SMALL * k, line, _SMALL, color=MUTED)
