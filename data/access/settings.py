"""The settings of access: who may look, import, plan and accept, and who administers."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.access.actor import ACCEPT, ADMINISTER, IMPORT, LOOK, PLAN, RIGHTS, Actor
from data.kinds.lists import join_words
from geo.errors import InputError

FILE = "access.toml"
VARIABLE = "DASHBOARD_ACCESS"
LISTS = {"look": LOOK, "import": IMPORT, "plan": PLAN, "accept": ACCEPT, "administrators": ADMINISTER}
CLAIMS = ("email", "preferred_username", "upn", "sub", "oid")
ADDRESSES = CLAIMS[:3]  # claims that look like an e-mail address, so that a domain means something
ROLES = {PLAN: "planner", IMPORT: "importer", ACCEPT: "reviewer"}
ADMINISTRATOR, READER = "administrator", "reader"
HOURS, MOST_HOURS = 12.0, 720.0
MOST_BYTES = 1 << 20
_DOMAIN = re.compile(r"@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_ACCOUNT_LENGTH = 254
_HINT = "docs/formats.md shows the file. Until it is right nobody is let in."


@dataclass(frozen=True)
class Access:
    """Who may do what.

    Attributes
    ----------
    entries : mapping of str to frozenset of str
        By right: accounts, and domains that begin with "@".
    claim : str
        What of the login names the account, one of ``CLAIMS``.
    hours : float
        How long a login holds before it is asked for again.
    """

    entries: Mapping[str, frozenset[str]] = field(default_factory=dict)
    claim: str = CLAIMS[0]
    hours: float = HOURS

    def actor_of(self, account: str) -> Actor | None:
        """Give the rights of an account; None where it has none.

        Parameters
        ----------
        account : str

        Notes
        -----
        A domain covers its own accounts, not those of its subdomains. Letters of ASCII are compared without regard to
        their size; all others as they stand, so that no letter passes for another.
        """
        wanted = plain_account(account)
        if not wanted:
            return None
        name, _, domain = wanted.partition("@")
        keys = {wanted} | ({f"@{domain}"} if name and _DOMAIN.fullmatch(f"@{domain}") else set())
        found = {right for right, entries in self.entries.items() if keys & entries}
        if not found:
            return None
        if ADMINISTER in found:
            return Actor(ADMINISTRATOR, account, frozenset(RIGHTS))
        roles = [role for right, role in ROLES.items() if right in found] or [READER]
        return Actor(join_words(roles), account, frozenset(found | {LOOK}))


def plain_account(text: str) -> str:
    """Write an account as it is compared; empty where it cannot be one."""
    if not 0 < len(text) <= _ACCOUNT_LENGTH or not text.isprintable() or " " in text or text.startswith("@"):
        return ""
    return text.lower() if text.isascii() else text


def access_file(store: Path) -> Path:
    """Name the file of settings: the one that ``DASHBOARD_ACCESS`` names, or ``access.toml`` in the store."""
    return Path(os.environ.get(VARIABLE) or store / FILE)


def read_access(path: Path) -> Access | None:
    """Read the settings.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Access or None
        None where there is no file: nobody may do anything.

    Raises
    ------
    InputError
        It cannot be read, or something in it is not as it should be; all of it is told at once.
    """
    try:
        with path.open("rb") as handle:
            raw = handle.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(
            f"the settings of access cannot be read: {error.strerror or error}", file=str(path), hint=_HINT
        ) from error
    if len(raw) > MOST_BYTES:
        raise InputError("the settings of access are too large", file=str(path), hint=_HINT)
    try:
        found = tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"the settings of access are no TOML: {error}", file=str(path), hint=_HINT) from error
    return access_of(found, str(path))


def access_of(raw: Mapping[str, Any], file: str = FILE) -> Access:
    """Check settings that were read.

    Parameters
    ----------
    raw : mapping
        Of the whole file: one table, ``access``.
    file : str
        For messages.

    Raises
    ------
    InputError
        Something is not as it should be; all of it is told at once.
    """
    table = raw.get("access")
    if set(raw) != {"access"} or not isinstance(table, Mapping):
        raise InputError("the file must hold one table, [access], and nothing else", file=file, hint=_HINT)
    wrong = [f"{key!r} is no setting of access" for key in table if key not in {*LISTS, "claim", "hours"}]
    claim, hours = table.get("claim", CLAIMS[0]), table.get("hours", HOURS)
    if claim not in CLAIMS:
        wrong.append(f"claim must be one of {', '.join(CLAIMS)}, not {claim!r}")
    if isinstance(hours, bool) or not isinstance(hours, (int, float)) or not 0 < hours <= MOST_HOURS:
        wrong.append(f"hours must be a number above 0 and at most {MOST_HOURS:g}, not {hours!r}")
    entries = {}
    for key, right in LISTS.items():
        listed = table.get(key, [])
        if not isinstance(listed, list):
            wrong.append(f"{key} must be a list of accounts and domains")
            continue
        wrong += [f"{key}: {why}" for one in listed if (why := _wrong(one, claim))]
        entries[right] = frozenset(one.lower() if one.isascii() else one for one in listed if isinstance(one, str))
    if wrong:
        raise InputError("; ".join(wrong), file=file, hint=_HINT)
    return Access(entries, claim, float(hours))


def _wrong(entry: object, claim: object) -> str:
    """Say what is wrong with an entry; empty where nothing is."""
    if not isinstance(entry, str):
        return f"{entry!r} is no text"
    if entry.startswith("@"):
        if claim not in ADDRESSES:
            return f"{entry!r}: a domain means nothing where accounts are told by {claim}"
        return "" if _DOMAIN.fullmatch(entry.lower()) else f"{entry!r} is no domain such as @example.org"
    if not plain_account(entry):
        return f"{entry!r} is no account"
    if claim in ADDRESSES and (entry.count("@") != 1 or entry.endswith("@")):
        return f"{entry!r} is no account such as name@example.org, and no domain such as @example.org"
    return ""
