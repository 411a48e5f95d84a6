"""An area by its name from services that are played: the same wards and residents, and every fault told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.__main__ import main
from data.fetch.area import fetch_area
from data.fetch.hosts import Hosts
from data.fetch.residents import CENSUS
from data.fetch.web import FetchError, Web
from data.place.area import Area, load_area
from data.place.neighbours import claims_of, neighbours_of
from geo.errors import InputError
from tests.conftest import need
from tests.fetch import open_geography as played
from tests.fetch.standin import Standin, stand_in


@dataclass
class Services:
    """What is played, and a way to ask for an area."""

    standin: Standin
    ons: played.OpenGeography
    nomis: played.Nomis
    folder: Path

    def hosts(self) -> Hosts:
        """Addresses of what is played."""
        return Hosts(ons=self.standin.address + played.ROOT, nomis=self.standin.address + "/nomis")

    def fetch(self, *names: str, census: bool = False) -> tuple[Area, str]:
        """Ask for an area; give it with its notes."""
        web = Web(tries=2, wait=0.0)
        try:
            area, notes = fetch_area(web, self.hosts(), names, self.folder / "made.toml", census=census, over=True)
        finally:
            web.close()
        return area, " ".join(notes)


@pytest.fixture
def services(tmp_path: Path, shared: Path) -> Iterator[Services]:
    need(played.SAMPLES.is_dir() and shared.is_dir(), "recorded answers in ../shared/live/samples")
    ons, nomis = played.recorded(), played.Nomis()
    with stand_in(ons=ons, nomis=nomis) as standin:
        yield Services(standin, ons, nomis, tmp_path)


def test_the_project_s_own_area_by_its_name(services: Services, area: Area) -> None:
    made, notes = services.fetch("Knowsley", census=True)
    assert made.wards.codes == area.wards.codes
    assert dict(made.residents) == dict(area.residents)
    assert made.residents_source == area.residents_source == CENSUS
    assert (made.name, made.code, made.partnership) == (area.name, area.code, area.partnership)
    assert made.forces == area.forces
    assert sorted(made.buffer_forces) == sorted(area.buffer_forces)
    assert (made.buffer_m, made.cell_size_m) == (area.buffer_m, area.cell_size_m)
    assert made.notes == (), "everything national is written out"
    assert (made.seasons, made.operations, made.nights) == (area.seasons, area.operations, area.nights)
    assert (made.lockdown, made.lockdown_categories) == (area.lockdown, area.lockdown_categories)
    assert (made.bank_holidays, made.school.holidays) == (area.bank_holidays, area.school.holidays)
    assert made.wards.vintage == "May 2026 (WD_MAY_2026_UK_BGC)"
    assert "database right 2026; source: Office for National Statistics" in made.wards.attribution
    assert "No towns are known" in notes
    assert "No towns are known" in (services.folder / "made.toml").read_text(encoding="utf-8")


def test_the_latest_estimate_is_another_figure_and_says_so(services: Services, area: Area) -> None:
    made, _ = services.fetch(played.KNOWSLEY.lower())
    lsoas = len(services.nomis.census)
    assert sum(made.residents.values()) == sum(area.residents.values()) + played.Nomis.more * lsoas
    assert made.residents_source == (
        "Mid-2024 population estimates, Office for National Statistics, by LSOA best-fitted to wards"
    )


def test_without_the_estimate_the_census_holds_and_says_so(services: Services, area: Area) -> None:
    services.nomis.failing = "NM_2014_1"
    made, notes = services.fetch("Knowsley")
    assert made.residents_source == CENSUS
    assert dict(made.residents) == dict(area.residents)
    assert "The estimate cannot be had: Nomis gave no table" in notes


def test_residents_that_are_none_are_left_out(services: Services) -> None:
    services.nomis.census = [(code, 0) for code, _ in services.nomis.census]
    made, notes = services.fetch("Knowsley", census=True)
    assert not made.residents
    assert "knows nobody in 15 of 15 wards" in notes
    services.ons.tables[played.LSOAS].rows = [
        row | {"WD25CD": "E05099999"} if row["WD25CD"] == "E05010935" else row
        for row in services.ons.tables[played.LSOAS].rows
    ]
    services.nomis.census = played.Nomis().census
    made, notes = services.fetch("Knowsley", census=True)
    assert "lacks 1 wards, such as E05010935" in notes
    assert set(made.wards.codes) - set(made.residents) == {"E05010935"}
    assert sum(made.residents.values()) == 154_505 - 11_626
    assert "No residents are known for 1 wards, which have no rates: E05010935" in notes


@pytest.mark.parametrize("flag", ["top", "properties"])
def test_pages_are_followed_wherever_the_flag_stands(services: Services, flag: str) -> None:
    services.ons.flag = flag
    for table in services.ons.tables.values():
        table.page = 4
    made, _ = services.fetch("Knowsley", census=True)
    assert len(made.wards.codes) == 15
    assert sum(made.residents.values()) == 154_505


def test_lower_case_fields_of_older_layers(services: Services) -> None:
    wards = services.ons.tables[played.WARDS]
    wards.rows = [{key.lower(): value for key, value in row.items()} for row in wards.rows]
    assert len(services.fetch("Knowsley")[0].wards.codes) == 15


def test_a_layer_that_has_gone_gives_way_to_the_one_before(services: Services) -> None:
    wards = services.ons.tables.pop(played.WARDS)
    wards.rows = [{key.replace("26", "25"): value for key, value in row.items()} for row in wards.rows]
    services.ons.tables["WD_DEC_2025_UK_BGC"] = wards
    made, notes = services.fetch("Knowsley")
    assert made.wards.vintage == "Dec 2025 (WD_DEC_2025_UK_BGC)"
    assert "WD_MAY_2026_UK_BGC could not be asked (the service says that it failed: Invalid URL)" in notes


def test_a_newer_layer_is_found_without_a_change_here(services: Services) -> None:
    services.ons.services += ["WD_MAY_2027_UK_BGC_V2", "WD_MAY_2027_UK_BGC"]
    services.ons.tables["WD_MAY_2027_UK_BGC_V2"] = services.ons.tables[played.WARDS]
    assert services.fetch("Knowsley")[0].wards.vintage == "May 2027 (WD_MAY_2027_UK_BGC_V2)"


def test_without_the_list_known_names_are_asked(services: Services) -> None:
    services.ons.failing[""] = {"error": {"code": 503, "message": "An error occurred."}}
    made, notes = services.fetch("Knowsley")
    assert len(made.wards.codes) == 15
    assert "The list of layers cannot be had" in notes


@pytest.mark.parametrize("number", range(4))
def test_an_error_with_the_status_of_success(services: Services, number: int) -> None:
    errors = json.loads((played.SAMPLES / "ons_errors_http200.json").read_text(encoding="utf-8"))
    services.ons.failing = dict.fromkeys(services.ons.services, errors[number])
    with pytest.raises(FetchError, match="the service says that it failed: " + errors[number]["error"]["message"]):
        services.fetch("Knowsley")
    assert not list(services.folder.iterdir()), "nothing was written"


@pytest.mark.parametrize("path", [f"/ons/{played.WARDS}/FeatureServer/0/query", "/ons/.*Districts.*/query"])
@pytest.mark.parametrize(("fault", "message"), [("html", "not JSON"), ("403", "refused"), ("short", "broke off")])
def test_what_is_no_answer(services: Services, path: str, fault: str, message: str) -> None:
    services.standin.misbehave(path, fault, times=9)
    with pytest.raises(FetchError, match=message):
        services.fetch("Knowsley")
    assert not list(services.folder.iterdir()), "nothing was written"


def test_forces_are_unknown_without_their_lookup(services: Services) -> None:
    services.ons.tables.pop(played.PARTNERS)
    made, notes = services.fetch("Knowsley")
    assert made.forces == made.buffer_forces == ()
    assert "Partnerships and forces are not known" in notes
    assert "No police force is known" in notes


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Knowsly", r"no local authority.*Is it Knowsley \(E08000011\)\?"),
        ("Black", r"it is in that of Blackburn with Darwen \(E06000008\), Blackpool \(E06000009\)"),
        ("Aberdeen", r"outside England and Wales.*Aberdeen City"),
        ("Zzzz", "has this name.*or its code"),
        ("", "has this name"),
        ("Penine", r"Is it Pennine \(partnership\)\?"),
    ],
)
def test_names_that_fit_none_or_several(services: Services, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        services.fetch(name)
    assert caught.value.file == "the name of the area"
    assert caught.value.hint


def add_wards(services: Services) -> None:
    """Two wards called Park, one in each of two districts."""
    wards, districts = services.ons.tables[played.WARDS], services.ons.tables[played.DISTRICTS]
    for code, district in (("E05000101", "E06000008"), ("E05000102", "E07000117")):
        at = next(n for n, row in enumerate(districts.rows) if row["LAD26CD"] == district)
        row = dict.fromkeys(wards.rows[0], "") | {"WD26CD": code, "WD26NM": "Park", "LAD26CD": district}
        wards.rows.append(row)
        wards.shapes.append(districts.shapes[at])


@pytest.mark.parametrize("asked", [("Pennine",), ("E06000008", "burnley")])
def test_a_partnership_of_several_districts(services: Services, asked: tuple[str, ...]) -> None:
    add_wards(services)
    made, _ = services.fetch(*asked)
    assert made.wards.names == ("Park (Blackburn with Darwen)", "Park (Burnley)")
    assert [one.name for one in made.townships] == ["Blackburn with Darwen", "Burnley"]
    assert made.forces == ("lancashire",)
    assert made.partnership == "Pennine Community Safety Partnership", "it is that of just these two"
    assert made.name == ("Pennine" if len(asked) == 1 else "Blackburn with Darwen and Burnley")


def test_districts_of_several_partnerships(services: Services) -> None:
    add_wards(services)
    made, _ = services.fetch("Knowsley", "Burnley")
    assert len(made.wards.codes) == 16
    assert sorted(made.forces) == ["lancashire", "merseyside"]
    assert made.partnership == "Knowsley and Burnley Community Safety Partnership"


def test_the_command(services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(services.folder)
    monkeypatch.setenv("DASHBOARD_HOST_ONS", services.hosts().ons)
    monkeypatch.setenv("DASHBOARD_HOST_NOMIS", services.hosts().nomis)
    assert main(["area", "knowsley", "--kind", "county"]) == 0
    out, err = capsys.readouterr()
    assert err == f"Asking {services.standin.address.removeprefix('http://')} ...\n"
    assert "knowsley.toml: Knowsley (E08000011), 15 wards of May 2026" in out
    assert load_area("knowsley.toml").kind == "county"
    asked = len(services.standin.asked)
    assert main(["area", "knowsley"]) == 1
    assert "there is a file of this name already" in capsys.readouterr().err
    assert main(["area"]) == 1
    assert len(services.standin.asked) < asked + 8, "wards and residents are not asked for again"


@pytest.fixture
def gone() -> Callable[[], Web]:
    return lambda: Web(tries=1, wait=0.0, seconds=(0.2, 0.2))


def test_nobody_answers(gone: Callable[[], Web], tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="cannot be reached"):
        fetch_area(
            gone(), Hosts(ons="http://127.0.0.1:9", nomis="http://127.0.0.1:9"), ["Anywhere"], tmp_path / "a.toml"
        )
    assert not list(tmp_path.iterdir())


# --- neighbours


def small_areas(services: Services, district: str, counts: dict[str, int], *called: str) -> None:
    """Small areas of another district, in the lookup and with their residents."""
    services.ons.tables[played.LSOAS].rows += [
        {"LSOA21CD": code, "WD25CD": "E05009999", "LAD25CD": district} for code in counts
    ]
    services.nomis.census = [*services.nomis.census, *counts.items()]
    services.nomis.named |= dict(zip(counts, called, strict=True))


def test_the_districts_of_the_force_stand_in_the_file_with_their_residents(services: Services, area: Area) -> None:
    names = services.ons.tables[played.DISTRICTS].rows
    names += [{"LAD26CD": "E08000014", "LAD26NM": "Sefton"}]
    services.ons.tables[played.DISTRICTS].shapes += services.ons.tables[played.DISTRICTS].shapes[-1:]
    small_areas(services, played.LIVERPOOL, {"E01000001": 1_000, "E01000002": 500}, "Liverpool 001A", "Old Town 001A")
    made, notes = services.fetch("Knowsley", census=True)
    found = neighbours_of(made)
    assert found is not None
    assert {one.name: (one.code, one.force, one.residents) for one in found.districts} == {
        "Knowsley": (played.KNOWSLEY, "merseyside", 154_505),
        "Liverpool": (played.LIVERPOOL, "merseyside", 1_500),
        "Sefton": ("E08000014", "merseyside", 0),
    }, "Halton has another force"
    assert {one.name: one.called for one in found.districts}["Liverpool"] == ("Liverpool", "Old Town")
    assert found.source == "Census 2021, Office for National Statistics"
    assert "Residents of these districts are not known: Sefton." in notes
    text = (services.folder / "made.toml").read_text(encoding="utf-8")
    assert claims_of(made.raw) == ()
    assert "# [[claims]]" in text


def test_the_estimate_is_taken_for_all_or_none(services: Services) -> None:
    small_areas(services, played.LIVERPOOL, {"E01000001": 1_000}, "Liverpool 001A")
    made, _ = services.fetch("Knowsley")
    found = neighbours_of(made)
    assert found is not None
    assert found.source.startswith("Mid-2024")
    assert {one.name: one.residents for one in found.districts} == {
        "Knowsley": 154_505 + 3 * 100,
        "Liverpool": 1_003,
    }


def test_a_force_of_one_district_has_no_neighbours(services: Services) -> None:
    partners = services.ons.tables[played.PARTNERS].rows
    partners[:] = [row for row in partners if row["LAD25CD"] == played.KNOWSLEY]
    made, _ = services.fetch("Knowsley", census=True)
    assert neighbours_of(made) is None
