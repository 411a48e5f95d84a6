"""Whether a page is asked for on this machine alone: the address that is listened at, and what the browser says."""

from __future__ import annotations

import pytest

from data.access.address import FORWARDED, asked_here, loopback


@pytest.mark.parametrize(
    "name", ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.8.9.1", "::1", "[::1]", "::ffff:127.0.0.1"]
)
def test_names_of_this_machine(name: str) -> None:
    assert loopback(name)


@pytest.mark.parametrize(
    "name",
    [None, "", " ", "0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", "evil.localhost.example",
     "127.0.0.1.nip.example", "2130706433", "0x7f.1", "unix:///tmp/x", "::ffff:10.0.0.1", "dashboard"],
)  # fmt: skip
def test_other_names(name: str | None) -> None:
    assert not loopback(name)


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501"])
def test_asked_here(host: str) -> None:
    assert asked_here("localhost", {"Host": host, "Origin": f"http://{host}"})
    assert asked_here("127.0.0.1", {"host": host})
    assert not asked_here(None, {"Host": host})
    assert not asked_here("0.0.0.0", {"Host": host})


@pytest.mark.parametrize(
    "host",
    ["", "dashboard.council.example", "192.168.1.7:8501", "localhost@evil.example", "evil.example#localhost",
     "localhost/x", "localhost:x", "[::1", "localhost evil", "localhost:80:80", "[localhost]"],
)  # fmt: skip
def test_asked_by_another_name(host: str) -> None:
    assert not asked_here("localhost", {"Host": host})


@pytest.mark.parametrize("header", FORWARDED)
def test_asked_through_something_in_front(header: str) -> None:
    assert not asked_here("localhost", {"Host": "localhost:8501", header.title(): "203.0.113.9"})


def test_without_a_request_the_address_decides() -> None:
    assert asked_here("localhost", {})
    assert not asked_here("0.0.0.0", {})
    assert not asked_here("localhost", {"User-Agent": "x"})
