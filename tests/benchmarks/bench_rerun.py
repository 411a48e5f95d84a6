"""Processor time of one run of each page whose answers are known: a person goes to and fro between two crime types.

Wall time says nothing on a machine that does other work, and fifty people share processors, not screens. The limit is
half of what the same run of Hotspots took before maps and charts were kept, for Hotspots a third. What the test does to
read a page is counted with it. ``python -m tests.benchmarks --only rerun``
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from tests.benchmarks.given import ROOT, real_store
from tests.benchmarks.table import Row
from tests.tab_pages import PAGES, TIMEOUT

LIMITS_S = {"Hotspots": 0.05}
LIMIT_S = 0.075
TURNS = 15
CHOICE, CHOSEN = "filter_category", ("Drugs", "Burglary")
ASKED = ("Overview", "Hotspots", "Seasonal peaks", "Plan targets")


def rows(quick: bool) -> Iterator[Row]:
    """Each page on 73 real months."""
    os.environ["DASHBOARD_DATA"] = str(real_store())
    os.environ["DASHBOARD_TODAY"] = "2025-01-15"
    for page in ASKED:
        ours = tuple(_spent(PAGES[page], 3 if quick else TURNS))
        yield Row(f"a run of {page}, answers known", ours, "s of processor", limit=LIMITS_S.get(page, LIMIT_S))


def _spent(page: str, turns: int) -> Iterator[float]:
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
    if page:
        at.switch_page(page)
    at.run()
    for turn in range(turns + 2 * len(CHOSEN)):
        at.session_state[CHOICE] = CHOSEN[turn % len(CHOSEN)]
        begun = time.process_time()
        at.run()
        if at.exception:
            raise AssertionError(at.exception[0].message)
        if turn >= 2 * len(CHOSEN):
            yield time.process_time() - begun
