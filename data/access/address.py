"""Whether a page was asked for from the machine that the app runs on, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

# Headers that something in front adds: whoever asks is then somewhere else, whatever the host is called.
FORWARDED = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server", "x-real-ip",
    "x-original-host", "x-client-ip", "cf-connecting-ip", "true-client-ip",
)  # fmt: skip
_HOST = re.compile(r"([^\s:/@?#\[\]]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)


def loopback(name: str | None) -> bool:
    """Whether a name or number of a machine is this machine's own, which no other can reach.

    Parameters
    ----------
    name : str or None
        None and the empty text stand for every address that the machine has.
    """
    bare = (name or "").strip().lower().rstrip(".").removeprefix("[").removesuffix("]")
    if bare == "localhost":
        return True
    try:
        found = ip_address(bare)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def asked_here(bound: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a page is asked for on this machine alone.

    Parameters
    ----------
    bound : str or None
        The address that the server listens at; None for all there are.
    headers : mapping of str to str
        Of the request; empty where there was none, as in a test.

    Notes
    -----
    The host that the browser names counts too: a page of elsewhere can lead a browser to this machine by a name of its
    own. When it misleads: something in front that rewrites the host and adds no header of its own is not seen.
    """
    if not loopback(bound):
        return False
    if not headers:
        return True
    known = {name.lower(): value for name, value in headers.items()}
    if any(known.get(name) for name in FORWARDED):
        return False
    host = _HOST.fullmatch(known.get("host", ""))
    return host is not None and loopback(host[1])
