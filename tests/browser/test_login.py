"""The app as others reach it: nothing without a login, and Streamlit's own login against a provider on loopback."""

from __future__ import annotations

import json
import socket
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from data.access.actor import MACHINE
from data.access.log import note
from pages.ui.shell import access
from tests.browser.login_provider import CLIENT, SECRET, Provider, provider
from tests.browser.server import PAINT_MS, serve
from tests.conftest import ROOT, need

pytestmark = pytest.mark.long
PAGES = ["", *sorted(path.stem for path in (ROOT / "pages").glob("*.py"))]
SETTINGS = """
[access]
look = ["@council.example"]
administrators = ["head@council.example"]
"""


def other_address() -> str:
    """An address of this machine by which others would reach it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def refused(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".failed", timeout=PAINT_MS)
    page.wait_for_selector('[data-testid="stStatusWidget"]', state="detached", timeout=PAINT_MS)
    assert access.NO_LOGIN in page.inner_text("body")
    assert access.SWITCH in page.inner_text("body")
    assert page.query_selector(".footer") is None
    assert page.query_selector('[data-testid="stPageLink"]') is None


def test_on_every_address_nothing_is_shown_without_a_login(browser: Browser, tmp_path: Path) -> None:
    store = tmp_path / "store"
    with serve(store, "--server.address=0.0.0.0") as address:
        port = address.rpartition(":")[2]
        page = browser.new_page()
        for name in PAGES:
            refused(page, f"{address}/{name}")
        if other := other_address():
            refused(page, f"http://{other}:{port}")
        page.close()
    assert not store.exists()


def test_by_another_name_of_this_machine_nothing_is_shown_either(browser: Browser, tmp_path: Path) -> None:
    with serve(tmp_path / "store") as address:
        port = address.rpartition(":")[2]
        page = browser.new_page(extra_http_headers={"X-Forwarded-For": "203.0.113.7"})
        refused(page, address)
        page.close()
        page = browser.new_page()
        refused(page, f"http://dashboard.localhost:{port}")  # which a browser takes for this machine
        page.goto(address)
        page.wait_for_selector(".footer", timeout=PAINT_MS)
        assert page.query_selector(".who") is None  # nobody is asked who they are
        page.close()


def secrets_file(folder: Path, found: Provider) -> Path:
    values = {
        "redirect_uri": "http://localhost:{port}/oauth2callback", "cookie_secret": "c" * 40, "client_id": CLIENT,
        "client_secret": SECRET, "server_metadata_url": f"{found.address}/.well-known/openid-configuration",
    }  # fmt: skip
    path = folder / "secrets.toml"
    path.write_text("[auth]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()))
    return path


def test_a_person_logs_in_and_out_and_another_has_other_rights(browser: Browser, tmp_path: Path) -> None:
    need(all(find_spec(name) for name in ("authlib", "httpx", "joserfc")), "the packages of requirements-login.txt")
    store = tmp_path / "store"
    note(store, MACHINE, "fetch", "forces")
    (store / "access.toml").write_text(SETTINGS)
    with provider() as found, serve(store, STREAMLIT_SECRETS_FILES=str(secrets_file(tmp_path, found))) as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}/data")
        page.get_by_role("button", name="Log in").wait_for(timeout=PAINT_MS)
        assert page.query_selector(".footer") is None

        def log_in(account: str) -> None:
            found.claims = {"sub": account, "email": account}
            page.get_by_role("button", name="Log in").click()
            page.wait_for_selector(".who, .failed:has-text('may not look')", timeout=PAINT_MS)

        def log_out() -> None:
            page.get_by_role("button", name="Log out").click()
            page.get_by_role("button", name="Log in").wait_for(timeout=PAINT_MS)

        log_in("jo@council.example")
        assert page.inner_text(".who").splitlines() == ["As reader", "jo@council.example"]
        page.goto(f"{address}/data")
        page.get_by_text("As reader you cannot load files").wait_for(timeout=PAINT_MS)
        assert page.get_by_role("tab", name="Who did what").count() == 0
        log_out()
        log_in("head@council.example")
        page.goto(f"{address}/data")
        page.get_by_role("tab", name="Who did what").wait_for(timeout=PAINT_MS)
        log_out()
        log_in("jo@elsewhere.example")
        assert "This account may not look at the dashboard" in page.inner_text("body")
        assert page.query_selector(".footer") is None
        # A right that is taken away while somebody looks is gone with the next thing they do.
        log_out()
        log_in("jo@council.example")
        (store / "access.toml").write_text(SETTINGS.replace("@council", "@other"))
        page.get_by_role("link", name="Hotspots", exact=True).click()
        page.get_by_text("This account may not look at the dashboard").wait_for(timeout=PAINT_MS)
        # A cookie that was not signed here is nobody.
        context.add_cookies([{"name": "_streamlit_user", "value": "forged", "url": address}])
        page.goto(address)
        page.get_by_role("button", name="Log in").wait_for(timeout=PAINT_MS)
        context.close()
