"""A service, or whatever answers in its place, that leads astray, never ends, packs bombs or asks for an hour."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.fetch.web import FetchError, Web
from tests.conftest import need
from tests.fetch.standin import Asked, Reply, Standin, as_json, stand_in


@pytest.fixture
def standin() -> Iterator[Standin]:
    with stand_in() as server:
        yield server


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def web(told: list[str]) -> Iterator[Web]:
    web = Web(told.append, tries=2, wait=0.0, seconds=(2.0, 0.3))
    yield web
    web.close()


def leads_to(address: str) -> Callable[[Asked], Reply]:
    return lambda _: Reply(b"moved", 302, {"Location": address})


@contextmanager
def raw(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what no proper one would."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    try:
                        talk(connection)
                    except OSError:
                        continue

        threading.Thread(target=run, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("after", ["3600", "Thu, 01 Jan 2099 00:00:00 GMT", "9" * 400])
@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_asks_to_wait_for_an_hour_is_told_and_left(
    standin: Standin, web: Web, after: str, status: int
) -> None:
    standin.plays["/x"] = lambda _: Reply(b"", status, {"Retry-After": after})
    with pytest.raises(FetchError, match=r"come again later.*minutes.*it goes on") as caught:
        web.get(f"{standin.address}/x")
    assert caught.value.status == status
    assert caught.value.file == f"{standin.address}/x"
    assert len(standin.asked) == 1


def test_a_time_to_wait_that_is_none_is_not_heard(standin: Standin, web: Web) -> None:
    standin.plays["/x"] = lambda _: Reply(b"", 429, {"Retry-After": "soon"})
    with pytest.raises(FetchError, match="refused"):
        web.get(f"{standin.address}/x")
    assert len(standin.asked) == 2


def test_whom_an_answer_leads_to_is_said_before_it_is_asked(standin: Standin, web: Web, told: list[str]) -> None:
    with stand_in() as other:
        standin.plays["/x"] = leads_to(f"{other.address}/y")
        other.plays["/y"] = lambda _: as_json({"told": list(told)})
        hosts = [one.address.removeprefix("http://") for one in (standin, other)]
        assert web.json(f"{standin.address}/x") == {"told": hosts}


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "file:///etc/hostname", "gopher:x"])
def test_an_answer_leads_to_no_other_kind_of_address(standin: Standin, web: Web, address: str) -> None:
    standin.plays["/x"] = leads_to(address)
    with pytest.raises(FetchError, match="not sealed"):
        web.get(f"{standin.address}/x")


@pytest.mark.parametrize("address", ["http://[", "http://", "//", "http://a:999999/", "http://\x00/"])
def test_an_address_that_is_none_is_an_error_in_words(standin: Standin, web: Web, address: str) -> None:
    standin.plays["/x"] = leads_to(address)
    with pytest.raises(FetchError):
        web.get(f"{standin.address}/x")


def test_answers_that_lead_in_a_circle_end(standin: Standin, web: Web) -> None:
    standin.plays["/x"] = leads_to("/x")
    with pytest.raises(FetchError, match="redirects"):
        web.get(f"{standin.address}/x")
    assert len(standin.asked) <= 40


def test_what_stands_beside_the_way_is_not_read(standin: Standin, web: Web) -> None:
    ended = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 302 x\r\nLocation: {standin.address}/y\r\n\r\n".encode())
        for _ in range(200):
            connection.sendall(b"x" * 1_000_000)
        ended.set()

    standin.plays["/y"] = lambda _: as_json(1)
    with raw(talk) as address:
        assert web.json(f"{address}/x") == 1
    assert not ended.is_set()


def test_an_answer_that_drips_is_left(web: Web) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 x\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    start = time.monotonic()
    with raw(talk) as address, pytest.raises(FetchError, match="too slowly"):
        web.get(f"{address}/x")
    assert time.monotonic() - start < 2


def test_a_packed_answer_is_unpacked_to_its_limit_only(standin: Standin, web: Web) -> None:
    packed = {"Content-Encoding": "gzip"}
    standin.plays["/small"] = lambda _: Reply(gzip.compress(b'{"a": 1}'), 200, packed)
    bomb = gzip.compress(b"0" * 50_000_000)
    standin.plays["/bomb"] = lambda _: Reply(bomb, 200, packed)
    standin.plays["/damaged"] = lambda _: Reply(b"no gzip", 200, packed)
    assert web.json(f"{standin.address}/small") == {"a": 1}
    with pytest.raises(FetchError, match="larger"):
        web.get(f"{standin.address}/bomb", most=1_000_000)
    with pytest.raises(FetchError, match="broke off"):
        web.get(f"{standin.address}/damaged")


def test_a_packed_answer_in_small_pieces_is_whole(web: Web) -> None:
    body = gzip.compress(b'{"a": "' + bytes(range(97, 123)) * 20 + b'"}')

    def talk(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 x\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for each in body:
            connection.sendall(bytes([each]))
            time.sleep(0.001)

    with raw(talk) as address:
        assert len(web.json(f"{address}/x")["a"]) == 520


@pytest.mark.parametrize("body", [b"12345", b"5\r\n12345\r\n0\r\n\r\n"])
def test_a_part_that_is_shorter_than_it_says_is_refused(web: Web, body: bytes) -> None:
    chunked = b"Transfer-Encoding: chunked\r\n" if b"\r" in body else b"Connection: close\r\n"

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 206 x\r\nContent-Range: bytes 0-9/100\r\n" + chunked + b"\r\n" + body)

    with raw(talk) as address, pytest.raises(FetchError, match="less of the file"):
        web.part(f"{address}/x", 0, 9)


def test_a_part_is_asked_for_unpacked_and_refused_packed(standin: Standin, web: Web) -> None:
    standin.plays["/x"] = lambda _: Reply(b"x" * 100, parts=True, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="packed the part"):
        web.part(f"{standin.address}/x", 0, 9)


def test_no_password_of_the_machine_is_sent(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"

        def run() -> None:
            for way in (f"302 x\r\nLocation: {address}/y", "200 x"):
                connection, _ = server.accept()
                with connection:
                    heard.append(connection.recv(65_536))
                    connection.sendall(f"HTTP/1.1 {way}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        web.get(f"{address}/x")
        thread.join(2)
    assert len(heard) == 2
    assert not any(b"uthorization" in one for one in heard)


def test_a_proxy_is_left_aside_where_the_machine_says_so(
    standin: Standin, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    standin.plays["/x"] = lambda _: as_json("straight")
    assert web.json(f"{standin.address}/x") == "straight"


# --- sealed ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def sealed(standin: Standin, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that nobody knows, and the file of it."""
    openssl = shutil.which("openssl")
    need(openssl is not None, "openssl, to make a certificate")
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    subprocess.run(
        [str(openssl), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    answers = {b"/open": f"302 x\r\nLocation: {standin.address}/x"}
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                    with context.wrap_socket(connection, server_side=True) as talk:
                        path = talk.recv(65_536).split(b" ")[1]
                        way = answers.get(path, "200 x")
                        body = f"HTTP/1.1 {way}\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1"
                        talk.sendall(body.encode())
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=run, daemon=True).start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}", certificate


def test_a_certificate_of_the_company_is_trusted_where_it_is_named(
    sealed: tuple[str, Path], web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, certificate = sealed
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with pytest.raises(FetchError, match=r"certificate.*REQUESTS_CA_BUNDLE"):
        web.json(f"{address}/x")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert web.json(f"{address}/x") == 1


def test_a_sealed_address_leads_to_no_open_one(
    sealed: tuple[str, Path], web: Web, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sealed[1]))
    with pytest.raises(FetchError, match="not sealed"):
        web.json(f"{sealed[0]}/open")
    assert standin.asked == []


def test_a_bundle_that_is_not_there_is_an_error_in_words(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/at/all.pem")
    with pytest.raises(FetchError, match=r"all\.pem"):
        web.json("https://127.0.0.1:9/x")
