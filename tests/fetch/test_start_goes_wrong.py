"""``start`` with services that fail or lie, a disk that is full, two at once; on the terminal and on the page."""

from __future__ import annotations

import errno
import json
import os
import socket
import tomllib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.__main__ import main
from data.fetch.history import FETCHING
from data.fetch.hosts import ARCHIVES, Hosts
from data.fetch.start import BEFORE, start
from data.fetch.web import Web
from data.place.area import AREA_VARIABLE, Area, load_area
from data.place.folders import OWN_AREA
from data.store.store import importing, load
from geo.errors import InputError
from tests.fetch import open_geography as played
from tests.fetch.standin import FAULTS
from tests.fetch.test_start import Services
from tests.fetch.test_start import services as services
from tests.tab_pages import Open, html, open_page
from tests.whole.test_pages import PAGES

HOSTILE = 'Park" ]\n[target]\nchange = 1\x1b[2J\u202e<script>alert(1)</script>'


def settle(services: Services, patch: pytest.MonkeyPatch) -> None:
    """Ask what is played, from the terminal and the page."""
    for name in ("police", "ons", "nomis", "geofabrik", "os"):
        patch.setenv(f"DASHBOARD_HOST_{name.upper()}", getattr(services.hosts(), name))
    patch.setenv("DASHBOARD_DATA", str(services.store))
    patch.delenv(AREA_VARIABLE, raising=False)


def whole(services: Services) -> bool:
    """Whether a run without faults gives all there is."""
    services.standin.behave()
    again = services.start("Knowsley")
    rows = load(services.store, load_area(services.store / OWN_AREA)).frame
    return again.report.ok and len(rows) == 30 and len(again.area.residents) == 15 and bool(again.area.forces)


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_after_any_fault_at_any_request_the_next_run_gives_all(services: Services, fault: str, tmp_path: Path) -> None:
    services.start("Knowsley")
    requests, services.standin.slow_seconds = len(services.standin.asked), 0.01
    for after in range(requests):
        services.store = tmp_path / f"store{after}"
        services.standin.behave()
        services.standin.misbehave(".", fault, times=9_999, after=after)
        with suppress(InputError):
            services.start("Knowsley")
        assert whole(services), after


def test_what_could_not_be_had_is_had_by_the_next_run(services: Services) -> None:
    services.standin.misbehave("/nomis/", "403", times=9)
    assert not services.start("Knowsley").area.residents
    own = services.store / OWN_AREA
    own.write_text(own.read_text("utf-8") + "# ours\n", "utf-8")
    services.standin.behave()
    again = services.start("Knowsley")
    assert len(again.area.residents) == 15
    assert "lacked residents" in again.notes[0]
    assert (services.store / BEFORE).read_text("utf-8").endswith("# ours\n")
    assert services.start("Knowsley").notes == ("The area file that is here was kept.",)


@pytest.mark.long
def test_a_full_disk_at_any_file_leaves_the_store_whole(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written, full_at, true = [0], [9_999], os.fsync

    def sync(handle: int) -> None:
        written[0] += 1
        if written[0] >= full_at[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        true(handle)

    monkeypatch.setattr(os, "fsync", sync)
    services.start("Knowsley")
    for at in range(1, written[0] + 1):
        services.store, written[0], full_at[0] = tmp_path / f"store{at}", 0, at
        with suppress(InputError):  # and nothing else
            services.start("Knowsley")
        full_at[0] = 9_999
    assert whole(services)


def test_two_at_once_do_not_write_over_each_other(services: Services) -> None:
    with importing(services.store / FETCHING), pytest.raises(InputError, match=r"another import.*running"):
        services.start("Knowsley")
    assert not (services.store / OWN_AREA).exists()
    assert whole(services)


@pytest.mark.parametrize("year", [1970, 2001, 2099])
def test_a_clock_that_is_wrong_does_no_harm(services: Services, year: int) -> None:
    web = Web(tries=1, wait=0.0)
    start(web, services.hosts(), services.store, ["Knowsley"], census=True, now=datetime(year, 1, 1, tzinfo=UTC))
    web.close()
    assert whole(services)


def test_a_folder_that_cannot_be_written_is_told(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settle(services, monkeypatch)
    (tmp_path / "file").write_bytes(b"")
    for store in (tmp_path / "file", tmp_path / "file" / "inside"):
        assert main(["start", "Knowsley", "--census", "--store", str(store)]) == 1
        assert "file" in capsys.readouterr().err
    assert (tmp_path / "file").read_bytes() == b""


def test_a_force_that_is_none_is_refused_before_anybody_is_asked(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(services, monkeypatch)
    assert main(["fetch", "--force", "mersyside"]) == 1
    assert "Is it merseyside or" in capsys.readouterr().err
    assert services.standin.asked == []


# --- hostile text ----------------------------------------------------------------------------------------------------
@pytest.fixture
def hostile(services: Services) -> Services:
    """Names of wards and districts, and a failure, that would be read as something else."""
    ons = services.standin.plays["/ons"]
    assert isinstance(ons, played.OpenGeography)
    words = "".join(c for c in HOSTILE if c.isprintable())
    ons.tables[played.WARDS].rows[0]["WD26NM"] = words
    for row in ons.tables[played.DISTRICTS].rows:
        row["LAD26NM"] += words
    ons.failing[played.PARTNERS] = {"error": {"code": 500, "message": HOSTILE}}
    return services


def test_a_name_that_controls_is_refused_and_not_obeyed(
    hostile: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(hostile, monkeypatch)
    ons = hostile.standin.plays["/ons"]
    assert isinstance(ons, played.OpenGeography)
    ons.tables[played.WARDS].rows[0]["WD26NM"] = HOSTILE
    assert main(["start", played.KNOWSLEY, "--census"]) == 1
    out, err = capsys.readouterr()
    assert "a character that controls" in err
    assert not {"\x1b", "\u202e"} & set(out + err)
    assert not (hostile.store / OWN_AREA).exists()


def test_hostile_names_are_words_in_the_file_on_the_terminal_and_on_the_page(
    hostile: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(hostile, monkeypatch)
    main(["start", played.KNOWSLEY, "--census"])
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "\u202e" not in out + err
    text = (hostile.store / OWN_AREA).read_text("utf-8")
    assert "target" not in tomllib.loads(text)
    assert "\x1b" not in text
    for page in ("", "pages/data.py"):
        at = open_page(monkeypatch, hostile.store, page)
        assert "<script>alert" not in html(at)
    main(["start", "Knows", "--json"])
    assert json.loads(capsys.readouterr().out)["ok"] is False


# --- the page --------------------------------------------------------------------------------------------------------
def press(at: AppTest) -> AppTest:
    """Press the button that fetches."""
    at.button(key="fetch").click().run()
    assert not at.exception
    return at


def test_the_page_says_all_whom_a_press_asks() -> None:
    assert Hosts().machines(area=False) == ("data.police.uk", ARCHIVES)
    assert Hosts().machines(area=True) == ("services1.arcgis.com", "www.nomisweb.co.uk", "data.police.uk", ARCHIVES)
    assert Hosts().machines(area=False, streets=True)[-1] == "download.geofabrik.de"
    assert Hosts(police="http://mirror:1").machines(area=False) == ("mirror:1",)


def test_a_press_while_another_run_is_on_is_told_and_a_later_one_fetches(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(services, monkeypatch)
    at = open_page(monkeypatch, services.store, "pages/data.py")
    with importing(services.store / FETCHING):
        assert "another import into this store is running" in html(press(at))
    assert "<strong>Fetched</strong>" in html(press(at))
    assert "<strong>Fetched</strong>" in html(press(at))


def test_a_run_that_brought_not_everything_is_not_called_done(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(services, monkeypatch)
    services.standin.misbehave("crimes-street-dates", "403", times=9)
    at = press(open_page(monkeypatch, services.store, "pages/data.py"))
    assert "Fetched, but not everything" in html(at)


def test_a_service_that_fails_is_told_on_the_page(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(services, monkeypatch)
    services.standin.misbehave("zip", "403", times=9)
    at = press(open_page(monkeypatch, services.store, "pages/data.py"))
    assert "This cannot be shown" in html(at)
    assert "403" in html(at)


# --- nobody else talks to another machine ----------------------------------------------------------------------------
@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No connection can be made, and no name looked up; who tries is told."""
    tried: list[str] = []

    def refuse(*arguments: object, **_: object) -> None:
        tried.append(str(arguments[-1]))
        raise OSError("no network in this test")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    return tried


@pytest.mark.parametrize("page", PAGES)
def test_no_page_talks_to_another_machine(opened: Open, tmp_path: Path, blocked: list[str], page: str) -> None:
    opened(tmp_path / "none", page)
    assert blocked == []


def test_no_other_command_talks_to_another_machine(
    services: Services, monkeypatch: pytest.MonkeyPatch, area: Area, blocked: list[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(services.store))
    missing = str(tmp_path / "nothing")
    for command in (
        ["status"], ["import", missing], ["area", "--from", area.file], ["terms", missing], ["basemap", missing],
        ["postcodes", missing], ["accept", "merseyside", "2024-10"],
        ["wards", missing, missing, "--vintage", "x", "--attribution", "x"],
    ):  # fmt: skip
        main(command)
    assert blocked == []
    with pytest.raises(InputError):
        Web(tries=1).get(services.standin.address)
    assert blocked  # that the block is one
