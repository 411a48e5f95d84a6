"""The file of what was measured: one entry for each area, source and crime type, with its months and data version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from data.access.actor import MACHINE, Actor
from data.access.acts import acting, allow
from data.store.schema import POLICE_UK
from data.store.store import write_json
from geo.errors import InputError

FILE = "measured.json"
FORMAT = 1
Rows = tuple[Mapping[str, Any], ...]
PARTS = ("hotspots", "forecast", "tests", "verdicts", "spread")
_ANEW = "Delete it and measure again: python -m analysis backtest all"


@dataclass(frozen=True)
class Measurement:
    """What was measured on one crime type of one area.

    Attributes
    ----------
    area_code, area : str
        Of the area file.
    category : str
    first, last : str
        First and last month of the data, "2024-12".
    months : int
        How many of them are there.
    source : str
    data_version : str
        Of the data; empty where it was not kept.
    made_at : str
        Time, UTC; empty where it was not kept.
    parts : mapping of str to rows
        By ``PARTS``: means of the ranking (:func:`analysis.where.validation.summarise`) and of the forecast
        (:func:`analysis.ahead.forecast_backtest.scores`), false alarms (``test``, ``unit``, ``level``, ``rejected``,
        ``trials``), verdicts (``kind``, ``trials``, ``cannot_tell``, ``fell``, ``rose``) and how far forecasts of the
        rest of a year went wrong (``months_left``, ``sigma``, ``windows``, ``apart``).
    left_out : tuple of str
        What could not be measured, and why.
    """

    area_code: str
    area: str
    category: str
    first: str
    last: str
    months: int
    source: str = POLICE_UK
    data_version: str = ""
    made_at: str = ""
    parts: Mapping[str, Rows] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is of: one measurement of each is kept."""
        return self.area_code, self.source, self.category

    def of(self, part: str) -> Rows:
        """Rows of a part; none where it could not be measured."""
        return self.parts.get(part, ())


def read_measured(store: Path) -> tuple[Measurement, ...]:
    """Read what was measured on the data of a store, in the order in which it was.

    Raises
    ------
    InputError
        The file cannot be read or holds something else.
    """
    path = store / FILE
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"what was measured cannot be read: {error}", file=str(path), hint=_ANEW) from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT or not isinstance(raw.get("measured"), list):
        raise InputError("this is no file of what was measured", file=str(path), hint=_ANEW)
    try:
        return tuple(_measurement(one) for one in raw["measured"])
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise InputError(f"an entry of what was measured is damaged: {error}", file=str(path), hint=_ANEW) from error


def keep_measured(store: Path, one: Measurement, actor: Actor = MACHINE) -> None:
    """Put a measurement in place of an earlier one of the same area, source and crime type.

    Raises
    ------
    NotAllowedError
        The actor may not import.
    InputError
        The file cannot be read or written.
    """
    allow(actor, "measure")
    kept = [*(other for other in read_measured(store) if other.key != one.key), one]
    with acting(store, actor, "measure", one.category):
        write_json(store, FILE, {"format": FORMAT, "measured": [asdict(other) for other in kept]})


def _measurement(raw: Mapping[str, Any]) -> Measurement:
    known = {name: raw[name] for name in (one.name for one in fields(Measurement))}
    parts = {name: tuple(dict(row) for row in rows) for name, rows in known["parts"].items()}
    words = {name: known[name] for name in known if name not in {"parts", "left_out", "months"}}
    if not all(isinstance(value, str) for value in (*words.values(), *known["left_out"])):
        raise ValueError("a text is expected")
    return Measurement(**words, months=int(known["months"]), parts=parts, left_out=tuple(known["left_out"]))
