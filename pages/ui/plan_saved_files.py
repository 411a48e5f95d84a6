"""Files of a saved plan: buttons that make them when pressed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from data import plans
from data.plan import Plan
from data.plans import Saved
from pages.ui import plan_exports
from pages.ui.cache import Dataset

_PDF = Path(__file__).with_name("plan_pdf.py")
_CSV, _GEOJSON, _GPX, _ICS = "text/csv", "application/geo+json", "application/gpx+xml", "text/calendar"


def downloads(data: Dataset, one: Saved) -> None:
    """Draw the files of a saved plan under one button."""
    area, plan = data.area, one.plan
    with st.popover("Download", icon=":material/download:"):
        files: list[tuple[str, str, str, str, Callable[[], bytes]]] = [
            ("Visits (CSV)", "visits", "csv", _CSV, partial(plan_exports.plan_csv, area, plan, "visits")),
            ("Places (CSV)", "places", "csv", _CSV, partial(plan_exports.plan_csv, area, plan, "places")),
            (
                "Map layer (GeoJSON)",
                "",
                "geojson",
                _GEOJSON,
                partial(plan_exports.plan_geojson, area, plan),
            ),
            ("Routes for phones (GPX)", "", "gpx", _GPX, partial(plan_exports.plan_gpx, area, plan)),
            ("Calendar (iCalendar)", "", "ics", _ICS, partial(_calendar, data, one)),
        ]
        if _PDF.is_file() and plan.shifts:
            files.insert(0, ("To print (PDF)", "", "pdf", "application/pdf", partial(_pdf, data, plan)))
        for label, part, ending, mime, make in files:
            st.download_button(
                label,
                make,
                file_name=plan_exports.file_name(area, plan, part, ending),
                mime=mime,
                key=f"plan_saved_file_{part}{ending}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )


def _calendar(data: Dataset, one: Saved) -> bytes:
    first = plans.history(data.store, one.id)[-1].saved_at
    return plan_exports.plan_ics(data.area, one.plan, one.saved_at, f"{one.id}|{first.isoformat()}", one.revision)


def _pdf(data: Dataset, plan: Plan) -> bytes:
    from pages.ui.plan_pdf import plan_pdf

    from data.basemap import roads

    return plan_pdf(plan, data.area, roads(data.store, data.area))
