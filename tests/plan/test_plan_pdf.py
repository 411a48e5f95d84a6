"""The printed plan: what is on it, that nothing collides or is cut, that it works in black and white."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from data.place.area import Area
from data.plan.plan import FOOT, VEHICLE, Base, Patrol, Plan, PlanCell, PlanPlace, Shift, Stop, Visit
from data.plan.stops import FOLLOWS_PATROLS, NOT_HARM, RANKED
from data.store.schema import POLICE_UK
from data.streets.base_map import BaseMap, base_map
from data.streets.importing import import_basemap
from geo.grid import grid_reference
from pages.ui.paper import text as words
from pages.ui.paper.map import SHADES, Spot, print_map, view
from pages.ui.paper.page import Sheet
from pages.ui.plan.paper.maps import _split
from pages.ui.plan.paper.patrol import rows
from pages.ui.plan.paper.pdf import plan_pdf, plan_sheets
from pages.ui.plan.paper.rounds import rounds
from tests.paper.print_checks import collisions, outside, pdf_pages, spots_apart, texts
from tests.plan.made_plans import made_plan
from tests.streets.made_roads import HOSTILE, open_roads

WHEN = datetime(2024, 8, 1, 9, 30)
LONG = "Saint Margaret of Antioch Memorial Gardens Approach Road North $x_2$ <b> 日本語 \x07"


@pytest.fixture(scope="module")
def drawn_ground(area: Area, tmp_path_factory: pytest.TempPathFactory) -> BaseMap:
    folder = tmp_path_factory.mktemp("roads")
    import_basemap(open_roads(folder / "a.gpkg", area), folder, area, 2024)
    found = base_map(folder, area)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def printed(area: Area, drawn_ground: BaseMap) -> bytes:
    return plan_pdf(made_plan(), area, drawn_ground, when=WHEN)


def short(*, simulated: bool = True) -> Plan:
    """One crew in one shift."""
    plan = made_plan(simulated=simulated)
    shift = plan.shifts[0]
    return replace(plan, shifts=(replace(shift, patrols=shift.patrols[:1]),))


def crowded(area: Area, visits: int, *, near: bool, places: int = 12, seed: int = 0) -> Plan:
    """A plan whose every text is as long as it gets: longest ward names first, hostile names, many visits."""
    rng = np.random.default_rng(seed)
    grid = area.grid()
    east, north = grid.corners(grid.cells)
    if near:
        middle = len(east) // 2
        around = (abs(east - east[middle]) <= 800) & (abs(north - north[middle]) <= 800)
        chosen = rng.choice(np.flatnonzero(around), visits, replace=False)
    else:
        chosen = rng.choice(len(east), visits, replace=False)
    wards = sorted(area.wards.codes, key=lambda code: -len(area.ward_names[code]))
    references = grid_reference(east[chosen], north[chosen])
    spots = list(zip(references, east[chosen], north[chosen], strict=True))
    made = []
    for i in range(places):
        reference, x, y = spots[i % visits]
        cell = PlanCell(reference, x, y, 5.5 / (i + 1))
        label, ward = "shopping area and conference/exhibition centre", wards[i % len(wards)]
        made.append(
            PlanPlace(
                i + 1, f"{LONG} {i}", label, ward, reference, x + 100, y + 100, 12_345.6, 98_765, 0.5, i == 1, i == 3,
                (cell,),
            )
        )  # fmt: skip
    stays = tuple(
        Visit(1 + i % places, reference, x + 100, y + 100, 25.0 * i, 20.0, 0.123)
        for i, (reference, x, y) in enumerate(spots)
    )
    base = Base(f"Base {LONG}", float(east[0]), float(north[0]))
    patrol = Patrol(f"Crew {LONG}", 12, base, VEHICLE, stays, 311.0, 1.234)
    shift = Shift(datetime(2024, 10, 31, 17), 600.0, (patrol,), 123.45, 45.67, 11.0, 33.0, 0.04)
    return replace(
        made_plan(),
        title=f"{LONG} " * 4,
        operation=f"{LONG} " * 4,
        shifts=(shift,),
        places=tuple(made),
        notes="note " * 300,
        parameters={f"parameter {i}": "value " * 30 for i in range(9)},
        caveats=tuple(f"Caveat {i} says a thing. " * 4 for i in range(4)),
    )


def test_the_same_plan_gives_the_same_bytes_and_another_time_does_not(area: Area, printed: bytes) -> None:
    plain = plan_pdf(short(), area, None, when=WHEN)
    assert plain == plan_pdf(short(), area, None, when=WHEN)
    assert plain != plan_pdf(short(), area, None, when=WHEN.replace(minute=31))
    assert b"/CreationDate (D:20240801093000Z)" in printed
    summer = plan_pdf(short(), area, None, when=WHEN.replace(tzinfo=timezone(timedelta(hours=1))))
    assert b"/CreationDate (D:20240801083000Z)" in summer
    assert "Made 1 August 2024 at 09:30" in next(pdf_pages(summer))[0]
    assert b"atplotlib" not in printed


def test_fonts_are_embedded(printed: bytes) -> None:
    assert b"/FontDescriptor" in printed
    assert re.search(rb"/Subtype /Type1\b", printed) is None  # one of the fonts that a reader has to bring


def test_every_sheet_says_what_it_is(area: Area, printed: bytes) -> None:
    pages = [text for text, _ in pdf_pages(printed)]
    assert len(pages) == 5  # two crews in two shifts that are not alike, then the plan as a whole
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of 5" in page
        assert "Halloween and Bonfire Night 2024" in page
        assert "SIMULATED: made up for the demonstration" in page
        assert "Made 1 August 2024 at 09:30, data version 72c0b09bdf3f" in page
        assert "database right 2024" in page.replace("\r\n", " ")
        assert "Police-recorded ASB only" in page
        assert RANKED in page.replace("\r\n", " ")
        assert FOLLOWS_PATROLS[:40] not in page
    last, sheet = pages[-1], pages[2].replace("\r\n", " ")
    assert "about 71 incidents" in last
    assert "80 %: 55 to 89; 95 %: 48 to 99" in last
    assert "Broom Way (left out)" in last
    assert "Heron Drive (park/open space) (pinned)" in last
    assert ["Solver" in page for page in pages] == [False] * 4 + [True]
    for part in ("Thursday 31 October 2024", "17:00 to 23:00", "Crew 2", "2 people, by vehicle", "Huyton police"):
        assert part in sheet
    plan = made_plan()
    for visit in plan.shifts[0].patrols[1].visits:
        assert visit.reference in sheet
    assert NOT_HARM[:60] in sheet
    assert "hours by the dated feed demonstration feed" in sheet


def stopped() -> Plan:
    """One crew in three shifts alike on other days, without a feed, its stops named."""
    plan = made_plan(simulated=False)
    shift = replace(plan.shifts[0], patrols=plan.shifts[0].patrols[1:])
    days = (datetime(2024, 10, 31, 17), datetime(2024, 11, 1, 17), datetime(2024, 11, 5, 17))
    cells = {visit.reference: visit.expected for visit in shift.patrols[0].visits}
    names = ("Teal Grove and Copper Court", "Beech View", "Broom Road", "Nightingale Close", "Heron Drive")
    stops = tuple(
        Stop(
            reference,
            name,
            "near a parking area" if n == 1 else "",
            0.002 * (n + 1),
            {plan.category: 41 - n, "Drugs": 3},
        )
        for n, (reference, name) in enumerate(zip(cells, names, strict=True))
    )
    return replace(
        plan, feed="", hours_known=False, stops=stops, shifts=tuple(replace(shift, starts=day) for day in days)
    )


def test_shifts_alike_share_a_sheet_and_stops_are_told_apart(area: Area) -> None:
    plan = stopped()
    pages = [text.replace("\r\n", " ") for text, _ in pdf_pages(plan_pdf(plan, area, None, when=WHEN))]
    assert len(pages) == 2
    sheet = pages[0]
    assert "Thu 31 October, Fri 1, Tue 5 November 2024, 17:00 to 23:00" in sheet
    set_names = [row.name for row in rows(plan, rounds(plan)[0])]
    assert len(set_names) == len(set(set_names)) == 6
    for name in set_names:
        assert name in sheet
    assert not re.search(r"\b0\.0+\b", " ".join(pages))
    assert "incidents are expected in the whole" not in sheet
    assert "about 1 in 100 · near a parking area" not in sheet
    assert "about 1 in 250 · near a parking area" in sheet
    assert "5 stops, about 1 in 33" not in sheet
    assert "5 stops, about 1 in 35" in sheet
    assert "ASB 41, drug offences 3" in sheet
    assert "most first: 5 (1 in 100)" in sheet


def test_a_drugs_plan_says_on_every_sheet_that_records_follow_patrols(area: Area) -> None:
    plan = replace(stopped(), category="Drugs")
    for page, _ in pdf_pages(plan_pdf(plan, area, None, when=WHEN)):
        assert FOLLOWS_PATROLS in page.replace("\r\n", " ")


def test_a_map_without_roads_has_no_lines_between_stops(area: Area, drawn_ground: BaseMap) -> None:
    def dashed(ground: BaseMap | None) -> int:
        (axes, *_), *_ = [sheet.figure.axes for sheet in plan_sheets(stopped(), area, ground, when=WHEN)]
        return sum(line.is_dashed() for line in axes.lines)

    assert dashed(drawn_ground) == 1
    assert dashed(None) == 0


def test_a_patrol_of_any_length_takes_one_sheet(area: Area) -> None:
    for visits in (1, 15, 26, 40):
        plan = replace(crowded(area, visits, near=False), notes="")
        assert len(plan_sheets(plan, area, None, when=WHEN)) == 2


@pytest.fixture
def blank_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the room of the maps and draw none: they take most of the time."""
    monkeypatch.setattr("pages.ui.plan.paper.patrol.patrol_maps", lambda sheet, y, high, *_: y + high + 8)
    monkeypatch.setattr("pages.ui.plan.paper.pdf.print_map.print_map", lambda *_, **__: None)


@pytest.mark.usefixtures("blank_maps")
@pytest.mark.parametrize("visits", [1, 12, 40])  # one crew is never sent to more
def test_two_shifts_of_one_patrol_take_two_pages_alike_or_not(area: Area, visits: int) -> None:
    past = "On 40 past months, 63 % to 151 % of what was said for the 40 busiest cells came, in eight months of ten. "
    plan = replace(crowded(area, visits, near=True), past_range=2 * past, notes="")
    shift, later = plan.shifts[0], datetime(2024, 11, 1, 17)
    alike, other = shift.patrols[0], replace(shift.patrols[0], travel=FOOT, visits=shift.patrols[0].visits[::-1])
    for second in (alike, other):
        two = replace(plan, shifts=(shift, replace(shift, starts=later, patrols=(second,))))
        sheets = plan_sheets(two, area, None, when=WHEN)
        first, last = [" ".join(text.get_text() for text in sheet.figure.texts) for sheet in sheets]
        assert all(visit.reference in first for visit in alike.visits) or visits == 40  # a line holds no reference
        assert "How this was made" not in first
        assert "Expected in the borough on these days" not in first
        assert "Expected in the borough on these days" in last
        assert "That a place is visited does not say that anything is prevented there." in last
    assert collisions(sheets[1].figure) == []
    assert outside(sheets[1].figure) == []


@pytest.mark.usefixtures("blank_maps")
def test_three_kinds_of_shift_and_two_crews_have_the_whole_plan_on_a_page_of_its_own(area: Area) -> None:
    plan = short()
    shift, patrol = plan.shifts[0], plan.shifts[0].patrols[0]
    kinds = tuple(
        replace(shift, starts=shift.starts + timedelta(days=n), patrols=(replace(patrol, visits=patrol.visits[:n]),))
        for n in (1, 2, 3)
    )
    assert len(plan_sheets(replace(plan, shifts=kinds), area, None, when=WHEN)) == 4
    assert len(plan_sheets(replace(plan, shifts=kinds[:2]), area, None, when=WHEN)) == 2
    both = replace(made_plan(), shifts=made_plan().shifts[:1])
    assert len(plan_sheets(both, area, None, when=WHEN)) == 3


def test_times_run_past_midnight(area: Area) -> None:
    late = replace(short().shifts[0], starts=datetime(2024, 10, 31, 21))
    pages = [text for text, _ in pdf_pages(plan_pdf(replace(made_plan(), shifts=(late,)), area, None, when=WHEN))]
    assert "21:00 to 03:00 the next day" in pages[0]


def test_small_counts_of_a_partners_data_are_not_printed(area: Area) -> None:
    plan = replace(short(simulated=False), source="council-asb")
    plan = replace(plan, places=(replace(plan.places[0], past=4), *plan.places[1:]))
    for source, printed_as in (("council-asb", 1), (POLICE_UK, 0)):
        sheets = plan_sheets(replace(plan, source=source), area, None, when=WHEN)
        assert [said for said, _, _ in texts(sheets[-1].figure)].count("under 5") == printed_as


def test_real_data_carry_the_licence_and_no_mark(area: Area) -> None:
    plan = short(simulated=False)
    pages = [text.replace("\r\n", " ") for text, _ in pdf_pages(plan_pdf(plan, area, None, when=WHEN))]
    assert not any("SIMULATED" in page for page in pages)
    assert all("Open Government Licence v3.0" in page for page in pages)
    assert all("Source: data.police.uk, known to July 2024" in page for page in pages)
    assert "in the whole" not in pages[0]


@pytest.mark.parametrize(
    ("visits", "near", "places"), [(12, True, 12), (16, True, 3), (14, False, 40)], ids=["a place", "many", "all over"]
)
def test_nothing_collides_or_is_cut(area: Area, drawn_ground: BaseMap, visits: int, near: bool, places: int) -> None:
    plan = crowded(area, visits, near=near, places=places)
    for sheet in plan_sheets(plan, area, drawn_ground, when=WHEN):
        assert collisions(sheet.figure) == []
        assert outside(sheet.figure) == []
        assert spots_apart(sheet.figure)


def test_every_visit_is_numbered_on_a_map_and_listed(area: Area) -> None:
    plan = crowded(area, 14, near=False)
    sheets = plan_sheets(plan, area, None, when=WHEN)
    numbers = {
        text.get_text() for sheet in sheets[:-1] for axes in sheet.figure.axes for text in axes.texts
    }  # of the maps
    assert {str(n) for n in range(1, 15)} <= numbers
    listed = [words_ for sheet in sheets[:-1] for words_, _, _ in texts(sheet.figure)]
    assert all(visit.reference in listed for visit in plan.shifts[0].patrols[0].visits)


def test_twelve_visits_fit_on_one_sheet(area: Area) -> None:
    plan = crowded(area, 12, near=True, places=4)
    plan = replace(plan, notes="", parameters={}, caveats=())
    assert len(plan_sheets(plan, area, None, when=WHEN)) == 2  # the places, and the patrol


def test_text_is_never_mathematics_markup_or_a_missing_letter(area: Area) -> None:
    plan = replace(made_plan(title=f"{HOSTILE} \\frac{{1}}{{2}} 日本 \x00"), shifts=())
    (page,) = [text for text, _ in pdf_pages(plan_pdf(plan, area, None, when=WHEN))]
    assert f"{HOSTILE} \\frac{{1}}{{2}} ??" in page


def test_a_plan_without_forecast_hours_or_places_is_printed(area: Area) -> None:
    plan = replace(made_plan(), expected=None, low80=None, high80=None, low95=None, high95=None, shifts=(), places=())
    (page,) = [text for text, _ in pdf_pages(plan_pdf(plan, area, None, when=WHEN))]
    assert "no forecast" in page
    assert "none yet" in page
    idle = Patrol("Crew 1", 1, Base("Base", 341_300.0, 398_900.0), FOOT, (), 0.0, 0.0)
    shift = Shift(datetime(2024, 10, 31, 17), 60.0, (idle,), 0.0, 0.0, 0.0, 0.0, 0.0)
    pages = [t for t, _ in pdf_pages(plan_pdf(replace(plan, shifts=(shift,)), area, None, when=WHEN))]
    assert "No visits." in pages[0]


def test_neighbouring_classes_stay_apart_in_grey(printed: bytes) -> None:
    greys = [255 * float(np.dot(to_rgb(shade), (0.299, 0.587, 0.114))) for shade in SHADES]
    assert all(a - b >= 30 for a, b in pairwise(greys))
    picture = next(image for i, (_, image) in enumerate(pdf_pages(printed, scale=2, grey=True)) if i == 2)
    assert picture.ndim == 2
    # the fill of each class is really on the paper, as large as a cell of the map and its swatch in the legend
    for grey in greys:
        assert (np.abs(picture.astype(float) - grey) <= 2).sum() > 150


def test_visits_far_apart_get_maps_on_which_cells_can_be_seen() -> None:
    def visit(x: float, y: float) -> Visit:
        return Visit(1, "SJ000000", x, y, 0.0, 20.0, 0.1)

    close = [visit(0, 0), visit(400, 400), visit(800, 0)]
    assert _split(close, 380, 300, 200) == [[0, 1, 2]]
    far = [visit(0, 0), visit(0, 15_000), visit(300, 0), visit(0, 15_200)]
    assert _split(far, 380, 300, 200) == [[0, 2], [1, 3]]
    assert _split([visit(0, 0)], 380, 300, 200) == [[0]]


def test_a_map_keeps_its_scale_on_both_sides() -> None:
    west, south, east, north = view((0, 0, 1000, 200), 300, 150)
    assert (east - west) / 300 == pytest.approx((north - south) / 150)
    assert (west, east) == (0, 1000)
    small = view((0, 0, 10, 10), 300, 150, least_m=1500)
    assert small[3] - small[1] == pytest.approx(1500)


def test_circles_on_one_point_move_apart_and_keep_their_numbers(area: Area) -> None:
    sheet = Sheet((300, 300))
    x0, y0, x1, y1 = area.wards.polygons[0].bounds
    spots = [Spot(str(n), (x0 + x1) / 2, (y0 + y1) / 2, LONG) for n in range(1, 16)]
    print_map(sheet.axes(10, 10, 280, 280), area, (x0, y0, x1, y1), spots=spots)
    assert spots_apart(sheet.figure)
    assert collisions(sheet.figure) == []
    assert {str(n) for n in range(1, 16)} <= {text for text, _, _ in texts(sheet.figure)}


def test_a_map_of_every_ward_has_names_scale_and_north(area: Area, drawn_ground: BaseMap, tmp_path: Path) -> None:
    for polygon, name in zip(area.wards.polygons, area.wards.names, strict=True):
        sheet = Sheet((260, 260))
        print_map(sheet.axes(5, 5, 250, 250), area, polygon.bounds, ground=drawn_ground, mark="SIMULATED")
        said = [text for text, _, _ in texts(sheet.figure)]
        assert {name, "N", "SIMULATED"} <= set(said)
        assert any(re.fullmatch(r"[\d.]+ k?m", text) for text in said)
        assert collisions(sheet.figure) == []
        assert outside(sheet.figure) == []


def test_text_is_cut_to_its_room_and_not_before() -> None:
    assert words.cut("Hall Drive", 200, 10) == "Hall Drive"
    short = words.cut(LONG, 100, 10)
    assert short.endswith(words.ELLIPSIS)
    assert 85 < words.width(short, 10) <= 100
    assert words.cut("Hall Drive", 2, 10) == ""
    lines = words.wrap("one two three four five six", 40, 10)
    assert " ".join(lines) == "one two three four five six"
    assert all(words.width(line, 10) <= 40 for line in lines)
    assert len(words.wrap("word " * 50, 40, 10, most=3)) == 3
