"""From nothing to a dashboard in one command: area, residents, months; again and again without harm."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from data.__main__ import main
from data.fetch.hosts import Hosts
from data.fetch.start import Started, start
from data.fetch.web import FetchError, Web
from data.place.area import AREA_VARIABLE, Area, load_area
from data.place.folders import OWN_AREA
from data.published.police_uk import import_paths
from data.store.store import load
from geo.errors import InputError
from tests.conftest import need
from tests.fetch import open_geography as played
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.standin import Standin, stand_in
from tests.fetch.streets_hosts import Geofabrik
from tests.published.police_files import NOW, archive, crime, named, points_of, put, table

MONTHS = ("2024-09", "2024-10")


def months_of(area: Area, folder: Path) -> bytes:
    """An archive with rows of the area's force and its neighbours'."""
    at = points_of(area)
    rows = {"merseyside": at.inside, "lancashire": at.buffer, "cheshire": at.buffer}
    members = {
        named(month, force): table([crime(point, int(month[5:]) * 100 + k, Month=month) for k in range(5)])
        for month in MONTHS
        for force, point in rows.items()
    }
    return archive(folder / "made.zip", members).read_bytes()


@dataclass
class Services:
    """Everything that is asked, played."""

    standin: Standin
    store: Path

    def hosts(self) -> Hosts:
        """Addresses of what is played."""
        address = self.standin.address
        played_ones = {"geofabrik": f"{address}/geofabrik", "os": f"{address}/os"}
        return Hosts(police=address, ons=address + played.ROOT, nomis=address + "/nomis", **played_ones)

    def start(self, *names: str) -> Started:
        """Start with the census's residents."""
        web = Web(tries=2, wait=0.0)
        try:
            return start(web, self.hosts(), self.store, names, census=True, now=NOW)
        finally:
            web.close()


@pytest.fixture
def services(tmp_path: Path, shared: Path, area: Area) -> Iterator[Services]:
    need(played.SAMPLES.is_dir() and shared.is_dir(), "recorded answers in ../shared/live/samples")
    host = ArchiveHost({"2024-10": months_of(area, tmp_path)})
    plays = {"ons": played.recorded(), "nomis": played.Nomis(), "geofabrik": Geofabrik.of(area)}
    with stand_in(**plays) as standin:
        host.play(standin)
        yield Services(standin, tmp_path / "store")


def test_from_nothing_to_the_area_and_its_months(services: Services, area: Area) -> None:
    begun = services.start("Knowsley")
    assert begun.report.ok
    assert begun.area.wards.codes == area.wards.codes
    assert dict(begun.area.residents) == dict(area.residents)
    own = load_area(services.store / OWN_AREA)
    incidents = load(services.store, own)
    assert [str(month) for month in incidents.months] == list(MONTHS)
    assert int(incidents.frame["ward_code"].notna().sum()) == 10
    told = " ".join(begun.lines())
    assert "python -m data fetch" in told
    assert "streamlit run app.py" in told


def test_streets_come_with_it_once_and_are_no_reason_to_fail(services: Services) -> None:
    services.standin.misbehave(r"^/geofabrik", "403", times=9)
    begun = services.start("Knowsley")
    assert begun.report.ok
    assert not begun.ok
    assert begun.streets is None
    assert "python -m data basemap --fetch" in begun.lacking
    assert len(load(services.store, begun.area).months) == 2
    services.standin.behave()
    again = services.start("Knowsley")
    assert again.ok
    assert again.streets is not None
    assert again.streets.layers["water"] == 1
    asked = len(services.standin.asked)
    assert services.start("Knowsley").streets is None  # they are here
    assert not any(one.path.startswith("/geofabrik") for one in services.standin.asked[asked:])


def test_again_it_goes_on_and_keeps_the_area_file(services: Services) -> None:
    services.start("Knowsley")
    own = services.store / OWN_AREA
    own.write_text(own.read_text(encoding="utf-8").replace("buffer_m = 1000", "buffer_m = 1000  # ours"), "utf-8")
    again = services.start("knowsley")
    assert (again.report.fetched, again.report.unchanged) == (0, 6)
    assert "# ours" in own.read_text(encoding="utf-8")
    assert services.start().area.code == again.area.code  # without a name: the area that is here


def test_a_fault_on_the_way_leaves_what_came_and_the_next_run_goes_on(services: Services) -> None:
    services.standin.misbehave(r"^/archive/", "403", times=99, after=6)
    with pytest.raises(FetchError):
        services.start("Knowsley")
    assert (services.store / OWN_AREA).is_file()
    services.standin.behave()
    assert services.start("Knowsley").report.ok
    assert len(load(services.store, load_area(services.store / OWN_AREA)).months) == 2


def test_a_folder_of_another_area_is_left_alone(services: Services, area: Area, tmp_path: Path) -> None:
    path = put(tmp_path / "in", table([crime(points_of(area).inside, 1)]))
    import_paths([path], services.store, replace(area, code="E07000001", name="Elsewhere"), now=NOW)
    before = sorted(path.name for path in services.store.iterdir())
    with pytest.raises(InputError, match=r"belongs to .* already.*--store FOLDER"):
        services.start("Knowsley")
    assert sorted(path.name for path in services.store.iterdir()) == before


def test_the_command(services: Services, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = services.hosts()
    for name in ("police", "ons", "nomis", "geofabrik", "os"):
        monkeypatch.setenv(f"DASHBOARD_HOST_{name.upper()}", getattr(hosts, name))
    monkeypatch.delenv(AREA_VARIABLE, raising=False)
    monkeypatch.setenv("DASHBOARD_DATA", str(services.store))
    assert main(["start", "Knowsley", "--census"]) == 0
    out, err = capsys.readouterr()
    assert err.count("Asking ") == 1
    assert "2024-10" in out
    assert main(["status", "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["ward_layer"]["matches"] is True
    assert plain["newest_month"] == "2024-10"
    assert main(["start", "Nowhere at all", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_the_archive_that_is_played_is_a_zip(area: Area, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(months_of(area, tmp_path))) as made:
        assert len(made.namelist()) == 6
