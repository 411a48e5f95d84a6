"""Plays Open Geography and Nomis: layers and lookups in pages, with their limits, from the recorded answers."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from tests.conftest import SHARED
from tests.fetch.standin import Asked, Reply, as_json

SAMPLES = SHARED.parent / "live" / "samples"
ROOT = "/ons"
KNOWSLEY, LIVERPOOL, HALTON, FAR = "E08000011", "E08000012", "E06000006", "E06000009"
WARDS, DISTRICTS = "WD_MAY_2026_UK_BGC", "Local_Authority_Districts_May_2026_Boundaries_UK_BGC"
LSOAS, PARTNERS = "LSOA21_WD25_LAD25_EW_LU_v2", "LAD25_CSP25_PFA25_EW_LU"
SHAPES_OF_LSOAS = "Lower_layer_Super_Output_Areas_December_2021_Boundaries_EW_BGC_V5"
LSOAS_BEFORE = "LSOA11_LSOA21_LAD22_EW_LU_v5"


@dataclass
class Table:
    """A layer or lookup: rows, shapes where it has them, and rows at a time."""

    rows: list[dict[str, Any]]
    shapes: list[Any] = field(default_factory=list)
    page: int = 2000


@dataclass
class OpenGeography:
    """The service.

    Attributes
    ----------
    flag : str
        Where a page says that there is more: "top" or "properties".
    failing : dict of str to mapping
        Errors by service, that come with the status of success; "" for the list of services.
    """

    services: list[str]
    tables: dict[str, Table]
    flag: str = "properties"
    failing: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Reply | None:
        """Answer as the service does."""
        name = asked.path.removeprefix(ROOT).strip("/").split("/")[0]
        query = {**asked.query, **asked.form}
        if name in self.failing:
            return as_json(self.failing[name])
        if not name:
            return as_json({"services": [{"name": one, "type": "FeatureServer"} for one in self.services]})
        table = self.tables.get(name)
        if table is None:
            return as_json({"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}})
        if not asked.path.endswith("/query"):
            return as_json({"fields": [{"name": key} for key in table.rows[0]], "maxRecordCount": table.page})
        return self._query(table, query)

    def _query(self, table: Table, query: Mapping[str, str]) -> Reply:
        chosen = [n for n, row in enumerate(table.rows) if _meets(row, query["where"])]
        if box := query.get("geometry"):
            near = shapely.box(*(float(one) for one in box.split(",")))
            chosen = [n for n in chosen if table.shapes[n].intersects(near)]
        first, most = int(query.get("resultOffset", 0)), min(int(query["resultRecordCount"]), table.page)
        page, more = chosen[first : first + most], len(chosen) > first + most
        fields = query["outFields"].split(",")
        answer: dict[str, Any] = {"exceededTransferLimit": True} if more and self.flag == "top" else {}
        rows = [{key: table.rows[n][key] for key in fields} for n in page]
        if query["f"] == "json":
            more_json = {"exceededTransferLimit": True} if more else {}
            return as_json({"features": [{"attributes": row} for row in rows], **more_json})
        if more and self.flag == "properties":
            answer["properties"] = {"exceededTransferLimit": True}
        features = [
            {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(table.shapes[n]))}
            for n, row in zip(page, rows, strict=True)
        ]
        return as_json({"type": "FeatureCollection", "features": features, **answer})


def _meets(row: Mapping[str, Any], where: str) -> bool:
    if where == "1=1":
        return True
    match = re.fullmatch(r"(\w+) IN \((.*)\)", where)
    assert match, where
    return row[match[1]] in re.findall(r"'([^']*)'", match[2])


def recorded() -> OpenGeography:
    """Knowsley's recorded wards under the newest names, its neighbours as squares, and the recorded lookups."""
    listed = json.loads((SAMPLES / "ons_services_root.json").read_text(encoding="utf-8"))["services"]
    names = [one["name"] for one in listed if one["type"] == "FeatureServer"]
    wards = json.loads((SAMPLES / "ons_wards_WD25_E08000011.geojson").read_text(encoding="utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(one["geometry"])) for one in wards]
    table = Table([{k.replace("25", "26"): v for k, v in one["properties"].items()} for one in wards], shapes)
    whole = shapely.union_all(shapes)
    west, south, east, north = whole.bounds
    districts = [
        (KNOWSLEY, "Knowsley", whole),
        (LIVERPOOL, "Liverpool", shapely.box(west - 0.2, south, west + 0.005, north).difference(whole)),
        (HALTON, "Halton", shapely.box(west, south - 0.1, east, south - 0.0001)),
        ("E07000127", "West Lancashire", shapely.box(west, north + 0.001, east, north + 0.2)),
        (FAR, "Blackpool", shapely.box(east + 0.0005, north - 0.001, east + 0.2, north + 0.2)),  # in the envelope only
        ("E06000008", "Blackburn with Darwen", shapely.box(1, 51, 1.1, 51.1)),
        ("E07000117", "Burnley", shapely.box(1.2, 51, 1.3, 51.1)),
        ("E07000108", "Dover", shapely.box(1.2, 51.2, 1.3, 51.3)),
        ("S12000033", "Aberdeen City", shapely.box(-2.2, 57, -2.1, 57.1)),
    ]
    lookup = json.loads((SAMPLES / "ons_LAD25_CSP25_PFA25_merseyside.json").read_text(encoding="utf-8"))["features"]
    partners = [
        {key: one["attributes"][key] for key in ("LAD25CD", "LAD25NM", "CSP25CD", "CSP25NM", "PFA25CD", "PFA25NM")}
        for one in lookup
    ]
    for code, csp, force in (
        (HALTON, "Halton", "E23000006"), ("E07000127", "West Lancashire", "E23000003"),
        (FAR, "Fylde Coast", "E23000002"), ("E06000008", "Pennine", "E23000003"), ("E07000117", "Pennine", "E23000003"),
    ):  # fmt: skip
        partners.append({"LAD25CD": code, "CSP25CD": "E22-" + csp, "CSP25NM": csp, "PFA25CD": force} | dict.fromkeys(
            ("LAD25NM", "PFA25NM"), "")
        )  # fmt: skip
    with (SHARED / "lookups" / "lsoa2021_to_ward.csv").open(encoding="utf-8") as handle:
        lsoas = [
            {"LSOA21CD": row["lsoa21_code"], "WD25CD": row["ward24_code"], "LAD25CD": row["ltla24_code"]}
            for row in csv.DictReader(handle)
        ]
    with (SHARED / "lookups" / "lsoa2011_to_lsoa2021.csv").open(encoding="utf-8") as handle:
        before = [
            {"LSOA11CD": row["lsoa11_code"], "LSOA21CD": row["lsoa21_code"], "CHGIND": row["change_code"]}
            for row in csv.DictReader(handle)
        ]
    drawn = json.loads((SHARED / "boundaries" / "knowsley_lsoa_2021.geojson").read_text(encoding="utf-8"))["features"]
    return OpenGeography(
        names,
        {
            WARDS: table,
            DISTRICTS: Table([{"LAD26CD": c, "LAD26NM": n} for c, n, _ in districts], [s for _, _, s in districts]),
            PARTNERS: Table(partners, page=1000),
            LSOAS: Table(lsoas, page=1000),
            LSOAS_BEFORE: Table(before, page=1000),
            SHAPES_OF_LSOAS: Table(
                [{key: one["properties"][key] for key in ("LSOA21CD", "LSOA21NM")} for one in drawn],
                [shapely.from_geojson(json.dumps(one["geometry"])) for one in drawn],
            ),
        },
    )


class Nomis:
    """Census residents by LSOA as recorded; mid-year estimates are three more in each, so that none is taken for it."""

    more = 3
    failing = ""

    def __init__(self) -> None:
        with (SAMPLES / "nomis_NM_2021_1_TS001_lsoa.csv").open(encoding="utf-8-sig") as handle:
            self.census: Sequence[tuple[str, int]] = [
                (row["GEOGRAPHY_CODE"], int(row["OBS_VALUE"])) for row in csv.DictReader(handle)
            ]
        self.named: dict[str, str] = {}  # what small areas are called, where a test asks

    def __call__(self, asked: Asked) -> Reply | None:
        """Answer as Nomis does; a part that it does not know is an incomplete query, with the status of success."""
        dataset = Path(asked.path).name.removesuffix(".data.csv")
        need = {"NM_2021_1": "c2021_restype_3", "NM_2014_1": "c_age"}
        if (
            self.failing == dataset
            or need.get(dataset, "") not in asked.query
            or "TYPE151" not in asked.query["geography"]
        ):
            return Reply((SAMPLES / "nomis_error.txt").read_bytes())
        more, year = (0, "2021") if dataset == "NM_2021_1" else (self.more, "2024")
        first, most = int(asked.query["RecordOffset"]), min(40, int(asked.query["RecordLimit"]))
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(["DATE_NAME", "GEOGRAPHY_CODE", "GEOGRAPHY_NAME", "OBS_VALUE", "RECORD_COUNT"])
        for code, count in self.census[first : first + most]:
            writer.writerow([year, code, self.named.get(code, "Knowsley 001A"), count + more, len(self.census)])
        return Reply(("\ufeff" + text.getvalue()).encode(), 200, {"Content-Type": "text/csv"})
