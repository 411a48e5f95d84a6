"""What the server does before anybody asks: found by Streamlit, quick to import, and what the first page asks for."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.app_discovery import discover_asgi_app

from data.place.area import Area
from pages.ui.hotspots import picture as hotspots
from pages.ui.map import base_map
from pages.ui.shell import cache, later
from pages.ui.start import server, warm
from tests.conftest import ROOT
from tests.tab_pages import open_page
from tests.waited import ran

SLOW = ("scipy.stats", "scipy.optimize", "scipy.spatial", "matplotlib", "pptx", "openpyxl", "geopandas")
FIRST = """
import ast, importlib, sys
for page in ("app.py", "pages/hotspots.py"):
    for node in ast.walk(ast.parse(open(page, encoding="utf-8").read())):
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                try:
                    importlib.import_module(f"{node.module}.{one.name}")
                except ModuleNotFoundError:
                    importlib.import_module(node.module)
"""


def loaded(code: str) -> set[str]:
    """Run a script in a new process; gives the modules that it has loaded at its end."""
    command = [sys.executable, "-c", f"{code}\nprint(*sys.modules)"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return set(done.stdout.split())


def test_the_first_pages_load_nothing_that_is_slow_and_not_needed() -> None:
    there = loaded(FIRST)
    assert {"pages.ui.hotspots.tabs", "pages.ui.overview.tabs"} <= there
    assert there & set(SLOW) == set()


def test_streamlit_finds_the_server_and_importing_it_loads_no_page() -> None:
    found = discover_asgi_app(ROOT / "app.py")
    assert (found.is_asgi_app, found.import_string) == (True, "app:app")
    there = loaded("import sys\nimport app\nassert app.app.script_path.samefile('app.py')")
    there -= {"pages.ui.shell", "pages.ui.shell.later"}  # what the server answers for; they load nothing themselves
    assert not [
        name for name in there if name.startswith(("pages.ui.shell", "pages.ui.hotspots", "data.", "analysis."))
    ]


def test_a_session_finds_what_was_warmed_up(
    monkeypatch: pytest.MonkeyPatch, shared: Path, area: Area, short: Path
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(short))
    monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
    cache.results.clear()
    cache._incidents.clear()
    warm.warm()

    def again(of: Callable[..., Any]) -> Callable[..., Any]:
        def made(*_: Any, **__: Any) -> Any:
            raise AssertionError(f"{of.__name__} was made again")

        made.__module__, made.__qualname__ = of.__module__, of.__qualname__
        return made

    monkeypatch.setattr(hotspots, "picture", again(hotspots.picture))
    monkeypatch.setattr(base_map, "payload", again(base_map.payload))
    monkeypatch.setattr(cache, "load", again(cache.load))
    open_page(monkeypatch, short, "pages/hotspots.py")


def test_a_store_that_cannot_be_used_is_left_to_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    warm.warm()


def test_the_server_answers_while_it_warms_up(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go.wait(10)

    async def begin() -> None:
        async with server.lifespan(None):
            assert begun.wait(10)
            assert later.painted().listening

    monkeypatch.setattr(server, "_warm", slow)
    monkeypatch.setattr(server, "open_browser", lambda: None)
    ran(begin())
    assert not later.painted().listening
    go.set()


@pytest.mark.parametrize(("base", "below"), [("", ""), ("/a/b/", "/a/b")])
def test_the_server_hears_that_a_map_is_painted(monkeypatch: pytest.MonkeyPatch, base: str, below: str) -> None:
    monkeypatch.setattr(later.st, "get_option", {"server.baseUrlPath": base}.get)
    answers = Starlette(routes=server.routes())
    runs = later.painted()
    mine, other = runs.begin(), runs.begin()

    async def tell() -> list[int]:
        asked = httpx.ASGITransport(app=answers)
        async with httpx.AsyncClient(transport=asked, base_url="http://here") as client:
            told = [await client.post(f"{below}/painted/{token}") for token in (mine, "unheard-of")]
            return [one.status_code for one in (*told, await client.get(f"{below}/painted/{mine}"))]

    assert ran(tell()) == [204, 204, 405]
    assert runs.wait(mine, 0)
    assert not runs.wait(other, 0)


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"server.address": "localhost"}, "http://localhost:8501/"),
        ({"server.address": "0.0.0.0"}, "http://here:8501/"),
        ({"server.sslCertFile": "x", "server.baseUrlPath": "/a/"}, "https://here:8501/a"),
        ({"server.headless": True}, None),
    ],
)
def test_the_browser_opens_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], address: str | None
) -> None:
    options = {"browser.serverAddress": "here", "server.port": 8501, **settings}
    opened: list[str] = []
    monkeypatch.setattr(server.st, "get_option", options.get)
    monkeypatch.setattr(server.webbrowser, "open", opened.append)
    server.open_browser()
    assert opened == ([address] if address else [])


def test_turns_of_threads_are_as_before_after_a_warm_up_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: str) -> None:
        raise RuntimeError("no")

    before = sys.getswitchinterval()
    monkeypatch.setattr(server, "import_module", fails)
    server._warm()
    assert sys.getswitchinterval() == before


HEAPS = """
import ctypes, sys, threading
from pages.ui.start.server import few_heaps
told = few_heaps() if sys.argv[1] == "few" else None
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.fopen.restype, libc.malloc_info.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
together = threading.Barrier(12)
def work():
    together.wait()
    libc.malloc(60_000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
[one.start() for one in threads]
[one.join() for one in threads]
file = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, file)
libc.fclose(file)
print(told, open(sys.argv[2]).read().count("<heap nr="))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the heaps of another C library cannot be told")
def test_threads_share_few_heaps(tmp_path: Path) -> None:
    def heaps(how: str) -> list[str]:
        command = [sys.executable, "-c", HEAPS, how, str(tmp_path / how)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    told, few = heaps("few")
    assert (told, int(few) <= 2) == ("True", True)
    assert int(heaps("many")[1]) > 4


def test_the_warm_up_is_silent_that_it_is_no_session_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    keep = logging.Handler()
    monkeypatch.setattr(keep, "emit", lambda record: said.append(record.threadName))
    log = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")

    class Ask:
        @staticmethod
        def warm() -> None:
            other = threading.Thread(target=get_script_run_ctx, name="other")
            get_script_run_ctx()
            other.start()
            other.join()

    monkeypatch.setattr(server, "import_module", lambda _: Ask)
    log.addHandler(keep)
    before = list(log.filters)
    try:
        thread = threading.Thread(target=server._warm, name=server._NAME)
        thread.start()
        thread.join()
    finally:
        log.removeHandler(keep)
    assert (said, log.filters) == (["other"], before)
