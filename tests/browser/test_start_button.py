"""The button that fetches, pressed in a real browser: whom it asks is said first, and the page shows what came."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from data.place.area import Area
from data.store.manifest import read_manifest
from tests.browser.server import PAINT_MS, Watch, serve, settled
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.standin import stand_in
from tests.fetch.streets_hosts import Geofabrik
from tests.fetch.test_start import months_of


def test_a_press_on_start_brings_the_months(browser: Browser, area: Area, tmp_path: Path) -> None:
    store = tmp_path / "store"
    with stand_in(geofabrik=Geofabrik.of(area)) as standin:
        ArchiveHost({"2024-10": months_of(area, tmp_path)}).play(standin)
        settings = {
            "DASHBOARD_HOST_POLICE": standin.address,
            "DASHBOARD_HOST_GEOFABRIK": f"{standin.address}/geofabrik",
            "DASHBOARD_TODAY": "2024-12-15",
        }
        with serve(store, **settings) as address:
            context = browser.new_context(viewport={"width": 390, "height": 800})
            watch, page = Watch(context), context.new_page()
            page.goto(f"{address}/data")
            settled(page)
            said = page.get_by_text("A press asks")
            expect(said).to_contain_text(standin.address.removeprefix("http://"))
            assert standin.asked == []  # no page asks anybody by itself
            page.get_by_role("button", name="Start", exact=True).click()
            expect(page.get_by_text("Fetched", exact=True)).to_be_visible(timeout=PAINT_MS)
            settled(page)
            expect(page.get_by_text("6 files fetched")).to_be_visible()
            expect(page.get_by_text("2 months of published incidents")).to_be_visible()
            expect(page.get_by_role("button", name="Fetch", exact=True)).to_be_visible()
            # A download button asks whether its file is there as soon as it is drawn; what came meanwhile replaced it.
            assert [said for said in watch.errors if not ("/media/" in said and "404" in said)] == []
            assert watch.foreign == []
            context.close()
    manifest = read_manifest(store)
    assert manifest is not None
    assert len(manifest.units) == 6
