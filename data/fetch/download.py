"""One large file of a service, by parts, onto the disk: never all of it in memory, and nothing beyond its limit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from data.fetch.web import MOST_BYTES, Answer, FetchError, Web

PART_BYTES = 8 << 20
_TOTAL = re.compile(r"bytes \d+-\d+/(\d+)")
_AGAIN = "Run the command again."


def download(
    web: Web,
    url: str,
    target: Path,
    *,
    most: int,
    md5: str = "",
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Fetch a file.

    Parameters
    ----------
    web : Web
    url : str
        Asked anew for every part: an address that it leads to may be good for a short time only.
    target : Path
        Written over.
    most : int
        Bytes that it may have.
    md5 : str
        What the publisher says of it, 32 hexadecimal digits; empty where it says nothing.
    told : callable
        Told bytes that are here and bytes in all, after each part.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    FetchError
        The service failed, the file is too large or empty, it was replaced on the way, or it is not the one that the
        publisher says.
    OSError
        It cannot be written.
    """
    check = hashlib.md5(usedforsecurity=False)
    with target.open("wb") as file:

        def take(answer: Answer) -> None:
            check.update(answer.body)
            file.write(answer.body)

        try:
            first = web.part(url, 0, 0)
        except FetchError as error:
            if error.status != 200:  # 200: this service gives no parts
                raise
            whole = web.get(url, most=min(most, MOST_BYTES))
            take(whole)
            total = len(whole.body)
        else:
            total = _size(first, url, most)
            for start in range(0, total, PART_BYTES):
                part = web.part(url, start, min(start + PART_BYTES, total) - 1)
                if _size(part, url, most) != total or _mark(part) != _mark(first):
                    raise FetchError("the file was replaced while it was fetched", url, status=206, hint=_AGAIN)
                take(part)
                told(start + len(part.body), total)
    if not total:
        raise FetchError("the file is empty", url, hint=_AGAIN)
    if md5 and check.hexdigest() != md5.lower():
        raise FetchError(
            "the file is not the one that the publisher says (MD5)", url, value=check.hexdigest(), hint=_AGAIN
        )
    return total


def _size(answer: Answer, url: str, most: int) -> int:
    found = _TOTAL.fullmatch(_header(answer, "content-range"))
    if found is None:
        raise FetchError("the service does not say how large the file is", url, status=206)
    if int(found[1]) > most:
        told = f"{int(found[1]) / 1e6:,.0f} MB; at most {most / 1e6:,.0f} MB"
        raise FetchError("the file is larger than it may be", url, status=206, value=told)
    return int(found[1])


def _mark(answer: Answer) -> str:
    return _header(answer, "etag") or _header(answer, "last-modified")


def _header(answer: Answer, name: str) -> str:
    return next((value for key, value in answer.headers.items() if key.lower() == name), "")
