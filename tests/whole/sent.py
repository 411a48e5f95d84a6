"""What a run sends to the browser, by how it is read there, and whether hostile text in it would be more than text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from tests.hostile import CANARY, CLASS, RAN, WORKED_OUT

# Drawn as they are, or no text on the page: all other texts of elements count as Markdown, those to come too.
AS_THEY_ARE = {
    "options", "alt", "value", "raw_value", "raw_values", "default", "placeholder", "id", "key", "json_args",
    "url", "file_name", "page_script_hash", "form_id", "special_args",
}  # fmt: skip
CODE = {"Code", "ArrowData", "ComponentInstance"}
_MARKS = (
    f"<b class={CLASS}", "<img", "<script", "<svg", "<iframe", "<a ", "<style", "<http", "[x](", "[y](", "![p](",
    ":red[", ":material/", ":smile:", ":blue-", "**b**", "`c`", "~~s~~", "$\\frac", "$$y", "| a |", CANARY, "www.",
    "&lt;", "&#60;",
)  # fmt: skip
_OWN = {"b", "br", "extra", "i", "sup"}  # what plotly reads of a text of ours
_SPANS = ("<span style='font-size:10px'>", "</span>")
_OURS = ("<script>{/*", "<style>")  # the frame's own
_LOADS = {"img", "iframe", "svg", "script", "object", "embed", "link", "meta", "base", "form", "style"}


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        leads = [value for name, value in attrs if name in ("href", "src", "style") and CANARY in (value or "")]
        if tag in _LOADS or said.get("class") == CLASS or leads or any(name.startswith("on") for name in said):
            self.wrong.append(f"<{tag} {said}>")

    def handle_data(self, data: str) -> None:
        if WORKED_OUT in data.replace(",", "").split():
            self.wrong.append(data)


def wrong_html(body: str) -> list[str]:
    """Elements that no page of ours makes."""
    if body.startswith(_OURS) and CLASS not in body and CANARY not in body and RAN not in body:
        return []
    parser = _Elements()
    parser.feed(body)
    return parser.wrong


def wrong_markdown(text: str) -> list[str]:
    """What is left of attacks once what is escaped is gone."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", text)
    return [mark for mark in _MARKS if mark in bare]


def wrong_in_chart(text: str) -> list[str]:
    """What plotly would read of a text; its own tags have no attributes."""
    found = [tag for tag in re.findall(r"<[^>]*>?", text) if tag.strip("</>") not in _OWN and tag not in _SPANS]
    return found + [
        mark for mark in ("one<br>two", "<sup>", "%{x} %{y:.0f} %{customdata} <", "<b>bold") if mark in text
    ]


def _strings(message: Message, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for field, value in message.ListFields():
        here = (*path, field.name)
        for one in [value] if isinstance(value, str | Message) else value if hasattr(value, "__iter__") else ():
            if isinstance(one, Message):
                yield from _strings(one, here)
            elif isinstance(one, str):
                yield here, one


def _texts(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in ("template", "bdata"):
                yield from _texts(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, name)


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(getattr(node, "proto", None), Message):
        yield node.proto
    for one in getattr(node, "children", {}).values():
        yield from _nodes(one)


def wrong(at: AppTest) -> tuple[list[str], int]:
    """What on a page would be more than text, and in how many texts of it hostile text stands."""
    found: list[str] = []
    carried = 0
    for proto in _nodes(at._tree):
        kind = proto.DESCRIPTOR.name
        for path, text in _strings(proto):
            carried += RAN in text or CANARY in text or CLASS in text
            if kind == "Html":
                told = wrong_html(text)
            elif path[-1] == "spec":
                told = [mark for one in _texts(json.loads(text)) for mark in wrong_in_chart(one)]
            elif path[-1] == "icon":
                told = [] if re.fullmatch(r":material/\w+:", text) else [text]
            elif path[-1] in AS_THEY_ARE or kind in CODE:
                told = []
            else:
                told = wrong_markdown(text)
            found += [f"{kind}.{'.'.join(path)}: {one}" for one in told]
    return sorted(set(found)), carried
