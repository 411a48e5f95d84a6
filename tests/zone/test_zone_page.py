"""The zone part of the page Problems: made, looked at, changed, put away; what is not there or not to be seen."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
import shapely
from streamlit.testing.v1 import AppTest

from data.place.area import Area
from data.place.area_made import Place, make_area
from data.problem.problems import PROBLEMS
from data.zone.covered import covered
from data.zone.unnamed import NOT_PRINTED
from data.zone.zone import CLOSURE, DRAWN, FILE, PUBLIC_SPACES, WARDS
from data.zone.zones import ZONES
from geo.crs import geometry_to_wgs84
from geo.errors import InputError
from pages.ui.shell import access, frame
from pages.ui.zone import forgotten
from tests.made_incidents import made, months_of
from tests.problem.made_problem import made_problem
from tests.stored import in_place_of_the_store
from tests.tab_pages import finding, in_address, text
from tests.zone.made_zones import EAST, NORTH, made_zone
from tests.zone.zone_part import PLANNER, READER, drawn, new_zone, part, press, said, typed_form, utc

NOW = utc("2025-01-10T12:00:00+00:00")
HOSTILE = "<script>alert(1)</script> **bold** [a](b)"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of one month, whose incidents lie at one corner of the zone."""
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "store"))
    monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
    monkeypatch.setattr(frame, "PAGES", ())  # the part stands alone
    months = months_of(1, "2024-12")
    one_month = made([EAST + 50.0] * 5, [NORTH + 50.0] * 5, ["2024-12"] * 5, months, ward_code="E05001500")
    in_place_of_the_store(monkeypatch, one_month)
    return tmp_path / "store"


def as_actor(patch: pytest.MonkeyPatch, actor: object) -> None:
    patch.setattr(access, "actor", lambda: actor)


def test_a_zone_is_drawn_named_and_saved_with_its_minutes_on_the_clock(store: Path) -> None:
    at = part()
    assert finding(at) == "No zone is saved yet."
    at = new_zone(start_day=date(2024, 7, 1), start_time=time(18, 30), end_day=date(2024, 7, 3), end_time=time(18, 30))
    assert "Saved: Town centre." in said(at)
    assert in_address(at)["zone"] == "1"
    assert finding(at) == "1 zone is over on 15 January 2025."
    (one,) = ZONES.listed(store)
    assert (one.content.starts, one.content.ends) == (utc("2024-07-01T17:30+00:00"), utc("2024-07-03T17:30+00:00"))
    assert (one.content.shape.area, one.content.origin, one.role) == (360_000.0, DRAWN, "this computer")
    assert "From 18:30 on 1 July 2024 to 18:30 on 3 July 2024" in text(at)
    assert "drawn on the map; 0.36 km², 9 cells of 200 m." in text(at)


def test_a_night_on_which_the_clock_changes_has_a_minute_less_or_twice(store: Path) -> None:
    spring = {"start_day": date(2025, 3, 30), "start_time": time(1, 30), "open": True}
    at = new_zone(**spring)
    assert "Not done." in said(at)
    assert "the clock never shows this time" in said(at)
    assert ZONES.listed(store) == ()
    at = typed_form(at, "Town centre", start_day=date(2025, 10, 26))
    assert "The clock shows 01:30 twice that night; the first is taken (BST)." in text(at)
    press(at, "zone_save")
    assert ZONES.listed(store)[0].content.starts == utc("2025-10-26T00:30+00:00")


def test_the_second_of_two_minutes_can_be_said_and_stays_when_something_else_is_changed(store: Path) -> None:
    night = date(2026, 10, 25)
    at = typed_form(drawn(press(part(), "zone_new")), "Clocks", start_day=night, end_day=night, end_time=time(1, 30))
    at = typed_form(at, "Clocks", start_time=time(1, 30))
    assert "It has to end after it starts." in text(at)  # both are the first 01:30
    at = press(typed_form(at, "Clocks", end_second=True), "zone_save")
    assert "From 01:30 BST on 25 October 2026 to 01:30 GMT on 25 October 2026" in text(at)
    at = press(typed_form(press(at, "zone_change"), "Clocks go back"), "zone_revise")
    assert "Changed: name." in said(at)
    (one,) = ZONES.listed(store)
    assert (one.content.starts, one.content.ends) == (utc("2026-10-25T00:30+00:00"), utc("2026-10-25T01:30+00:00"))


def test_a_length_beyond_the_law_is_a_note_and_no_refusal(store: Path) -> None:
    at = new_zone(start_day=date(2025, 1, 1), end_day=date(2025, 1, 4), end_time=time(0, 0))
    assert "This zone lasts 72 hours: a dispersal authorisation lasts at most 48 hours" in text(at)
    assert len(ZONES.listed(store)) == 1


def test_an_outline_that_crosses_itself_cannot_be_saved(store: Path) -> None:
    at = drawn(press(part(), "zone_new"), "344000 391000\n344600 391600\n344600 391000\n344000 391600")
    told = "The outline of the zone crosses itself (found 'near easting 344300, northing 391300'). Correct its corners."
    assert told in html.unescape(text(at))
    assert at.button(key="zone_save").disabled
    at = drawn(at, "344000 391000\n53.4, -2.8\n344600 391000")
    assert "this is no corner" in at.error[0].value


def test_an_outline_outside_the_area_cannot_be_saved_for_nothing_would_show_it(store: Path) -> None:
    at = drawn(press(part(), "zone_new"), "530000 180000\n530400 180000\n530400 180400")
    assert "The zone lies outside Knowsley" in text(at)
    assert at.button(key="zone_save").disabled
    at = drawn(at)
    assert not at.button(key="zone_save").disabled


def test_a_role_that_looks_like_a_person_is_asked_about(store: Path) -> None:
    at = new_zone(role="Sgt John Smith")
    assert "This looks like a person's name" in text(at)
    assert ZONES.listed(store) == ()
    at = press(at, "zone_asked_yes_top")
    assert ZONES.listed(store)[0].content.role == "Sgt John Smith"


def test_wards_and_places_become_one_outline_that_clicks_change(area: Area, store: Path) -> None:
    at = press(part(), "zone_new")
    at.session_state["zone_way"] = WARDS
    at.run()
    at.multiselect(key="zone_wards").set_value(list(area.wards.codes[:2])).run()
    press(typed_form(at, "Two wards"), "zone_save")
    zone = ZONES.listed(store)[0].content
    assert zone.origin == WARDS
    assert zone.shape.area == pytest.approx(sum(p.area for p in area.wards.polygons[:2]), rel=1e-4)


def test_the_points_of_a_street_are_widened_where_no_road_is_there(store: Path) -> None:
    at = press(part(), "zone_new")
    at.session_state["zone_way"] = "streets"
    at.run()
    assert at.multiselect(key="zone_streets").options == ["Mill Street"]
    at.multiselect(key="zone_streets").set_value(["Mill Street"]).run()
    assert "1,9" in text(at)  # a circle of 25 m: 1,963 m², less what its straight sides cut off
    press(typed_form(at, "Mill Street"), "zone_save")
    assert ZONES.listed(store)[0].content.across_m == pytest.approx(50.0, abs=0.5)


def test_two_who_change_the_same_zone_are_told_and_nothing_is_lost(store: Path) -> None:
    ZONES.save(store, made_zone(), NOW)
    mine, other = part(zone="1"), part(zone="1")
    mine = press(typed_form(press(mine, "zone_change"), "Mine"), "zone_revise")
    assert "Changed: name, role" in said(mine)
    other = press(typed_form(press(other, "zone_change"), "Theirs"), "zone_revise")
    assert "Not done." in said(other)
    assert "another has saved this zone since you opened it" in said(other)
    assert [one.content.name for one in ZONES.history(store, 1)] == ["Mine", "Retail park"]


def test_a_change_begins_from_the_zone_and_not_from_what_was_drawn_before(store: Path) -> None:
    at = new_zone()
    at = drawn(press(at, "zone_new"), "345000 391000\n345600 391000\n345600 391600")
    at = press(press(at, "zone_leave"), "zone_change")
    assert at.session_state["zone_way"] == "as it is"
    at = press(typed_form(at, "Renamed"), "zone_revise")
    assert ZONES.load(store, 1).content.shape.area == 360_000.0
    assert "Saved: Renamed. Changed: name." in said(at)


def test_what_another_saved_is_offered_and_an_older_revision_can_come_back(store: Path) -> None:
    ZONES.save(store, made_zone(), NOW)
    at = part(zone="1")
    ZONES.revise(store, 1, 1, replace(made_zone(), name="Newer"), NOW)
    at.run()
    assert "Another has saved this zone since you opened it: revision 2" in text(at)
    assert in_address(at)["zone"] == "1-1"
    at = press(at, "zone_newest")
    at = press(at, "zone_old_1_2_back")
    assert ZONES.load(store, 1).content.name == "Retail park"


def test_a_zone_is_archived_taken_back_and_forgotten_each_after_a_question(store: Path) -> None:
    ZONES.save(store, made_zone(), NOW)
    at = press(part(zone="1"), "zone_archive")
    assert "Archive Retail park for everybody?" in text(at)
    at = press(at, "zone_asked_yes_one")
    assert ZONES.load(store, 1).archived
    at = press(part(zone="1", old_zones="too"), "zone_back")
    assert not ZONES.load(store, 1).archived
    at = press(press(at, "zone_archive"), "zone_asked_yes_one")
    at = part(zone="1", old_zones="too")
    at.checkbox(key="zone_sure_1").set_value(True).run()
    press(at, "zone_forget")
    assert ZONES.listed(store) == ()


def test_a_long_list_and_a_long_history_can_be_reached_with_the_keyboard(store: Path) -> None:
    for number in range(6):
        one = ZONES.save(store, made_zone(f"Zone {number}"), NOW)
    for number in range(6):
        changed = replace(one.content, notes=str(number))
        one = ZONES.revise(store, one.id, one.revision, changed, NOW, actor=PLANNER, what="Notes")
    at = part()
    assert "List of zones (6)" in [each.label for each in at.expander]
    (history,) = (each.proto.body for each in at.get("html") if 'aria-label="History"' in each.proto.body)
    assert 'tabindex="0"' in history  # it scrolls


def test_where_all_are_archived_the_page_says_so(store: Path) -> None:
    ZONES.save(store, made_zone("Gone"), NOW)
    press(press(part(), "zone_archive"), "zone_asked_yes_one")
    assert finding(part()) == "The only zone is archived."


def test_a_reader_sees_zones_but_no_restricted_one_by_any_way(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ZONES.save(store, made_zone("One house", CLOSURE), NOW)
    ZONES.save(store, made_zone("A yard", size_m=20.0), NOW)
    ZONES.save(store, made_zone("Open", PUBLIC_SPACES), NOW)
    as_actor(monkeypatch, PLANNER)
    at = part(zone="1")
    assert "One house" in text(at)
    assert "Restricted" in text(at)
    assert not at.dataframe  # what a browser can save
    (listed,) = (one.proto.body for one in at.get("html") if 'aria-label="Zones: ' in one.proto.body)
    assert "Open" in listed
    assert "One house" not in listed
    assert "A yard" not in listed
    as_actor(monkeypatch, READER)
    for asked in ("", "1", "2", "1-1"):
        at = part(zone=asked)
        shown = text(at) + str([one.options for one in at.selectbox])
        assert "One house" not in shown
        assert "A yard" not in shown
        assert "Open" in shown
    assert at.info[0].value.startswith("The address asks for the zone")
    keys = {one.key for one in at.button}
    assert not keys & {"zone_new", "zone_import", "zone_change", "zone_archive"}
    as_actor(monkeypatch, PLANNER)  # no slide shows one to anybody
    at = part(view="slide", zone="1")
    assert "One house" not in text(at)


def test_a_reader_does_not_see_what_a_zone_was_while_it_was_restricted(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ZONES.save(store, made_zone("One house", CLOSURE), NOW)
    ZONES.revise(store, 1, 1, made_zone("The whole street", PUBLIC_SPACES), NOW)
    as_actor(monkeypatch, PLANNER)
    assert "One house" in text(part(zone="1-1"))
    for actor, more in ((READER, {}), (PLANNER, {"view": "slide"})):
        as_actor(monkeypatch, actor)
        shown = text(part(zone="1-1", **more))
        assert "One house" not in shown
        assert "The whole street" in shown


def test_a_name_of_a_person_who_attacks_is_text(store: Path) -> None:
    ZONES.save(store, replace(made_zone(HOSTILE), notes=HOSTILE, role=HOSTILE), NOW)
    at = part(zone="1")
    assert "<script>alert" not in " ".join(one.proto.body for one in at.get("html") if "facts" in one.proto.body)
    assert "&lt;script&gt;alert(1)" in " ".join(one.proto.body for one in at.get("html"))


def test_features_of_a_file_are_saved_one_by_one_and_accounted_for(store: Path) -> None:
    square = [[EAST, NORTH], [EAST + 400, NORTH], [EAST + 400, NORTH + 400], [EAST, NORTH]]
    features = [
        {"type": "Feature", "properties": {"name": "Park", "kind": "PSPO", "start": "2024-05-01T12:00"},
         "geometry": {"type": "Polygon", "coordinates": [square]}},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": square[0]}},
    ]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    raw = json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}).encode()
    at = part(zone="import")
    at.file_uploader(key="zone_file").set_value(("zones.geojson", raw, "application/json")).run()
    assert not at.exception
    assert "2 features: 1 to look at, 0 saved, 1 refused" in text(at)
    press(typed_form(at, "Park"), "zone_save")
    zone = ZONES.listed(store)[0].content
    assert (zone.kind, zone.origin, zone.ends) == (PUBLIC_SPACES, FILE, None)


def test_a_file_that_means_the_second_of_two_minutes_is_saved_as_it_says(store: Path) -> None:
    square = json.loads(shapely.to_geojson(geometry_to_wgs84(made_zone().shape)))
    said_by_file = {"name": "Clocks", "role": "Duty inspector", "starts": "2026-10-25T01:30+00:00"}
    feature = {"type": "Feature", "properties": said_by_file, "geometry": square}
    at = part(zone="import")
    raw = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    at.file_uploader(key="zone_file").set_value(("zones.geojson", raw, "application/json")).run()
    assert "Not in the file: legal kind and end. Check what stands below." in text(at)
    press(at, "zone_save")
    assert ZONES.listed(store)[0].content.starts == utc("2026-10-25T01:30+00:00")


def test_clicks_add_corners_and_the_first_one_closes_the_outline(area: Area) -> None:
    def script() -> None:
        import streamlit as st

        from data.place.area import load_area
        from pages.ui.map.maps import Hit
        from pages.ui.zone import corners
        from tests.conftest import ROOT

        grid = load_area(ROOT / "data" / "area.toml").grid()
        clicks = ["10,20", "", "<b>", "1e9,2", "500,20", "500,20", "500,-80"]
        for place in clicks:
            corners.on_map(Hit("corner" if place else "close", place), grid)
        corners.on_map(Hit("ward", "5,5"), grid)
        st.session_state["before"] = (len(corners.corners()), corners.closed())
        for kind, place in (("close", ""), ("corner", "9,9")):
            corners.on_map(Hit(kind, place), grid)
        st.session_state["found"] = (corners.corners(), corners.closed())

    at = AppTest.from_function(script).run()
    assert not at.exception
    grid = area.grid()
    west, south = round(grid.west_m), round(grid.south_m)
    wanted = ((west + 10, south + 20), (west + 500, south + 20), (west + 500, south - 80))
    assert at.session_state["before"] == (3, False)
    assert at.session_state["found"] == (wanted, True)


def test_with_nothing_loaded_the_example_is_shown_and_a_zone_is_drawn_all_the_same(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the demonstration in place of one month
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    monkeypatch.setattr(frame, "PAGES", ())
    at = part()
    assert finding(at).startswith("1 zone is ")
    assert in_address(at)["zone"] == "example"
    assert "zone_change" not in {one.key for one in at.button}
    at = new_zone("Made up", open=True)
    assert "Saved: Made up." in said(at)
    assert ZONES.listed(store)[0].content.simulated
    assert finding(at).startswith("2 zones are ")


@pytest.mark.long
def test_wards_of_a_county_make_a_zone(
    shared: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(name="Lancashire", code="E10000017", kind="county", forces=("lancashire",))
    county, _ = make_area(
        shared / "boundaries" / "lancashire_wards.gpkg", tmp_path / "lancashire.toml", place, vintage="as published"
    )
    monkeypatch.setenv("DASHBOARD_AREA", str(tmp_path / "lancashire.toml"))
    ZONES.save(store, made_zone(), NOW)  # in another area: nobody here sees it
    at = press(part(), "zone_new")
    at.session_state["zone_way"] = WARDS
    at.run()
    assert len(at.multiselect(key="zone_wards").options) == len(county.wards.codes) == 271
    at.multiselect(key="zone_wards").set_value(list(county.wards.codes[:1])).run()
    at = press(typed_form(at, "One ward"), "zone_save")
    zone = ZONES.load(store, 2).content
    assert zone.shape.area == pytest.approx(county.wards.polygons[0].area, rel=1e-4)
    assert finding(at) == "1 zone is in force on 15 January 2025."


# --- forgotten --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "objective", "refused"),
    [
        ("Vine House", "Quiet at Vine House", True),
        ("Vine House", f"Quiet near {NOT_PRINTED} and at VINE HOUSE", True),
        ("Vine House", f"Quiet at {NOT_PRINTED.capitalize()}", False),
        ("Open", "Quiet", False),  # as the word for its state, which nobody typed
        ("Data", "Quiet", False),
        ("police", "Quiet", False),
    ],
)
def test_a_restricted_zone_is_forgotten_where_nobody_named_it(
    store: Path, name: str, objective: str, *, refused: bool
) -> None:
    zone = ZONES.save(store, made_zone(name, CLOSURE), NOW)
    one = PROBLEMS.save(store, replace(made_problem(), objective=objective), NOW)
    PROBLEMS.archive(store, one.id, 1, NOW)
    if not refused:
        forgotten.free_of(store, zone)
        return
    with pytest.raises(InputError, match=f"problem {one.id} names it, now or in an older revision"):
        forgotten.free_of(store, zone)


def test_a_zone_at_the_edge_that_no_cell_takes_in_is_not_called_outside(store: Path, area: Area) -> None:
    """Cells whose middle lies outside the area are not counted: it is in the area, and in none of them."""
    corners = shapely.get_coordinates(area.wards.outline)
    boxes = (shapely.box(x, y, x + 60, y + 60) for x, y in corners)
    edge = next(b for b in boxes if shapely.intersection(b, area.wards.outline).area and not covered(b, area.grid()))
    at = drawn(press(part(), "zone_new"), "\n".join(f"{x:.1f} {y:.1f}" for x, y in edge.exterior.coords[:4]))
    assert "in no cell of the map: nothing is counted there" in text(at)
    assert "outside" not in said(at)
