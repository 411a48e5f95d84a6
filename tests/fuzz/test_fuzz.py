"""Bad input in small: a few cases of each kind, and that the tool sees a fault; at large, ``python -m tests.fuzz``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from tests.fuzz.__main__ import _tell
from tests.fuzz.kinds import KINDS, Kind
from tests.fuzz.run import FAULT, OWN, RESULT, Case, chance, run, spoiled
from tests.fuzz.spoil import Sample
from tests.fuzz.world import Lost, Told, World
from tests.properties import examples

FEW = 2
SLOW = ("page", "address, controls", "Open Geography")
SHORT = [kind for kind in KINDS if not kind.name.startswith(SLOW)]
WHOLE = [
    kind
    for kind in SHORT
    if kind.name in ("police archive", "partner's workbook", "ward layer, JSON", "zones", "plans")
]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What is made by hand: the same with and without the real data."""
    return World(tmp_path_factory.mktemp("world"), shared=None)


@pytest.mark.parametrize("kind", SHORT, ids=lambda kind: kind.name)
def test_a_few_of_each_kind_end_in_a_result_or_an_error_in_words(kind: Kind, world: World) -> None:
    for number in range(FEW):
        found = run(kind, world, spoiled(kind, world, chance(kind, 1, number)), number)
        assert found.outcome != FAULT, found


@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.name)
def test_what_is_not_spoiled_is_read(kind: Kind, world: World) -> None:
    assert {run(kind, world, one).outcome for one in kind.samples(world)} == {RESULT}


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_many_of_each_kind(kind: Kind, tmp_path: Path) -> None:
    world = World(tmp_path)
    if kind.real and world.shared is None:
        pytest.skip("needs the real data in ../shared/data")

    @given(st.randoms(use_true_random=False))
    @examples(20)
    def holds(rng: Random) -> None:
        found = run(kind, world, spoiled(kind, world, rng))
        assert found.outcome != FAULT, found

    holds()


def raising(error: BaseException | None) -> Callable[[World, Sample, Path], None]:
    def read(world: World, one: Sample, folder: Path) -> None:
        if error is not None:
            raise error

    return read


@pytest.mark.parametrize(
    ("error", "outcome", "lacks"),
    [
        (None, RESULT, ""),
        (InputError("no", file="a.csv", hint="yes"), OWN, ""),
        (InputError("no", file="a.csv"), OWN, "remedy"),
        (InputError("no"), OWN, "file, remedy"),
        (Told("other.csv: no", names=False), OWN, "file"),
        (Lost("a row"), FAULT, ""),
        (KeyError("x"), FAULT, ""),
        (MemoryError(), FAULT, ""),
    ],
    ids=str,
)
def test_the_tool_tells_a_fault_from_an_error(
    world: World, error: BaseException | None, outcome: str, lacks: str
) -> None:
    kind = Kind("k", 1, lambda _: (), lambda _, one: one, raising(error))
    found = run(kind, world, Sample("a.csv", b""))
    assert (found.outcome, found.lacks) == (outcome, lacks)


def test_the_tool_ends_what_does_not_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(world: World, one: Sample, folder: Path) -> None:
        while True:
            with suppress(Exception):
                pass

    monkeypatch.setattr("tests.fuzz.run.MOST_S", 0.05)
    found = run(Kind("k", 1, lambda _: (), lambda _, one: one, never), world, Sample("a", b""))
    assert (found.outcome, found.told) == (FAULT, "longer than 0.05 s")


def test_a_case_is_the_same_every_time(world: World) -> None:
    kind = KINDS[0]
    one, other = (spoiled(kind, world, chance(kind, 1, 7)) for _ in range(2))
    assert one == other
    assert one != spoiled(kind, world, chance(kind, 2, 7))


def test_the_table_names_a_fault_once(capsys: pytest.CaptureFixture[str]) -> None:
    cases = [Case(number, FAULT, 0.1, 200.0, "data/x.py:5 KeyError: 'a'") for number in (3, 4)]
    _tell({"plans": [*cases, Case(5, OWN, 0.2, 210.0, "a.csv: no", "remedy")]})
    lines = capsys.readouterr().out.split("\n")
    assert [line.split()[:6] for line in lines if line.startswith(("plans", "all"))] == [
        ["plans", "3", "0", "1", "1", "2"],
        ["all", "3", "0", "1", "1", "2"],
    ]
    assert [line for line in lines if line.startswith("FAULT")] == ["FAULT plans: 2, case 3: data/x.py:5 KeyError: 'a'"]
    assert any(line.startswith("lacks remedy (plans, 1)") for line in lines)
