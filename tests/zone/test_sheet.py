"""The evidence sheet: what stands on which page, that it is always two, and that it gives no small count away."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.common.disclosure import HIDDEN, UNDER
from analysis.common.refusal import Refusal
from analysis.common.years import Comparison
from analysis.zone.dated import DAYS, HOURS, Dated
from analysis.zone.months import zone_months
from analysis.zone.recorded import Beside, Recorded, recorded
from data.kinds.crime_types import ASB, CATEGORIES
from data.place.area import Area
from data.zone.zone import CLOSURE, Zone, kept_shape
from geo.errors import InputError
from pages.ui.paper.page import bind
from pages.ui.zone.sheet import sheet_pages, sheet_pdf
from pages.ui.zone.sheet_words import (
    DECIDES,
    MOST_KINDS,
    NOT_GROUNDS,
    Found,
    change_notes,
    change_rows,
    count_rows,
    simulated,
    sure,
)
from tests.made_incidents import made, months_of
from tests.paper.print_checks import collisions, outside, pdf_pages
from tests.zone.made_zones import made_zone

WHEN = datetime(2025, 1, 15, 9, 30)
NOTE = "This zone lasts 4 years: a public spaces protection order lasts at most 3 years (a source; it can be extended)."
LONG = "Saint Margaret of Antioch Memorial Gardens Approach Road North $x_2$ <b> 日本語 \x07 " * 3
MONTHS = tuple(pd.period_range("2024-01", "2024-12", freq="M"))


@pytest.fixture(scope="module")
def zone(area: Area) -> Zone:
    """It lies in October and November, in summer time and in winter time."""
    at = area.wards.outline.representative_point()
    starts = datetime(2024, 10, 26, 17, tzinfo=UTC)
    ends = datetime(2024, 11, 1, 17, tzinfo=UTC)
    return replace(made_zone(), wkt=kept_shape(at.buffer(150, quad_segs=4)), starts=starts, ends=ends)


def published(area: Area, zone: Zone, months: int = 73, *, simulated: bool = False) -> Recorded:
    """Each crime type in each month at three points in the zone, and one beside it."""
    at = zone.shape.centroid
    every = months_of(months, "2018-12") if months > 1 else months_of(1, "2024-12")
    rows = list(product(every, CATEGORIES, ((0, 0), (60, 20), (-50, 80), (170, 0))))
    found = made(
        [at.x + x for _, _, (x, _) in rows], [at.y + y for _, _, (_, y) in rows], [m for m, _, _ in rows], every,
        ward_code=area.wards.codes[0],
    )  # fmt: skip
    kinds = pd.Categorical([kind for _, kind, _ in rows], categories=found.frame["category"].cat.categories)
    return recorded(
        replace(found, frame=found.frame.assign(category=kinds), source="police.uk", simulated=simulated),
        area, zone.shape, zone_months(zone.starts, zone.ends, "Europe/London"),
    )  # fmt: skip


def partner(seed: int, total: int) -> Dated:
    """A feed's counts, most of them small."""
    rng = np.random.default_rng(seed)

    def split(n: int) -> tuple[int, ...]:
        share = rng.dirichlet(np.full(n, 0.6))
        return tuple(rng.multinomial(total, share).tolist())

    return Dated("council", ASB, MONTHS, split(12), split(len(DAYS)), split(len(HOURS)), total, 3, simulated=False)


@pytest.fixture(scope="module")
def full(area: Area, zone: Zone) -> Found:
    return Found(published(area, zone), partner(3, 40), "Known to December 2024")


def pages_of(raw: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", text) for text, _ in pdf_pages(raw, scale=0.1)]


def test_the_first_page_says_who_decides_and_the_second_how_sure(area: Area, zone: Zone, full: Found) -> None:
    raw = sheet_pdf(zone, full, area, None, when=WHEN, note=NOTE)
    assert raw == sheet_pdf(zone, full, area, None, when=WHEN, note=NOTE)
    first, second = pages_of(raw)
    for text in (NOT_GROUNDS, DECIDES, zone.name, zone.role, "Dispersal authorisation", "18:00 BST on 26 October 2024",
                 "17:00 GMT on 1 November 2024", "Length: This zone lasts 4 years", "ASB 36 48 75.0 % 48 36",
                 "Page 1 of 2", "Read by the authorising officer", "Contains data from data.police.uk",
                 f"{15 - MOST_KINDS} more are left out for want of room"):  # fmt: skip
        assert text in first, text
    for text in ("October 2024 to November 2024 6 – 78", "3 published points lie inside the zone, ",
                 "ASB in the 12 months to December 2024: 36 in the zone, 48 if it were 50 m wider, 36",
                 "Days and hours", "From the feed “council”", "How this was made", "Page 2 of 2",
                 "data version made"):  # fmt: skip
        assert text in second, text
    assert "SIMULATED" not in first + second


@pytest.mark.parametrize("shape", ["nothing", "one month", "long", "full"])
def test_there_are_two_pages_and_nothing_collides(area: Area, zone: Zone, full: Found, shape: str) -> None:
    note = NOTE
    found = full
    if shape == "nothing":
        why = Refusal("What was recorded in the zone is not known: nothing is loaded", "Load files on the Data page")
        found, note = Found(why, Refusal("There is no dated feed", "Load one")), ""
    if shape == "one month":
        found = Found(published(area, zone, 1), Refusal("There is no dated feed", "Load one"))
    if shape == "long":
        zone = replace(zone, name=LONG, role=LONG[:120], ends=None)
        note = NOTE * 4
        found = replace(full, age=LONG, dated=replace(partner(1, 1234), name=LONG[:100]))
    sheets = sheet_pages(zone, found, area, None, when=WHEN, note=note)
    assert len(sheets) == 2
    for sheet in sheets:
        assert collisions(sheet.figure) == []
        assert outside(sheet.figure) == []
    text = "\n".join(one.get_text() for one in sheets[0].figure.texts)
    assert NOT_GROUNDS in text
    assert DECIDES in text


def test_small_counts_are_no_per_cent_and_a_row_does_not_say_both(full: Found) -> None:
    """Nothing on paper tells what to do, and a change that can be chance is not "clearly fewer" beside the area."""
    found = full.recorded
    assert isinstance(found, Recorded)
    asb = found.kinds[0]
    assert isinstance(asb.late, Comparison)
    few = replace(asb.late, current=2, previous=14, change_ratio=1 / 7, low=0.0, high=4.2, differs=False)
    row = replace(asb, here=2, area=1742, late=few, beside=Beside(0.1, 0.01, 0.5, clear=True))
    small = replace(found, kinds=(row, *found.kinds[1:]))
    assert change_rows(small)[0][1:4] == ["2", "14", "can be chance"]
    assert change_rows(small)[0][5] == "not clear"
    assert count_rows(small)[0][3] == "–"
    clear = replace(small, kinds=(replace(row, late=replace(few, differs=True)), *found.kinds[1:]))
    assert change_rows(clear)[0][3:6:2] == ["clearly fewer", "clearly fewer"]
    assert "The zone begins in October 2024" in change_notes(found, "district")[-1]
    assert "not all that happened; they do not say who" in " ".join(sure(found))


def test_paper_gives_the_reason_and_no_advice(area: Area, zone: Zone) -> None:
    found = Found(Refusal("Nothing is loaded", "Load files"), Refusal("There is no dated feed", "Load a feed"))
    told = [one.get_text() for sheet in sheet_pages(zone, found, area, None, when=WHEN, note="")
            for one in sheet.figure.texts]  # fmt: skip
    assert "There is no dated feed." in told
    assert not [text for text in told if "Load" in text]


def test_a_restricted_zone_is_never_put_on_paper(area: Area, zone: Zone, full: Found) -> None:
    at = zone.shape.centroid
    for one in (replace(zone, kind=CLOSURE), replace(zone, wkt=kept_shape(shapely.box(at.x, at.y, at.x + 30, at.y)
                                                                          .buffer(4)))):  # fmt: skip
        with pytest.raises(InputError, match="never put on paper"):
            sheet_pdf(one, full, area, None, when=WHEN, note="")


def test_simulated_is_said_on_both_pages_and_across_the_map(area: Area, zone: Zone, full: Found) -> None:
    assert not simulated(zone, full)
    assert simulated(zone, replace(full, dated=replace(partner(3, 40), simulated=True)))
    sheets = sheet_pages(replace(zone, simulated=True), full, area, None, when=WHEN, note="")
    for sheet in sheets:
        assert any("SIMULATED" in text.get_text() for text in sheet.figure.texts)
    assert any(text.get_text() == "SIMULATED" for axes in sheets[0].figure.axes for text in axes.texts)


# --- no small count can be worked out from what is printed ---
def could_be(text: str, most: int) -> list[int]:
    if text == UNDER:
        return [1, 2, 3, 4]
    return [0, *range(5, most + 1)] if text == HIDDEN else [int(text.replace(",", ""))]


def sums(texts: list[str], most: int) -> set[int]:
    found = {0}
    for text in texts:
        found = {a + b for a in found for b in could_be(text, most) if a + b <= most}
    return found


@pytest.mark.parametrize(("seed", "total"), [(0, 3), (2, 23), (3, 60)])
def test_no_small_count_can_be_worked_out_from_the_print(
    area: Area, zone: Zone, full: Found, seed: int, total: int
) -> None:
    found = replace(full, dated=partner(seed, total))
    (second,) = pages_of(bind(sheet_pages(zone, found, area, None, when=WHEN, note="")[1:], zone.name, WHEN))
    value = rf"({UNDER}|{HIDDEN}|[\d,]+)(?= |$)"
    labels = ([f"{month:%b %Y}" for month in MONTHS], list(DAYS), list(HOURS))
    whole = re.search(rf"2024: {value} in all", second)
    assert whole is not None
    part = second[second.index("Day of the week") :]
    unknown = iter(re.findall(rf"Not known {value}", part))
    tables = []
    for each in labels:
        texts = []
        for label in each:
            if label == "Not known":
                texts.append(next(unknown))
                continue
            seen = re.search(rf"{label} {value}", part)
            assert seen is not None, label
            texts.append(seen[1])
        tables.append(texts)
    most = 3 * total + 20
    every = set(could_be(whole[1], most))
    for texts in tables:
        every &= sums(texts, most)
    assert total in every
    assert len(every) > 1 or whole[1] not in {UNDER, HIDDEN}
    for texts in tables:
        for k, text in enumerate(texts):
            if text in {UNDER, HIDDEN}:
                rest = sums(texts[:k] + texts[k + 1 :], most)
                fits = {value for value in could_be(text, most) if any(all_ - value in rest for all_ in every)}
                assert len(fits) > 1, (k, text, texts)
