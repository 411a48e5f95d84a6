"""Why a row of a partner's file cannot be used, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from data.feed.dates import BY_DAY_OF_YEAR, BY_WEEK, SHORTENED
from data.feed.times import END_FIRST, NO_DATE, NO_SUCH_DATE, OTHER_FORM, SKIPPED, UNREADABLE_DATE, UNREADABLE_TIME
from data.store.checks import ABROAD, FIELDS, NO_LOCATION, NOT_NUMERIC, ONE_COORDINATE, SWAPPED, ZERO

Reject = Callable[[str, NDArray[np.bool_], str], None]  # a reason, the rows it holds for, what their column is

OLD, FUTURE, NOT_IN_PERIOD = "date before 2000", "date in the future", "date outside the stated period"
NO_KIND, KIND_UNMAPPED, KIND_LEFT_OUT = "no kind of incident", "kind of incident not mapped", "left out by the mapping"
NOT_A_POINT, OTHER_PLACE_FORM = "place not readable", "place written otherwise than its column"
TOO_COARSE = "place too coarse for a ward"
NO_POSTCODE, PART_POSTCODE = "not a postcode", "postcode not whole"
UNKNOWN_POSTCODE, ENDED_POSTCODE = "postcode not known", "postcode no longer in use"
NO_COUNT, NO_SUCH_COUNT = "no number of incidents", "number of incidents not readable"
COUNTS_NONE, TOO_MANY = "counts no incident", "counts too many for one place"
REPEATED, ELSEWHERE = "repeated reference number", "reference number stored in another month"

ADVICE: dict[str, str] = {
    FIELDS: "Give the row as many fields as the header has; none of its text was kept.",
    NO_DATE: "Give the date.",
    UNREADABLE_DATE: "Write the date like most of its column, for example 31/10/2024 19:05.",
    BY_WEEK: "Write the day of the month: 2024-W44-4 is 31/10/2024.",
    BY_DAY_OF_YEAR: "Write the day of the month: 2024-305 is 31/10/2024.",
    SHORTENED: "A spreadsheet shows this in place of the date: export the file again without opening it in one.",
    OTHER_FORM: "Write the date like the rest of its column: it may come from another system.",
    NO_SUCH_DATE: "There is no such day: correct it. Are day and month the right way round?",
    UNREADABLE_TIME: "Write the time like 19:05, or leave it empty when it is not known.",
    SKIPPED: "Clocks went forward over this hour, it never was: correct the time, or the zone it is told in.",
    END_FIRST: "Swap start and end, or leave the end empty.",
    OLD: "Correct the year; 01/01/1900 and the like stand for no date.",
    FUTURE: "It lies after the day of the import: correct it. Are day and month the right way round?",
    NOT_IN_PERIOD: "The file was said to cover other days: correct the date, or the period.",
    NO_LOCATION: "Give the place: an incident without one cannot be mapped.",
    ONE_COORDINATE: "Give both coordinates, or neither.",
    NOT_NUMERIC: "Give coordinates as numbers.",
    ZERO: "0 stands for a missing place: leave both blank.",
    SWAPPED: "Longitude and latitude are in each other's column.",
    ABROAD: "It lies outside Britain: is a minus sign lost, or are the two columns swapped?",
    NOT_A_POINT: "Write it like the rest of its column: two coordinates, WKT (SRID 4326 or 27700), GeoJSON, SJ414906.",
    OTHER_PLACE_FORM: "Write every place of the column in one form: this row may come from another system.",
    TOO_COARSE: "Its square lies in several wards, or over the edge of the area: give the place more exactly.",
    NO_POSTCODE: "Give a postcode and nothing else, or leave it empty.",
    PART_POSTCODE: "Give the whole postcode: a district is too coarse.",
    UNKNOWN_POSTCODE: "Correct it. If it is new, load a newer postcode file (python -m data postcodes FILE).",
    ENDED_POSTCODE: "It ended before the incident: give the one that replaced it, or coordinates.",
    NO_KIND: "Say what kind of incident it is.",
    KIND_UNMAPPED: "Map the word to a crime type, or to 'leave out'.",
    KIND_LEFT_OUT: "Nothing need be done.",
    NO_COUNT: "Say how many incidents the row stands for.",
    NO_SUCH_COUNT: "Give a whole number; a number that was held back, such as <5, cannot be counted.",
    COUNTS_NONE: "Nothing need be done.",
    TOO_MANY: "More than 1,000 at one time and place are the total of something: give a row for each time and place.",
    REPEATED: "The first row with this number is kept. Are rows parts of one incident (--rows-are parts)? If a number "
    "may stand for several incidents, map no reference.",
    ELSEWHERE: "Import its old month again too, or it would be there twice. If numbers begin anew, map no reference.",
}  # fmt: skip
