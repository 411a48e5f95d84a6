"""A table whose text goes to the next line, and whose rows stand one under another on a phone."""

from __future__ import annotations

from html import escape

import pandas as pd


def rows_html(table: pd.DataFrame, label: str) -> str:
    """Write a short table of words.

    Parameters
    ----------
    table : DataFrame
        Of text; escaped here.
    label : str
        What it holds, for those who do not see it.

    Returns
    -------
    str
    """
    heads = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table.columns)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-column="{escape(str(name))}">{escape(str(value))}</td>'
            for name, value in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for row in table.itertuples(index=False)
    )
    return (
        f'<section class="review"><table aria-label="{escape(label)}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></section>"
    )
