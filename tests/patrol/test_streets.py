"""Ways along streets: small networks by hand, another way to the same answer, gaps, and tours made with them."""

from __future__ import annotations

import itertools
from datetime import datetime

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.patrol.allocation import STREET_WAYS, allocate
from analysis.patrol.crews import closed, routes_of
from analysis.patrol.patrols import solve
from analysis.patrol.router import NO_STREET, NO_WAY, STRAIGHT, STREETS, TOO_FAR
from analysis.patrol.streets import MOST_MORE_M, MOST_TIMES, REACH_M, StreetRouter
from analysis.patrol.tour import collected, search
from analysis.patrol.tour_bound import Kind, upper_bound
from data.plan.plan import FOOT, VEHICLE
from data.plan.ways import NO_STREET as NONE_NEAR
from data.plan.ways import Leg, Ways, ways_words
from data.streets.network import Network, _network, join
from data.streets.open_roads import LOCAL, MOTORWAY, PATH
from tests.patrol.test_allocation import SIZE, area_of, brute_force, check_tours, crew, half, place
from tests.properties import examples

Line = list[tuple[float, float]]
EAST, NORTH = 341_000.0, 390_000.0


def made(*rows: tuple[int, Line]) -> Network:
    lines = np.array([shapely.LineString(line) for _, line in rows], dtype=object)
    classes = np.array([level for level, _ in rows], dtype=np.int8)
    return _network(join(classes, np.ones(len(rows), dtype=bool), lines), "© them", "made", "v1")


def at(*points: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    east, north = zip(*points, strict=True)
    return np.array(east, dtype=float), np.array(north, dtype=float)


# --- by hand ---------------------------------------------------------------------------------------------------------
def test_a_way_goes_to_the_street_along_it_and_from_it() -> None:
    router = StreetRouter(made((LOCAL, [(0, 0), (300, 0), (300, 400)])))
    places = at((50, 20), (310, 350), (200, 0))
    found = router.legs(*places, FOOT)
    assert not found.why.any()
    expected = [[0, 20 + 250 + 350 + 10, 20 + 150], [630, 0, 100 + 350 + 10], [170, 460, 0]]
    np.testing.assert_allclose(found.metres, expected)
    np.testing.assert_allclose(router.reach(1, *places, FOOT), expected[1])
    (line,) = router.lines(*places, [(1, 0)], FOOT)
    assert line is not None
    np.testing.assert_allclose(line, [(310, 350), (300, 350), (300, 0), (50, 0), (50, 20)])


def test_two_places_on_one_street_do_not_go_by_its_ends() -> None:
    router = StreetRouter(made((LOCAL, [(0, 0), (1000, 0)])))
    assert router.legs(*at((400, 0), (430, 0)), FOOT).metres[0, 1] == pytest.approx(30)


def test_the_shorter_of_two_streets_between_the_same_junctions_is_taken() -> None:
    rows = ((LOCAL, [(0.0, 0.0), (50.0, 80.0), (100.0, 0.0)]), (LOCAL, [(0.0, 0.0), (100.0, 0.0)]))
    ends = ((LOCAL, [(-9.0, 0.0), (0.0, 0.0)]), (LOCAL, [(100.0, 0.0), (109.0, 0.0)]))
    for order in (rows, rows[::-1]):
        found = StreetRouter(made(*order, *ends)).legs(*at((-9, 0), (109, 0)), FOOT)
        assert found.metres[0, 1] == pytest.approx(118)


def test_feet_leave_motorways_and_vehicles_leave_paths_alone() -> None:
    network = made(
        (LOCAL, [(0, 0), (0, 600)]), (LOCAL, [(800, 0), (800, 600)]), (PATH, [(0, 0), (800, 0)]),
        (MOTORWAY, [(0, 600), (800, 600)]),
    )  # fmt: skip
    router, places = StreetRouter(network), at((0, 300), (800, 300), (400, 600))
    foot, vehicle = router.legs(*places, FOOT), router.legs(*places, VEHICLE)
    assert foot.metres[0, 1] == pytest.approx(300 + 800 + 300)
    assert vehicle.metres[0, 1] == pytest.approx(300 + 800 + 300)
    ways = [router.lines(*places, [(0, 1)], travel)[0] for travel in (FOOT, VEHICLE)]
    assert [w[:, 1].max() if w is not None else None for w in ways] == [300, 600]
    # in the middle of the motorway nobody stops, and nobody takes a short cut over it
    assert vehicle.why[2].tolist() == foot.why[2].tolist() == [NO_STREET, NO_STREET, STREETS]
    assert vehicle.metres[2, 0] == pytest.approx(1.3 * 400 + 300)


# --- gaps ------------------------------------------------------------------------------------------------------------
def test_what_streets_do_not_tell_is_straight_and_says_why() -> None:
    """Two banks of a river without a bridge, a place in the fields, and a way round that nobody would believe."""
    bank = [(LOCAL, [(0.0, y), (5000.0, y)]) for y in (0.0, 200.0)]
    router = StreetRouter(made(*bank))
    places = at((100, 0), (100, 200), (100, 200 + REACH_M + 1), (900, 0))
    found = router.legs(*places, FOOT)
    assert found.why[0].tolist() == [STREETS, NO_WAY, NO_WAY, STREETS]
    assert found.why[1].tolist() == [NO_WAY, STREETS, NO_STREET, NO_WAY]
    assert found.metres[1, 2] == pytest.approx(1.3 * (REACH_M + 1))
    assert found.metres[0, 1] == pytest.approx(1.3 * 200)
    assert found.metres[0, 3] == pytest.approx(800)
    assert router.lines(*places, [(0, 2), (0, 1), (2, 0)], FOOT) == [None, None, None]
    (end,) = router.lines(*places, [(1, 2)], FOOT)
    assert end is not None
    far = StreetRouter(made(*bank, (LOCAL, [(5000.0, 0.0), (5000.0, 200.0)])))
    legs = far.legs(*places, FOOT)
    assert legs.why[0, 1] == legs.why[1, 0] == TOO_FAR
    assert legs.metres[0, 1] == pytest.approx(1.3 * 200)
    near = at((4700, 0), (4700, 200))  # 800 m round
    assert MOST_TIMES * 200 + MOST_MORE_M > 800
    assert far.legs(*near, FOOT).metres[0, 1] == pytest.approx(800)
    assert not far.legs(*near, FOOT).why.any()


def test_a_place_joins_a_large_part_before_a_nearer_scrap() -> None:
    scrap = (PATH, [(100.0, 20.0), (140.0, 20.0)])
    router = StreetRouter(made((LOCAL, [(0.0, 0.0), (3000.0, 0.0)]), scrap))
    found = router.legs(*at((120, 20), (500, 0)), FOOT)
    assert found.metres[0, 1] == pytest.approx(20 + 380)
    alone = StreetRouter(made(scrap)).legs(*at((100, 20), (140, 25)), FOOT)  # where there is nothing larger
    assert alone.metres[0, 1] == pytest.approx(45)


def test_no_streets_at_all_leave_every_way_straight() -> None:
    router = StreetRouter(made())
    places = at((0, 0), (300, 400))
    np.testing.assert_array_equal(router.legs(*places, FOOT).metres, STRAIGHT.legs(*places, FOOT).metres)
    assert router.lines(*places, [(0, 1)], FOOT) == [None]
    assert router.reach(0, *places, VEHICLE).tolist() == [0, 650]


# --- two ways to one answer ------------------------------------------------------------------------------------------
def by_hand(rows: list[Line], places: list[tuple[float, float]]) -> np.ndarray:
    """Floyd and Warshall over every point of every line, places put in one by one; nothing of the module is used."""
    steps: list[tuple[tuple[float, float], tuple[float, float]]] = [s for row in rows for s in itertools.pairwise(row)]
    spots = []
    for x, y in places:
        best = (np.inf, -1, (0.0, 0.0))
        for k, ((ax, ay), (bx, by)) in enumerate(steps):
            t = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
            t = min(max(t, 0.0), 1.0)
            foot = (ax + t * (bx - ax), ay + t * (by - ay))
            best = min(best, (float(np.hypot(x - foot[0], y - foot[1])), k, foot))
        spots.append(best)
    nodes = sorted({p for s in steps for p in s})
    at = {p: i for i, p in enumerate(nodes)}
    n = len(nodes)
    metres = np.full((n + len(places),) * 2, np.inf)
    np.fill_diagonal(metres, 0)

    def link(i: int, j: int, d: float) -> None:
        metres[i, j] = metres[j, i] = min(metres[i, j], d)

    for a, b in steps:
        link(at[a], at[b], float(np.hypot(a[0] - b[0], a[1] - b[1])))
    for i, (away, k, foot) in enumerate(spots):
        for p in steps[k]:
            link(n + i, at[p], away + float(np.hypot(foot[0] - p[0], foot[1] - p[1])))
        for j, (other, m, spot) in enumerate(spots[:i]):
            if m == k:
                link(n + i, n + j, away + other + float(np.hypot(foot[0] - spot[0], foot[1] - spot[1])))
    for k in range(len(metres)):
        metres = np.minimum(metres, metres[:, [k]] + metres[[k]])
    return metres[n:, n:]


def town(rng: np.random.Generator, side: int = 6) -> list[Line]:
    """A connected part of a crooked grid, its streets of one to four blocks."""
    spot = {
        (i, j): (round(100 * i + rng.uniform(-30, 30), 2), round(100 * j + rng.uniform(-30, 30), 2))
        for i in range(side)
        for j in range(side)
    }
    blocks = [((i, j), (i + di, j + dj)) for i, j in spot for di, dj in ((1, 0), (0, 1)) if (i + di, j + dj) in spot]
    kept = [block for block in blocks if rng.random() < 0.7]
    inside, grown = {(0, 0)}, 0
    while grown != len(inside):
        grown = len(inside)
        inside |= {p for block in kept for p in block if set(block) & inside}
    kept = [block for block in kept if block[0] in inside]
    lines: list[Line] = []
    while kept:
        chain = list(kept.pop(0))
        for block in [b for b in kept if rng.random() < 0.5]:
            if block[0] == chain[-1] and len(chain) < 5:
                chain.append(block[1])
                kept.remove(block)
        lines.append([spot[p] for p in chain])
    return lines


@pytest.mark.parametrize("seed", range(12))
def test_it_agrees_with_floyd_over_every_point(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = town(rng)
    if len(lines) < 3:
        return
    router = StreetRouter(made(*((LOCAL, line) for line in lines)))
    middles = [point for line in lines for point in line]
    near = [middles[k] for k in rng.integers(0, len(middles), 9)]
    places = [(x + rng.uniform(-60, 60), y + rng.uniform(-60, 60)) for x, y in near]
    truth, found = by_hand(lines, places), router.legs(*at(*places), FOOT)
    followed = found.why == STREETS
    assert followed.mean() > 0.6
    # kept in decimetres, and lines within a metre
    np.testing.assert_allclose(found.metres[followed], truth[followed], atol=2.5)
    np.testing.assert_allclose(router.reach(4, *at(*places), FOOT)[followed[4]], truth[4][followed[4]], atol=2.5)


blocks = st.tuples(st.integers(0, 4), st.integers(0, 4))
bends = st.lists(blocks, min_size=2, max_size=5, unique=True)
TIES = 1e-4  # metres: places at one spot of a street are put in order by some millionths
spots = st.lists(st.tuples(st.integers(-290, 690), st.integers(-290, 690)), min_size=2, max_size=7)


@examples(40)
@example([([(0, 0), (0, 1)], LOCAL)], [(0, 0), (0, 0), (0, 0), (0, 1)])
@given(st.lists(st.tuples(bends, st.sampled_from([LOCAL, PATH, MOTORWAY])), max_size=6), spots)
def test_what_must_hold_of_ways_whatever_streets_there_are(
    rows: list[tuple[list[tuple[int, int]], int]], places: list[tuple[int, int]]
) -> None:
    """Both directions alike, none below the straight line, none along streets longer than round by a third place."""
    router = StreetRouter(made(*((level, [(100.0 * x, 100.0 * y) for x, y in row]) for row, level in rows)))
    east, north = at(*places)
    straight = np.hypot(east[:, None] - east, north[:, None] - north)
    for travel in (FOOT, VEHICLE):
        found = router.legs(east, north, travel)
        np.testing.assert_array_equal(found.metres, found.metres.T)
        np.testing.assert_array_equal(found.why, found.why.T)
        assert (found.metres >= straight - 1e-6).all()
        for k in range(len(places)):
            followed = np.isin(found.why, [STREETS, NO_STREET])
            along = followed & followed[:, [k]] & followed[[k]]
            assert (found.metres <= found.metres[:, [k]] + found.metres[[k]] + TIES)[along].all()
            np.testing.assert_allclose(router.reach(k, east, north, travel), found.metres[k], atol=TIES)
        pairs = [
            (a, b) for a, b in itertools.combinations(range(len(places)), 2) if found.why[a, b] in (STREETS, NO_STREET)
        ]
        for (a, b), line in zip(pairs, router.lines(east, north, pairs, travel), strict=True):
            if places[a] != places[b]:
                if line is None:  # only what nobody joins
                    assert {level for _, level in rows} <= ({MOTORWAY} if travel == FOOT else {MOTORWAY, PATH})
                    continue
                assert line[[0, -1]].tolist() == [[east[a], north[a]], [east[b], north[b]]]
                if found.why[a, b] == STREETS:
                    assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(found.metres[a, b], abs=2)


# --- tours -----------------------------------------------------------------------------------------------------------
corners = st.tuples(st.integers(0, 6), st.integers(0, 6))


@examples(25)
@given(
    st.lists(st.tuples(corners, st.floats(0.05, 5)), min_size=1, max_size=5, unique_by=lambda row: row[0]),
    st.integers(0, 2**16), st.integers(30, 90), st.sampled_from([FOOT, VEHICLE]),
)  # fmt: skip
def test_few_cells_along_streets_have_the_best_plan_there_is_and_the_bound_holds(
    cells: list[tuple[tuple[int, int], float]], seed: int, minutes: int, travel: str
) -> None:
    """Also where two parts of a town have no way between them, and a straight line is a short cut."""
    rng = np.random.default_rng(seed)
    lines = [[(EAST + 2 * x, NORTH + (y if part else 2 * y)) for x, y in line] for part in (0, 1) for line in town(rng)]
    router = StreetRouter(made(*((LOCAL, line) for line in lines)))
    east, north = at(*((EAST + SIZE * c, NORTH + SIZE * r) for (c, r), _ in cells))
    prize, crews = np.array([e for _, e in cells]), [crew("A", EAST, NORTH, travel), crew("B", EAST + 900, NORTH + 400)]
    routes = routes_of(crews, east, north, minutes, 10, router)
    tours, gap = solve(crews, east, north, prize, (), minutes, 10, routes=routes)
    check_tours(tours, routes, ())
    assert gap == 0
    best = brute_force(routes, prize, ())
    assert best is not None
    assert collected(tours, prize) == pytest.approx(best, rel=1e-9)
    poor = collected(search(routes, prize, (), 1, rounds=0), prize)
    assert poor <= best <= upper_bound([Kind(route.shortest, 1) for route in routes], prize, (), poor, 1e5).value + 1e-9
    for route in routes:
        if route.least is not None:
            assert (route.least <= route.seconds).all()
            np.testing.assert_array_equal(closed(route.least), route.least)


def test_a_short_cut_makes_no_bound_too_low() -> None:
    """The far cell is in reach by way of the middle one, which no street joins to the others."""
    network = made(
        (LOCAL, [(0.0, 0.0), (0.0, 1500.0), (4000.0, 1500.0), (4000.0, 0.0)]),
        (LOCAL, [(2000.0, -1000.0), (2000.0, 100.0)]),
    )
    router, crews = StreetRouter(network), [crew("A", 0, 0, FOOT)]
    east, north = at((4000, 0), (2000, 0))
    minutes = 2 * 1.3 * 4000 / 75 + 25  # there and back across, and two stays; along the street 7 km each way
    (route,) = routes_of(crews, east, north, minutes, 10, router)
    assert route.why is not None
    assert (route.why[0, 1], route.why[0, 2], route.why[1, 2]) == (STREETS, NO_WAY, NO_WAY)
    assert route.seconds[0, 1] > route.seconds[0, 2] + route.seconds[2, 1]
    assert 2 * route.seconds[0, 1] + route.stay > route.limit
    assert route.allowed.all()


STREETS_AT = [place(1, (2, 2, 3.0), (3, 2, 2.0)), place(2, (9, 2, 2.5)), place(3, (4, 9, 1.5)), place(4, (9, 9, 1.0))]


def laid() -> Network:
    """A road past the base and the southern places; one past the northern ones, that nothing joins to it."""
    return made(
        (LOCAL, [(EAST - 500, NORTH + 500), (EAST + 1000, NORTH + 450), (EAST + 3000, NORTH + 500)]),
        (LOCAL, [(EAST - 500, NORTH + 1900), (EAST + 3000, NORTH + 1900)]),
    )


def test_hours_shared_out_keep_their_ways_and_say_which_are_straight() -> None:
    router, crews = StreetRouter(laid()), [crew("Alpha", EAST + 1000, NORTH + 500)]
    night = [(datetime(2024, 10, 31, 18), 180.0)]
    found = allocate(STREETS_AT, SIZE, area_of(STREETS_AT), crews, night, half, rounds=100, work=1e6, router=router)
    plain = allocate(STREETS_AT, SIZE, area_of(STREETS_AT), crews, night, half, rounds=100, work=1e6)
    assert plain.ways is None
    assert plain.method.parameters["way"] == "1.3 times the straight line"
    assert found.ways is not None
    assert (found.ways.attribution, found.ways.version) == ("© them", "v1")
    (patrol,) = found.shifts[0].patrols
    base = (patrol.base.easting_m, patrol.base.northing_m)
    stops = [base, *((v.easting_m, v.northing_m) for v in patrol.visits), base]
    legs = found.ways.along(FOOT, stops)
    metres = [float(np.hypot(*np.diff(leg.line, axis=0).T).sum()) * (1.3 if leg.why else 1.0) for leg in legs]
    assert patrol.travel_minutes == pytest.approx(sum(metres) / 75, abs=0.02 * len(legs))
    arrives, now = [v.arrive_minute for v in patrol.visits], 0.0
    for leg, arrive in zip(metres, arrives, strict=False):
        assert arrive == pytest.approx(now + leg / 75, abs=0.1)
        now = arrive + 15
    straight = [leg for leg in legs if leg.why]
    assert straight
    assert {leg.why for leg in straight} == {"no way known"}
    assert all(len(leg.line) == 2 for leg in straight)
    assert any(len(leg.line) > 2 for leg in legs)
    said = found.method.parameters["way"]
    counted = f"{len(straight)} of {len(found.ways.legs)} are straight, at least in part, and counted 1.3 times as long"
    assert said == f"along the streets (made); {counted}: no way along known streets joins the ends"
    assert STREET_WAYS in found.method.caveats


def test_one_who_goes_nowhere_has_no_legs_and_the_words_count_the_rest() -> None:
    assert ways_words("OS", []) == "along the streets (OS)"
    assert ways_words("OS", ["", ""]) == "along the streets (OS)"
    assert ways_words("OS", ["", NONE_NEAR]).startswith("along the streets (OS); 1 of 2 is straight, at least in")
    mixed = ways_words("OS", [NONE_NEAR, NONE_NEAR, "too far round"])
    counted = "straight, at least in part, and counted 1.3 times as long: an end lies more than 150 m from any"
    assert mixed.startswith(counted)  # after "Ways are"
    assert "street (2); the known way goes far round" in mixed
    ways = Ways("OS", "©", "v", (Leg(FOOT, (0.0, 0.0, 5.0, 5.0, 9.0, 0.0)),))
    back, other = ways.along(FOOT, [(9.0, 0.0), (0.0, 0.0), (4.0, 4.0)])
    assert back.line == ((9, 0), (5, 5), (0, 0))
    assert (other.why, other.line) == (NONE_NEAR, ((0, 0), (4, 4)))
    assert ways.along(VEHICLE, [(0.0, 0.0), (9.0, 0.0)])[0].why == NONE_NEAR
