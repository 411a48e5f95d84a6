"""Any plan at all is read back as it was saved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.plan import plans
from data.plan.plan import Base, Patrol, Plan, PlanCell, PlanPlace, Shift, Stop, Visit, plan_from_json
from data.plan.ways import WHY, Leg, Ways
from tests.plan.made_plans import LATER, NOW
from tests.properties import examples

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SEEN = st.characters(
    categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u115f\u1160\u3164\uffa0"
)  # nothing that is cleaned away
TEXT = st.text(SEEN, max_size=20)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)  # beyond them a reader of JSON may round
VALUES: dict[Any, Any] = {
    str: TEXT, int: WHOLE, float: NUMBERS, bool: st.booleans(), date: st.dates(), datetime: st.datetimes(),
    Mapping[str, str]: st.dictionaries(TEXT, TEXT, max_size=3),
    float | None: st.none() | NUMBERS, int | None: st.none() | WHOLE,
}  # fmt: skip


def any_of(kind: type, **given: Any) -> Any:
    """Any value of a dataclass, its fields drawn by their types."""
    hints = get_type_hints(kind)
    return st.builds(kind, **({f.name: VALUES[hints[f.name]] for f in fields(kind) if f.name not in given} | given))


def several(kind: Any) -> Any:
    return st.lists(kind, max_size=3).map(tuple)


LINES = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=4).map(lambda ends: sum(ends, ()))
PATROLS = any_of(Patrol, base=any_of(Base), visits=several(any_of(Visit)))
ANY_PLAN = any_of(
    Plan,
    places=several(any_of(PlanPlace, cells=several(any_of(PlanCell)))),
    shifts=several(any_of(Shift, patrols=several(PATROLS))),
    caveats=several(TEXT),
    stops=several(any_of(Stop, recorded=st.dictionaries(TEXT, WHOLE, max_size=3))),
    ways=st.none() | any_of(Ways, legs=several(any_of(Leg, points=LINES, why=st.sampled_from(WHY)))),
    as_at=st.dates().map(lambda day: f"{day:%Y-%m}".zfill(7)),
)


@given(ANY_PLAN)
@examples(40)
def test_any_plan_is_read_back_from_json(plan: Plan) -> None:
    assert plan_from_json(json.loads(json.dumps(plan.to_json(), allow_nan=False))) == plan


@given(ANY_PLAN, ANY_PLAN)
@examples(25)
def test_any_plan_is_read_back_from_the_file(tmp_path_factory: pytest.TempPathFactory, one: Plan, two: Plan) -> None:
    store = tmp_path_factory.mktemp("any")
    one = replace(one, title="One", notes="")
    saved = plans.save(store, one, NOW)
    assert plans.load(store, 1).plan == one == saved.plan
    two = replace(two, title="Two", notes="", simulated=one.simulated)
    assert plans.revise(store, 1, 1, two, LATER).plan == two
    assert plans.load(store, 1, 1).plan == one
    assert plans.history(store, 1)[0].what
