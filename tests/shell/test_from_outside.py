"""What comes from outside reaches no file that it should not, and what goes out names no folder of the machine."""

from __future__ import annotations

import builtins
import io
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.feed.mapping import feed_slug
from data.feed.records import MOST_BYTES
from data.plan.plans import save
from geo.errors import InputError
from pages.ui.loading.coverage import safe_name
from pages.ui.outcome.address import PARAMETERS as DID_PARAMETERS
from pages.ui.shell.choice import PARAMETERS
from pages.ui.shell.folders import by_name
from tests.conftest import ROOT
from tests.plan.made_plans import NOW, made_plan
from tests.tab_pages import PAGES, html, open_page

PLAN = "Plan an operation"
CLIMBS = ["../../../../etc/passwd", "/etc/passwd", "..\\..\\etc\\passwd", "file:///etc/passwd", "%2e%2e%2fetc%2fpasswd"]


def test_the_server_answers_here_alone_and_takes_nothing_from_other_pages() -> None:
    server = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]
    assert server["address"] == "localhost"
    assert (server["enableCORS"], server["enableXsrfProtection"]) == (True, True)
    assert MOST_BYTES <= server["maxUploadSize"] << 20 <= 500 << 20
    assert not {"trustedUserHeaders", "corsAllowedOrigins", "enableAgentApi"} & set(server)


# --- in --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("climb", CLIMBS[:2])
def test_an_address_opens_no_file(store: Path, monkeypatch: pytest.MonkeyPatch, climb: str) -> None:
    opened: list[str] = []

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(name: Any, *args: Any, **more: Any) -> Any:
            opened.append(str(name))
            return original(name, *args, **more)

        return wrapper

    for module in (builtins, io, os):
        monkeypatch.setattr(module, "open", watched(module.open))
    query = {name.replace("-", "_"): climb for name in {*PARAMETERS, *DID_PARAMETERS, "plan", "load", "step", "feed"}}
    open_page(monkeypatch, store, PAGES["Data"], **query)
    assert not [name for name in opened if "passwd" in name]


@pytest.mark.parametrize("climb", [*CLIMBS, "con", "a\0b", "feed/../../x", "\u202eegdirb"])
def test_the_name_of_a_feed_is_no_path(climb: str) -> None:
    try:
        slug = feed_slug(climb)
    except InputError:
        return
    assert not {*slug} - {*"abcdefghijklmnopqrstuvwxyz0123456789-"}


@pytest.mark.parametrize("climb", CLIMBS)
def test_the_name_of_an_upload_is_no_path(climb: str) -> None:
    name = safe_name(climb, set())
    assert Path(name).name == name
    assert "\\" not in name


# --- out -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("STORE/manifest.json: cannot be read (found 'STORE')", "manifest.json: cannot be read (found 'a store')"),
        ("STORE/incidents/police.uk/x.parquet is damaged", "incidents/police.uk/x.parquet is damaged"),
        ("[Errno 13] Permission denied: '/srv/secret/place/x.csv'", "[Errno 13] Permission denied: 'x.csv'"),
        (r"C:\Users\jo\Documents\x.csv, row 3: no", "x.csv, row 3: no"),
        (r"\\server\share\x.csv: no", "x.csv: no"),
        ("ROOT/data/area.toml: no", "area.toml: no"),
        ("31/10/2024, and/or 1/2 of archive.zip/2024-10/x.csv", "31/10/2024, and/or 1/2 of archive.zip/2024-10/x.csv"),
        ("see https://data.police.uk/data/archive/ for more", "see https://data.police.uk/data/archive/ for more"),
        ("no path in it", "no path in it"),
    ],
)
def test_messages_name_files_and_no_folders(
    store: Path, monkeypatch: pytest.MonkeyPatch, text: str, shown: str
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    assert by_name(text.replace("STORE", str(store)).replace("ROOT", str(ROOT))) == shown


@pytest.mark.parametrize(
    ("page", "damaged"),
    [
        *((page, "manifest.json") for page in [*PAGES, PLAN]),
        (PLAN, "area.toml"), ("Data", "measured.json"), ("Data", "accepted.json"), ("Plan targets", "plans.sqlite3"),
    ],
)  # fmt: skip
def test_no_page_names_a_folder_of_the_machine(
    store: Path, monkeypatch: pytest.MonkeyPatch, page: str, damaged: str
) -> None:
    if damaged == "plans.sqlite3":
        save(store, made_plan(), NOW)
    store.mkdir(exist_ok=True)
    (store / damaged).write_bytes(b"{ this is damaged")
    state = {"plan_step": "Saved plans", "data_details": "False alarms"}
    at = open_page(monkeypatch, store, PAGES.get(page, "pages/plan_operation.py"), state)
    said = html(at) + "".join(one.value for one in at.code) + "".join(str(one.value) for one in at.dataframe)
    assert str(store) not in said
    assert str(store.parent) not in said
    assert str(ROOT) not in said
    if damaged == "manifest.json":
        assert "manifest.json: the manifest of the store cannot be read" in said
