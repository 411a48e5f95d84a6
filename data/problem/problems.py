"""Saved problems: every revision is kept, and nobody saves over another's work."""

from __future__ import annotations

from dataclasses import replace

from data.plan.kept import Keeper, Told
from data.plan.saved import clean_line
from data.problem.problem import Problem, checked, problem_from_json


def _clean(problem: Problem) -> Problem:
    return checked(replace(problem, title=clean_line(problem.title), owner=clean_line(problem.owner)))


PROBLEMS: Keeper[Problem] = Keeper(
    "problem", _clean, Problem.to_json, problem_from_json, lambda problem: Told(problem.title, problem.simulated)
)
