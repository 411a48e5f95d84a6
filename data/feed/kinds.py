"""From the words of a partner's file to what the dashboard counts by."""

from __future__ import annotations

from collections import Counter

import numpy as np

from data.feed.mapping import LEAVES_OUT, LEFT_OUT, VALUED, FeedMapping
from data.feed.reasons import KIND_LEFT_OUT, KIND_UNMAPPED, NO_KIND, Reject
from data.feed.table import Table


def read_kinds(
    table: Table, mapping: FeedMapping, target: str, reject: Reject, unmapped: dict[str, dict[str, int]]
) -> list[str]:
    """Ours for every row; empty where there is none. A column goes before what is the same for all rows."""
    fixed: str = getattr(mapping, target)
    column = mapping.columns.get(target)
    if not column:
        return [fixed] * len(table.lines)
    texts = table.columns[column]
    folded = {theirs.casefold(): ours for theirs, ours in mapping.words.get(target, {}).items()}
    own = {ours.casefold(): ours for ours in VALUED[target]}
    found = {text: folded.get(text.casefold(), own.get(text.casefold(), "")) for text in set(texts)}
    kinds = [found[text] for text in texts]
    missing = Counter(text for text, ours in zip(texts, kinds, strict=True) if text and not ours)
    if missing:
        unmapped[target] = dict(missing.most_common())
    if target in LEAVES_OUT:
        reject(KIND_LEFT_OUT, np.array([ours == LEFT_OUT for ours in kinds], dtype=bool), target)
    if target != "category":
        return kinds
    kinds = [ours or ("" if text else fixed) for text, ours in zip(texts, kinds, strict=True)]
    blank = np.array([not text for text in texts], dtype=bool)
    none = np.array([not ours for ours in kinds], dtype=bool)
    reject(NO_KIND, none & blank, target)
    reject(KIND_UNMAPPED, none, target)
    return kinds
