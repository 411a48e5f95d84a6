"""A number with one name has one value, on every page, slide and file."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from data.place.area import Area
from pages.ui.briefing import make as briefing_make
from pages.ui.briefing.panel import PANELS, TOWNSHIPS
from pages.ui.briefing.slides import notes
from tests.briefing.briefing_checks import asked, real_data
from tests.tab_pages import Open, text

# What is said, and how the words around the number name it.
NAMED = {
    "ASB of the 12 months to December 2024": (
        r"ASB: ([\d,]+) in January 2024 to December 2024", r"ASB: ([\d,]+) in the 12 months to December 2024",
        r"Knowsley: ([\d,]+) in January 2024 to December 2024", r"ASB, Jan to Dec 2024[:,]? ([\d,]+)",
        r"12 months to December 2024: ([\d,]+)",
    ),
    "ASB of the year before": (
        r"ASB: [\d,]+ in [^,]+, ([\d,]+) in January 2023", r"about the same as ([\d,]+) in the 12 months before \(\+4",
        r"([\d,]+) the year before: no clear change \(95\s%\sinterval −15",
    ),
    "change of ASB": (
        r"ASB: [^.]+?\((\+?−?\d+)\s%, 95\s%\sinterval", r"ASB: 1,742 [^(]+\((\+?−?\d+)\s%, within",
        r"ASB, Jan to Dec 2024: 1,742, (\+\d+)\s%",
    ),
    "ASB against the path": (r"1,742 in the 12 months to December 2024, (\d+)\s% above the path",
                             r"12 months to December 2024: 1,742, (\d+)\s% above the path"),
    "path": (r"above the path \(([\d,]+)\)", r"Last 12, Jan to Dec 2024, 1,742, ([\d,]+)"),
    "target": (r"2026/27 will have at most ([\d,]+)", r"2026/27 would have to be [^(]+\(([\d,]+) against 1,742"),
    "October of ASB": (r"ASB in October runs (?:at )?about ([\d.]+) times an ordinary month",),
    "October of the index": (r"October (?:is highest, at|runs at) ([\d.]+) times an average month",),
    "caught": (r"the top 5\s% of cells caught (\d+)\s% of incidents",),
    "expected next month": (r"[Aa]bout (\d+) ASB incidents are expected in January 2025",
                            r"of the (\d+) incidents of anti-social behaviour expected in January 2025"),
    "most ASB": (r"has the most ASB: (\d+) in 12 months",),
}  # fmt: skip


@pytest.fixture
def said(opened: Open, real_store: Path, area: Area) -> dict[str, str]:
    """What pages and panels of a briefing say of the real store, by where it is said."""
    found = {}
    for page in ("Overview", "Hotspots", "Seasonal peaks", "Plan targets"):
        at = opened(real_store, page)
        metrics = " ".join(f"{one.label}: {one.value}" for one in at.metric)
        found[page] = f"{text(at)} {metrics}"
    data = real_data(real_store, area)
    keys = tuple(key for key in PANELS if key not in {"plan", "evaluation"})
    assert TOWNSHIPS in keys
    # slides, paper, README and workbook are made of these words: tests/briefing reads them back
    for panel in briefing_make.panels(data, asked(data, keys, as_at="2024-12", window="", year=None)):
        rows = panel.table.rows if panel.table else ()
        cells = [", ".join(row) for row in rows]
        found[f"panel {panel.key}"] = " ".join([panel.finding, panel.more, panel.alt, *notes(panel), *cells])
    return {name: re.sub(r"[\s\u00a0]+", " ", re.sub(r"<[^>]+>", " ", one)) for name, one in found.items()}


def test_a_number_with_one_name_has_one_value(said: dict[str, str]) -> None:
    for name, patterns in NAMED.items():
        values: dict[str, list[str]] = defaultdict(list)
        for where, words in said.items():
            for pattern in patterns:
                for value in re.findall(pattern, words):
                    values[value.strip("+,.")].append(where)
        assert len(values) == 1, (name, dict(values))
        assert len(next(iter(values.values()))) >= 2, (name, dict(values))
