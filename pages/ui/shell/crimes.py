"""Which crime types the address asks for: one, several with commas between, or a sum by its name."""

from __future__ import annotations

from data.kinds.changes import EVERY
from data.kinds.crime_types import ASB, GROUPS, addable, group_of, kinds_of, together
from pages.ui.shell.address import slug

_CATEGORY_OF = {slug(name): name for name in EVERY}
_GROUP_OF = {slug(group.name): group.category for group in GROUPS}


def category_word(category: str) -> str:
    """Write a choice of crime types as a word of the address: a group by its name, others with commas between."""
    group = group_of(category)
    return slug(group.name) if group is not None else ",".join(slug(kind) for kind in kinds_of(category))


def read_category(word: str) -> tuple[str, tuple[str, ...], bool]:
    """Read such a word.

    Returns
    -------
    category : str
        Of what could be read and added; ASB where there is nothing.
    unknown : tuple of str
        What is no crime type.
    asb_left_out : bool
        ASB stood among crimes, to which it is never added.
    """
    if word in _GROUP_OF:
        return _GROUP_OF[word], (), False
    parts = tuple(dict.fromkeys(word.split(",")))
    unknown = tuple(part for part in parts if part not in _CATEGORY_OF)
    kinds = [_CATEGORY_OF[part] for part in parts if part in _CATEGORY_OF]
    crimes = [kind for kind in kinds if addable(kind)]
    return together(crimes or [ASB]), unknown, len(crimes) > 0 and len(crimes) < len(kinds)
