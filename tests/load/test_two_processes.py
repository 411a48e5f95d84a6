"""Two processes on one store behind a proxy, as docs/deploy/two_processes.md sets them up."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from data.place.area import Area
from data.plan import plans
from pages.ui.shell.access import ON, SWITCH
from tests.conftest import need
from tests.load import people
from tests.load.made import import_edition
from tests.load.measure import measure
from tests.load.served import ROOT, Served, free_port, serve, wait_until
from tests.load.tab import Tab
from tests.waited import ran

# No login is set up here, so the app has to be told that something in front asks who comes.
_SETTINGS = {"DASHBOARD_TODAY": "2025-01-15", SWITCH: ON}
CONFIG = ROOT / "docs" / "deploy" / "two_processes.nginx.conf"


@contextmanager
def proxy(folder: Path, apps: list[Served]) -> Iterator[str]:
    """Run nginx with the configuration of the docs on ports of this machine; gives its address."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    need(nginx is not None, "nginx (Debian: apt-get install nginx-light)")
    assert nginx is not None
    port, text = free_port(), CONFIG.read_text()
    ports = iter(app.address.rpartition(":")[2] for app in apps)
    text = re.sub(r"server 127\.0\.0\.1:\d+;", lambda _: f"server localhost:{next(ports)};", text)
    text = text.replace("listen 127.0.0.1:8500;", f"listen 127.0.0.1:{port};")
    places = "".join(f"{name}_temp_path {folder};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = (
        f"pid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{places}{text}}}\n"
    )
    (folder / "nginx.conf").write_text(whole)
    command = [nginx, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log", "-p", str(folder), "-g", "daemon off;"]
    with subprocess.Popen(command) as process:
        try:
            address = f"http://localhost:{port}"
            wait_until(f"{address}/_stcore/health", process)
            yield address
        finally:
            process.terminate()


@pytest.mark.long
def test_two_processes_behind_a_proxy_are_one_dashboard(area: Area, tmp_path: Path) -> None:
    store = tmp_path / "store"
    import_edition(area, tmp_path, store, 0)
    with ExitStack() as stack:
        apps = [stack.enter_context(serve(store, **_SETTINGS)) for _ in range(2)]
        folder = tmp_path / "nginx"
        folder.mkdir()
        address = stack.enter_context(proxy(folder, apps))
        ran(_noticed(apps, tmp_path, area))
        load = ran(
            measure([address], [app.process for app in apps], people.SCENARIOS["all"], people=6, seconds=40, between=2)
        )
        saved = ran(_saved_at_once(address))
        assert load.errors == ()
        assert load.end_mb is not None
        used = [app.process.processor_seconds() for app in apps]
        assert min(one or 0.0 for one in used) > 0.2 * max(one or 0.0 for one in used)  # both had something to do
        assert [app.faults() for app in apps] == [0, 0]
        titles = [one.title for one in plans.listed(store)]
        assert {title for title in saved if titles.count(title) != 1} == set()


async def _noticed(apps: list[Served], folder: Path, area: Area) -> None:
    """An import is seen in each process at the next press there, whoever made it."""
    tabs = [Tab(app.address) for app in apps]
    for tab in tabs:
        await tab.open(people.HOTSPOTS)
    for edition in (1, 2):
        await asyncio.to_thread(import_edition, area, folder, folder / "store", edition)
        versions = []
        for tab in tabs:
            await tab.choose("hot_share", tab.options("hot_share")[edition % 2])
            versions += re.findall(r"data version ([0-9a-f]{16})", tab.text())
        assert len(set(versions)) == 1
        (version,) = set(versions)
        assert f"data version {version}" in (await tabs[0].download("csv_hot_trend")).decode()
    for tab in tabs:
        await tab.close()


async def _saved_at_once(address: str) -> list[str]:
    """Several people save a plan in the same moment; gives the titles."""
    titles = [f"Operation {number} at once" for number in range(6)]
    tabs = [Tab(address) for _ in titles]
    for tab, title in zip(tabs, titles, strict=True):
        await tab.open(people.PLAN)
        await tab.choose(people.STEP, "Saved plans")
        await tab.choose(people.TITLE, title)
    await asyncio.gather(*(tab.press(people.SAVE) for tab in tabs))
    assert [error for tab in tabs for error in tab.errors] == []
    for tab in tabs:
        await tab.close()
    return titles
