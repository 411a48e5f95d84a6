"""What stands in the way of forgetting a restricted zone: once it is gone, nobody knows its name to take it out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.plan.kept import Kept
from data.problem.problems import PROBLEMS
from data.zone.unnamed import NOT_PRINTED, cleaner
from data.zone.zone import Zone
from data.zone.zones import ZONES
from geo.errors import InputError

_OWN_WORDS = {
    "source", "category", "state", "kind", "key", "by", "data_version", "cells", "wards", "ward_layer",
}  # fmt: skip  # of a problem, which nobody types


def free_of(store: Path, one: Kept[Zone]) -> None:
    """Check that no revision of a problem names a restricted zone that is to be forgotten.

    Raises
    ------
    InputError
        Some do; their numbers stand in it.
    """
    every = [each.content for each in ZONES.history(store, one.id)]
    if not any(zone.restricted for zone in every):
        return
    clean, as_it_is = cleaner({zone.name for zone in every}), cleaner(())

    def names_it(text: str) -> bool:
        return clean(text).count(NOT_PRINTED) > as_it_is(text).casefold().count(NOT_PRINTED)

    naming = [one.id for one in PROBLEMS.listed(store) if any(map(names_it, _all_texts(store, one.id)))]
    if naming:
        many = f"problem {naming[0]} names" if len(naming) == 1 else f"problems {', '.join(map(str, naming))} name"
        raise InputError(
            f"{many} it, now or in an older revision: without the zone nobody would know what to take out there",
            hint="Forget them first, or keep the zone in the archive.",
        )


def _all_texts(store: Path, number: int) -> set[str]:
    """Texts of all revisions of a problem, each once."""
    return {text for each in PROBLEMS.history(store, number) for text in _texts(each.content.to_json())}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [part for key, part in value.items() if key not in _OWN_WORDS]
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value
