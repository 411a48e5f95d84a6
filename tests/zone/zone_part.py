"""The zone part of the page Problems by itself, opened and pressed without a browser."""

from __future__ import annotations

from datetime import datetime

from streamlit.testing.v1 import AppTest

from data.access.actor import LOOK, PLAN, Actor
from tests.tab_pages import text

READER = Actor("reader", "any@council.example", frozenset({LOOK}))
PLANNER = Actor("planner", "sergeant@council.example", frozenset({LOOK, PLAN}))
SQUARE = "344000 391000\n344600 391000\n344600 391600\n344000 391600"
PART = """
from pages.ui.shell import filters, frame
from pages.ui.zone import page as zone_page
with frame.page("Problems") as view:
    filters.draw(view.data, ("as_at",))
    view.finding(zone_page.finding(view.data))
    zone_page.show(view.data)
"""


def part(**query: str) -> AppTest:
    """Open it with parameters in the address."""
    at = AppTest.from_string(PART, default_timeout=60)
    for name, value in query.items():
        at.query_params[name.replace("_", "-")] = value
    at.run()
    assert not at.exception
    return at


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def typed_form(at: AppTest, name: str, role: str = "Duty inspector", **fields: object) -> AppTest:
    """Type into the form that is on the page; fields by the end of their key."""
    key = next(one.key for one in at.text_input if one.key.endswith("_name")).removesuffix("_name")
    at.text_input(key=f"{key}_name").set_value(name)
    at.text_input(key=f"{key}_role").set_value(role)
    for field, value in fields.items():
        kinds = (at.date_input, at.time_input, at.selectbox, at.checkbox)
        next(one for kind in kinds for one in kind if one.key == f"{key}_{field}").set_value(value)
    at.run()
    assert not at.exception
    return at


def drawn(at: AppTest, corners: str = SQUARE) -> AppTest:
    """Type corners and take them."""
    at.text_area(key="zone_typed").set_value(corners)
    return press(at, "zone_corners_take")


def new_zone(
    name: str = "Town centre", role: str = "Duty inspector", corners: str = SQUARE, **fields: object
) -> AppTest:
    """Make a zone from the form and save it."""
    at = typed_form(drawn(press(part(), "zone_new")), name, role, **fields)
    return press(at, "zone_save")


def said(at: AppTest) -> str:
    """What the page wrote last as done or failed."""
    found = [one for one in text(at).split("<div class=") if one.startswith(('"done"', '"failed"', '"warning"'))]
    return " ".join(found)


def utc(text_of: str) -> datetime:
    return datetime.fromisoformat(text_of)
