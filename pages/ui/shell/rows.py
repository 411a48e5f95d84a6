"""A table of texts that goes to the next line where it is wide, and whose rows stand one under another on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def rows_html(names: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> str:
    """Write a short table.

    Parameters
    ----------
    names : sequence of str
        Of its columns.
    rows : sequence of sequences of str
        Anything; escaped here, as names and label are.
    label : str
        What it holds, for those who do not see it.

    Returns
    -------
    str
        HTML with the roles of a table, which a phone's layout would take from it.
    """
    heads = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in names)
    body = "".join(
        '<tr role="row">'
        + "".join(
            f'<td role="cell" data-column="{escape(name)}">{escape(text)}</td>'
            for name, text in zip(names, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="review"><table role="table" aria-label="{escape(label)}"><thead role="rowgroup"><tr role="row">'
        f'{heads}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
    )
