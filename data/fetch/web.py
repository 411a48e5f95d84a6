"""Questions to public services over the network: patient, within limits, and clear about what went wrong.

Proxies (``HTTPS_PROXY``), a company's certificates (``REQUESTS_CA_BUNDLE``) and the system's own trust store are used,
as the machine has them. A body is never read past its limit, and never where a part was asked for and the whole came.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, ProtocolError
from urllib3.util import Retry

from geo.errors import InputError

AGENT = "community-safety-dashboard (analysis of open data by a community safety partnership)"
MOST_BYTES = 64 << 20  # of an answer that is kept in memory
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
TRIES = 5
_CHUNK = 1 << 16
_AGAIN = (429, 500, 502, 503, 504)

Say = Callable[[str], None]


class FetchError(InputError):
    """A service did not give what was asked for; ``file`` is the address, ``status`` its answer's, 0 for none."""

    def __init__(self, message: str, url: str, *, status: int = 0, value: str | None = None, hint: str = "") -> None:
        self.status = status
        super().__init__(message, file=url, value=value, hint=hint or None)


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


class _Told503(Retry):
    """Ask again as always, but not where the service said 503, with or without a time to wait."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return status_code != 503 and super().is_retry(method, status_code, has_retry_after)


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
        self._session = requests.Session()
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
        self._retry, self._told_503 = Retry(**patience), _Told503(**patience)
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
        return self._ask("GET", url, most=last - first + 1, headers={"Range": f"bytes={first}-{last}"})

    def json(self, url: str, params: Mapping[str, str] | None = None, *, most: int = MOST_BYTES) -> Any:
        """Ask for JSON; as :meth:`get`, and refuse what is none: a login page comes with the status of success."""
        return read_json(self.get(url, params, most=most))

    def _ask(self, method: str, url: str, *, most: int, **settings: Any) -> Answer:
        host = urlsplit(url).netloc
        if self._say is not None and host not in self._asked:
            self._say(host)
        self._asked.add(host)
        try:
            return self._patiently(method, url, most, settings)
        except (requests.RequestException, MaxRetryError) as error:
            raise FetchError(
                f"{host} cannot be reached or broke off: {_reason(error)}",
                url,
                hint="Is there an internet connection, and may this machine reach the address?",
            ) from error

    def _patiently(self, method: str, url: str, most: int, settings: Mapping[str, Any]) -> Answer:
        """Ask again where an answer breaks off in its body: before that the session's own retries do."""
        retry = self._retry
        while True:
            with self._session.request(method, url, stream=True, timeout=self._seconds, **settings) as answer:
                _check(answer, url, settings.get("headers", {}).get("Range"))
                try:
                    return Answer(answer.url, answer.status_code, dict(answer.headers), _body(answer, url, most))
                except requests.RequestException as error:
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
    except ValueError as error:
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
        given = answer.headers.get("Content-Range", "")
        if not given.startswith(wanted.replace("=", " ", 1) + "/"):
            raise FetchError("the service gave another part of the file", url, status=206, value=given)
    elif answer.status_code != 200:
        raise FetchError(
            "the service refused", url, status=answer.status_code, value=f"{answer.status_code} {answer.reason}"
        )


def _body(answer: requests.Response, url: str, most: int) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > most:
            raise FetchError("the answer is larger than it may be", url, value=f"over {most:,} bytes")
    return bytes(body)


def _reason(error: Exception) -> str:
    """Give the innermost reason, without the addresses of objects in memory."""
    inner: BaseException = error
    while (deeper := inner.__cause__ or (inner.args[0] if inner.args else None)) and isinstance(deeper, BaseException):
        inner = deeper
    reason = getattr(inner, "reason", None)
    return str(reason or inner).split(": ", 1)[-1][:200] or type(error).__name__
