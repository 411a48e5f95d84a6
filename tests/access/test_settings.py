"""The settings of access: who may what, and that whatever is wrong with them lets nobody in."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access.actor import ACCEPT, ADMINISTER, IMPORT, LOOK, PLAN, RIGHTS
from data.access.settings import FILE, VARIABLE, Access, access_file, access_of, read_access
from geo.errors import InputError
from tests.properties import examples

GOOD = """
[access]
look = ["@council.example", "visitor@elsewhere.example"]
plan = ["Sergeant@council.example"]
import = ["analyst@council.example"]
accept = ["analyst@council.example"]
administrators = ["head@council.example"]
hours = 8
"""


def settings(text: str = GOOD) -> Access:
    return access_of(tomllib.loads(text))


@pytest.mark.parametrize(
    ("account", "role", "rights"),
    [
        ("anybody@council.example", "reader", {LOOK}),
        ("ANYBODY@Council.Example", "reader", {LOOK}),
        ("visitor@elsewhere.example", "reader", {LOOK}),
        ("sergeant@council.example", "planner", {LOOK, PLAN}),
        ("analyst@council.example", "importer and reviewer", {LOOK, IMPORT, ACCEPT}),
        ("head@council.example", "administrator", set(RIGHTS)),
    ],
)
def test_an_account_has_the_rights_that_the_file_gives(account: str, role: str, rights: set[str]) -> None:
    found = settings().actor_of(account)
    assert found is not None
    assert (found.role, found.rights, found.account) == (role, rights, account)


@pytest.mark.parametrize(
    "account",
    [
        "", " ", "@council.example", "x@sub.council.example", "x@council.example.evil.example", "x@evilcouncil.example",
        "x@evil.example@council.example", "x y@council.example", "x@council.example\n", "x\u202e@council.example ",
        "other@elsewhere.example", "council.example", "a" * 300 + "@council.example", "head@council.exampl\u0435",
    ],
)  # fmt: skip
def test_other_accounts_have_none(account: str) -> None:
    assert settings().actor_of(account) is None


def test_a_letter_that_only_looks_alike_is_another() -> None:
    one = settings('[access]\nadministrators = ["kim@council.example"]\nlook = ["@council.example"]')
    assert one.actor_of("\u212aim@council.example").rights == {LOOK}  # type: ignore[union-attr]  # the Kelvin sign


def test_who_may_do_anything_may_look() -> None:
    found = settings('[access]\naccept = ["a@b.example"]').actor_of("a@b.example")
    assert found is not None
    assert found.may(LOOK)
    assert not found.may(ADMINISTER)


def test_accounts_of_another_claim() -> None:
    one = settings('[access]\nclaim = "oid"\nlook = ["0f0e-77"]')
    assert one.actor_of("0F0E-77") is not None
    with pytest.raises(InputError, match="a domain means nothing"):
        settings('[access]\nclaim = "oid"\nlook = ["@b.example"]')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "one table"),
        ("[acces]\n", "one table"),
        ("[access]\n[other]\n", "one table"),
        ("access = 3", "one table"),
        ('[access]\nlok = ["a@b.example"]', "'lok' is no setting"),
        ('[access]\nlook = "a@b.example"', "look must be a list"),
        ("[access]\nlook = [3]", "3 is no text"),
        ('[access]\nlook = ["*"]', "no account such as"),
        ('[access]\nlook = ["@"]', "no domain such as"),
        ('[access]\nlook = ["@example"]', "no domain such as"),
        ('[access]\nlook = ["@a.example/x"]', "no domain such as"),
        ('[access]\nlook = ["a b@c.example"]', "is no account"),
        ('[access]\nlook = ["b.example"]', "no account such as"),
        ('[access]\nclaim = "name"', "claim must be one of"),
        ("[access]\nhours = 0", "hours must be"),
        ("[access]\nhours = true", "hours must be"),
        ("[access]\nhours = nan", "hours must be"),
        ("[access]\nhours = 1e9", "hours must be"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        settings(text)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as error:
        settings('[access]\nlok = []\nhours = -1\nlook = ["*", "@"]')
    assert all(part in str(error.value) for part in ("'lok'", "hours", "'*'", "'@'"))


def test_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / FILE
    monkeypatch.delenv(VARIABLE, raising=False)
    assert access_file(tmp_path) == path
    assert read_access(path) is None
    path.write_text(GOOD, encoding="utf-8-sig")
    assert read_access(path) == settings()
    for raw in (b"[access", b"\xff\xfe", b"x" * (2 << 20), b"a=" + b"[" * 5_000):
        path.write_bytes(raw)
        with pytest.raises(InputError):
            read_access(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_access(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "elsewhere.toml"))
    assert access_file(tmp_path) == tmp_path / "elsewhere.toml"


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_KEYS = st.sampled_from(["look", "import", "plan", "accept", "administrators", "claim", "hours", "other"])


@given(table=st.dictionaries(_KEYS, _PLAIN), account=st.text(max_size=30))
@examples()
def test_any_settings_are_read_or_refused_and_let_in_only_whom_they_name(table: dict[str, Any], account: str) -> None:
    try:
        found = access_of({"access": table})
    except InputError:
        return
    actor = found.actor_of(account)
    if actor is not None:
        written = {entry for key in table.values() if isinstance(key, list) for entry in key}
        assert any(account.lower() == one.lower() or one.startswith("@") for one in written)
        assert actor.rights <= set(RIGHTS)
