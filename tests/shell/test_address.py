"""Controls of a page in its address: read, told, kept and written, with the parameters of others left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
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


def test_going_back_to_where_nothing_was_chosen_takes_it_back() -> None:
    def page() -> None:
        import streamlit as st

        from pages.ui.shell import address, bar

        st.session_state["page"] = st.session_state.get("where", "One")
        with bar.at_once():
            address.hold([address.word("at", "the place"), address.word("month", "the month")])

    at = AppTest.from_function(page)
    at.query_params["at"], at.query_params["other"] = "a", "1"
    at.run()
    at.session_state["address_month"] = "m"
    assert written(at.run()) == {"at": "a", "month": "m", "other": "1"}
    del at.query_params["at"], at.query_params["month"]  # the back button
    assert written(at.run()) == {"other": "1"}
    assert (at.session_state["address_at"], at.session_state["address_month"]) == ("", "")
    at.session_state["address_at"] = "b"
    assert written(at.run()) == {"at": "b", "other": "1"}
    at.session_state["where"] = "Two"  # a link to another page keeps what was chosen
    at.query_params.clear()
    assert written(at.run()) == {"at": "b"}


def words() -> None:
    import streamlit as st

    from pages.ui.shell import address, bar

    st.session_state["page"] = st.session_state.get("where", "One")
    controls = [address.word("crews", "the crews"), address.word("stay", "the minutes")]
    with bar.at_once():
        asked = address.asked(controls, everywhere=True)
        st.session_state["asked"] = asked
        if asked is not None:
            st.session_state["crews"] = asked["crews"]
        address.hold([address.tabs("tabs", ["First", "Second"])])
        address.say(controls, {"crews": st.session_state.get("crews", "")}, everywhere=True)


def test_words_that_only_the_page_can_read_mean_the_same_on_every_page() -> None:
    at = AppTest.from_function(words)
    at.query_params["crews"] = "a"
    at.run()
    assert at.session_state["asked"] == {"crews": "a", "stay": ""}
    at.session_state["where"], at.session_state["crews"] = "Two", "b"
    at.run()
    assert at.session_state["asked"] is None
    assert written(at) == {"crews": "b"}
    at.session_state["where"] = "One"  # the back button: the page before, with its address
    at.query_params["crews"] = "a"
    at.run()
    assert at.session_state["asked"] == {"crews": "a", "stay": ""}
    assert written(at) == {"crews": "a"}


def interrupted() -> None:
    import streamlit as st

    from pages.ui.shell import bar

    kept = st.session_state.setdefault("kept", {"mine": {"a": "1"}})
    try:
        with bar.at_once():
            bar.put(["a", "b"], {"b": "2"}, kept, "mine")
            st.session_state["within"] = bar.given()
            if st.session_state.get("clicked", True):
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass


def test_a_run_that_is_interrupted_leaves_the_address_and_what_was_kept_of_it() -> None:
    at = AppTest.from_function(interrupted)
    at.query_params["a"] = "1"
    at.run()
    assert at.session_state["within"] == {"b": "2"}
    assert (written(at), at.session_state["kept"]) == ({"a": "1"}, {"mine": {"a": "1"}})
    at.session_state["clicked"] = False
    at.run()
    assert (written(at), at.session_state["kept"]) == ({"b": "2"}, {"mine": {"b": "2"}})


def test_all_that_a_run_writes_is_one_step_of_the_back_button(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    put = QueryParamsProxy.from_dict
    monkeypatch.setattr(QueryParamsProxy, "from_dict", lambda self, new: (sent.append(new), put(self, new)))
    at = AppTest.from_function(words).run()
    assert sent == []
    at.session_state["crews"], at.session_state["tabs"] = "a", "Second"
    at.run()
    at.run()
    assert sent == [{"tab": "second", "crews": "a"}]
    at.session_state["crews"], at.session_state["tabs"] = "", "First"
    at.run()
    assert sent[1:] == [{}]


@examples(30)
@given(st.text(max_size=200))
def test_what_is_told_is_short(value: str) -> None:
    told = address.not_there("the place", value, "none is chosen")
    assert len(told) <= len(address.not_there("the place", "", "none is chosen")) + address.LONGEST


@pytest.mark.parametrize(("title", "word"), [("How good is it", "how-good-is-it"), ("2 Where", "2-where")])
def test_a_label_as_a_word(title: str, word: str) -> None:
    assert address.slug(title) == word


def hurried() -> None:
    import streamlit as st

    from pages.ui.shell import address, bar

    with bar.watched():
        st.session_state["runs"] = st.session_state.get("runs", 0) + 1  # what a run sets itself is no click
        with bar.at_once():
            controls = [address.tabs("step", ["When", "Where", "Who"], "step"), address.word("at", "the place")]
            address.read(controls)
            st.radio("Step", ["When", "Where", "Who"], key="step")
            address.write(controls)


def test_a_click_that_was_on_its_way_when_the_address_was_written_counts() -> None:
    at = AppTest.from_function(hurried).run()
    at.radio(key="step").set_value("Where").run()
    assert written(at) == {"step": "where"}
    at.query_params.clear()  # as the browser had it when the next click was made
    at.session_state["address_at"] = "b"  # of another control than the one before
    at.run()
    assert (at.radio(key="step").value, written(at)) == ("Where", {"step": "where", "at": "b"})
    at.query_params.clear()  # two behind
    at.radio(key="step").set_value("Who").run()
    assert (at.radio(key="step").value, written(at)) == ("Who", {"step": "who", "at": "b"})


def test_a_step_back_without_a_click_is_a_step_back() -> None:
    at = AppTest.from_function(hurried).run()
    at.radio(key="step").set_value("Where").run()
    at.query_params.clear()
    assert at.run().radio(key="step").value == "When"
    assert written(at) == {}
    at.query_params["step"] = "where"  # and forward
    assert at.run().radio(key="step").value == "Where"
