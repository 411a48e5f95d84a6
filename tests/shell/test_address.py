"""Controls of a page in its address: read, told, kept and written, with the parameters of others left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages.ui.shell import address
from tests.properties import examples

EVIL = "<img src=x onerror=alert(1)>**[x](javascript:alert(1))"


def script() -> None:
    import streamlit as st

    from pages.ui.shell import address
    from pages.ui.shell.address import Control

    controls = [
        address.tabs("tabs", ["How this was made", "Change"]),
        Control("share", "share", {"5": 0.05, "20": 0.2}, "the share", {"5": "the top 5 %"}),
        Control("at", "at", {}, "the place", {}),
    ]
    if st.session_state.get("away"):
        return
    st.session_state["fresh"] = address.read(controls)
    st.selectbox("share", [0.05, 0.2], key="share")
    address.write(controls, ("share",) if st.session_state.get("quiet") else ())


def opened(**query: str) -> AppTest:
    """The controls with an address."""
    at = AppTest.from_function(script)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def written(at: AppTest) -> dict[str, str]:
    """The address."""
    return {key: value[0] if isinstance(value, list) else value for key, value in at.query_params.items()}


def test_an_address_sets_the_controls_and_stays() -> None:
    at = opened(tab="change", share="20", at="place-SJ1", other="1")
    assert not at.exception
    assert not at.info
    assert [at.session_state[key] for key in ("tabs", "share", "at", "fresh")] == ["Change", 0.2, "place-SJ1", True]
    assert written(at) == {"tab": "change", "share": "20", "at": "place-SJ1", "other": "1"}
    at.run()
    assert at.session_state["fresh"] is False


def test_what_is_not_there_is_told_as_text_and_dropped() -> None:
    at = opened(tab=EVIL, share="7", other="1")
    told = [one.value for one in at.info]
    assert len(told) == 2
    assert "How this was made is shown" in told[0]
    assert "\\<img src" in told[0]
    assert "](" not in told[0]
    assert "the top 5 % is shown" in told[1]
    assert [at.session_state[key] for key in ("tabs", "share", "at")] == ["How this was made", 0.05, ""]
    assert written(at) == {"other": "1"}
    assert not at.run().info


def test_a_change_is_written_and_a_default_is_left_out() -> None:
    at = opened(other="1")
    at.selectbox[0].set_value(0.2).run()
    assert written(at) == {"share": "20", "other": "1"}
    at.session_state["quiet"] = True
    assert written(at.run()) == {"other": "1"}
    at.session_state["quiet"] = False
    assert written(at.run()) == {"share": "20", "other": "1"}
    at.selectbox[0].set_value(0.05).run()
    assert written(at) == {"other": "1"}


def test_a_link_without_parameters_keeps_what_was_chosen() -> None:
    at = opened(tab="change", share="20")
    at.session_state["away"] = True  # on another page: the widget is forgotten there
    at.query_params.clear()
    at.run()
    assert "share" not in at.session_state
    at.session_state["away"] = False
    at.run()
    assert [at.session_state[key] for key in ("tabs", "share")] == ["Change", 0.2]
    assert written(at) == {"tab": "change", "share": "20"}


@examples(30)
@given(st.text(max_size=200))
def test_what_is_told_is_short(value: str) -> None:
    told = address.not_there("the place", value, "none is chosen")
    assert len(told) <= len(address.not_there("the place", "", "none is chosen")) + address.LONGEST


@pytest.mark.parametrize(("title", "word"), [("How good is it", "how-good-is-it"), ("2 Where", "2-where")])
def test_a_label_as_a_word(title: str, word: str) -> None:
    assert address.slug(title) == word
