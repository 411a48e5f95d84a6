"""Questions to public services over the network: patient, within limits, and clear about what went wrong.

Proxies (``HTTPS_PROXY``), a company's certificates (``REQUESTS_CA_BUNDLE``) and the system's own trust store are used,
as the machine has them. A body is never read past its limit, and never where a part was asked for and the whole came.
No machine is asked that was not named before, also where an answer leads elsewhere; no password that the machine keeps
(``.netrc``) is sent along.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, InvalidHeader, ProtocolError
from urllib3.util import Retry

from geo.errors import InputError

AGENT = "community-safety-dashboard (analysis of open data by a community safety partnership)"
MOST_BYTES = 64 << 20  # of an answer that is kept in memory
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
TRIES = 5
MOST_WAIT = 120.0  # seconds that a service may ask to wait before the next try
LEAST_RATE = 1_000.0  # bytes a second, once an answer took as long as one may wait for a byte
_CHUNK = 1 << 16
_AGAIN = (429, 500, 502, 503, 504)

Say = Callable[[str], None]


_LATER = "Try again later. If it stays so, the service has changed: see whether there is a newer program."


class FetchError(InputError):
    """A service did not give what was asked for; ``file`` is the address, ``status`` its answer's, 0 for none.

    Without a hint of its own it advises to try again later.
    """

    def __init__(self, message: str, url: str, *, status: int = 0, value: str | None = None, hint: str = "") -> None:
        self.status = status
        super().__init__(message, file=url, value=value, hint=hint or _LATER)


@dataclass(frozen=True)
class Answer:
    """What a service gave.

    Attributes
    ----------
    url : str
        Where it came from in the end, after redirects.
    status : int
    headers : mapping of str to str
    body : bytes
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class _SystemTrust(HTTPAdapter):
    """Ask with the system's trust store: a council's machines carry its own certificates there."""

    def init_poolmanager(self, *args: Any, **settings: Any) -> Any:
        return super().init_poolmanager(*args, **settings, ssl_context=_trust())

    def proxy_manager_for(self, *args: Any, **settings: Any) -> Any:
        return super().proxy_manager_for(*args, **settings, ssl_context=_trust())


def _trust() -> ssl.SSLContext:
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _LaterError(Exception):
    """The service asks to wait longer than anybody would; its status, and seconds."""


class _Patience(Retry):
    """Wait as long as the service asks, unless that is longer than a person or a scheduler would."""

    def sleep_for_retry(self, response: Any) -> bool:
        try:
            seconds = self.get_retry_after(response) or 0.0
        except (InvalidHeader, ValueError, OverflowError):  # neither a number nor a time
            return False
        if seconds > MOST_WAIT:
            raise _LaterError(response.status, seconds)
        return super().sleep_for_retry(response)


class _Told503(_Patience):
    """Ask again as always, but not where the service said 503, with or without a time to wait."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return status_code != 503 and super().is_retry(method, status_code, has_retry_after)


class _Session(requests.Session):
    """Tell whom an answer leads to before it is asked, and never go from a sealed address to an open one."""

    def __init__(self, meet: Say) -> None:
        super().__init__()
        self._meet = meet
        self.auth = _no_password

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is None:
            return None
        resp.raw.close()  # whatever it says beside where to go is not read
        where = urlsplit(urljoin(resp.url, target))
        if where.scheme not in ("http", "https") or (resp.url.startswith("https:") and where.scheme == "http"):
            raise FetchError("the service leads to an address that is not sealed (https)", resp.url, value=target)
        self._meet(where.netloc.rpartition("@")[2])
        return target

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:  # noqa: ARG002
        prepared_request.headers.pop("Authorization", None)


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand in for what ``.netrc`` may say."""
    return request


class Web:
    """A session with public services.

    Parameters
    ----------
    say : callable, optional
        Told the name of each machine before it is asked for the first time.
    tries : int
        How often a question is asked while the network fails or the service is busy.
    wait : float
        Seconds before the second try; doubled for each further one, with jitter, and never more than 30. A service
        that names a time (``Retry-After``) is heard.
    seconds : (float, float)
        To connect, and between two bytes.
    """

    def __init__(
        self,
        say: Say | None = None,
        *,
        tries: int = TRIES,
        wait: float = 1.0,
        seconds: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self._say = say
        self._asked: set[str] = set()
        self._seconds = seconds
        self._session = _Session(self._meet)
        self._session.headers["User-Agent"] = AGENT
        patience: dict[str, Any] = {
            "total": tries - 1,
            "backoff_factor": wait,
            "backoff_jitter": wait,
            "backoff_max": 30,
            "status_forcelist": _AGAIN,
            "allowed_methods": None,
            "respect_retry_after_header": True,
            "raise_on_status": False,
        }
        self._retry, self._told_503 = _Patience(**patience), _Told503(**patience)
        self._mount("", self._retry)

    def _mount(self, start: str, retry: Retry) -> None:
        for scheme, adapter in (("http://", HTTPAdapter), ("https://", _SystemTrust)):
            if not start or start.startswith(scheme):
                self._session.mount(start or scheme, adapter(max_retries=retry))

    def take_503(self, start: str) -> None:
        """Take 503 for an answer at addresses that begin so: it says there that the question was too large."""
        self._mount(start, self._told_503)

    def close(self) -> None:
        """Give connections back."""
        self._session.close()

    def get(self, url: str, params: Mapping[str, str] | None = None, *, most: int = MOST_BYTES) -> Answer:
        """Ask for an address.

        Parameters
        ----------
        url : str
        params : mapping, optional
        most : int
            Bytes that the answer may have.

        Raises
        ------
        FetchError
            No answer, one that says that it failed, one that broke off or is too large.
        """
        return self._ask("GET", url, most=most, params=params)

    def post(self, url: str, form: Mapping[str, str], *, most: int = MOST_BYTES) -> Answer:
        """Ask with a form; as :meth:`get`."""
        return self._ask("POST", url, most=most, data=form)

    def part(self, url: str, first: int, last: int) -> Answer:
        """Ask for some bytes of a file.

        Parameters
        ----------
        url : str
        first, last : int
            Positions, the last one included.

        Returns
        -------
        Answer
            Its body has ``last - first + 1`` bytes.

        Raises
        ------
        FetchError
            As :meth:`get`; the service gives no parts (any answer but 206, refused before its body is read), or
            another part than was asked for.
        """
        return self._ask("GET", url, most=last - first + 1, headers=_part_of(first, last))

    def json(self, url: str, params: Mapping[str, str] | None = None, *, most: int = MOST_BYTES) -> Any:
        """Ask for JSON; as :meth:`get`, and refuse what is none: a login page comes with the status of success."""
        return read_json(self.get(url, params, most=most))

    def _ask(self, method: str, url: str, *, most: int, **settings: Any) -> Answer:
        host = urlsplit(url).netloc.rpartition("@")[2]
        self._meet(host)
        try:
            return self._patiently(method, url, most, settings)
        except FetchError:
            raise
        except _LaterError as later:
            status, wait = later.args
            raise FetchError(
                "the service asks to come again later",
                url,
                status=status,
                value=f"in {wait / 60:,.0f} minutes",
                hint="Run the command again then: it goes on.",
            ) from None
        except (HTTPError, OSError, ValueError) as error:  # what requests raises is an OSError, too
            raise FetchError(
                f"{host} cannot be reached or broke off: {_reason(error)}",
                url,
                hint="Is there an internet connection, and may this machine reach the address?"
                if not isinstance(error, requests.exceptions.SSLError)
                else "Does the network put its own certificate in place? REQUESTS_CA_BUNDLE names a file that has it.",
            ) from error

    def _meet(self, host: str) -> None:
        if self._say is not None and host not in self._asked:
            self._say(host)
        self._asked.add(host)

    def _patiently(self, method: str, url: str, most: int, settings: Mapping[str, Any]) -> Answer:
        """Ask again where an answer breaks off in its body: before that the session's own retries do."""
        retry = self._retry
        while True:
            with self._session.request(method, url, stream=True, timeout=self._seconds, **settings) as answer:
                _check(answer, url, settings.get("headers", {}).get("Range"))
                try:
                    body = _body(answer, url, most, self._seconds[1])
                    if "Range" in settings.get("headers", {}) and len(body) != most:
                        raise FetchError("the service gave less of the file than it said", url, status=206)
                    return Answer(answer.url, answer.status_code, dict(answer.headers), body)
                except (HTTPError, OSError) as error:
                    retry = retry.increment(method, url, error=ProtocolError(str(error), error))
                    retry.sleep()


def read_json(answer: Answer) -> Any:
    """Read an answer as JSON.

    Raises
    ------
    FetchError
        It is something else.
    """
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        start = answer.body[:60].decode("utf-8", "replace")
        raise FetchError(
            "the answer is not JSON",
            answer.url,
            status=answer.status,
            value=start,
            hint="Does a login page or a filter of the network answer in its place?",
        ) from error


def _check(answer: requests.Response, url: str, wanted: str | None) -> None:
    if wanted is not None:
        if answer.status_code != 206:
            raise FetchError(
                "the service gave no part of the file, though one was asked for",
                url,
                status=answer.status_code,
                value=str(answer.status_code),
                hint="Only parts are taken: the whole would be gigabytes.",
            )
        if (how := answer.headers.get("Content-Encoding", "identity")) != "identity":
            raise FetchError("the service packed the part that was asked for", url, status=206, value=how)
        given = answer.headers.get("Content-Range", "")
        if not given.startswith(wanted.replace("=", " ", 1) + "/"):
            raise FetchError("the service gave another part of the file", url, status=206, value=given)
    elif answer.status_code != 200:
        raise FetchError(
            "the service refused", url, status=answer.status_code, value=f"{answer.status_code} {answer.reason}"
        )


def _part_of(first: int, last: int) -> dict[str, str]:
    """Ask for bytes as they lie there: a part of a packed answer is none of the file."""
    return {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}


def _body(answer: requests.Response, url: str, most: int, patience: float) -> bytes:
    body = bytearray()
    start = time.monotonic()
    while chunk := answer.raw.read1(min(_CHUNK, most + 1), decode_content=True):
        body += chunk
        if len(body) > most:
            raise FetchError("the answer is larger than it may be", url, value=f"over {most:,} bytes")
        took = time.monotonic() - start
        if took > patience and len(body) < LEAST_RATE * took:
            raise FetchError("the answer comes too slowly", url, value=f"{len(body):,} bytes in {took:,.0f} seconds")
    return bytes(body)


def _reason(error: Exception) -> str:
    """Give the innermost reason, without the addresses of objects in memory."""
    inner: BaseException = error
    while (deeper := inner.__cause__ or (inner.args[0] if inner.args else None)) and isinstance(deeper, BaseException):
        inner = deeper
    reason = getattr(inner, "reason", None)
    return str(reason or inner).split(": ", 1)[-1][:200] or type(error).__name__
