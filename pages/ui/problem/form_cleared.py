"""A problem as it may leave the dashboard: what would tell of a restricted zone is taken out, here and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data.plan.kept import Kept
from data.problem.problem import ZONE, Line, Problem, Response, Step, Tally
from data.zone.zone import Zone
from data.zone.zones import ZONES
from pages.ui.shell.cache import Dataset, once

NOT_PRINTED = "a zone that is not printed"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_LEAST = 4  # letters: a shorter name stands in any text
_REFERENCE = r"(?<![A-Za-z0-9]){}\s?{}\s?{}(?!\d)"


@dataclass(frozen=True)
class Cleared:
    """A revision of a problem that may leave.

    Attributes
    ----------
    kept : Kept of Problem
        Without names, outlines and cells of restricted zones.
    hidden : bool
        Its places were taken from a restricted zone: it has no cells, and no map is drawn.
    """

    kept: Kept[Problem]
    hidden: bool

    @property
    def problem(self) -> Problem:
        """What is left of the problem."""
        return self.kept.content


def zones_of(store: Path) -> dict[int, tuple[Zone, ...]]:
    """Read every revision of every zone, archived ones too, by number.

    Raises
    ------
    InputError
        The file of plans cannot be used: then nothing leaves.
    """
    return {one.id: tuple(each.content for each in ZONES.history(store, one.id)) for one in ZONES.listed(store)}


def zones_in(data: Dataset) -> dict[int, tuple[Zone, ...]]:
    """Give :func:`zones_of` the data's store, read once while a page is drawn."""
    return once("every revision of zones", data.store, zones_of)


def untold(number: int, zones: Mapping[int, Sequence[Zone]]) -> bool:
    """Whether nothing of a zone may leave: one of its revisions is restricted, or it is not there any more.

    The demonstration's example has a number below 0, and may.

    Parameters
    ----------
    number : int
    zones : mapping of int to sequence of Zone
        Every revision of every zone, by number: see :func:`zones_in`.
    """
    return number >= 0 and (number not in zones or any(zone.restricted for zone in zones[number]))


def cleared(one: Kept[Problem], zones: Mapping[int, Sequence[Zone]]) -> Cleared:
    """Take out of a problem what would tell of a restricted zone.

    Parameters
    ----------
    one : Kept of Problem
    zones : mapping of int to sequence of Zone
        Every revision of every zone, by number: see :func:`zones_of`. A zone is restricted where one of its revisions
        is; one that is not there any more is taken for restricted.

    Returns
    -------
    Cleared

    Notes
    -----
    Names are taken out of every text, whoever typed them; those of under 4 letters only where a text is the name.
    Where the places were taken from such a zone all cells go, also of other places: a hole in a map would tell.
    """
    restricted = {number: every for number, every in zones.items() if untold(number, zones)}
    names = {zone.name for every in restricted.values() for zone in every}
    problem = one.content
    hidden = problem.where.zone != 0 and untold(problem.where.zone, zones)
    clean = _cleaner(names, problem.where.cells if hidden else ())
    where = replace(problem.where, names=tuple(dict.fromkeys(map(clean, problem.where.names))))
    if hidden:
        kept_names = where.names if problem.where.zone in zones else ()
        told = tuple(name for name in kept_names if name != NOT_PRINTED)
        where = replace(where, cells=(), zone=0, names=(*told, NOT_PRINTED))
    measure = problem.measure
    if measure is not None:
        measure = replace(measure, baseline=clean(measure.baseline), said=clean(measure.said))
    content = replace(
        problem,
        title=clean(problem.title),
        owner=clean(problem.owner),
        where=where,
        objective=clean(problem.objective),
        measure=measure,
        scanning=_step(problem.scanning, clean),
        analysis=_step(problem.analysis, clean),
        response=_step(problem.response, clean),
        assessment=_step(problem.assessment, clean),
        responses=tuple(_response(each, clean, zones) for each in problem.responses),
        tallies=tuple(_tally(each, clean) for each in problem.tallies),
    )
    return Cleared(replace(one, content=content, what=clean(one.what)), hidden)


def _cleaner(names: Iterable[str], cells: Sequence[str]) -> Callable[[str], str]:
    """Give what takes names and references of cells out of a text."""
    seen = (" ".join(_seen(name).split()) for name in names)
    spaced = sorted({name for name in seen if name}, key=lambda name: (-len(name), name))
    whole = {name.casefold() for name in spaced}
    parts = [r"(?<!\w)" + r"\s+".join(map(re.escape, name.split(" "))) + r"(?!\w)" for name in spaced
             if sum(letter.isalpha() for letter in name) >= _LEAST]  # fmt: skip
    parts += [_REFERENCE.format(cell[:2], cell[2:5], cell[5:]) for cell in cells]
    pattern = re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def clean(text: str) -> str:
        text = _seen(text)
        if " ".join(text.split()).casefold() in whole:
            return NOT_PRINTED
        return text if pattern is None else pattern.sub(NOT_PRINTED, text)

    return clean


def _seen(text: str) -> str:
    """Give the letters as they are printed: composed, and without those that nobody sees."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in _UNSEEN or c == "\n")


def _step(step: Step, clean: Callable[[str], str]) -> Step:
    signed = step.signed
    if signed is not None:
        signed = replace(signed, role=clean(signed.role))
    return Step(tuple(_line(line, clean) for line in step.lines), signed)


def _line(line: Line, clean: Callable[[str], str]) -> Line:
    return replace(line, text=clean(line.text), data_text=clean(line.data_text))


def _response(one: Response, clean: Callable[[str], str], zones: Mapping[int, Sequence[Zone]]) -> Response:
    secret = one.kind == ZONE and untold(one.ref, zones)
    return replace(one, what=NOT_PRINTED if secret else clean(one.what), partner=clean(one.partner))


def _tally(one: Tally, clean: Callable[[str], str]) -> Tally:
    rows = tuple(replace(row, label=clean(row.label)) for row in one.rows)
    return replace(one, name=clean(one.name), source=clean(one.source), rows=rows)
