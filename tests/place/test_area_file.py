"""A damaged area file is told with its key and value, and never by another library's error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.__main__ import main
from data.place.area import load_area
from geo.errors import InputError
from tests.conftest import ROOT
from tests.geo.ward_layers import simple, wards, written
from tests.properties import examples

HEAD = 'name = "Elsewhere"\ncode = "X"\nward_file = "wards.geojson"\n'
FORCES = '[forces]\narea = ["norfolk"]\n'
LISTED = "[wards]\n" + "".join(f'{c} = "{n}"\n' for c, n in zip(*wards(3)[:2], strict=True))


def file_of(folder: Path, text: str) -> Path:
    """Write an area file beside a good layer."""
    written(folder / "wards.geojson", simple(3))
    path = folder / "area.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def test_the_good_one_is_read(tmp_path: Path) -> None:
    assert len(load_area(file_of(tmp_path, HEAD + FORCES + LISTED)).wards.codes) == 3
    assert load_area(file_of(tmp_path, "\ufeff" + HEAD + FORCES + LISTED)).name == "Elsewhere"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks a key.*|.*'name'"),
        ("name = ", "not valid TOML: Invalid value"),
        ('name = "A\x07B"', "not valid TOML"),
        ("name = \udcff", "not valid TOML: byte 0xff"),
        ("a = " + "[" * 20_000, "not valid TOML"),
        (HEAD.replace('"Elsewhere"', "5") + FORCES + LISTED, r"column 'name'.*a text.*'5'"),
        (HEAD.replace("Elsewhere", "Else\\u0007where") + FORCES + LISTED, r"column 'name'.*controls.*x07"),
        (HEAD.replace('"wards.geojson"', "[1]") + FORCES + LISTED, "column 'ward_file'.*a text"),
        (HEAD.replace("wards.geojson", "gone.geojson") + FORCES + LISTED, "gone.geojson.*no such ward file"),
        (HEAD + 'forces = "norfolk"\n' + LISTED, r"column 'forces'.*a table, as \[forces\].*norfolk"),
        (HEAD + FORCES.replace('["norfolk"]', '"norfolk"') + LISTED, r"column 'forces\.area'.*a list of texts"),
        (HEAD + FORCES.replace('"norfolk"', "1") + LISTED, r"column 'forces\.area'.*a text"),
        (HEAD + 'wards = ["E05000900"]\n' + FORCES, "column 'wards'.*a table"),
        (HEAD + FORCES + "[wards]\n", "lists no ward"),
        (HEAD + FORCES + "[wards]\nE05000900 = 1\n", r"column 'wards\.E05000900'.*a text"),
        (HEAD + "cell_size_m = '200'\n" + FORCES + LISTED, "column 'cell_size_m'.*a number.*'200'"),
        (HEAD + "cell_size_m = inf\n" + FORCES + LISTED, "column 'cell_size_m'.*a number"),
        (HEAD + "buffer_m = -1\n" + FORCES + LISTED, "column 'buffer_m'.*a number, 0 or more"),
        (HEAD + "buffer_m = true\n" + FORCES + LISTED, "column 'buffer_m'.*a number"),
        (HEAD + FORCES + LISTED + "[residents.by_ward]\nE05000900 = 'many'\n", r"residents\.by_ward\.E05000900.*whole"),
        (HEAD + FORCES + LISTED + f"[residents.by_ward]\nE05000900 = {10**23}\n", r"by_ward\.E05000900.*at most"),
        (HEAD + "residents = 5\n" + FORCES + LISTED, "column 'residents'.*a table"),
        (HEAD + FORCES + LISTED + "[[townships]]\nwards = []\n", r"lacks a key|townships\[1\]\.name"),
        (HEAD + FORCES + LISTED + "[townships]\nname = 'T'\n", r"column 'townships'.*\[\[townships\]\]"),
        (HEAD + FORCES + LISTED + "[[seasons]]\nkey='s'\nname='S'\nmonths=[0]\n", r"seasons\[1\]\.months.*1 to 12"),
        (HEAD + FORCES + LISTED + "[[seasons]]\nkey='s'\nname='S'\nmonths=8\n", r"seasons\[1\]\.months.*1 to 12"),
        (HEAD + FORCES + LISTED + "[[nights]]\nname='N'\nday='31-10'\n", r"written MM-DD.*31-10"),
        (HEAD + FORCES + LISTED + "[[nights]]\nname='N'\nday=2001-10-31\n", r"nights\[1\]\.day.*written MM-DD"),
        (HEAD + FORCES + LISTED + "[bank_holidays]\nsubdivision='ENG'\n", r"bank_holidays\.country"),
        (HEAD + FORCES + LISTED + "[lockdown]\nfirst='2020-13'\nlast='2021-01'\n", r"lockdown\.first.*YYYY-MM"),
        (HEAD + FORCES + LISTED + "[lockdown]\nfirst='2020-01'\n", r"lockdown\.last"),
        (HEAD + "school = 5\n" + FORCES + LISTED, "column 'school'.*a table"),
        (HEAD + FORCES + LISTED + "[demonstration]\nfirst = 5\n", r"demonstration\.first.*YYYY-MM"),
        (HEAD + FORCES + LISTED + "[demonstration]\nas_at = 'soon'\n", r"demonstration\.as_at.*YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_key(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, text)
    with pytest.raises(InputError, match=message) as error:
        load_area(path)
    assert str(error.value.file).startswith(str(tmp_path))


def test_the_command_says_it_and_leaves_the_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = written(tmp_path / "target.geojson", "before")
    for text in ("[wards", "wards = 5", 'name = "no wards"', "[wards]\nE05000900 = [1]"):
        area = file_of(tmp_path, text)
        options = ("--area", str(area), "--vintage", "v", "--attribution", "a")
        assert main(["wards", str(tmp_path / "wards.geojson"), str(target), *options]) == 1
        assert "area.toml" in capsys.readouterr().err
        assert target.read_text(encoding="utf-8") == "before"


VALUES = st.sampled_from(
    [
        "5", "-1", "true", '"text"', '"\\u0000"', "[]", "[1]", '["E05010935"]', "[[1]]", "{}", "{ a = 1 }",
        "2024-01-01", "nan", "07:30:00",
    ]
)  # fmt: skip


@given(data=st.data(), value=VALUES)
@examples(40)
def test_any_value_of_another_kind(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, value: str) -> None:
    """A line of the project's own file gets another value, or goes: it is read, or refused as bad input."""
    lines = (ROOT / "data" / "area.toml").read_text(encoding="utf-8").splitlines()
    at = data.draw(st.sampled_from([n for n, line in enumerate(lines) if " = " in line and line[0] not in "# ]{"]))
    gone = data.draw(st.booleans())
    lines[at] = "" if gone else f"{lines[at].partition(' = ')[0]} = {value}"
    text = "\n".join(lines).replace('"wards.geojson"', json.dumps(str(ROOT / "data" / "wards.geojson")))
    path = tmp_path_factory.mktemp("area") / "area.toml"
    path.write_text(text, encoding="utf-8")
    refused: Any = None
    try:
        load_area(path)
    except InputError as error:
        refused = error
    assert refused is None or str(path.parent) in str(refused.file) or "wards" in str(refused.file)
