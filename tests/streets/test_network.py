"""Streets joined into a network: where they share a point and nowhere else, kept small, refused when damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from data.place.area import Area
from data.streets.importing import import_basemap
from data.streets.network import NETWORK, join, keep_network, network, network_version
from data.streets.open_roads import LOCAL, MINOR, PATH
from geo.errors import InputError
from tests.streets import made_roads


def joined(*rows: tuple[int, list[tuple[float, float]]]) -> tuple[list[tuple[float, float]], set[tuple[int, int, int]]]:
    """Nodes in metres, and streets as node, node and length in decimetres."""
    found = join(
        np.array([level for level, _ in rows], dtype=np.int8),
        np.array([shapely.LineString(line) for _, line in rows], dtype=object),
    )
    nodes = [(float(x) / 10, float(y) / 10) for x, y in found.nodes]
    return nodes, {(*sorted(map(int, e)), int(d)) for e, d in zip(found.ends, found.decimetres, strict=True)}


def test_streets_join_at_shared_points_also_inside_a_line() -> None:
    nodes, streets = joined(
        (LOCAL, [(0, 0), (100, 0), (200, 0)]),  # (100, 0) is inside it, and the end of the next
        (LOCAL, [(100, 0), (100, 50)]),
    )
    assert nodes == [(0, 0), (100, 0), (100, 50), (200, 0)]
    assert streets == {(0, 1, 1000), (1, 3, 1000), (1, 2, 500)}


def test_a_bridge_joins_nothing_below_it() -> None:
    nodes, streets = joined((LOCAL, [(0, 0), (200, 0)]), (LOCAL, [(100, -50), (100, 50)]))
    assert len(nodes) == 4
    assert {d for _, _, d in streets} == {2000, 1000}
    assert not {a for a, _, d in streets if d == 2000} & {a for a, _, d in streets if d == 1000}


def test_pieces_of_a_street_are_one_until_the_class_changes() -> None:
    nodes, streets = joined(
        (LOCAL, [(0, 0), (30, 0)]), (LOCAL, [(60, 0), (30, 0)]), (LOCAL, [(60, 0), (60, 40)]),
        (PATH, [(60, 40), (60, 90)]),
    )  # fmt: skip
    assert nodes == [(0, 0), (60, 40), (60, 90)]
    assert streets == {(0, 1, 1000), (1, 2, 500)}


def test_a_ring_is_kept_and_a_street_given_twice_is_one() -> None:
    ring = [(0.0, 0.0), (40.0, 0.0), (40.0, 40.0), (0.0, 0.0)]
    nodes, streets = joined((LOCAL, ring), (LOCAL, [(0, 0), (-50, 0)]), (LOCAL, [(-50, 0), (0, 0)]))
    assert nodes == [(-50, 0), (0, 0)]
    assert streets == {(0, 1, 500), (1, 1, 1366)}
    assert joined((LOCAL, ring)) == ([(0, 0)], {(0, 0, 1366)})


def test_what_is_shorter_than_it_can_be_is_not_kept_so() -> None:
    """Lengths are those of the file, of at least the line that is kept, whose bends are left out."""
    bent = [(float(x), 0.4 * (x % 2)) for x in range(101)]
    found = join(np.array([LOCAL], dtype=np.int8), np.array([shapely.LineString(bent)], dtype=object))
    assert len(found.lines[0]) == 2
    assert found.decimetres[0] == np.ceil(10 * shapely.length(shapely.LineString(bent)))


def test_the_order_of_the_file_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    ends = rng.integers(0, 6, (40, 2, 2)) * 100.0
    lines = np.array([shapely.LineString(e) for e in ends if (e[0] != e[1]).any()], dtype=object)
    classes = rng.integers(MINOR, PATH + 1, len(lines)).astype(np.int8)
    one = join(classes, lines)
    mixed = rng.permutation(len(lines))
    other = join(classes[mixed], shapely.reverse(lines[mixed]))
    for part in ("nodes", "ends", "classes", "decimetres"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
    assert all((a == b).all() for a, b in zip(one.lines, other.lines, strict=True))


def test_it_is_kept_with_the_base_map_and_read_back(area: Area, tmp_path: Path) -> None:
    assert network(tmp_path, area) is None
    assert network_version(tmp_path) == ""
    source = made_roads.open_roads(tmp_path / "roads.gpkg", area)
    import_basemap(source, tmp_path / "store", area, 2024)
    found = network(tmp_path / "store", area)
    assert found is not None
    assert found.version == network_version(tmp_path / "store")
    assert found.source == "OS Open Roads"
    assert "2024" in found.attribution
    x, y = made_roads.cross(area)
    there = {tuple(node) for node in found.nodes.tolist()}
    assert {(x - 400, y), (x + 400, y), (x - 300, y + 150)} <= there
    assert (x, y) not in there  # the A58 goes on over it, and the B5192 shares no point with it
    for (a, b), line, metres in zip(found.ends, found.lines, found.metres, strict=True):
        xy = shapely.get_coordinates(line)
        np.testing.assert_array_equal(xy[[0, -1]], found.nodes[[a, b]])
        assert metres >= shapely.length(line) - 1e-6
    shape = shapely.buffer(area.wards.outline, area.buffer_m + 1)
    assert shapely.contains(shape, found.lines).all()  # the motorway of 120 km is cut


def test_eight_thousand_streets_are_under_a_megabyte(area: Area, tmp_path: Path) -> None:
    made = made_roads.dense(area, 8000, np.random.default_rng(1))
    keep_network(tmp_path, area, np.full(len(made), LOCAL, np.int8), made.geometry.to_numpy(), "©", "made")
    assert (tmp_path / NETWORK).stat().st_size < 500_000


def test_a_damaged_old_or_foreign_file_is_refused_in_words(area: Area, tmp_path: Path) -> None:
    line = np.array([shapely.LineString([(0, 0), (10, 0)])], dtype=object)
    keep_network(tmp_path, area, np.array([LOCAL], np.int8), line, "©", "made")
    kept = tmp_path / NETWORK
    table = pq.ParquetFile(kept).read()
    head = table.schema.metadata[b"streets"]
    for old, new, says in (
        (b'"format": 1', b'"format": 0', "another version of this program"),
        (b'"buffer_m": 1', b'"buffer_m": 2', "another area"),
    ):
        assert old in head
        pq.write_table(table.replace_schema_metadata({b"streets": head.replace(old, new)}), kept)
        with pytest.raises(InputError, match=says) as said:
            network(tmp_path, area)
        assert "python -m data basemap" in str(said.value)
    for column in ("first", "x"):
        pq.write_table(table.drop_columns([column]), kept)
        with pytest.raises(InputError, match="cannot be read"):
            network(tmp_path, area)
    kept.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="cannot be read"):
        network(tmp_path, area)
    assert network_version(tmp_path).startswith("damaged")
