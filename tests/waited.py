"""What a test waits for that is written to be awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_T = TypeVar("_T")


def ran(wanted: Coroutine[Any, Any, _T]) -> _T:
    """Run to the end in a thread of its own: Playwright keeps a loop running in the one of the tests."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, wanted).result()
