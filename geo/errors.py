"""The one error for bad input: it names the place, echoes the value and says what to do."""

from __future__ import annotations

ROOM = "Make room or get access to the folder. Nothing was changed."  # where writing fails
REACH = "See that its disk or network drive is connected and may be read. Nothing was changed."  # where reading fails


class InputError(ValueError):
    """Input that cannot be used.

    Parameters
    ----------
    message : str
        What is wrong, as a sentence without the place.
    file : str, optional
        The file as the person named it; a member of an archive is ``archive.zip/member.csv``. Of what was typed or
        asked for, what it is: "the name of the feed".
    row : int, optional
        Line of the file, counted from 1 with the header as line 1.
    column : str, optional
        Name of the column.
    value : str, optional
        The value found, shortened to 80 characters.
    hint : str, optional
        What the person can do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = message
        self.file = file
        self.row = row
        self.column = column
        self.value = value if value is None or len(value) <= 80 else value[:77] + "..."
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        """Put place, problem, value and advice into one line."""
        place = [
            part
            for part in (
                self.file,
                f"row {self.row}" if self.row is not None else None,
                f"column {self.column!r}" if self.column is not None else None,
            )
            if part
        ]
        text = (", ".join(place) + ": " if place else "") + self.message
        if self.value is not None:
            text += f" (found {self.value!r})"
        return text + (f". {self.hint}" if self.hint else "")
