"""Postcodes as places: read from the files of two publishers, looked up, and never kept."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from data.__main__ import main
from data.feed.fit import check_mapping
from data.feed.mapping import FeedMapping
from data.feed.postcode_text import is_part, postcode_of, why_no_postcodes
from data.feed.postcodes import ONS, OS, POSTCODES, PRECISION_M, import_postcodes, read_postcodes
from data.feed.propose import propose
from data.feed.reasons import ENDED_POSTCODE, NO_POSTCODE, PART_POSTCODE, UNKNOWN_POSTCODE
from data.feed.remembered import remembered_mapping
from data.feed.table import Table
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.checks import NO_LOCATION
from data.store.store import load
from geo.errors import InputError
from tests.feed.feed_files import everything_in, points_in
from tests.feed.feed_rows import import_rows

HERE = ("ZZ36 9YL", "ZZ36 0AA", "ZZ3 1AB")  # the last in the buffer
ENDED = "ZZ36 9ZZ"
NEXT_DOOR, FAR, PLACELESS = "ZZ36 5XX", "XX1 1AA", "ZZ36 7BB"
MAPPING = FeedMapping({"start": "When", "postcode": "Home"}, ASB, day_first=True)


def places(area: Area) -> dict[str, tuple[int, int]]:
    x, y = points_in(area, 1)[0]
    edge = shapely.get_coordinates(area.wards.outline.buffer(area.buffer_m / 2))[0]
    return dict(zip((*HERE[:2], ENDED), points_in(area, 3, seed=3), strict=True)) | {
        HERE[2]: (round(edge[0]), round(edge[1])),
        NEXT_DOOR: (x + 60_000, y), FAR: (x, y - 200_000), PLACELESS: (0, 0),
    }  # fmt: skip


def code_point(area: Area) -> bytes:
    """Make a zip like OS Code-Point Open: no header, postcodes of seven letters, only units in use."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n")
        for letters in ("zz", "xx"):
            lines = [
                f'"{text.replace(" ", "") if len(text) == 8 else text}",{90 if not x else 10},{x},{y},"E92000001","",'
                '"","","E08000011","E05000001"'
                for text, (x, y) in places(area).items()
                if text.lower().startswith(letters) and text != ENDED
            ]
            archive.writestr(f"Data/CSV/{letters}.csv", "\n".join(lines) + "\n")
    return out.getvalue()


def ons(area: Area, head: str = "pcd,pcd2,pcds,dointr,doterm,oseast1m,osnrth1m,osgrdind") -> bytes:
    lines = [
        f'"x","x","{text}","198001","{"202406" if text == ENDED else ""}","{x or ""}","{y or ""}",1'
        for text, (x, y) in places(area).items()
    ]
    return "\ufeff".encode() + "\n".join([head, *lines]).encode()


@pytest.fixture
def store(area: Area, tmp_path: Path) -> Path:
    (tmp_path / "onspd.csv").write_bytes(ons(area))
    import_postcodes(tmp_path / "onspd.csv", tmp_path / "store", area)
    return tmp_path / "store"


def incidents(texts: list[str], month: str = "10") -> list[dict[str, str]]:
    return [{"When": f"{13 + n:02d}/{month}/2024 20:15", "Home": text} for n, text in enumerate(texts)]


# --- texts ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["L36 9YL", "l369yl", " L36  9yl ", "L 3 6 9 Y L"])
def test_a_postcode_in_any_writing(text: str) -> None:
    assert postcode_of(text) == "L36 9YL"


@pytest.mark.parametrize("text", ["L36", "L36 9", "l36 9**", "SW1A", "L36 9XX"])
def test_a_part_is_told_from_a_whole(text: str) -> None:
    assert (postcode_of(text) == "") == (text != "L36 9XX")
    assert is_part(text) == (text != "L36 9XX")


@pytest.mark.parametrize("text", ["", "12 Hall Lane L36 9YL", "L36 9YL, Mrs Example", "L36 9CI", "36 9YL", "x" * 30])
def test_anything_besides_is_no_postcode(text: str) -> None:
    assert postcode_of(text) == ""
    assert not is_part(text)


def test_a_column_of_parts_is_refused_by_name_and_one_of_addresses_too(area: Area) -> None:
    assert "too coarse" in why_no_postcodes(["L36", "L36 9", "L34"])
    assert "does not hold postcodes alone" in why_no_postcodes(["12 Hall Lane L36 9YL"] * 5)
    assert why_no_postcodes([]) != ""
    assert why_no_postcodes(["L36 9YL"] * 9 + ["?"]) == ""
    table = Table("f.csv", {"When": ["2024-10-01"] * 5, "Home": ["L36 9"] * 5}, list(range(2, 7)))
    with pytest.raises(InputError, match="too coarse"):
        check_mapping(table, MAPPING)
    assert any(
        "too coarse" in note
        for note in propose(Table("f", {**table.columns, "Postcode": ["L36"] * 5}, table.lines), area).notes
    )


# --- the files --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [OS, ONS, "zipped"])
def test_only_the_postcodes_of_the_area_and_its_buffer_are_kept_with_their_place(
    area: Area, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / ("codepo_gb.zip" if kind == OS else "ONSPD.zip" if kind == "zipped" else "NSPL.csv")
    if kind == "zipped":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("Data/ONSPD_MAY_2025_UK.csv", ons(area))
            archive.writestr("Data/multi_csv/ONSPD_MAY_2025_UK_ZZ.csv", ons(area))
            archive.writestr("Documents/LAD names and codes.csv", "LAD25CD,LAD25NM\nE08000011,Knowsley\n")
    else:
        path.write_bytes(code_point(area) if kind == OS else ons(area))
    report = import_postcodes(path, tmp_path, area)
    ended = kind != OS
    assert (report.product, report.read, report.kept, report.ended, report.placeless, report.districts) == (
        OS if kind == OS else ONS, 6 + ended, 3 + ended, int(ended), 1, 3,
    )  # fmt: skip
    found = read_postcodes(tmp_path, area)
    assert found is not None
    assert {text: place[:2] for text, place in found.places.items() if text in HERE} == {
        text: place for text, place in places(area).items() if text in HERE
    }
    assert set(found.places) == {*HERE, *([ENDED] if ended else [])}
    assert found.elsewhere == {NEXT_DOOR, "XX1"}
    assert path.name in found.source


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not one of its 0 postcodes"),
        (b"a,b,c\n1,2,3\n", "neither OS Code-Point Open nor an ONS"),
        (b"pcds,oseast1m,osnrth1m,doterm\nL36 9YL,340000,abc,\n", "not a number"),
        (b"pcds,oseast1m,osnrth1m,doterm\nL36 9YL,340000,390000,99\n", "YYYYMM"),
        (b"pcds,oseast1m,osnrth1m,doterm\nL36 9YL,34", "cut short"),
        (b"pcds,oseast1m,osnrth1m,doterm\nL36 9YL,540000,190000,\n", "not one of its 1 postcodes lies in"),
        (b"PK\x03\x04damaged", "neither"),
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing(area: Area, tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "f.csv").write_bytes(raw)
    with pytest.raises(InputError, match=said):
        import_postcodes(tmp_path / "f.csv", tmp_path / "store", area)
    assert not (tmp_path / "store" / POSTCODES).exists()


def test_a_damaged_archive_is_told(area: Area, tmp_path: Path) -> None:
    raw = bytearray(code_point(area))
    place = raw.index(b"ZZ369YL")
    raw[place] ^= 1  # its checksum is wrong now
    (tmp_path / "f.zip").write_bytes(raw)
    with pytest.raises(InputError, match="damaged"):
        import_postcodes(tmp_path / "f.zip", tmp_path, area)
    (tmp_path / POSTCODES).write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="postcodes cannot be read"):
        read_postcodes(tmp_path, area)


def test_postcodes_of_another_area_or_buffer_are_not_used(area: Area, store: Path) -> None:
    assert read_postcodes(store, area) is not None
    assert read_postcodes(store, replace(area, buffer_m=area.buffer_m + 1)) is None
    assert read_postcodes(store / "none", area) is None


def test_the_command_says_what_it_kept(area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "codepo_gb.zip").write_bytes(code_point(area))
    assert main(["postcodes", str(tmp_path / "codepo_gb.zip"), "--store", str(tmp_path)]) == 0
    assert "3 in the area and its buffer kept" in capsys.readouterr().out
    assert main(["postcodes", str(tmp_path / "codepo_gb.zip"), "--store", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == 3
    assert main(["postcodes", str(tmp_path / "none.zip"), "--store", str(tmp_path)]) == 1


# --- places -----------------------------------------------------------------------------------------------------------
def test_incidents_lie_at_the_centre_of_their_unit_and_it_is_said(area: Area, store: Path) -> None:
    report = import_rows(
        store, area, incidents([*HERE, HERE[0].lower(), NEXT_DOOR, FAR]), MAPPING,
        period=(date(2024, 10, 1), date(2024, 10, 31)),
    )  # fmt: skip
    assert (report.loaded, report.rejected, report.outside) == (4, 0, 2)
    assert "places are the centres of postcode units, not where it happened: 4 rows" in report.notes
    assert any("count in wards, and not in cells" in note for note in report.notes)
    assert report.personal == {}
    frame = load(store, area, "fire-service").frame
    expected = [places(area)[text] for text in (*HERE, HERE[0])]
    np.testing.assert_array_equal(frame[["easting_m", "northing_m"]].to_numpy(), expected)
    assert (frame["precision_m"] == PRECISION_M).all()


def test_every_other_postcode_is_put_aside_for_its_own_reason(area: Area, store: Path) -> None:
    texts = [
        HERE[0],
        ENDED,
        "ZZ36 1QQ",
        "QQ1 1QQ",
        "ZZ36",
        "Mrs Example",
        "",
        PLACELESS,
        HERE[1],
        HERE[2],
        HERE[0],
        HERE[1],
        HERE[2],
    ]
    report = import_rows(store, area, incidents(texts), MAPPING)
    assert [row.reason for row in report.rejected_rows] == [
        ENDED_POSTCODE, UNKNOWN_POSTCODE, UNKNOWN_POSTCODE, PART_POSTCODE, NO_POSTCODE, NO_LOCATION, UNKNOWN_POSTCODE,
    ]  # fmt: skip
    earlier = import_rows(store, area, incidents([ENDED, *HERE], "06"), MAPPING)
    assert earlier.rejected == 0  # it was in use then


def test_no_text_of_a_postcode_is_kept_anywhere(area: Area, store: Path) -> None:
    texts = [*HERE, ENDED, "SD77 7ST", "L36 9", FAR, *HERE, *HERE]  # letters that stand in coordinates too
    report = import_rows(store, area, incidents(texts), MAPPING)
    assert report.rejected == 3
    (store / POSTCODES).unlink()  # which has every postcode of the area, whether it was asked for or not
    kept = everything_in(store) + "\n".join(report.lines()).encode() + json.dumps(report.to_json()).encode()
    for text in texts:
        assert text.encode() not in kept
        assert text.replace(" ", "").encode() not in kept
    assert remembered_mapping(store, "fire-service") == MAPPING


def test_without_the_file_it_is_said_what_to_load(area: Area, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"column 'Home'.*needs a postcode file.*python -m data postcodes FILE"):
        import_rows(tmp_path, area, incidents(list(HERE)), MAPPING)


def test_it_is_proposed_where_nothing_else_tells_the_place_and_nothing_of_it_is_shown(
    shared: Path, area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = shared / "cases" / "feed_forms" / "postcode.csv"
    if not case.is_file():
        pytest.skip("the case is not there")
    assert main(["import-feed", str(case), "--name", "Council", "--store", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert '"postcode": "Postcode"' in out
    assert "centre of their postcode unit" in out
    assert "L36" not in out
    assert "can never be mapped" not in out
    assert main(["import-feed", str(case), "--name", "Council", "--store", str(tmp_path), "--yes"]) == 1
    assert "python -m data postcodes FILE" in capsys.readouterr().err
    x, y = points_in(area, 1)[0]
    (tmp_path / "onspd.csv").write_text(f"pcds,oseast1m,osnrth1m,doterm\nL36 9YL,{x},{y},\n", encoding="utf-8")
    import_postcodes(tmp_path / "onspd.csv", tmp_path, area)
    assert main(["import-feed", str(case), "--name", "Council", "--store", str(tmp_path), "--yes"]) == 0
    out = capsys.readouterr().out
    assert "40 loaded" in out
    assert "centres of postcode units" in out
    assert f"40 of 40 rows lie at one point ({x}, {y})" in out
