"""Pages and commands on months across the change of the list of crime types: they say so, or refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis import __main__ as commands
from data.kinds.changes import change_words
from data.place.area import Area
from data.store.schema import Incidents, conform
from pages.ui.map import lattice
from pages.ui.shell import cache
from pages.ui.shell.choice import categories
from tests.any_history import SHOP, area_file, history, make_area
from tests.conftest import ROOT
from tests.stored import in_place_of_the_store
from tests.tab_pages import html

THEFT, VIOLENT = "Other theft", "Violent crime"
SAID = change_words(THEFT, "2012-01", "2013-12")


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return make_area(tmp_path_factory.mktemp("areas"), 2)


@pytest.fixture(scope="module")
def incidents(area: Area) -> Incidents:
    """Three years to December 2013; violent crime until April 2013."""
    found = history(area, "season", 36, "2013-12", rate=40.0)
    frame = found.frame.copy()
    kind = frame["category"].astype("object").replace({SHOP: THEFT})
    old = (kind == "Drugs") & (frame["month"] <= pd.Period("2013-04", "M")).to_numpy() & (frame.index % 2 == 0)
    return replace(found, frame=conform(frame.assign(category=kind.mask(old, VIOLENT))), version="changed")


@pytest.fixture
def look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, area: Area, incidents: Incidents
) -> Callable[[str, dict[str, str]], AppTest]:
    for name, value in {"DATA": tmp_path / "store", "TODAY": "2014-01-20", "AREA": area_file(tmp_path, 2)}.items():
        monkeypatch.setenv(f"DASHBOARD_{name}", str(value))
    in_place_of_the_store(monkeypatch, incidents)
    monkeypatch.setattr(commands, "_incidents", lambda store, area, source: incidents)

    def opened(page: str, address: dict[str, str]) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
        for name, value in address.items():
            at.query_params[name] = value
        if page:
            at.switch_page(page)
        at.run()
        assert not at.exception, [error.stack_trace for error in at.exception]
        return at

    return opened


def what(at: AppTest) -> list[str]:
    return list(next(box for box in at.selectbox if box.label == "What").options)


@pytest.mark.parametrize("page", ["pages/hotspots.py", "pages/seasonal_peaks.py", "pages/plan_operation.py"])
def test_a_page_says_which_months_are_left_out(look: Callable[[str, dict[str, str]], AppTest], page: str) -> None:
    at = look(page, {"category": "other-theft"})
    assert SAID.replace("'", "&#x27;") in html(at)
    assert VIOLENT not in what(at), "it is no longer published at this month"


def test_old_names_are_offered_at_their_months_only(
    look: Callable[[str, dict[str, str]], AppTest], incidents: Incidents
) -> None:
    april, may = pd.Period("2013-04", "M"), pd.Period("2013-05", "M")
    assert VIOLENT in categories(incidents, april)
    assert "Public disorder and weapons" not in categories(incidents, april), "no file holds it"
    assert {"Bicycle theft", VIOLENT} & {*categories(incidents, april)} == {VIOLENT}
    assert {"Bicycle theft", VIOLENT} & {*categories(incidents, may)} == {"Bicycle theft"}
    assert categories(incidents, may)[:2] == categories(incidents, None)[:2] == ("Anti-social behaviour", "Drugs")
    at = look("pages/seasonal_peaks.py", {"category": "violent-crime", "as-at": "2013-04"})
    assert VIOLENT in what(at)
    later = look("pages/seasonal_peaks.py", {"category": "violent-crime"})
    assert [one.value for one in later.info if "'Violent crime' was published until April 2013" in one.value]


def test_the_map_counts_a_type_as_it_was_at_the_as_at_month(area: Area, incidents: Incidents, tmp_path: Path) -> None:
    data = cache.Dataset(area, incidents, date(2014, 1, 20), "map", tmp_path)
    for as_at, first in (("2012-12", "2011-09"), ("2013-12", "2013-05"), ("2011-06", "2011-01")):
        month = pd.Period(as_at, "M")
        cells = lattice.known_cells(data, THEFT, month)
        frame = incidents.frame[incidents.frame["month"].between(pd.Period(first, "M"), month)]
        wanted = 0 if as_at == "2011-06" else int((frame["category"] == THEFT).sum())
        assert cells.counts.sum() == wanted
        assert list(map(str, cells.months[:1])) == ([first] if wanted else [])


@pytest.mark.parametrize("as_at", ["2011-06", "2012-01"])
def test_around_the_first_month_of_drugs_the_overview_opens(
    look: Callable[[str, dict[str, str]], AppTest], as_at: str
) -> None:
    told = {"2011-06": "no counts of drug offences before", "2012-01": "drug offences begin in September 2011"}
    assert told[as_at] in html(look("", {"as-at": as_at}))


@pytest.mark.parametrize("name", ["counts", "hotspots", "season", "forecast", "change", "trend", "concentration"])
def test_commands_leave_out_what_was_counted_otherwise_or_refuse(
    look: object, capsys: pytest.CaptureFixture[str], name: str, tmp_path: Path
) -> None:
    more = ["--by", "month"] if name == "counts" else []
    assert commands.main([name, *more, "--category", "violent crime"]) == commands.REFUSED
    assert "was published until April 2013" in capsys.readouterr().err
    out = tmp_path / "table.csv"
    code = commands.main([name, *more, "--category", "other theft", "--out", str(out)])
    assert code in {commands.DONE, commands.REFUSED}, capsys.readouterr().err
    if name == "counts":
        written = out.read_text(encoding="utf-8")
        assert SAID in "".join(one.read_text(encoding="utf-8") for one in tmp_path.glob("table*"))
        assert "2013-05" in written
        assert "2013-04" not in written
        assert commands.main([name, *more, "--category", "violent crime", "--to", "2013-04"]) == commands.DONE
