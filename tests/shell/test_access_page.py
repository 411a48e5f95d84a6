"""Who is let into the pages: nobody from elsewhere without a login, and with one only whom the settings name."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.access.actor import MACHINE
from data.access.log import note
from pages.ui.shell import access, frame
from tests.conftest import ROOT
from tests.tab_pages import TIMEOUT, html, text

PAGES = ["", *sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))]
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "s" * 32, "client_id": "dashboard",
    "client_secret": "x", "server_metadata_url": "http://localhost:1/.well-known/openid-configuration",
}  # fmt: skip
SETTINGS = """
[access]
look = ["@council.example"]
plan = ["sergeant@council.example"]
import = ["analyst@council.example"]
accept = ["analyst@council.example"]
administrators = ["head@council.example"]
"""
Visit = Callable[..., AppTest]


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, store: Path) -> Visit:
    """Opens a page with headers, a login that is set up, and what it confirmed."""
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
    monkeypatch.delenv(access.SWITCH, raising=False)
    monkeypatch.setattr(access, "find_spec", lambda name: name)  # as if a login's packages were installed

    def open_page(
        page: str = "", host: str = "", auth: Mapping[str, Any] | None = None, account: str = "", **said: Any
    ) -> AppTest:
        monkeypatch.setattr(access, "headers", lambda: {"Host": host} if host else {})
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
        if auth is not None:
            at.secrets["auth"] = dict(auth)
        if account:
            at.user = {"is_logged_in": True, "email": account, "iat": time.time() - 60} | said
        if page:
            at.switch_page(page)
        at.run()
        assert not at.exception
        return at

    return open_page


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Anything that reads the area, the store or the plans fails the test."""

    def read(*_: object, **__: object) -> None:
        raise AssertionError("data were read before anybody was let in")

    monkeypatch.setenv("DASHBOARD_AREA", str(tmp_path / "not there.toml"))
    for name in ("area", "dataset", "doubts", "ensure_vendor"):
        monkeypatch.setattr(frame, name, read)
    monkeypatch.setattr(sqlite3, "connect", read)
    monkeypatch.setattr(access, "default_store", lambda: tmp_path / "no store")


def bare(at: AppTest, page: str) -> None:
    """Nothing but the title and the reason is on the page: no links, no name of the area, no control."""
    assert len(at.title) == 1
    assert not [*at.dataframe, *at.selectbox, *at.text_input, *at.get("page_link"), *at.get("plotly_chart")]
    assert 'class="brand"' not in html(at), page
    assert 'class="footer"' not in html(at), page


# --- without a login -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("untouched")
def test_from_elsewhere_without_a_login_nothing_is_shown_and_nothing_is_read(visit: Visit, page: str) -> None:
    at = visit(page, host="dashboard.council.example")
    bare(at, page)
    assert access.NO_LOGIN in text(at)
    assert "DASHBOARD_WITHOUT_LOGIN=yes" in text(at)
    assert not at.button


@pytest.mark.usefixtures("untouched")
def test_on_another_address_too(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    option = access.st.get_option
    for address in (None, "0.0.0.0", "10.1.2.3", "::"):
        answers = {"server.address": address}
        monkeypatch.setattr(access.st, "get_option", lambda name, answers=answers: answers.get(name, option(name)))
        assert access.NO_LOGIN in text(visit(host="localhost:8501"))
        assert access.NO_LOGIN in text(visit())


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("value", ["", "no", "true", "1", "yes please"])
def test_the_switch_has_one_word(visit: Visit, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(access.SWITCH, value)
    assert access.NO_LOGIN in text(visit(host="dashboard.council.example"))


def test_the_switch_shows_everything_and_says_as_whom(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.SWITCH, "yes")
    at = visit("pages/accessibility.py", host="dashboard.council.example")
    assert '<p class="who">As anybody, without a login</p>' in html(at)


def test_on_this_computer_everything_is_as_it_was(visit: Visit) -> None:
    at = visit("pages/accessibility.py", host="localhost:8501")
    assert 'class="who"' not in html(at)
    assert "Log out" not in [button.label for button in at.button]


# --- with one --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("untouched")
def test_with_a_login_nothing_is_shown_before_it(visit: Visit, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.SWITCH, "yes")  # which a login that is set up does not hear
    at = visit(page, host="localhost:8501", auth=AUTH)
    bare(at, page)
    assert [button.label for button in at.button] == ["Log in"]


@pytest.mark.usefixtures("untouched")
def test_each_provider_is_offered(visit: Visit) -> None:
    shared = {name: AUTH[name] for name in ("redirect_uri", "cookie_secret")}
    part = {name: value for name, value in AUTH.items() if name not in shared}
    at = visit(auth=shared | {"entra": part, "okta": part})
    assert [button.label for button in at.button] == ["Log in with entra", "Log in with okta"]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("lacks", sorted(AUTH))
def test_half_a_login_lets_nobody_in_and_tells_no_secret(visit: Visit, lacks: str) -> None:
    at = visit(auth={name: value for name, value in AUTH.items() if name != lacks}, account="head@council.example")
    bare(at, lacks)
    assert access.NOT_READ in text(at)
    assert not at.button


@pytest.mark.usefixtures("untouched")
def test_without_its_packages_a_login_lets_nobody_in(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "find_spec", lambda name: None)
    assert access.NOT_READ in text(visit(auth=AUTH, account="head@council.example"))


@pytest.mark.usefixtures("untouched")
def test_without_settings_nobody_is_let_in_and_told_so(visit: Visit) -> None:
    at = visit(auth=AUTH, account="head@council.example")
    bare(at, "")
    assert "Nobody has said yet who may look" in text(at)
    assert [button.label for button in at.button] == ["Log out"]


@pytest.fixture
def settings(store: Path) -> Path:
    store.mkdir()
    path = store / "access.toml"
    path.write_text(SETTINGS)
    return path


@pytest.mark.usefixtures("settings")
def test_whom_they_do_not_name_is_told(visit: Visit) -> None:
    at = visit(auth=AUTH, account="<b>x</b>@elsewhere.example")
    bare(at, "")
    assert "This account may not look" in text(at)
    assert "<b>x</b>@elsewhere.example" not in html(at)
    assert "&lt;b&gt;x&lt;/b&gt;@elsewhere.example" in html(at)


@pytest.mark.usefixtures("settings")
def test_a_login_that_is_over_is_asked_for_again(visit: Visit) -> None:
    at = visit(auth=AUTH, account="head@council.example", iat=time.time() - 13 * 3600)
    bare(at, "")
    assert [button.label for button in at.button] == ["Log out", "Log in"]


def test_settings_that_are_wrong_let_nobody_in_and_name_nobody(settings: Path, visit: Visit) -> None:
    settings.write_text(SETTINGS + 'loook = ["boss@council.example"]')
    at = visit(auth=AUTH, account="head@council.example")
    bare(at, "")
    assert access.NOT_READ in text(at)
    assert "council.example" not in text(at)
    assert str(settings.parent) not in text(at)


@pytest.mark.usefixtures("settings")
def test_a_hostile_account_is_text(visit: Visit) -> None:
    account = '"><script>alert(1)</script>@council.example'
    at = visit("pages/accessibility.py", auth=AUTH, account=account)
    assert "As reader" in text(at)
    assert "<script>alert(1)" not in html(at)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;@council.example" in html(at)


# --- roles -----------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("account", "role", "loads", "reads_log"),
    [
        ("anybody@council.example", "reader", False, False),
        ("sergeant@council.example", "planner", False, False),
        ("analyst@council.example", "importer and reviewer", True, False),
        ("head@council.example", "administrator", True, True),
    ],
)
def test_the_data_page_offers_what_the_role_may_do(
    visit: Visit, store: Path, account: str, role: str, loads: bool, reads_log: bool
) -> None:
    note(store, MACHINE, "fetch", "forces")
    at = visit("pages/data.py", auth=AUTH, account=account)
    assert f'<p class="who">As {role}<br>{account}</p>' in html(at)
    assert ("Start" in [button.label for button in at.button]) == loads
    assert ("Import" in [button.label for button in at.button]) == loads
    assert bool(at.get("file_uploader")) == loads
    assert (f"As {role} you cannot load files" in text(at)) != loads
    assert any(tab.label == "Who did what" for tab in at.get("tab")) == reads_log
    at.session_state["data_details"] = "Who did what"
    at.run()
    assert any("account" in one.value for one in at.dataframe) == reads_log
