"""``python -m data fetch`` as a person and a scheduler run it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.__main__ import main
from data.place.area import Area
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.standin import Standin, stand_in
from tests.published.police_files import archive, crime, named, points_of, table

FORCE = "merseyside"


@pytest.fixture
def host(area: Area, tmp_path: Path) -> ArchiveHost:
    at = points_of(area).inside
    months = {named(month, FORCE): table([crime(at, int(month[5:]), Month=month)]) for month in ("2024-09", "2024-10")}
    old = {named("2021-05", FORCE): table([crime(at, 900, Month="2021-05")])}
    return ArchiveHost(
        {
            "2024-10": archive(tmp_path / "a.zip", months).read_bytes(),
            "2021-10": archive(tmp_path / "b.zip", old).read_bytes(),
        }
    )


@pytest.fixture
def standin(host: ArchiveHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    with stand_in() as server:
        host.play(server)
        monkeypatch.setenv("DASHBOARD_HOST_POLICE", server.address)
        yield server


def test_it_says_whom_it_asks_and_what_it_brought(
    standin: Standin, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "--store", str(store)]) == 0
    out, err = capsys.readouterr()
    assert err.startswith(f"Asking {standin.address.removeprefix('http://')}")
    assert "Archives 2024-10, months 2021-11 to 2024-10: 2 files fetched" in out
    assert "2 rows read = 2 loaded" in out
    assert main(["fetch", "--store", str(store), "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert (plain["ok"], plain["fetched"], plain["unchanged"]) == (True, 0, 2)


def test_older_months_need_a_word_and_a_scheduler_gives_it_beforehand(
    standin: Standin, store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["fetch", "--store", str(store), "--from", "2021-05"]) == 1
    assert "out of date and should not be used" in capsys.readouterr().err
    assert main(["fetch", "--store", str(store), "--from", "2021-05", "--older"]) == 0
    assert "Archives 2024-10, 2021-10" in capsys.readouterr().out


def test_nothing_there_is_one_line_and_exit_1(
    standin: Standin, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    standin.misbehave("zip", "403", times=99)
    assert main(["fetch", "--store", str(store), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.parametrize("wrong", ["2021", "2021-13", "May 2021"])
def test_a_month_that_is_none_is_a_wrong_command(wrong: str, store: Path) -> None:
    with pytest.raises(SystemExit):
        main(["fetch", "--store", str(store), "--from", wrong])
