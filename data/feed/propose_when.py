"""Which columns of a partner's file are probably its dates and times."""

from __future__ import annotations

from data.feed.taken import Taken, are_dates, are_times, have_times

# Words of a header, the best first.
_START = (
    r"\b(occurred|committed|start|started|from|earliest)\b.*",
    r"\b(incident|event|offence|offense|fire)\b.*\b(date|time)\b|\bdate\b.*\b(incident|event|offence|fire)\b",
    r"\bdate ?time\b|\bdate\b|\bwhen\b|\btimestamp\b",
    r"\b(received|reported|call|logged|created|recorded|mobilised)\b",
    r".*",
)
_END = (r"\b(end|ended|until|to|latest|finish|finished)\b",)
_START_TIME = (r"\b(occurred|start|from|incident|event|call)\b.*\b(time|hour)\b|\btime\b", r"\bhour\b|\bhrs\b")
_END_TIME = (r"\b(end|until|to|latest|finish)\b.*\btime\b|\btime\b.*\b(end|until|to|latest|finish)\b",)
_LATE = r"\b(end|ended|until|to|latest|finish\w*|closed|close|resolved|updated|modified|cleared|stop)\b"


def take_times(taken: Taken) -> None:
    """Take columns for start and end, and for their times of day where these stand apart."""
    taken.take("start", _START, are_dates, _LATE)
    if "start" not in taken.columns:
        taken.take("start", _START, are_dates)
    taken.take("end", _END, are_dates)
    for date, time, headers, but in (("start", "start_time", _START_TIME, _LATE), ("end", "end_time", _END_TIME, "")):
        if date in taken.columns and not have_times(taken.values(taken.columns[date])):
            taken.take(time, headers, are_times, but)
