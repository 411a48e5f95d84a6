"""The page of problems, opened, typed into and pressed without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from streamlit.testing.v1 import AppTest

from data.access.actor import LOOK, PLAN, Actor
from data.problem.problem import Problem
from data.problem.problems import PROBLEMS
from tests.problem.made_problem import made_problem
from tests.tab_pages import html

PAGE = "pages/problems.py"
NOW = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)
READER = Actor("reader", "any@council.example", frozenset({LOOK}))
PLANNER = Actor("planner", "sergeant@council.example", frozenset({LOOK, PLAN}))
Open = Callable[..., AppTest]


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    found = [one for one in at.button if one.label == label]
    assert len(found) == 1, [one.label for one in at.button]
    found[0].click()
    return ran(at)


def widget(widgets: object, label: str) -> object:
    (found,) = (one for one in widgets if one.label == label)  # type: ignore[attr-defined]
    return found


def type_in(at: AppTest, label: str, value: str) -> None:
    both = [*at.text_input, *at.text_area]
    widget(both, label).input(value)  # type: ignore[attr-defined]
    ran(at)


def go(at: AppTest, step: str) -> AppTest:
    at.session_state["problem_step"] = step
    return ran(at)


def labels(at: AppTest) -> set[str]:
    return {one.label for one in at.button}


def links(at: AppTest) -> list[str]:
    return [one.proto.label for one in at.get("page_link")]


def column(at: AppTest, name: str) -> list[str]:
    """What stands in a column of the page's table of words."""
    return [unescape(one) for one in re.findall(f'<td role="cell" data-column="{name}">(.*?)</td>', html(at))]


def newest(store: Path, number: int = 1) -> Problem:
    return PROBLEMS.load(store, number).content


def simple(**changed: object) -> Problem:
    """A problem of this area that is in its first step."""
    return replace(made_problem(), responses=(), measure=None, objective="", tallies=(), **changed)  # type: ignore[arg-type]
