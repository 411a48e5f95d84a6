"""What is spoiled, before it is spoiled: real files where they are, and files made as the publishers make them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from data.place.area import Area, load_area
from data.zone.exported import zones_geojson
from data.zone.zone import PUBLIC_SPACES
from tests.feed.feed_files import csv_bytes, points_in, workbook
from tests.fuzz.spoil import Sample
from tests.geo.ward_layers import simple
from tests.published import police_files
from tests.published.police_files import crime, points_of, row, table
from tests.zone.made_zones import made_zone

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FEW = 40  # rows of a real file


class Lost(Exception):  # noqa: N818  not an error of the program's own: what the fuzz run looks for
    """Rows, or months, that are not accounted for."""


class Told(Exception):  # noqa: N818
    """An error that a reader gave as text in its report; ``names`` is whether it names the file."""

    def __init__(self, text: str, *, names: bool) -> None:
        self.names = names
        super().__init__(text)


@dataclass(frozen=True)
class World:
    """Good input.

    Attributes
    ----------
    folder : Path
        For what is made once.
    shared : Path or None
        Real data; None leaves them out.
    """

    folder: Path
    shared: Path | None = SHARED if SHARED.is_dir() else None

    @cached_property
    def area(self) -> Area:
        """The project's own area."""
        return load_area(ROOT / "data" / "area.toml")

    def real(self, *names: str) -> Iterator[Sample]:
        """Real files by their path in the shared folder; those that are there."""
        for name in names if self.shared else ():
            for path in sorted(self.shared.glob(name)):
                yield Sample(path.name, path.read_bytes())

    @cached_property
    def police(self) -> tuple[Sample, ...]:
        """Two months of CSV as published, of some rows each."""
        points = points_of(self.area)
        where = (points.inside, points.other, points.buffer, points.outside, ("", ""))
        made = [row(where[n % 5]) if n % 3 else crime(where[n % 5], n) for n in range(FEW)]
        found = [Sample(police_files.named(), table(made), FEW)]
        real = next(self.real("data/police_uk/merseyside_2022-10_to_2024-12.zip"), None)
        if real is not None:
            with zipfile.ZipFile(io.BytesIO(real.raw)) as archive:
                for name in [one for one in archive.namelist() if "2024-0" in one and one.endswith("street.csv")][:2]:
                    lines = archive.read(name).splitlines(keepends=True)
                    found.append(Sample(Path(name).name, b"".join(_spread(lines)), FEW))
        return tuple(found)

    @cached_property
    def archives(self) -> tuple[Sample, ...]:
        """The same two months, as an archive."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in self.police:
                archive.writestr(f"{one.name[:7]}/{one.name}", one.raw)
        return (Sample("police.zip", out.getvalue()),)

    @cached_property
    def feeds(self) -> tuple[Sample, ...]:
        """Partners' tables."""
        points = points_in(self.area, FEW)
        made = [
            {"Ref": f"R{n}", "Date": f"{n % 28 + 1:02d}/10/2024", "Time": f"{n % 24:02d}:15", "Easting": x,
             "Northing": y, "Type": ("Rowdy", "Noise", "Littering")[n % 3], "Caller": f"Mrs Example {n}"}
            for n, (x, y) in enumerate(points)
        ]  # fmt: skip
        real = self.real("data/partner/*.csv", "data/cases/*/*.csv", "data/cases/feed_forms/*.csv")
        return (
            Sample("made.csv", csv_bytes(list(made[0]), made), FEW),
            *(Sample(one.name, b"".join(_spread(one.raw.splitlines(keepends=True)))) for one in real
              if "street" not in one.name),
        )  # fmt: skip

    @cached_property
    def workbooks(self) -> tuple[Sample, ...]:
        """Partners' workbooks."""
        rows = list(csv.reader(io.StringIO(self.feeds[0].raw.decode())))
        typed = [[int(cell) if cell.isdecimal() else cell for cell in each] for each in rows]
        made = workbook({"About": [["Some report"], []], "Data": typed})
        return (Sample("made.xlsx", made), *self.real("data/cases/*/*.xlsx"))

    @cached_property
    def points(self) -> tuple[Sample, ...]:
        """Partners' points as GeoJSON."""
        features = [
            {
                "type": "Feature",
                "properties": {"id": n, "date": f"2024-10-{n % 28 + 1:02d}T18:15:00", "type": "noise"},
                "geometry": {"type": "Point", "coordinates": [-2.85 + n / 1000, 53.43]},
            }
            for n in range(12)
        ]
        raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
        return (Sample("made.geojson", raw), *_cut(self.real("data/cases/*/geojson_points.geojson")))

    @cached_property
    def layers(self) -> tuple[Sample, ...]:
        """Ward layers as GeoJSON and TopoJSON."""
        real = self.real(
            "data/boundaries/knowsley_wards*", "data/cases/ward*/*.geojson", "live/samples/ons_wards_*.geojson"
        )
        own = (ROOT / "data" / "wards.geojson").read_bytes()
        return (Sample("wards.geojson", own), Sample("made.geojson", json.dumps(simple()).encode()), *_cut(real))

    @cached_property
    def zones(self) -> tuple[Sample, ...]:
        """Zones as GeoJSON, as they are exported, and as GeoPackage."""
        import geopandas as gpd

        every = [made_zone(), made_zone("<b>Precinct</b>", PUBLIC_SPACES, 900)]
        path = self.folder / "zones.gpkg"
        rows = {"name": [one.name for one in every], "type": ["PSPO", "dispersal"], "from": ["30/10/2024 17:00"] * 2}
        gpd.GeoDataFrame(rows, geometry=[one.shape for one in every], crs=27700).to_file(path, layer="zones")
        exported = zones_geojson(every, ZoneInfo("Europe/London"))
        return Sample("zones.geojson", exported), Sample(path.name, path.read_bytes())

    @cached_property
    def binary_layers(self) -> tuple[Sample, ...]:
        """Ward layers as GeoPackage, zipped shapefile, KML and GML."""
        import geopandas as gpd

        frame = gpd.GeoDataFrame.from_features(simple(6)["features"], crs=4326)
        found = []
        for ending, driver in (("gpkg", "GPKG"), ("kml", "KML"), ("gml", "GML")):
            path = self.folder / f"made.{ending}"
            frame.to_file(path, driver=driver)
            found.append(Sample(path.name, path.read_bytes()))
        shape = self.folder / "shape"
        shape.mkdir()
        frame.to_file(shape / "made.shp")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(shape.iterdir()):
                archive.write(part, part.name)
        found.append(Sample("shape.zip", out.getvalue()))
        for one in self.real("data/boundaries/lancashire_wards.gpkg"):
            path = self.folder / "real.gpkg"
            (self.folder / "all.gpkg").write_bytes(one.raw)
            gpd.read_file(self.folder / "all.gpkg").head(10).to_file(path, driver="GPKG")
            found.append(Sample(path.name, path.read_bytes()))
        return tuple(found)

    @cached_property
    def area_files(self) -> tuple[Sample, ...]:
        """The project's own area file."""
        return (Sample("area.toml", (ROOT / "data" / "area.toml").read_bytes()),)

    @cached_property
    def extracts(self) -> tuple[Sample, ...]:
        """Extracts of OpenStreetMap."""
        from tests.fetch.streets_hosts import small_pbf

        return (Sample("made.osm.pbf", small_pbf(self.area)), *self.real("live/samples/geofabrik_mini.osm.pbf"))

    @cached_property
    def roads(self) -> tuple[Sample, ...]:
        """Roads of the Ordnance Survey, as a GeoPackage."""
        from tests.streets.made_roads import open_roads

        path = open_roads(self.folder / "roads.gpkg", self.area)
        return (Sample(path.name, path.read_bytes()),)


def _spread(lines: Sequence[bytes]) -> list[bytes]:
    """The head and some lines of all of the file."""
    step = max(1, (len(lines) - 1) // FEW)
    return [*lines[:1], *lines[1::step][:FEW]]


def _cut(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Layers of a few features, whose text is short."""
    for one in samples:
        document = json.loads(one.raw)
        if isinstance(document.get("features"), list):
            document["features"] = document["features"][:15]
        yield Sample(one.name, json.dumps(document).encode())
