"""Files that leave the dashboard: named so that they can be told apart, marked where simulated, harmless in Excel."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd
import streamlit as st

from analysis.cli.output import neutral
from analysis.common.method import Method
from data.kinds.crime_types import ASB, group_of, is_sum, kinds_of, sum_words
from data.store.schema import POLICE_UK
from pages.ui.shell import address, screenshot
from pages.ui.shell.cache import Dataset
from pages.ui.shell.frame import ASB_NOTE, POLICE_ATTRIBUTION, age, source_words
from pages.ui.shell.origins import origin_words

SIMULATED = "simulated"
SIMULATED_LINE = screenshot.SIMULATED_LINE
_NAMED = 3  # crime types of a sum that a file name names
# Excel reads a CSV as UTF-8 only where it begins with a byte order mark; pandas and R skip it.
_ENCODING = "utf-8-sig"


def slug(text: str) -> str:
    """Shorten a name to what may stand in a file name: "Anti-social behaviour" is "asb"; a long sum is its number."""
    if is_sum(text):
        group, kinds = group_of(text), kinds_of(text)
        text = group.name if group is not None else text if len(kinds) <= _NAMED else f"{len(kinds)} crime types"
    return "asb" if text == ASB else address.slug(text)


def file_name(data: Dataset, *parts: str, ending: str = "csv") -> str:
    """Name a file: area, what it holds and until when, such as ``area-asb-2024-12.csv``.

    Parameters
    ----------
    data : Dataset
    *parts : str
        Such as the crime type and the as-at month; empty ones are left out.
    ending : str

    Returns
    -------
    str
        With ``simulated`` in it where the data are.
    """
    names = [slug(part) for part in (data.area.name, *parts, SIMULATED if data.simulated else "")]
    return "-".join(name for name in names if name) + f".{ending}"


def about(
    data: Dataset, what: str, period: str = "", method: Method | None = None, asb: bool = False, of: str = ""
) -> tuple[str, ...]:
    """Say, for the head of a file, where its figures come from and what they do not say.

    Parameters
    ----------
    data : Dataset
    what : str
        What the table holds.
    period : str
    method : Method, optional
        How it was made, with its caveats.
    asb : bool
        It holds ASB; where ``of`` is ASB that needs not be said.
    of : str
        Crime type that it holds: of a sum the lines say which types it adds.

    Returns
    -------
    tuple of str
        One line each.
    """
    source = source_words(data.incidents.source)
    lines = [
        SIMULATED_LINE if data.simulated else "",
        f"{data.area.name}: {what}",
        f"Period: {period}" if period else "",
        f"Source: {source}; data version {data.incidents.version}",
        age(data),
        data.area.layer_words,
        f"Method: {method.line()}" if method else "",
        *((*method.caveats, origin_words(method)) if method else ()),
        ASB_NOTE if asb or of == ASB else "",
        sum_words(of),
        "" if data.simulated or data.incidents.source != POLICE_UK else POLICE_ATTRIBUTION,
        data.area.wards.attribution,
    ]
    return tuple(line for line in lines if line)


def csv_bytes(frame: pd.DataFrame, lines: Iterable[str] = ()) -> bytes:
    """Write a table as CSV for Excel and for programs.

    Parameters
    ----------
    frame : DataFrame
        Its columns are written, its index is not.
    lines : iterable of str
        Head of the file, each on a line that begins with ``#``, so that ``read_csv(..., comment="#")`` skips them.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark, lines ending as RFC 4180 has it, text in quotes, text and column names that would
        be a formula made harmless. Missing values are empty, never 0.
    """
    # A comma or a quote in a line would make cells of it, a line end would end the comment.
    written = ["# " + re.sub(r"\s+", " ", line).replace(",", ";").replace('"', "'") for line in lines]
    written.append(",".join(_quoted(str(name)) for name in frame.columns))
    columns = [_cells(column) for _, column in frame.items()]  # twice as fast as by position
    written += [",".join(row) for row in zip(*columns, strict=True)]
    return ("\r\n".join(written) + "\r\n").encode(_ENCODING)


def _quoted(text: str) -> str:
    return '"' + neutral(text).replace('"', '""') + '"'


def _cells(column: pd.Series) -> list[str]:
    whole = pd.api.types.is_integer_dtype(column.dtype)
    number = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    found = []
    values = column.to_numpy(dtype=object) if isinstance(column.dtype, pd.StringDtype) else column  # not one by one
    for value, absent in zip(values, column.isna().to_numpy(), strict=True):
        if absent:
            found.append("")
        elif number:
            found.append(str(int(value)) if whole else repr(float(value)))
        else:
            found.append(_quoted(str(value)))
    return found


def csv_button(frame: pd.DataFrame, name: str, lines: Iterable[str], *, key: str, label: str = "CSV") -> None:
    """Draw a button that saves a table as CSV.

    Parameters
    ----------
    frame : DataFrame
    name : str
        Of :func:`file_name`.
    lines : iterable of str
        Of :func:`about`.
    key, label : str

    Notes
    -----
    In the screenshot view the lines go into its footer instead.
    """
    if screenshot.on():
        screenshot.carry(lines)
        return
    st.download_button(
        label,
        csv_bytes(frame, lines),
        file_name=name,
        mime="text/csv",
        key=key,
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )
