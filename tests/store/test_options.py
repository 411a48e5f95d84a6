"""The options that every command line begins with."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from data.store.options import add_store_options


def test_store_and_area_are_paths_and_otherwise_left_to_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser(prog="x")
    add_store_options(parser.add_argument_group("where"))
    assert vars(parser.parse_args([])) == {"store": None, "area": None}
    given = parser.parse_args(["--store", "a b", "--area", "c.toml"])
    assert (given.store, given.area) == (Path("a b"), Path("c.toml"))
    parser.print_help()
    told = " ".join(capsys.readouterr().out.split())
    assert "--store DIR default: DASHBOARD_DATA or data/local" in told
    assert "--area FILE default: DASHBOARD_AREA, the store's own or data/area.toml" in told
