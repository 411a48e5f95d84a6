"""The page for a crew's phone: whole in itself, escaped, small, every stop in order with its link."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from data.place.area import Area
from geo.crs import to_bng
from pages.ui.plan.paper.phone import MOST_BYTES, crews, phone_page
from tests.map.made_ground import CREDIT, ground
from tests.plan.made_plans import DRIVERS, WALKERS, made_plan
from tests.plan.test_plan_exports import hostile


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(page: bytes) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(page.decode())
    return parser.found


def test_every_stop_is_there_in_order_with_a_box_and_a_link(area: Area) -> None:
    plan = made_plan()
    assert crews(plan) == (WALKERS, DRIVERS)
    page = phone_page(plan, area, None, DRIVERS)
    assert len(page) < MOST_BYTES
    found = tags(page)
    links = [attrs["href"] or "" for tag, attrs in found if tag == "a"]
    visits = [visit for shift in plan.shifts for visit in shift.patrols[1].visits]
    assert len(links) == len(visits) == sum(attrs.get("type") == "checkbox" for _, attrs in found)
    for link, visit in zip(links, visits, strict=True):
        lat, lon = map(float, re.fullmatch(r"geo:(-?[\d.]+),(-?[\d.]+)", link).groups())  # type: ignore[union-attr]
        east, north = to_bng([lon], [lat])
        assert abs(float(east[0]) - visit.easting_m) < 1
        assert abs(float(north[0]) - visit.northing_m) < 1
    assert "prefers-color-scheme:dark" in page.decode()
    assert "Solver" not in page.decode()


def test_it_needs_nothing_from_elsewhere_and_no_text_becomes_markup(area: Area) -> None:
    plan = hostile(made_plan())
    page = phone_page(plan, area, None, crews(plan)[0])
    found = tags(page)
    assert not {"script", "link", "iframe", "b"} & {tag for tag, _ in found}
    sources = [value or "" for _, attrs in found for name, value in attrs.items() if name in ("src", "href")]
    assert all(source.startswith(("data:image/png;base64,", "geo:")) for source in sources)
    assert sum(source.startswith("data:") for source in sources) > 0


def test_whoever_made_the_streets_is_named_where_they_are_shown(area: Area, tmp_path: Path) -> None:
    made = ground(area, tmp_path)
    assert CREDIT in phone_page(made_plan(), area, made, DRIVERS).decode()
