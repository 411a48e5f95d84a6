"""What a login says, and what follows from it: the actor, or the reason why nobody is let in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from data.access.actor import Actor
from data.access.settings import Access
from geo.errors import InputError

_AHEAD_S = 300.0  # by which the clock of who confirms a login may be ahead of ours
AGAIN = "Log in again."


class NotLetInError(InputError):
    """Somebody has logged in and is not let in.

    Attributes
    ----------
    again : bool
        Whether logging in again would help.
    """

    again = False


class TooOldError(NotLetInError):
    """The login is older than it may be."""

    again = True


def actor_of(claims: Mapping[str, object], access: Access | None, now: datetime) -> Actor:
    """Say who has logged in.

    Parameters
    ----------
    claims : mapping
        What the provider confirmed, by the names of OpenID Connect.
    access : Access or None
        None where there are no settings.
    now : datetime
        With its zone.

    Returns
    -------
    Actor

    Raises
    ------
    NotLetInError
        There are no settings, the login is too old or does not name an account, or the account has no right.

    Notes
    -----
    An e-mail address that the provider says is not verified names nobody. When it misleads: where a provider lets its
    people choose their own address and does not say whether it is verified, ``claim`` has to be ``sub`` or ``oid``.
    """
    if access is None:
        raise NotLetInError(
            "Nobody has said yet who may look", hint="Whoever runs the dashboard writes it into the settings of access."
        )
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, (int, float)) or not math.isfinite(issued):
        raise TooOldError("The login does not say when it was made", hint=AGAIN)
    age = now.timestamp() - issued
    if age > access.hours * 3600 or age < -_AHEAD_S:
        raise TooOldError(f"A login holds for {access.hours:g} hours, and yours is over", hint=AGAIN)
    account = claims.get(access.claim)
    if not isinstance(account, str) or not account:
        raise NotLetInError("The login names no account", hint=f"The settings of access ask for {access.claim!r}.")
    if access.claim == "email" and claims.get("email_verified", True) not in (True, "true"):
        raise NotLetInError("The address of this login is not verified", hint="Verify it where you log in.")
    found = access.actor_of(account)
    if found is None:
        raise NotLetInError(
            "This account may not look at the dashboard", value=account, hint="An administrator can add it."
        )
    return found
