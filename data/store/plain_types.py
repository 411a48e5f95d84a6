"""Whether what was read from a file is of the types that its dataclass names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

_MOST = 2**53  # whole numbers up to here are exact in every form that a file gives them


def check_types(value: Any) -> None:
    """Check every field of a dataclass, and of those inside it.

    Parameters
    ----------
    value : dataclass
        Its fields are plain values, dataclasses, tuples of one kind, mappings, or these or None.

    Raises
    ------
    TypeError
        A field is of another type. A whole number may stand for a ``float``, never a truth value for a number.
    ValueError
        A number is not finite.
    """
    kind: Any = type(value)
    for name, hint in _hints(kind).items():
        _check(getattr(value, name), hint, name)


def finite(value: float) -> bool:
    """Whether a number is one that figures can be made of: not infinite, nor whole beyond all that a machine counts."""
    return -_MOST < value < _MOST if isinstance(value, int) else math.isfinite(value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _check(value: Any, hint: Any, name: str) -> None:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        if value is None and NoneType in inner:
            return
        hint = next(each for each in inner if each is not NoneType)
        origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        _must(isinstance(value, tuple), name, value)
        for each in value:
            _check(each, inner[0], name)
    elif origin is not None:
        _must(isinstance(value, Mapping), name, value)
        for key, each in value.items():
            _check(key, inner[0], name)
            _check(each, inner[1], name)
    elif hint in (int, float):
        _must(isinstance(value, int if hint is int else (int, float)) and not isinstance(value, bool), name, value)
        if not finite(value):
            raise ValueError(f"{name} is not a finite number")
    else:
        _must(type(value) is hint, name, value)
        if is_dataclass(hint):
            check_types(value)


def _must(right: bool, name: str, value: object) -> None:
    if not right:
        raise TypeError(f"{name} is of the wrong type: {type(value).__name__}")
