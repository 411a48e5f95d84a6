"""Who is at the page: whether anything is shown to them, and as whom they do what they do.

On this computer without a login everybody may do everything. On another address nothing is shown without a login,
unless one switch says so: something in front then has to ask who comes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st

from data.access.actor import ANYBODY, HERE, Actor
from data.access.address import asked_here
from data.access.settings import access_file, read_access
from data.access.signed_in import NotLetInError, actor_of
from data.kinds.lists import join_words
from data.store.store import default_store
from geo.errors import InputError
from pages.ui.shell import reached
from pages.ui.shell.folders import by_name

SWITCH, ON = "DASHBOARD_WITHOUT_LOGIN", "yes"
_SHARED = ("redirect_uri", "cookie_secret")
_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
_LOGIN_PACKAGES = ("authlib", "httpx")
NO_LOGIN = (
    "The dashboard is reached from elsewhere, and nothing asks who comes. So nothing is shown, and nothing was read"
)
WHAT_TO_DO = (
    f"Whoever runs it sets up a login (docs/SECURITY.md), or starts it with {SWITCH}={ON} where something in front "
    "of it asks already."
)
NOT_READ = "Nobody is let in: how the dashboard is shared cannot be read. Whoever runs it finds why in its log."


@dataclass(frozen=True)
class Login:
    """The login as it is set up.

    Attributes
    ----------
    providers : tuple of str
        Names of those that can be asked; "" for the one without a name.
    problem : str
        Why it cannot be used; empty where it can.
    """

    providers: tuple[str, ...] = ()
    problem: str = ""


def login() -> Login | None:
    """Read how the login is set up; None where none is."""
    try:
        section = st.secrets.get("auth")
    except FileNotFoundError:  # none there, or one that cannot be read
        there = [path for path in st.get_option("secrets.files") if Path(path).exists()]
        return Login(problem="the file of secrets cannot be read") if there else None
    if section is None:
        return None
    if not isinstance(section, Mapping):
        return Login(problem="[auth] is no table of settings")
    named = {name: part for name, part in section.items() if isinstance(part, Mapping) and "client_id" in part}
    if "client_id" in section:
        named[""] = section
    problems = [f"[auth] lacks {name}" for name in _SHARED if not section.get(name)]
    problems += [] if named else ["[auth] names no provider"]
    for name, part in named.items():
        lacking = [key for key in _PROVIDER if not part.get(key)]
        problems += [f"[auth{f'.{name}' if name else ''}] lacks {join_words(lacking)}"] if lacking else []
    if missing := [name for name in _LOGIN_PACKAGES if find_spec(name) is None]:
        problems.append(f"a login needs {join_words(missing)}, installed with requirements-login.txt")
    if st.get_option("server.trustedUserHeaders"):
        problems.append("server.trustedUserHeaders is set: who comes is asked by the login, not taken from a header")
    return Login(tuple(sorted(named)), "; ".join(problems))


def headers() -> Mapping[str, str]:
    """Give the headers of the request that opened the page; none in a test."""
    return dict(st.context.headers)


def claims() -> Mapping[str, Any]:
    """Give what the login confirmed; empty where nobody has logged in."""
    said = st.user.to_dict()
    return said if said.get("is_logged_in") is True else {}


def switched_on() -> bool:
    """Whether the switch says that something in front asks who comes."""
    return os.environ.get(SWITCH, "").strip().lower() == ON


def actor() -> Actor:
    """Say who is at the page. Asked anew for everything that is done: a right that was taken away is gone.

    Raises
    ------
    NotLetInError
        Nobody is let in like this.
    InputError
        The settings of access cannot be used.
    """
    found = login()
    if found is None:
        if switched_on():
            return ANYBODY
        if asked_here(st.get_option("server.address"), headers()):
            return HERE
        raise NotLetInError(NO_LOGIN, hint=WHAT_TO_DO)
    if found.problem:
        raise InputError(f"The login is set up, but cannot be used: {found.problem}", file="secrets.toml")
    said = claims()
    if not said:
        raise NotLetInError("Nobody is logged in")
    settings = read_access(access_file(default_store()))
    if settings is None:
        reached.check()  # they may lie on a drive that went away
    return actor_of(said, settings, datetime.now(UTC))


def admit(name: str) -> None:
    """Let the page go on, or draw why not and stop; nothing that the app keeps is read before.

    Parameters
    ----------
    name : str
        Of the page.
    """
    try:
        actor()
        return
    except NotLetInError as error:
        _refuse(name, error)
    except reached.AwayError as error:
        _say(name, by_name(str(error)))
        reached.look_again()
    except InputError as error:
        logging.getLogger(__name__).error("%s", error)  # may name accounts: for whoever runs it alone
        _say(name, NOT_READ)
    st.stop()


def _refuse(name: str, error: NotLetInError) -> None:
    found, said = login(), claims()
    if found is None:
        _say(name, str(error))
        return
    if not said:
        st.title(name, anchor=False)
        st.html('<p class="note">Log in to see the dashboard.</p>')
    else:
        _say(name, str(error))
        st.button("Log out", on_click=st.logout, key="log_out")
    if not said or error.again:
        for provider in found.providers:
            label = f"Log in with {provider}" if provider else "Log in"
            st.button(label, on_click=st.login, args=(provider or None,), type="primary", key=f"log_in_{provider}")


def _say(name: str, words: str) -> None:
    st.title(name, anchor=False)
    st.html(f'<div class="failed" role="alert">{escape(words)}</div>')


def who() -> None:
    """Draw the one quiet line: role, account, and the way out; none on this computer, where nobody logs in."""
    found = actor()
    if found is HERE:
        return
    account = f"<br>{escape(found.account)}" if found.account else ""
    st.html(f'<p class="who">As {escape(found.role)}{account}</p>')
    if found.account:
        st.button("Log out", on_click=st.logout, type="tertiary", key="log_out")


def lacks(right: str, words: str) -> bool:
    """Whether whoever is at the page has not a right; says so in place of what it is for.

    Parameters
    ----------
    right : str
        Of :data:`data.access.actor.RIGHTS`.
    words : str
        What is not offered, such as "load files".
    """
    found = actor()
    if found.may(right):
        return False
    st.html(f'<p class="note">As {escape(found.role)} you cannot {escape(words)}: an administrator can let you.</p>')
    return True
