"""Incidents of a test in place of what is stored, for pages."""

from __future__ import annotations

import pytest

from data.store.schema import Incidents
from pages.ui.shell import cache, one_state


def in_place_of_the_store(monkeypatch: pytest.MonkeyPatch, incidents: Incidents) -> None:
    """Let every page read these, and no dated feed.

    Parameters
    ----------
    monkeypatch : pytest.MonkeyPatch
    incidents : Incidents
    """
    monkeypatch.setattr(cache, "load", lambda store, area, source="police.uk": incidents)
    monkeypatch.setattr(cache, "feed_names", lambda store: ())
    for module in (cache, one_state):
        monkeypatch.setattr(module, "store_version", lambda store: incidents.version)
