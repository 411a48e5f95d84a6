"""A changed filter of Hotspots without a browser: the server's share of it, on 73 real months.

``python -m tests.benchmarks --only change``. A blank page is run again in turns with it.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from functools import cache

from tests.benchmarks import given
from tests.benchmarks.table import Row, by_turns

CHANGES = ("Drugs", "Anti-social behaviour")
MOST_SECONDS = 0.5
BLANK = "import streamlit as st\nst.write(st.text_input('Word'))\n"


def rows(quick: bool) -> Iterator[Row]:
    """Two crime types in turn, after each was seen once."""
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1 import AppTest

    # AppTest reads what every package says of itself in each run, which a server does once
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    os.environ |= {"DASHBOARD_DATA": str(given.real_store()), "DASHBOARD_TODAY": "2025-01-15"}
    page = AppTest.from_file(str(given.ROOT / "app.py"), default_timeout=60)
    page.run().switch_page("pages/hotspots.py").run()
    blank = AppTest.from_string(BLANK, default_timeout=60).run()
    turn, words = itertools.cycle(CHANGES), itertools.count()

    def change() -> None:
        page.selectbox[0].set_value(next(turn)).run()
        if page.exception:
            raise ValueError(page.exception[0].message)

    def again() -> None:
        blank.text_input[0].set_value(str(next(words))).run()

    change()
    change()
    mine, theirs = by_turns(change, again, time.process_time, 4 if quick else 20)
    yield Row("changed filter of Hotspots", mine, "s of processor", "blank page", theirs, limit=MOST_SECONDS)
