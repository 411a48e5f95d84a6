"""Files of a saved plan: buttons that make them when pressed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from data.plan import plans
from data.plan.plans import Saved
from data.plan.wards import area_of
from data.streets.base_map import BaseMap
from pages.ui.map.base_map import base_map_of
from pages.ui.plan.paper import carried as plan_carried
from pages.ui.plan.paper import exports as plan_exports
from pages.ui.plan.paper import phone as plan_phone
from pages.ui.shell.cache import Dataset
from pages.ui.shell.plain import plain

_CSV, _GEOJSON, _GPX, _ICS = "text/csv", "application/geo+json", "application/gpx+xml", "text/calendar"


def downloads(data: Dataset, one: Saved) -> None:
    """Draw the files of a saved plan under one button."""
    area, plan, day = area_of(one.plan, data.area), one.plan, one.saved_at.astimezone(plan_carried.LOCAL).date()
    with st.popover("Download", icon=":material/download:"):
        files: list[tuple[str, str, str, str, Callable[[], bytes]]] = [
            ("Places (CSV)", "places", "csv", _CSV, partial(plan_exports.plan_csv, area, plan, "places", day)),
            ("Map layer (GeoJSON)", "", "geojson", _GEOJSON, partial(plan_exports.plan_geojson, area, plan, day)),
            ("Places and routes for phones (GPX)", "", "gpx", _GPX, partial(plan_carried.plan_gpx, area, plan, day)),
        ]
        if plan.shifts:
            visits = partial(plan_exports.plan_csv, area, plan, "visits", day)
            files = [
                ("To print (PDF)", "", "pdf", "application/pdf", partial(_pdf, data, one, base_map_of(data))),
                ("Visits (CSV)", "visits", "csv", _CSV, visits),
                *(
                    (f"Page for the phone of {crew} (HTML)", f"phone-{crew}", "html", "text/html", page)
                    for crew in plan_phone.crews(plan)
                    for page in (partial(plan_phone.phone_page, plan, area, base_map_of(data), crew, day),)
                ),
                *files,
                ("Calendar (iCalendar)", "", "ics", _ICS, partial(_calendar, data, one)),
            ]
        for label, part, ending, mime, make in files:
            st.download_button(
                plain(label),
                make,
                file_name=plan_exports.file_name(area, plan, part, ending),
                mime=mime,
                key=f"plan_saved_file_{one.id}_{one.revision}_{part}{ending}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )


def _calendar(data: Dataset, one: Saved) -> bytes:
    first = plans.history(data.store, one.id)[-1].saved_at
    return plan_carried.plan_ics(
        area_of(one.plan, data.area), one.plan, one.saved_at, f"{one.id}|{first.isoformat()}", one.revision
    )


def _pdf(data: Dataset, one: Saved, ground: BaseMap | None) -> bytes:
    from pages.ui.plan.paper.pdf import plan_pdf  # draws with matplotlib, whose import takes long

    return plan_pdf(one.plan, data.area, ground, when=one.saved_at.astimezone(plan_carried.LOCAL))
