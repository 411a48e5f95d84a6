"""A server on loopback that plays public services, keeps their limits, and misbehaves on demand."""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """What a client asked for."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    range: str
    raw: str = ""  # what stands behind the question mark, as it was sent


@dataclass(frozen=True)
class Reply:
    """What is given; a part of the body where a part was asked for and ``parts`` allows it."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: bool = False


Play = Callable[[Asked], Reply | None]


def as_json(value: Any, status: int = 200) -> Reply:
    """Reply with JSON."""
    return Reply(json.dumps(value).encode(), status, {"Content-Type": "application/json"})


# How a service can fail; each takes the place of a proper answer.
FAULTS = ("no range", "other range", "short", "flip", "html", "slow", "reset", "429", "403", "500")


@dataclass(eq=False)
class Standin:
    """The services that are played, by the beginning of the path, and what went on.

    Attributes
    ----------
    address : str
        ``http://127.0.0.1:port``.
    plays : dict of str to callable
        From a request to a reply, by the beginning of the path; None is 404.
    asked : list of Asked
        Every request, in order.
    """

    address: str = ""
    plays: dict[str, Play] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    slow_seconds: float = 0.3
    _faults: list[tuple[re.Pattern[str], str, list[int]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def misbehave(self, path: str, fault: str, times: int = 1, after: int = 0) -> None:
        """Answer the next requests of a path (a regular expression) with a fault, so many times, after so many."""
        assert fault in FAULTS
        self._faults.append((re.compile(path), fault, [after, times]))

    def behave(self) -> None:
        """Have no more faults."""
        self._faults.clear()

    def fault_of(self, path: str) -> str:
        """Give the fault that is due, empty for none."""
        with self._lock:
            for pattern, fault, left in self._faults:
                if not pattern.search(path) or not left[1]:
                    continue
                if left[0]:
                    left[0] -= 1
                    continue
                left[1] -= 1
                return fault
        return ""

    def reply(self, asked: Asked) -> Reply:
        """Play the service that the path belongs to."""
        with self._lock:
            self.asked.append(asked)
        for start, play in self.plays.items():
            if asked.path.startswith(start):
                found = play(asked)
                if found is not None:
                    return found
        return Reply(b"<html>not here</html>", 404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client that was cut off on purpose
            super().handle_error(request, client_address)


@contextmanager
def stand_in(**plays: Play) -> Iterator[Standin]:
    """Start a server; more plays can be added while it runs."""
    standin = Standin(plays={f"/{start}": play for start, play in plays.items()})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are sent apart: 40 ms each time

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            query, form = ({k: v[-1] for k, v in parse_qs(text).items()} for text in (parts.query, sent))
            asked = Asked(self.command, parts.path, query, form, self.headers.get("Range") or "", parts.query)
            reply = standin.reply(asked)
            self._give(asked, reply, standin.fault_of(self.path))

        def _give(self, asked: Asked, reply: Reply, fault: str) -> None:
            body, status, headers = reply.body, reply.status, dict(reply.headers)
            wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", asked.range)
            if reply.parts and wanted and fault != "no range":
                first, last = int(wanted[1]), min(int(wanted[2]), len(body) - 1)
                if fault == "other range":
                    first, last = first + 1, last + 1
                if first >= len(body):
                    body, status = b"", 416
                else:
                    headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
                    body, status = body[first : last + 1], 206
            if fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            if fault == "html":
                body, status, headers = b"<!DOCTYPE html><html>Sign in to the network</html>", 200, {}
            if fault in ("403", "429", "500"):
                body, status, headers = b"no", int(fault), {"Retry-After": "0"} if fault == "429" else {}
            if fault == "flip" and body:
                body = bytes([*body[: len(body) // 2], body[len(body) // 2] ^ 0x40, *body[len(body) // 2 + 1 :]])
            if fault == "slow":
                time.sleep(standin.slow_seconds)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if asked.method == "HEAD":
                return
            if fault == "short":
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            self.wfile.write(body)

    server = _Server(("127.0.0.1", 0), Handler)
    standin.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
