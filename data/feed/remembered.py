"""How the last file of a feed was read: its mapping, kept in the store for the next one."""

from __future__ import annotations

import json
from pathlib import Path

from data.feed.mapping import FeedMapping, feed_slug, mapping_from_json
from data.store.store import FEEDS, write_json
from geo.errors import InputError


def remembered_mapping(store: Path, feed: str) -> FeedMapping | None:
    """Give the mapping with which a feed was last imported; None where there is none.

    Raises
    ------
    InputError
        The name is no name, or what was remembered cannot be read.
    """
    path = store / FEEDS / f"{feed_slug(feed)}.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"the mapping of the feed cannot be read: {error}", file=str(path), hint="Delete it, or give --mapping."
        ) from error
    return mapping_from_json(raw, str(path))


def remember_mapping(store: Path, feed: str, mapping: FeedMapping) -> None:
    """Keep a mapping for the next file of a feed."""
    write_json(store, f"{FEEDS}/{feed_slug(feed)}.json", mapping.to_json())
