"""What a widget that is shown holds, as a browser sends it back with every change."""

from __future__ import annotations

from typing import Any

from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState


def state_of(proto: Any, kind: str, value: Any) -> WidgetState:
    state = WidgetState(id=proto.id)
    if kind in {"multiselect", "button_group", "date_input"}:
        state.string_array_value.data.extend([value] if isinstance(value, str) else value)
    elif kind == "checkbox":
        state.bool_value = bool(value)
    elif kind == "number_input" and proto.data_type == NumberInput.INT:
        state.int_value = int(value)
    elif kind == "number_input":
        state.double_value = float(value)
    elif value is not None:
        state.string_value = str(value)
    return state


def _one(proto: Any, sets: bool) -> str | None:
    if sets:
        return str(proto.raw_value) if proto.HasField("raw_value") else None
    return str(proto.options[proto.default]) if proto.HasField("default") and proto.options else None


def _several(proto: Any, sets: bool) -> list[str]:
    if sets:
        return list(proto.raw_values)
    return [getattr(one, "content", one) for one in (proto.options[at] for at in proto.default)]


def _written(proto: Any, sets: bool) -> Any:
    return proto.value if sets else proto.default


def _days(proto: Any, sets: bool) -> list[str]:
    return list(proto.value if sets else proto.default)


SHOWS = {
    "selectbox": _one,
    "radio": _one,
    "multiselect": _several,
    "button_group": _several,
    "checkbox": _written,
    "text_input": _written,
    "text_area": _written,
    "number_input": _written,
    "date_input": _days,
}
