"""How many examples a property is tried on: few and always the same ones in CI, many and random ones on demand."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

VARIABLE = "HYPOTHESIS_PROFILE"
FIXED, LONG = "fixed", "long"
USUAL = 50
TIMES = {FIXED: 1, LONG: 25}


def examples(usual: int = USUAL, **more: Any) -> settings:
    """Settings of a property that is tried on so many examples in CI, and on 25 times as many in a long run."""
    return settings(max_examples=usual * TIMES[profile()], **more)


def profile() -> str:
    """The profile that was asked for: ``fixed``, or ``long`` by ``HYPOTHESIS_PROFILE=long``."""
    return os.environ.get(VARIABLE, FIXED)


def load_profile() -> None:
    """Make the profile the one of this run. No test fails because the machine is busy, so none has a deadline."""
    settings.register_profile(FIXED, deadline=None, max_examples=USUAL, derandomize=True, database=None)
    settings.register_profile(
        LONG, deadline=None, max_examples=USUAL * TIMES[LONG], print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    settings.load_profile(profile())
