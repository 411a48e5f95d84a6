"""What a command writes for a terminal: nothing that a terminal would obey."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from analysis.__main__ import _say
from analysis.cli.output import write_csv
from data.kinds.printable import printable
from tests.hostile import CONTROLS, TEXTS

OBEYED = {"\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff"}


def test_a_message_with_a_hostile_name_stays_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    _say(f"On or near {CONTROLS}{TEXTS['turned']}\nand another line")
    told = capsys.readouterr().err
    assert not OBEYED & set(told)
    assert told.splitlines()[0].startswith("On or near ?[2J?]0;taken?")
    assert told.splitlines()[1] == "and another line"


def test_a_table_on_a_terminal_is_not_obeyed_and_one_in_a_file_loses_nothing() -> None:
    table = pd.DataFrame({f"name{CONTROLS}": [f"Street{CONTROLS}", TEXTS["formula"]], "count": [1, 2]})
    shown, kept = io.StringIO(), io.StringIO()
    write_csv(table, shown, terminal=True)
    write_csv(table, kept)
    assert not OBEYED & set(shown.getvalue())
    assert f"Street{CONTROLS}" in kept.getvalue()
    assert all("'=HYPERLINK" in one.getvalue() for one in (shown, kept))


def test_letters_of_any_language_stay() -> None:
    assert printable("Café Ärger 日本 – £5") == "Café Ärger 日本 – £5"
