"""The log of who did what: only ever added to, by many at once, damaged lines passed over, old ones taken out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.__main__ import main
from data.access import log
from data.access.actor import HERE, MACHINE, Actor, NotAllowedError
from data.access.log import FILE, note, oldest_kept, purge, read_log
from geo.errors import InputError
from tests.conftest import ROOT

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
JO = Actor("planner", "jo@council.example", frozenset({"plan"}))


def test_what_was_added_is_read_newest_first(store: Path) -> None:
    assert read_log(store) == log.Log()
    note(store, JO, "save", "plan 1, revision 1", now=NOW)
    note(store, JO, "archive", "plan 1, revision 2", done=False, now=NOW + timedelta(hours=1))
    found = read_log(store).entries
    assert [(one.act, one.what, one.done, one.role, one.account) for one in found] == [
        ("archive", "plan 1, revision 2", False, "planner", "jo@council.example"),
        ("save", "plan 1, revision 1", True, "planner", "jo@council.example"),
    ]
    assert found[1].at == NOW


def test_at_the_command_line_the_account_of_the_machine_is_kept(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "getuser", lambda: "nightly")
    note(store, MACHINE, "fetch")
    note(store, HERE, "fetch")
    assert [(one.role, one.account) for one in read_log(store).entries] == [
        ("this computer", ""),
        ("command line", "nightly"),
    ]

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(log, "getuser", nobody)
    note(store, MACHINE, "fetch")
    assert read_log(store).entries[0].account == ""


def test_a_hostile_account_stays_on_its_line(store: Path) -> None:
    evil = Actor("reader\n", 'x@y.example\n{"at": 1}\u2028<script>', frozenset())
    note(store, evil, "save", "a\r\nb" * 1000)
    (one,) = read_log(store).entries
    assert one.account == evil.account
    assert len(one.what) == log.TEXT_LENGTH
    assert (store / FILE).read_bytes().count(b"\n") == 1


def test_damaged_lines_are_passed_over_and_counted(store: Path) -> None:
    note(store, JO, "save", "1", now=NOW)
    good = (store / FILE).read_bytes()
    bad = [b"{", b"[]", b"3", b'"x"', b'{"at": "2026"}', b"\xff\xfe", good.replace(b'"planner"', b"3"), b"[" * 9999,
           good.replace(b"+00:00", b""), good.replace(b"2026-11-28", b"2026-13-28")]  # fmt: skip
    (store / FILE).write_bytes(good + b"\n".join(line.strip() for line in bad) + b"\n\n" + good)
    found = read_log(store)
    assert (len(found.entries), found.damaged) == (2, len(bad))


def test_a_line_that_a_kill_cut_off_spoils_no_other(store: Path) -> None:
    note(store, JO, "save", "1")
    raw = (store / FILE).read_bytes()
    (store / FILE).write_bytes(raw + raw[:20])
    note(store, JO, "save", "2")
    found = read_log(store)
    assert ([one.what for one in found.entries], found.damaged) == (["2", "1"], 1)


def test_two_processes_at_once_lose_nothing(store: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom data.access.actor import HERE\nfrom data.access.log import note\n"
        "for n in range(100): note(Path(sys.argv[1]), HERE, 'save', f'{sys.argv[2]} {n}')\n"
    )
    here = {**os.environ, "PYTHONPATH": "."}
    running = [subprocess.Popen([sys.executable, "-c", script, str(store), name], cwd=ROOT, env=here) for name in "ab"]
    while running[0].poll() is None:
        purge(store, now=NOW)  # which writes the file anew
    assert [one.wait() for one in running] == [0, 0]
    found = read_log(store)
    assert {one.what for one in found.entries if one.act == "save"} == {
        f"{name} {n}" for name in "ab" for n in range(100)
    }
    assert found.damaged == 0


def test_a_full_disk_leaves_the_log_as_it_was(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note(store, JO, "save", "1")
    before = (store / FILE).read_bytes()
    write: Callable[[int, bytes], int] = os.write
    with monkeypatch.context() as patch:

        def half(handle: int, raw: bytes) -> int:
            if len(raw) < 20:
                raise OSError(28, "No space left on device")
            return write(handle, raw[:-10])

        patch.setattr(os, "write", half)
        with pytest.raises(InputError, match="No space left on device"):
            note(store, JO, "save", "2")
    assert (store / FILE).read_bytes() == before


def test_another_that_holds_the_log_is_waited_for_and_then_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "BUSY_S", 0.05)
    store.mkdir()
    with log._held(store), pytest.raises(InputError, match="another holds the log"):
        note(store, JO, "save")
    note(store, JO, "save")


def test_only_administrators_read_and_purge(store: Path) -> None:
    for act in (read_log, purge):
        with pytest.raises(NotAllowedError):
            act(store, JO)


def test_what_is_older_than_24_months_is_taken_out(store: Path) -> None:
    assert purge(store, now=NOW) == (0, 0)
    assert not store.exists()
    for age in (timedelta(0), timedelta(days=700), timedelta(days=732), timedelta(days=2000)):
        note(store, JO, "save", str(age.days), now=NOW - age)
    with (store / FILE).open("ab") as file:
        file.write(b"{damaged\n")
    assert purge(store, now=NOW) == (2, 1)
    found = read_log(store)
    assert [one.what for one in found.entries] == ["2 entries, 1 damaged lines", "700", "0"]
    assert found.damaged == 0
    assert oldest_kept(datetime(2028, 2, 29, 1, tzinfo=UTC)) == datetime(2026, 2, 28, 1, tzinfo=UTC)
    assert oldest_kept(NOW) == datetime(2024, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize("noted", [True, False], ids=["after something was done", "before"])
def test_a_clock_that_leapt_ahead_makes_nothing_old(store: Path, noted: bool) -> None:
    for days in range(0, 700, 30):
        note(store, JO, "save", str(days), now=NOW - timedelta(days=700 - days))
    ahead = NOW + timedelta(days=3650)
    if noted:
        note(store, JO, "save", "in a year to come", now=ahead)
    before = (store / FILE).read_bytes()
    with pytest.raises(InputError, match="a clock that leapt ahead would make every entry old"):
        purge(store, now=ahead + timedelta(days=1))
    assert (store / FILE).read_bytes() == before
    assert purge(store, now=NOW + timedelta(days=1)) == (0, 0)  # the clock is right again
    assert purge(store, now=ahead + timedelta(days=1), clock_is_right=True)[0] >= len(range(0, 700, 30))


def test_a_clock_that_was_set_back_changes_no_order(store: Path) -> None:
    for what, days in (("first", 0), ("second", -400), ("third", 1)):
        note(store, JO, "save", what, now=NOW + timedelta(days=days))
    assert [one.what for one in read_log(store).entries] == ["third", "second", "first"]
    assert purge(store, now=NOW + timedelta(days=2)) == (0, 0)


def test_the_command(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "--store", str(store)]) == 0
    assert capsys.readouterr().out == "Nothing was done yet.\n"
    note(store, JO, "save", "plan 1, revision 1", now=NOW)
    note(store, HERE, "fetch", done=False, now=NOW)
    with (store / FILE).open("ab") as file:
        file.write(b"{damaged\n")
    assert main(["log", "--store", str(store)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-11-28 12:00:00 UTC, this computer: fetch: came to nothing",
        "2026-11-28 12:00:00 UTC, planner (jo@council.example): save, plan 1, revision 1",
        "1 line cannot be read, and was passed over.",
    ]
    assert main(["log", "--store", str(store), "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert (len(read["entries"]), read["damaged"], read["entries"][1]["account"]) == (2, 1, JO.account)
    assert main(["log", "--purge", "--store", str(store)]) == 0
    assert capsys.readouterr().out == "Taken out: 0 entries of before 24 months ago, and 1 damaged line.\n"
