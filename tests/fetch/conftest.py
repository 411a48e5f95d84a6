"""A server that plays the publisher, and a client that waits for nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.fetch.web import Web
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.standin import Standin, stand_in


@pytest.fixture
def host() -> ArchiveHost:
    """The archive host, without an archive yet."""
    return ArchiveHost()


@pytest.fixture
def standin(host: ArchiveHost) -> Iterator[Standin]:
    """The server that plays it."""
    with stand_in() as server:
        host.play(server)
        yield server


@pytest.fixture
def web() -> Web:
    """Asks twice and never for long."""
    return Web(tries=2, wait=0.0, seconds=(2.0, 2.0))
