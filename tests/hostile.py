"""Text that something else would read as more than text, and an area, a store and plans that carry it everywhere.

``everywhere(folder)`` makes them. Every text begins with an attack and ends with what it replaces, so that names stay
apart. What an attack would do is seen from outside: it calls :data:`RAN`, asks :data:`CANARY`, makes an element of the
class :data:`CLASS`, or shows :data:`WORKED_OUT`, the product that a template would put in place of a sum.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data.access.actor import MACHINE
from data.demo.dataset import make_demo
from data.feed.importing import import_feed
from data.feed.propose import propose
from data.feed.table import read_table
from data.kinds.crime_types import ASB
from data.place.area import Area, load_area
from data.plan import evidence, figures, plans
from data.plan.plan import Plan
from data.plan.targets import wanted_of
from data.published.police_uk import import_paths
from data.streets.importing import import_basemap
from geo.crs import to_wgs84
from tests import made_small_areas
from tests.conftest import ROOT
from tests.feed.feed_files import csv_bytes, partner_csv
from tests.plan import made_plans
from tests.published.police_files import HEADER, put, table
from tests.streets.made_roads import zoomstack

RAN = "hostileRan"
HOST, PORT = "127.0.0.9", 8765
CANARY = f"http://{HOST}:{PORT}"  # loopback, and no part of the app
CLASS = "hostile"
WORKED_OUT = str(7 * 191)  # of {{7*191}}
NOW = datetime(2025, 1, 15, 9, 0, tzinfo=UTC)
FEED = "partner"

# By what would read it. None holds a character that controls: those are refused in an area file.
TEXTS: dict[str, str] = {
    "markup": f"<b class={CLASS}>b</b>",
    "image": f"<img class={CLASS} src=x onerror={RAN}()>",
    "remote image": f'<img class="{CLASS}" src="{CANARY}/image">',
    "script": f"<script>{RAN}()</script>",
    "end of a script": f"</script><script>{RAN}()</script>",
    "drawing": f"<svg class={CLASS} onload={RAN}()><desc>",
    "frame": f"<iframe class={CLASS} src={CANARY}/frame></iframe>",
    "link of HTML": f'<a class={CLASS} href="{CANARY}/anchor" target=_blank>a</a>',
    "attribute": f'" onmouseover="{RAN}()" x=\'',
    "style": f"<style>*{{background:url({CANARY}/style)}}</style>",
    "template": "{{7*191}} {% raw %} {{ this.get_name() }} #}",
    "template of a script": f"${{7*191}} `${{{RAN}()}}`",
    "end of a string": f"';{RAN}();//\\",
    "format": "{0} {name} %s %(x)s %d",
    "template of a chart": "%{x} %{y:.0f} %{customdata} <extra>e</extra>",
    "line of a chart": "one<br>two<sup>3</sup>",
    "directive": ":red[red] :material/skull: :smile: :blue-background[b] :small[s]",
    "Markdown": "# h **b** *i* `c` ~~s~~ > q",
    "mathematics": r"$\frac{x}{2}$ $$y^2$$ \(z\)",
    "link of Markdown": f"[x](javascript:{RAN}()) [y]({CANARY}/link)",
    "bare link": f"{CANARY}/bare <{CANARY}/auto> www.example.invalid",
    "picture": f"![p]({CANARY}/picture)",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |",
    "list": "- one\n1. two\n---",
    "formula": f'=HYPERLINK("{CANARY}/formula","x")',
    "command": "+cmd|' /C calc'!A1",
    "sum": "@SUM(1+1)*cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "entity": "&lt;b&gt; &#60;i&#62; &amp;",
    "turned": "\u202egnp.exe\u2066 a\u200bb\ufeff",
    "names of a script": "__proto__",
    "more of them": "constructor",
    "end of an XML text": "]]> <!-- <?x ?> <![CDATA[",
    "end of a calendar": "\\nBEGIN:VEVENT;X=Y:,",
}
CONTROLS = "\x1b[2J\x1b]0;taken\x07\x9b31m\u202e"  # what a terminal obeys
_ATTACKS = tuple(TEXTS.values())
_ALONE = {TEXTS["names of a script"], TEXTS["more of them"]}  # which are only what they are without more
_TEXT = re.compile(
    r"^(\s*|.*[{,]\s*)(name|text|caveat|missing|source|note|unit|pattern|partnership|ward_vintage|kind|half_term_of|after)"
    r' = "([^"]*)"'
)
_WARD = re.compile(r'^(E\d{8}) = "([^"]*)"')


def attack(text: str, turn: int | None = None) -> str:
    """Put an attack before a text: of a name always the same one, or the one of a turn."""
    place = zlib.crc32(text.encode()) if turn is None else turn
    found = _ATTACKS[place % len(_ATTACKS)]
    return found if found in _ALONE and turn is not None else f"{found} {text}"


def on_one_line(text: str) -> str:
    """As a CSV of data.police.uk or a form has it."""
    return " ".join(text.split())


def seen(text: str) -> str:
    """Without what nobody sees: names of neighbourhoods and wards, and typed figures, are refused with it."""
    return "".join(c for c in on_one_line(text) if c.isprintable())


@dataclass(frozen=True)
class World:
    """Files that carry hostile text everywhere.

    Attributes
    ----------
    area : Area
    store : Path
    plans : tuple of int
        Numbers of the saved plans: a draft, and one that was run.
    """

    area: Area
    store: Path
    plans: tuple[int, ...]

    @property
    def environment(self) -> dict[str, str]:
        """What the app has to be told to show it."""
        return {
            "DASHBOARD_DATA": str(self.store), "DASHBOARD_AREA": str(self.area.file), "DASHBOARD_TODAY": "2025-01-15",
        }  # fmt: skip


def everywhere(folder: Path, *, share: int = 1, beside: bool = True) -> World:
    """Make an area, a store and plans of hostile text.

    Parameters
    ----------
    folder : Path
    share : int
        Every so many incidents of the demonstration are kept.
    beside : bool
        Neighbourhoods, streets, a feed and a second ward layer too.
    """
    area = hostile_area(folder / "area", layers=beside)
    store = folder / "store"
    rows = published(area, share)
    report = import_paths(rows_files(folder / "files", rows), store, area, now=NOW)
    assert report.ok, report.lines()
    if beside:
        made_small_areas.kept(area, names={n: seen(attack(f"Small {n}", n))[:100] for n in range(45)})
        import_basemap(hostile_streets(folder / "streets.gpkg", area), store, area)
        area = load_area(Path(area.file))
        _feed(area, store)
    return World(area, store, _plans(area, store))


def hostile_area(folder: Path, *, layers: bool = True) -> Area:
    """Write the project's area with hostile text in place of every text that a person chose."""
    folder.mkdir(parents=True, exist_ok=True)
    lines, turn = [], 0
    seen: dict[str, str] = {}
    for line in (ROOT / "data" / "area.toml").read_text(encoding="utf-8").splitlines():
        if ward := _WARD.match(line):
            lines.append(f"{ward[1]} = {json.dumps(attack(ward[2], turn))}")
            turn += 1
            continue
        while found := _TEXT.match(line):
            if found[3] not in seen:
                seen[found[3]] = attack(found[3], len(seen) + 7)
            line = f"{line[: found.start(2)]}\0{found[2]}\0 = {json.dumps(seen[found[3]])}{line[found.end() :]}"
        lines.append(line.replace("\0", ""))
    (folder / "area.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.copy(ROOT / "data" / "wards.geojson", folder / "wards.geojson")
    area = load_area(folder / "area.toml")
    if layers:
        from data.place.layer_added import Added, add_layer
        from tests.two_layers import DAY, recut

        source = recut(folder / "wards.geojson", folder / "source.json")
        add_layer(source, folder / "area.toml", Added(DAY, vintage=TEXTS["image"] + TEXTS["link of Markdown"]))
        area = load_area(folder / "area.toml")
    return area


def published(area: Area, share: int = 1) -> pd.DataFrame:
    """Incidents of the demonstration as published rows, with hostile text in every column that holds text."""
    frame = make_demo(area).incidents.frame.iloc[::share]
    numbers = [f"{n:064x}" for n in range(len(frame))]
    lon, lat = to_wgs84(frame["easting_m"], frame["northing_m"])
    streets = {name: _street(str(name), n) for n, name in enumerate(frame["location"].value_counts().index)}
    streets[frame["location"].value_counts().index[2]] = f"On or near {CONTROLS} Lane"
    return pd.DataFrame({
        "Crime ID": np.where(frame["category"] == ASB, "", numbers),
        "Month": frame["month"].astype(str), "Reported by": on_one_line(TEXTS["image"]),
        "Falls within": on_one_line(TEXTS["template"]),
        "Longitude": [f"{x:.6f}" for x in lon], "Latitude": [f"{y:.6f}" for y in lat],
        "Location": frame["location"].map(streets).astype(str),
        "LSOA code": "E01006448", "LSOA name": [on_one_line(attack("001A", n)) for n in range(len(frame))],
        "Crime type": frame["category"].astype(str),
        "Last outcome category": [on_one_line(attack("outcome", n)) for n in range(len(frame))],
        "Context": [on_one_line(attack("context", n)) for n in range(len(frame))],
    })[list(HEADER)]  # fmt: skip


def _street(name: str, turn: int) -> str:
    """An attack before the words that a page takes away, or after them; the busiest streets have one each."""
    found, words = on_one_line(attack("", turn)), "On or near "
    before = turn % 2 == 0 or found.startswith(("=", "+", "-", "@"))
    return f"{found} {name}" if before else f"{words}{found} {name.removeprefix(words)}"


def rows_files(folder: Path, rows: pd.DataFrame) -> list[Path]:
    """Write the rows as one file a month."""
    found = []
    for month, part in rows.groupby("Month"):
        found.append(put(folder, table(part.to_dict("records")), f"{month}-merseyside-street.csv"))
    return found


def hostile_streets(path: Path, area: Area) -> Path:
    """Write roads, stations, green and names of places with hostile names, as OS Open Zoomstack has them."""
    import shapely

    from tests.streets.made_roads import cross

    zoomstack(path, area)
    x, y = cross(area)
    names = [*TEXTS.values(), "toString", "hasOwnProperty", "valueOf"]
    lines = [shapely.LineString([(x - 900, y - 900 + 60 * n), (x + 900, y - 900 + 60 * n)]) for n in range(len(names))]
    roads = gpd.read_file(path, layer="roads_local")
    more = pd.DataFrame({"type": "Local", "name": names, "level": 0})
    both = pd.concat([pd.DataFrame(roads.drop(columns="geometry")), more], ignore_index=True)
    shapes = [*roads.geometry, *lines]
    gpd.GeoDataFrame(both, geometry=shapes, crs=27700).to_file(path, layer="roads_local", driver="GPKG")
    spots = [shapely.Point(x - 700 + 200 * n, y + 300) for n in range(8)]
    stations = {"name": names[:8], "type": "Railway Station"}
    gpd.GeoDataFrame(stations, geometry=spots, crs=27700).to_file(path, layer="railway_stations", driver="GPKG")
    towns = {"name1": names[8:16], "type": "Town"}
    moved = [shapely.Point(p.x, p.y + 400) for p in spots]
    gpd.GeoDataFrame(towns, geometry=moved, crs=27700).to_file(path, layer="names", driver="GPKG")
    parks = {"type": ["Public Park Or Garden"] * 2, "name": names[2:4]}
    boxes = [shapely.box(x + n, y + 600, x + n + 300, y + 900) for n in (-400, 100)]
    gpd.GeoDataFrame(parks, geometry=boxes, crs=27700).to_file(path, layer="greenspace", driver="GPKG")
    return path


def partner_rows(area: Area) -> tuple[pd.DataFrame, bytes]:
    """A partner's file with hostile kinds, streets and reference numbers, and the bytes of it."""
    frame = pd.read_csv(io.BytesIO(partner_csv(make_demo(area).feed, 1500)), dtype=str, keep_default_na=False)
    frame = frame[["Case Ref", "Date Occurred", "Time", "Easting", "Northing", "National ASB Type", "Incident Type"]]
    kinds = {name: on_one_line(attack(name, n)) for n, name in enumerate(frame["Incident Type"].unique())}
    frame["Incident Type"] = frame["Incident Type"].map(kinds)
    frame["Street"] = [on_one_line(attack("Road", n)) for n in range(len(frame))]
    return frame, csv_bytes(tuple(frame.columns), frame.to_dict("records"))


def _feed(area: Area, store: Path) -> None:
    _, raw = partner_rows(area)
    read = read_table(f"{TEXTS['image']}.csv".replace("/", "_"), raw)
    mapping = replace(
        propose(read, area).mapping, subcategory="", day_first=True, rows_are="incidents", category=ASB,
        columns={
            "start": "Date Occurred", "start_time": "Time", "easting": "Easting", "northing": "Northing",
            "reference": "Case Ref", "asb_type": "National ASB Type", "subcategory": "Incident Type",
            "location": "Street",
        },
    )  # fmt: skip
    import_feed(read, raw, FEED, mapping, store, area, today=date(2025, 1, 15), now=NOW)


def hostile_plan(area: Area, turn: int = 0) -> Plan:
    """A plan with an attack in every text of it."""
    plan = made_plans.made_plan(simulated=False)
    codes = area.wards.codes
    places = tuple(
        replace(place, name=attack(place.name, turn + n), label=attack("label", turn + n), ward_code=codes[n])
        for n, place in enumerate(plan.places)
    )
    shifts = tuple(
        replace(shift, patrols=tuple(
            replace(
                patrol, crew=attack("C", turn + n)[:40], base=replace(patrol.base, name=attack("base", turn + n))
            )
            for n, patrol in enumerate(shift.patrols)
        )) for shift in plan.shifts
    )  # fmt: skip
    return replace(
        plan, title=attack("Plan", turn)[:120], notes="\n".join(_ATTACKS), operation=attack("op", turn + 3),
        places=places, shifts=shifts, caveats=(attack("caveat", turn + 4), *_ATTACKS), feed=FEED,
        parameters={attack("key", n): attack("value", n + 1) for n in range(3)},
        past_range=attack("past", turn + 5), refused=attack("refused", turn + 6),
        ward_names={code: attack("ward", n) for n, code in enumerate(codes)},
    )  # fmt: skip


def _plans(area: Area, store: Path) -> tuple[int, ...]:
    evil = replace(MACHINE, role=attack("planner", 2))
    first = plans.save(store, hostile_plan(area), NOW, actor=evil)
    second = plans.save(store, hostile_plan(area, 5), NOW, actor=evil)
    records = [replace(one, remark=attack("remark", n)) for n, one in enumerate(made_plans.as_planned(second.plan))]
    plans.mark_run(store, second.id, second.revision, records, NOW, actor=evil)
    for n, outcome in enumerate(area.raw.get("outcomes", ())):
        source = seen(attack("source", n))
        figures.save_figure(store, str(outcome["key"]), 3.0, date(2024, 12, 1), source, NOW, actor=evil)
    for n, wanted in enumerate(wanted_of(area.raw)):
        text = "\n".join(map(seen, (attack("text", n), *_ATTACKS)))[:2000]
        entry = evidence.Entry(0, wanted.key, date(2024, 12, 1), text, seen(attack("f", n)), seen(attack("s", n)), NOW)
        evidence.save_evidence(store, entry, actor=evil)
    return first.id, second.id
