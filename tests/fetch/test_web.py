"""Questions to a service that answers well, badly, late or not at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from data.fetch.hosts import Hosts, read_hosts
from data.fetch.web import Answer, FetchError, Web, read_json
from geo.errors import InputError
from tests.fetch.standin import Asked, Reply, Standin, as_json, stand_in

FILE = bytes(range(256)) * 40


def play(asked: Asked) -> Reply:
    if asked.path == "/s/file":
        return Reply(FILE, parts=True)
    if asked.path == "/s/moved":
        return Reply(status=302, headers={"Location": "/s/file"})
    if asked.path == "/s/form":
        return as_json(dict(asked.form))
    return as_json({"asked": dict(asked.query)})


@pytest.fixture
def standin() -> Iterator[Standin]:
    with stand_in(s=play) as server:
        yield server


@pytest.fixture
def web() -> Web:
    return Web(tries=3, wait=0.0, seconds=(2.0, 2.0))


def test_json_a_form_and_a_part_over_a_redirect(standin: Standin, web: Web) -> None:
    assert web.json(f"{standin.address}/s/x", {"a": "1 & 2"}) == {"asked": {"a": "1 & 2"}}
    assert web.post(f"{standin.address}/s/form", {"poly": "1,2:3,4"}).body == b'{"poly": "1,2:3,4"}'
    part = web.part(f"{standin.address}/s/moved", 250, 260)
    assert part.body == FILE[250:261]
    assert part.headers["Content-Range"] == f"bytes 250-260/{len(FILE)}"
    assert part.url.endswith("/s/file")


@pytest.mark.parametrize("fault", ["500", "429", "reset", "short"])
def test_what_fails_once_is_asked_again(standin: Standin, web: Web, fault: str) -> None:
    standin.misbehave("/s/file", fault, times=2)
    assert web.get(f"{standin.address}/s/file").body == FILE
    assert len(standin.asked) == 3


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("500", "refused"),
        ("429", "refused"),
        ("reset", "cannot be reached"),
        ("short", "broke off"),
        ("403", "refused"),
    ],
)
def test_what_goes_on_failing_is_an_error_with_the_address(standin: Standin, web: Web, fault: str, words: str) -> None:
    standin.misbehave("/s/file", fault, times=99)
    with pytest.raises(FetchError, match=words) as caught:
        web.get(f"{standin.address}/s/file")
    assert standin.address in str(caught.value)
    assert len(standin.asked) == (1 if fault == "403" else 3)


@pytest.mark.parametrize("fault", ["no range", "other range", "html"])
def test_a_part_that_is_none_is_refused_before_its_body_is_read(standin: Standin, web: Web, fault: str) -> None:
    standin.misbehave("/s/file", fault)
    with pytest.raises(FetchError, match=r"no part of the file|another part"):
        web.part(f"{standin.address}/s/file", 0, 9)


def test_a_login_page_is_no_json(standin: Standin, web: Web) -> None:
    standin.misbehave("/s/x", "html")
    with pytest.raises(FetchError, match=r"not JSON.*Sign in.*login page"):
        web.json(f"{standin.address}/s/x")


def test_json_of_endless_depth_is_none() -> None:
    with pytest.raises(FetchError, match="not JSON"):
        read_json(Answer("https://x", 200, {}, b"[" * 200_000))


def test_an_answer_has_a_limit(standin: Standin, web: Web) -> None:
    with pytest.raises(FetchError, match="larger than it may be"):
        web.get(f"{standin.address}/s/file", most=100)


def test_who_is_asked_is_said_first_and_once(standin: Standin) -> None:
    told: list[tuple[str, int]] = []
    web = Web(lambda host: told.append((host, len(standin.asked))))
    for _ in range(3):
        web.json(f"{standin.address}/s/x")
    assert told == [(standin.address.removeprefix("http://"), 0)]


def test_nobody_there_is_an_error_in_words(web: Web) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(FetchError, match=r"cannot be reached.*refused") as caught:
        web.get(f"http://127.0.0.1:{port}/x")
    assert "object at 0x" not in str(caught.value)


def test_a_proxy_of_the_environment_is_used(standin: Standin, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", standin.address)
    monkeypatch.setenv("NO_PROXY", "")
    standin.plays["/elsewhere"] = lambda _: as_json({"by": "proxy"})
    assert web.json("http://example.invalid/elsewhere") == {"by": "proxy"}


def test_hosts_are_settings() -> None:
    assert read_hosts({}) == Hosts()
    found = read_hosts({"DASHBOARD_HOST_POLICE": " http://127.0.0.1:9/ ", "DASHBOARD_HOST_ONS": ""})
    assert (found.police, found.ons) == ("http://127.0.0.1:9", Hosts().ons)
    for wrong in (
        "ftp://x",
        "http://[",
        "http://a:99999",
        "https://",
        "www.nomisweb.co.uk",
        "http://a?b=",
        "http://a b\0",
    ):
        with pytest.raises(InputError, match=r"DASHBOARD_HOST_NOMIS.*no address"):
            read_hosts({"DASHBOARD_HOST_NOMIS": wrong})
