"""The Data page's panel for a partner's feed, and every page on a store with a feed alone or beside police files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.demo.dataset import Demo, make_demo
from data.feed.importing import import_feed
from data.feed.propose import propose
from data.feed.remembered import remembered_mapping
from data.feed.table import read_table
from data.place.area import Area
from data.store.store import feed_names, is_empty, load
from pages.ui.shell import frame
from tests.conftest import ROOT
from tests.feed.feed_files import SECRET, csv_bytes, partner_csv, workbook
from tests.feed.feed_rows import rows
from tests.tab_pages import finding, html, open_page

Open = Callable[[Path, str], AppTest]


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    return make_demo(area)


@pytest.fixture(scope="module")
def council(demo: Demo) -> bytes:
    return partner_csv(demo.feed)


@pytest.fixture(scope="module")
def feed_store(council: bytes, area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds a feed and nothing else. Read only."""
    store = tmp_path_factory.mktemp("feed") / "store"
    table = read_table("council.csv", council)
    import_feed(table, council, "Council ASB", propose(table, area).mapping, store, area, today=date(2025, 1, 15))
    return store


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    def start(store: Path, page: str = "pages/data.py") -> AppTest:
        return open_page(monkeypatch, store, "" if page == "app.py" else page)

    return start


def drop(at: AppTest, name: str, raw: bytes, feed: str = "Council ASB", round_: int = 0) -> AppTest:
    at.text_input(key="feed_name_widget").set_value(feed)
    at.file_uploader(key=f"feed_file_{round_}").set_value((name, raw, "text/csv"))
    at.run()
    assert not at.exception
    return at


def test_a_place_by_postcode_is_offered_and_no_postcode_is_shown(opened: Open, tmp_path: Path) -> None:
    rows = [{"When": f"{13 + n % 9:02d}/10/2024 20:15", "Postcode": "L36 9YL", "Type": "Noise"} for n in range(30)]
    at = drop(opened(tmp_path / "s"), "f.csv", csv_bytes(["When", "Postcode", "Type"], rows))
    kind, column = (next(box for box in at.selectbox if box.label == label) for label in ("Place given as", "Postcode"))
    assert kind.options[2:] == ["Points in one column", "Postcodes (centre of the unit)"]
    assert (kind.value, column.value) == ("Postcodes (centre of the unit)", "Postcode")
    assert column.options == ["(no column)", "Postcode"]
    assert "python -m data postcodes FILE" in html(at)
    shown = next(one.value for one in at.dataframe if "becomes" in one.value).set_index("column")
    assert shown.loc["Postcode", "some values"] == "not shown"
    assert shown.loc["Postcode", "becomes"].startswith("Postcode, for the place only")
    assert "look personal" not in html(at)
    assert "L36" not in html(at)


def chosen(at: AppTest) -> dict[str, str]:
    return {box.label: box.value for box in at.selectbox}


def test_a_file_is_mapped_shown_confirmed_and_remembered(
    opened: Open, council: bytes, area: Area, tmp_path: Path
) -> None:
    at = drop(opened(tmp_path / "s", "pages/data.py"), "council.csv", council)
    said = chosen(at)
    assert said["Date and time (or date)"] == "Date Occurred"
    assert said["Time, if apart"] == "Time"
    assert said["Crime type of every row"] == "Anti-social behaviour"
    assert said["Reference number"] == "Case Ref"
    options = at.selectbox(next(box.key for box in at.selectbox if box.label == "Reference number")).options
    assert not {"Caller Name", "Caller Phone", "Log Text"} & set(options)
    assert "“Caller Name”, “Caller Phone”, “Log Text” look personal and can never be mapped" in html(at)
    shown = next(one.value for one in at.dataframe if "becomes" in one.value)
    assert "01/01/2022" in shown.set_index("column").loc["Date Occurred", "some values"]
    assert set(shown.loc[shown["becomes"].str.contains("looks like"), "some values"]) == {"not shown"}
    assert re.search(r"If you import it now:</strong> [\d,]+ rows read = ", html(at))
    assert is_empty(tmp_path / "s")
    at.button(key="feed_import").click().run()
    assert not at.exception
    assert feed_names(tmp_path / "s") == ("council-asb",)
    assert len(load(tmp_path / "s", area, "council-asb").frame) > 7_000
    assert "Import finished" in html(at)
    assert finding(at).startswith("No published files are loaded, only the dated feed council-asb")
    listed = next(one.value for one in at.dataframe if "whole" in one.value)
    assert listed["whole"].all()
    assert set(listed["feed"]) == {"council-asb"}
    drop(at, "council.csv", council, round_=1)
    assert any("as the last file of this feed" in element.proto.body for element in at.get("html"))
    assert chosen(at)["Order of dates"].startswith("Day first")
    assert "unchanged" in html(at)
    text = html(at)
    assert not [word for word in SECRET if word in text]


def test_times_that_are_not_known_are_chosen_or_typed(opened: Open, demo: Demo, tmp_path: Path) -> None:
    at = drop(opened(tmp_path / "s", "pages/data.py"), "f.csv", partner_csv(demo.feed, 200))
    box = next(box for box in at.multiselect if box.label == "Times that stand for one that is not known")
    assert box.value == []
    box.set_value(["00:00", "12:00"]).run()
    assert not at.exception
    at.button(key="feed_import").click().run()
    kept = remembered_mapping(tmp_path / "s", "Council ASB")
    assert kept is not None
    assert (kept.midnight_unknown, kept.unknown_times) == (True, ("12:00",))
    drop(at, "f.csv", partner_csv(demo.feed, 200), round_=1)
    box = next(box for box in at.multiselect if box.label == "Times that stand for one that is not known")
    assert box.value == ["00:00", "12:00"]


def test_what_is_wrong_stands_on_the_page_and_the_button_waits(opened: Open, demo: Demo, tmp_path: Path) -> None:
    raw = partner_csv(demo.feed, 200)
    at = drop(opened(tmp_path / "s", "pages/data.py"), "f.csv", raw)
    box = next(box for box in at.selectbox if box.label == "Easting")
    box.set_value("(no column)").run()
    assert "the place is not mapped" in html(at)
    assert at.button(key="feed_import").disabled
    next(box for box in at.selectbox if box.label == "Easting").set_value("Northing").run()
    assert "mapped more than once" in html(at)
    next(box for box in at.selectbox if box.label == "Easting").set_value("Easting").run()
    assert not at.button(key="feed_import").disabled
    assert not at.exception


def test_hostile_text_is_only_text(opened: Open, demo: Demo, tmp_path: Path) -> None:
    raw = partner_csv(demo.feed, 200).replace(b"Case Ref", b"<img src=x onerror=alert(1)>").replace(b"C000001", b"=1+1")
    at = drop(opened(tmp_path / "s", "pages/data.py"), "<b>f</b>.csv", raw)
    assert "<img src=x" not in html(at)
    assert "<b>f</b>" not in html(at)
    at.button(key="feed_import").click().run()
    assert not at.exception
    assert "<b>f</b>" not in html(at)


@pytest.mark.parametrize(
    ("name", "raw", "feed", "message"),
    [
        ("f.csv", b"", "x", "is empty"),
        ("f.csv", b"<html>", "x", "not a table"),
        ("f.xlsx", b"PK\x03\x04", "x", "workbook is damaged"),
        ("f.csv", b"a,b\n1,2\n", "police.uk", "name of something else"),
        ("f.csv", b"a,b\n1,2\n", "x", "no column is mapped to the date"),
    ],
)
def test_files_that_cannot_be_used(
    opened: Open, tmp_path: Path, name: str, raw: bytes, feed: str, message: str
) -> None:
    at = drop(opened(tmp_path / "s", "pages/data.py"), name, raw, feed)
    assert message in html(at)
    assert is_empty(tmp_path / "s")


def test_a_file_without_a_name_waits_for_one(opened: Open, tmp_path: Path) -> None:
    at = drop(opened(tmp_path / "s", "pages/data.py"), "f.csv", b"a,b\n1,2\n", " ")
    assert "Give the feed a name" in html(at)


def test_the_sheet_of_a_workbook_is_chosen(opened: Open, demo: Demo, tmp_path: Path) -> None:
    lines = [line.split(",") for line in partner_csv(demo.feed, 200).decode().split("\r\n") if line]
    raw = workbook({"Cover": [["Report", "x"], ["of", "2022"]], "Data": lines})
    at = drop(opened(tmp_path / "s", "pages/data.py"), "f.xlsx", raw)
    assert chosen(at)["Sheet"] == "As proposed: Data"
    next(box for box in at.selectbox if box.label == "Sheet").set_value("Data").run()
    assert chosen(at)["Date and time (or date)"] == "Date Occurred"
    at.button(key="feed_import").click().run()
    assert not at.exception
    drop(at, "f.xlsx", raw, round_=1)
    assert chosen(at)["Sheet"] == "Data"


# --- the other pages -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", [path for _, path in frame.PAGES if (ROOT / path).is_file()])
def test_a_feed_alone_is_refused_where_months_are_needed_and_breaks_no_page(
    opened: Open, feed_store: Path, page: str
) -> None:
    at = opened(feed_store, page)
    assert "Demonstration" not in html(at)
    if page == "pages/briefing.py":  # its picture is the refusal, and the notes say so in words
        assert "nothing is shown" in html(at)
    elif page != "pages/data.py":
        assert 'class="refused"' in html(at)


def test_the_dated_feed_is_drawn_from_the_store(opened: Open, feed_store: Path, demo: Demo) -> None:
    at = opened(feed_store, "pages/seasonal_peaks.py")
    at.session_state["peaks_tabs"] = "Dated feed"
    at.run()
    assert not at.exception
    assert f"Council-asb: {len(demo.feed.frame):,} incidents" in html(at)


def test_a_chooser_where_there_are_several_feeds(
    opened: Open, feed_store: Path, council: bytes, area: Area, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(feed_store, store)
    table = read_table("council.csv", council)
    import_feed(table, council, "Wardens", propose(table, area).mapping, store, area, today=date(2025, 1, 15))
    at = opened(store, "pages/seasonal_peaks.py")
    at.session_state["peaks_tabs"] = "Dated feed"
    at.run()
    box = next(box for box in at.selectbox if box.label == "Dated feed")
    assert box.options == ["council-asb", "wardens"]
    box.set_value("wardens").run()
    assert not at.exception
    assert "Wardens: " in html(at)


def test_published_figures_do_not_change_beside_a_feed(
    opened: Open, real_store: Path, council: bytes, area: Area, tmp_path: Path
) -> None:
    alone = finding(opened(real_store, "app.py"))
    store = tmp_path / "store"
    shutil.copytree(real_store, store)
    table = read_table("council.csv", council)
    import_feed(table, council, "Council ASB", propose(table, area).mapping, store, area, today=date(2025, 1, 15))
    assert finding(opened(store, "app.py")) == alone
    at = opened(store, "pages/data.py")
    assert finding(at) == (
        "73 months of published incidents, January 2018 to December 2024; 11 months between them missing; beside them, "
        "never added, the dated feed council-asb"
    )
    table = next(one.value for one in at.dataframe if "force" in one.value and "release" in one.value)
    assert len(table) == 73


def test_the_page_asks_what_a_row_stands_for(opened: Open, area: Area, tmp_path: Path) -> None:
    made = [row | {"Engine": f"E{n}"} for row in rows(area, [f"{day:02d}/10/2024 19:05" for day in range(1, 32)])
            for n in range(3)]  # fmt: skip
    at = drop(opened(tmp_path / "s", "pages/data.py"), "f.csv", csv_bytes(list(made[0]), made))
    assert html(at).count("about 31 incidents in 93 rows") == 1
    assert "--" not in " ".join(one.proto.body for one in at.get("html") if 'class="warning"' in one.proto.body)
    assert chosen(at)["A row stands for"] == "One of several rows of an incident"
    assert chosen(at)["Reference number"] == "Ref"
    next(box for box in at.selectbox if box.label == "Crime type of every row").set_value("Burglary").run()
    assert "31 loaded" in html(at)
    assert "62 joined to another row of the same incident" in html(at)
    next(box for box in at.selectbox if box.label == "A row stands for").set_value("One incident").run()
    assert chosen(at)["Reference number"] == "(no column)"
    assert "93 loaded" in html(at)
    next(box for box in at.selectbox if box.label == "A row stands for").set_value("A number of incidents").run()
    assert "Number of incidents, by column" in chosen(at)
    assert "no column tells how many" in html(at)
    assert at.button(key="feed_import").disabled
    assert not at.exception


def test_the_page_waits_where_the_file_does_not_tell(opened: Open, area: Area, tmp_path: Path) -> None:
    made = rows(area, [f"{1 + n % 28:02d}/10/2024 19:05" for n in range(60)], Kind=["Noise"] * 60)
    for n, row in enumerate(made):
        row["Incident number"] = f"I{n % 20:03d}"
        if 20 <= n < 45:
            row |= {key: made[n % 20][key] for key in ("When", "X", "Y")}
    at = drop(opened(tmp_path / "s", "pages/data.py"), "f.csv", csv_bytes(list(made[0]), made))
    assert chosen(at)["A row stands for"] == "Not said yet"
    assert "what a row stands for is not said" in html(at)
    assert at.button(key="feed_import").disabled
    next(box for box in at.selectbox if box.label == "A row stands for").set_value("One incident").run()
    assert not at.button(key="feed_import").disabled
    at.button(key="feed_import").click().run()
    assert len(load(tmp_path / "s", area, "council-asb").months) == 0
    drop(at, "f.csv", csv_bytes(list(made[0]), made), round_=1)
    assert chosen(at)["A row stands for"] == "One incident"


def test_another_date_than_the_proposed_one_is_doubted(opened: Open, area: Area, tmp_path: Path) -> None:
    made = [row | {"Fixed": f"{20 + n % 8}/11/2024 09:00"} for n, row in enumerate(
        rows(area, [f"{day:02d}/10/2024 19:05" for day in range(1, 32)]))]  # fmt: skip
    at = drop(opened(tmp_path / "s", "pages/data.py"), "f.csv", csv_bytes(list(made[0]), made))
    assert "with the columns as they were proposed" not in html(at)
    next(box for box in at.selectbox if box.label == "Date and time (or date)").set_value("Fixed").run()
    assert "“Fixed” tells by its name when something ended or was dealt with" in html(at)
