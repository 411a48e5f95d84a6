"""What follows from a login: an actor, or the reason why nobody is let in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.access.settings import Access
from data.access.signed_in import NotLetInError, TooOldError, actor_of

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ACCESS = Access({"look": frozenset({"@council.example"})}, hours=12.0)
GOOD: dict[str, Any] = {"email": "Jo@council.example", "iat": NOW.timestamp() - 3600, "email_verified": True}


def test_a_login_that_is_let_in() -> None:
    assert actor_of(GOOD, ACCESS, NOW).account == "Jo@council.example"
    assert actor_of({key: GOOD[key] for key in ("email", "iat")}, ACCESS, NOW).role == "reader"


def test_without_settings_nobody_is_let_in() -> None:
    with pytest.raises(NotLetInError, match="Nobody has said yet who may look") as error:
        actor_of(GOOD, None, NOW)
    assert not error.value.again


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "jo@elsewhere.example"}, "may not look"),
        ({"email": ""}, "names no account"),
        ({"email": 3}, "names no account"),
        ({"email": None}, "names no account"),
        ({"email_verified": False}, "not verified"),
        ({"email_verified": "false"}, "not verified"),
        ({"email_verified": None}, "not verified"),
    ],
)
def test_who_is_not_let_in(change: dict[str, Any], said: str) -> None:
    with pytest.raises(NotLetInError, match=said) as error:
        actor_of(GOOD | change, ACCESS, NOW)
    assert not error.value.again


@pytest.mark.parametrize(
    "issued",
    [None, "", "now", True, float("nan"), float("inf"), 0, NOW.timestamp() - 12 * 3600 - 1, NOW.timestamp() + 301],
)
def test_a_login_that_is_over_is_asked_for_again(issued: object) -> None:
    with pytest.raises(TooOldError) as error:
        actor_of(GOOD | {"iat": issued}, ACCESS, NOW)
    assert error.value.again


def test_a_login_holds_to_its_last_moment() -> None:
    assert actor_of(GOOD, ACCESS, NOW + timedelta(hours=11))
    with pytest.raises(TooOldError):
        actor_of(GOOD, ACCESS, NOW + timedelta(hours=11, seconds=1))
