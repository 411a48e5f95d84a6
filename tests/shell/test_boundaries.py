from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data.place.area import AREA_VARIABLE, Area
from tests.tab_pages import PAGES, html, in_address, open_page, text
from tests.two_layers import DAY, EAST, FIRST, JOINED, MERGED, SPLIT, WEST, two_layers

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

HOSTILE = "<script>x</script> [a](http://b) **c** `d`"
NEW, OLD = "Ward boundaries in force from 4 May 2028", "Ward boundaries in force from 5 May 2016 until 3 May 2028"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return two_layers(tmp_path_factory.mktemp("both"), vintage=HOSTILE)


@pytest.fixture
def two(both: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv(AREA_VARIABLE, both.file)
    return monkeypatch


def control(at: AppTest) -> object:
    (found,) = [one for one in at.sidebar.selectbox if one.label == "Ward boundaries"]
    return found


def wards(at: AppTest) -> set[str]:
    """Names in the ward table of the Overview."""
    return {str(name) for one in at.dataframe if "ward" in one.value for name in one.value["ward"]}


def test_the_layer_in_force_is_shown_and_another_is_chosen(two: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On the demonstration: in the control, the address, the ward table, what was made and back again."""
    at = open_page(two, tmp_path, "")
    box = control(at)
    assert box.options == ["since May 2016", "from May 2028"]  # type: ignore[attr-defined]
    assert box.value == FIRST  # type: ignore[attr-defined]
    assert "boundaries" not in in_address(at)
    assert OLD in text(at)
    assert "Roby" in wards(at)
    before = at.metric[0].value
    box.set_value(DAY).run()  # type: ignore[attr-defined]
    assert not at.exception
    assert in_address(at)["boundaries"] == DAY
    assert {"Roby and Swanside", "Cronton", "Whiston"} <= wards(at)
    assert not wards(at) & {"Roby", "Swanside"}
    assert NEW in text(at)
    assert OLD not in text(at)
    assert at.metric[0].value == before  # the area is the same
    assert "<script>x" not in html(at)
    control(at).set_value(FIRST).run()  # type: ignore[attr-defined]
    assert "boundaries" not in in_address(at)


@pytest.mark.parametrize(
    "page",
    [
        "Hotspots",
        "Data",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("Seasonal peaks", "Plan targets", "Briefing")),
        pytest.param("Did it work", marks=pytest.mark.long),
    ],
)
def test_every_page_opens_with_the_other_layer(two: pytest.MonkeyPatch, tmp_path: Path, page: str) -> None:
    # of wards whose residents are not known; and where a page without a plan shows no figures
    asked = {"Hotspots": {"layer": "wards"}, "Did it work": {"did": "past"}}.get(page, {})
    at = open_page(two, tmp_path, PAGES[page], boundaries=DAY, **asked)
    assert control(at).value == DAY  # type: ignore[attr-defined]
    assert in_address(at)["boundaries"] == DAY
    assert OLD not in text(at)
    assert page == "Data" or NEW in text(at)
    assert "<script>x" not in html(at)


def test_the_layer_follows_the_day_and_the_month_stepped_back_to(
    two: pytest.MonkeyPatch, both: Area, tmp_path: Path, short: Path
) -> None:
    later = tmp_path / "later.toml"
    text_of = Path(both.file).read_text(encoding="utf-8").replace(f'valid_from = "{DAY}"', 'valid_from = "2024-10-01"')
    for name in ("wards.geojson", "area_wards_2028-05-04.geojson"):
        (tmp_path / name).write_bytes((Path(both.file).parent / name).read_bytes())
    later.write_text(text_of, encoding="utf-8")
    two.setenv(AREA_VARIABLE, str(later))
    at = open_page(two, short, "")
    assert control(at).options == ["since May 2016", "since October 2024"]  # type: ignore[attr-defined]
    assert control(at).value == "2024-10-01"  # type: ignore[attr-defined]
    assert "boundaries" not in in_address(at)
    at = open_page(two, short, "", as_at="2024-09")
    assert control(at).value == FIRST  # type: ignore[attr-defined]
    assert "boundaries" not in in_address(at)


def test_wards_of_the_other_layer_are_mapped_or_dropped_with_a_word(two: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at = open_page(two, tmp_path, "", boundaries=DAY, wards=f"{MERGED[0]},{SPLIT},E05999999")
    said = [one.value for one in at.info]
    assert any("E05999999" in one and "the others are shown" in one for one in said)
    assert any(one.startswith("Roby is not a ward") and "Roby and Swanside is chosen" in one for one in said)
    assert any("Whiston and Cronton is not a ward" in one and "Cronton and Whiston are chosen" in one for one in said)
    assert in_address(at)["wards"] == f"{JOINED},{EAST},{WEST}"
    control(at).set_value(FIRST).run()  # type: ignore[attr-defined]
    assert not at.exception
    assert in_address(at)["wards"] == f"{MERGED[0]},{MERGED[1]},{SPLIT}"
    assert any("Roby and Swanside is not a ward" in one.value for one in at.info)


@pytest.mark.parametrize("word", ["2031-01-01", HOSTILE])
def test_boundaries_that_are_not_there_are_told(two: pytest.MonkeyPatch, tmp_path: Path, word: str) -> None:
    at = open_page(two, tmp_path, PAGES["Data"], boundaries=word)
    (said,) = [one.value for one in at.info if "boundaries" in one.value]
    assert "which is not there: the set in force is shown" in said.replace("\\", "")
    assert "[a](" not in said
    assert control(at).value == FIRST  # type: ignore[attr-defined]
    assert "boundaries" not in in_address(at)


def test_an_area_with_one_layer_has_no_control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page(monkeypatch, tmp_path, PAGES["Data"], boundaries=DAY)
    assert not [one for one in at.sidebar.selectbox if one.label == "Ward boundaries"]
    assert "in force from 4 May" not in text(at)
