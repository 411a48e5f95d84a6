"""A store whose drive goes away: the page says so in one box, shows nothing made up, and comes back with the drive."""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from data.access.signed_in import NotLetInError
from pages.ui.shell import access, reached
from pages.ui.shell.access import Login
from tests.tab_pages import Open, html

AWAY = "the store cannot be reached"


@pytest.fixture
def drive(short: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(short, tmp_path / "drive" / "store"))


def went_away(drive: Path, how: str, patch: pytest.MonkeyPatch) -> None:
    true = os.stat

    def stale(path: Any, *more: Any, **other: Any) -> os.stat_result:
        if str(path).startswith(str(drive)):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(path))
        return true(path, *more, **other)

    if how == "stale":
        patch.setattr(os, "stat", stale)
    else:
        drive.rename(drive.with_name("elsewhere"))
        if how == "empty":  # what is left where a drive was mounted
            drive.mkdir()


@pytest.mark.parametrize("how", ["gone", "empty", "stale"])
def test_the_page_says_so_and_comes_back(drive: Path, opened: Open, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    at = opened(drive, "Overview")
    before = html(at)
    assert AWAY not in before
    with monkeypatch.context() as patch:
        went_away(drive, how, patch)
        at.run()
        assert not at.exception
        told = html(at)
        assert AWAY in told
        assert "comes back by itself" in told
        assert "simulated incidents" not in told
        assert str(drive.parent) not in told
        if how == "empty":
            drive.rmdir()
    if how != "stale":
        drive.with_name("elsewhere").rename(drive)
    at.run()
    assert AWAY not in html(at)


def test_who_may_look_is_not_asked_of_a_drive_that_is_away(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    monkeypatch.setattr(access, "login", lambda: Login(("",)))
    monkeypatch.setattr(access, "claims", lambda: {"iat": time.time(), "email": "jo@council.example"})
    with pytest.raises(NotLetInError, match="Nobody has said yet"):
        access.actor()
    monkeypatch.setattr(reached, "_met", lambda: {str(store)})
    with pytest.raises(reached.AwayError, match=AWAY):
        access.actor()


def test_a_store_that_never_was_is_no_drive_that_went_away(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    reached.check()
