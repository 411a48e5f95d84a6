"""Whether a mapping fits a file, and keeps nothing personal of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from data.feed.mapping import COUNTS, NOT_SAID, PARTS, FeedMapping
from data.feed.personal import personal_columns
from data.feed.postcode_text import POSTCODE_HINT, why_no_postcodes
from data.feed.table import Table
from data.store.collected_errors import collect
from geo.errors import InputError

PAIRS = (("easting", "northing"), ("longitude", "latitude"))
PLACES = (*PAIRS, ("point",), ("postcode",))


def check_mapping(table: Table, mapping: FeedMapping, personal: Mapping[str, str] | None = None) -> None:
    """Refuse a mapping that does not fit the file, or that would keep what is personal.

    Parameters
    ----------
    table : Table
    mapping : FeedMapping
    personal : mapping, optional
        Of :func:`data.feed.personal.personal_columns`; looked for where it is not given.

    Raises
    ------
    InputError
        Every column that is missing, personal or mapped twice, and what is not mapped though it must be.
    """
    personal = personal_columns(table) if personal is None else personal
    columns = mapping.columns
    with collect() as problems:

        def add(message: str, column: str | None = None, hint: str | None = None) -> None:
            problems.add(InputError(message, file=table.name, column=column, hint=hint))

        for target, column in columns.items():
            if column not in table.columns:
                add(f"there is no such column for {target}", column, f"There are: {', '.join(table.columns)}")
            elif target == "postcode":  # personal as text, and never kept as such
                if why := why_no_postcodes(table.filled(column)):
                    add(why, column, POSTCODE_HINT)
            elif column in personal:
                add(
                    f"the column {personal[column]}, and can never be mapped",
                    column,
                    f"Leave {target} without it, or have the file made without personal data.",
                )
        for column, times in Counter(columns.values()).items():
            if times > 1:
                add("the column is mapped more than once", column, "One column, one meaning.")
        if not columns.get("start"):
            add("no column is mapped to the date", hint="Map one to start.")
        given = [place for place in PLACES if any(columns.get(each) for each in place)]
        whole = [place for place in given if all(columns.get(each) for each in place)]
        if len(given) != 1 or not whole:
            add(
                "the place is mapped twice" if len(whole) > 1 else "the place is not mapped",
                hint="Map easting and northing, or longitude and latitude, or one column of points or postcodes.",
            )
        if not mapping.category and not columns.get("category"):
            add(
                "what kind of incident the rows are is not said",
                hint='Give every row one crime type (--category "Anti-social behaviour"), or map a column and its '
                "words.",
            )
        _check_rows_are(mapping, add)
        for time_target, date_target in (("start_time", "start"), ("end_time", "end")):
            if columns.get(time_target) and not columns.get(date_target):
                add(f"{time_target} is mapped without {date_target}", columns[time_target], f"Map {date_target} too.")


def _check_rows_are(mapping: FeedMapping, add: Callable[..., None]) -> None:
    if mapping.rows_are == NOT_SAID:
        add(
            "what a row stands for is not said",
            hint="Say whether it is one incident, one of several rows of an incident, or a number of incidents "
            "(--rows-are incidents, parts or counts).",
        )
    if mapping.rows_are == PARTS and not mapping.columns.get("reference"):
        add("rows are parts of incidents, and no column tells of which", hint="Map reference to its number.")
    if mapping.rows_are == COUNTS and not mapping.columns.get("count"):
        add("rows count incidents, and no column tells how many", hint="Map count to it.")
    if mapping.columns.get("count") and mapping.rows_are not in (COUNTS, NOT_SAID):
        add(
            "a number of incidents is mapped, and rows are not said to count",
            mapping.columns["count"],
            "Say that rows count (--rows-are counts), or leave count without a column.",
        )
