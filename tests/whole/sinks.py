"""Where text reaches what reads more than text: HTML, Markdown, charts, scripts and templates, in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.conftest import ROOT

# What these give may stand there: text made harmless, HTML that is escaped inside, numbers and what is made of them.
HARMLESS = {
    "escape", "plain", "as_text", "legend_html", "footer_html", "len", "min", "max", "sum", "range", "short_month",
    "short_period", "month_name", "part_words", "day_name", "shift_words", "_date",
}  # fmt: skip
# Read as Markdown by Streamlit: the first argument, and what is said on hover.
MARKDOWN = {
    "info", "warning", "error", "success", "caption", "markdown", "write", "toast", "button", "download_button",
    "form_submit_button", "link_button", "page_link", "popover", "expander", "checkbox", "toggle", "radio", "metric",
    "segmented_control", "pills", "tabs", "progress", "spinner", "text_input", "text_area", "number_input",
    "date_input", "selectbox", "multiselect", "slider", "file_uploader", "subheader", "header", "title", "status",
    "feedback", "badge", "chat_message", "time_input", "select_slider", "color_picker", "camera_input",
}  # fmt: skip
_OF_MARKDOWN = {"segmented_control", "pills", "radio"}  # whose choices are Markdown too
_SAID = {"help", "label", "body", "delta"}
_IN_CHARTS = {"text", "hovertext", "hovertemplate", "texttemplate", "ticktext", "customdata"}
# What reads text as HTML, as a template, as a link or as a program; each module that names one is known.
NAMES = {
    "unsafe_allow_html", "unsafe_allow_javascript", "components", "iframe", "Markup", "Template", "from_string", "Html",
    "Popup", "Tooltip", "GeoJsonTooltip", "GeoJsonPopup", "DivIcon", "Element", "eval", "exec", "usetex", "hyperlink",
    "strings_to_urls", "write_url", "write_formula", "LinkColumn", "ImageColumn", "latex", "fromstring", "parse_math",
    "subprocess", "system", "popen",
}  # fmt: skip
_SCRIPT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|setTimeout\(['\"]|"
    r"javascript:|\.href\s*=|\.src\s*="
)
_TAG = re.compile(r"<[a-zA-Z/!]")
_NUMBERS = {"year", "month", "day", "ordinal", "revision"}  # attributes that are whole numbers
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")  # written here, in no file


def sources() -> list[Path]:
    """Modules that draw."""
    return [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]


class Module:
    """A module that is read for what it puts where.

    Parameters
    ----------
    source : str
    """

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.known: Mapping[str, list[ast.AST]] = {}
        self._asked: set[str] = set()

    def raw(self) -> set[tuple[str, str]]:
        """What is put where it is read as more than text and is not seen to be harmless: as what, and which."""
        found = set()
        for scope in (self.tree, *(n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef))):
            texts = list(_texts(scope))
            self.known = _assigned(scope) if texts else {}
            for what, node in texts:
                found |= {(what, " ".join(ast.unparse(one).split())) for one in self._raw(node)}
        return found

    def named(self) -> set[str]:
        """What it names of :data:`NAMES`."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute | ast.Name):
                found.add(node.attr if isinstance(node, ast.Attribute) else node.id)
            elif isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
            elif isinstance(node, ast.alias):
                found |= set(node.name.split("."))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
        return found & NAMES

    def _raw(self, node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if not self._harmless(part):
                    yield part.value if isinstance(part, ast.FormattedValue) else part
        elif isinstance(node, ast.BinOp):
            yield from self._raw(node.left)
            yield from self._raw(node.right)
        elif isinstance(node, ast.ListComp | ast.GeneratorExp):
            yield from self._raw(node.elt)
        elif not self._harmless(node):
            yield node

    def _harmless(self, node: ast.AST | None) -> bool:
        """Constants, numbers with their format, and what is made harmless; names as what they were given here."""
        if node is None or isinstance(node, ast.Constant | ast.Lambda):
            return True
        if isinstance(node, ast.FormattedValue):
            form = ast.unparse(node.format_spec) if node.format_spec is not None else ""
            return bool(re.search(r"[fdg%HMAaBb]'?$|,'?$", form)) or self._harmless(node.value)
        if isinstance(node, ast.Call):
            return _name(node) in HARMLESS or self._of_harmless(node)
        if isinstance(node, ast.Name):
            return bool(_CONSTANT.fullmatch(node.id)) or self._given(node.id)
        if isinstance(node, ast.Attribute):
            return node.attr in _NUMBERS or bool(_CONSTANT.fullmatch(node.attr))
        if isinstance(node, ast.Subscript):
            return self._harmless(node.value)
        parts: dict[type, tuple[str, ...]] = {
            ast.IfExp: ("body", "orelse"), ast.BinOp: ("left", "right"), ast.BoolOp: ("values",), ast.List: ("elts",),
            ast.JoinedStr: ("values",), ast.Tuple: ("elts",), ast.ListComp: ("elt",), ast.GeneratorExp: ("elt",),
            ast.DictComp: ("value",), ast.Starred: ("value",), ast.Dict: ("values",), ast.Compare: (),
        }  # fmt: skip
        if type(node) not in parts:
            return False
        inner = [getattr(node, part) for part in parts[type(node)]]
        return all(self._harmless(one) for part in inner for one in (part if isinstance(part, list) else [part]))

    def _of_harmless(self, node: ast.Call) -> bool:
        """Such as ``"".join(harmless)``, ``list(NAMES.values())`` and ``NAMES.get(key)``."""
        name = _name(node)
        if name in ("join", "list", "tuple", "str", "reversed"):
            return all(self._harmless(one) for one in node.args)
        return isinstance(node.func, ast.Attribute) and name in ("values", "get", "split", "replace") and (
            self._harmless(node.func.value)
        )  # fmt: skip

    def _given(self, name: str) -> bool:
        if name in self._asked or name not in self.known:
            return name in self._asked
        self._asked.add(name)
        try:
            return all(self._harmless(one) for one in self.known[name])
        finally:
            self._asked.discard(name)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """What a scope holds, without the functions in it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef):
            yield node
            waiting += ast.iter_child_nodes(node)


def _assigned(scope: ast.AST) -> dict[str, list[ast.AST]]:
    """What each name of a scope is given, where all of it is seen: no argument, and nothing a loop hands out."""
    found: dict[str, list[ast.AST]] = {}
    for node in _own(scope):
        for name, value in _gives(node):
            found.setdefault(name, []).append(value)
    return found


def _gives(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from ((one.id, two) for one, two in zip(target.elts, node.value.elts, strict=False)
                            if isinstance(one, ast.Name))  # fmt: skip
            elif isinstance(target, ast.Tuple):
                yield from ((one.id, node.value) for one in target.elts if isinstance(one, ast.Name))
    elif isinstance(node, ast.For | ast.comprehension):
        yield from _handed_out(node.target, node.iter)
    elif (
        isinstance(node, ast.Call)
        and node.args
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("append", "extend")
        and isinstance(node.func.value, ast.Name)
    ):
        yield node.func.value.id, node.args[0]


def _handed_out(target: ast.AST, whole: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Names of a loop: each of what stands there row by row, else the whole."""
    names = [one for one in ast.walk(target) if isinstance(one, ast.Name)]
    rows = whole.elts if isinstance(whole, ast.Tuple | ast.List) else []
    together = isinstance(target, ast.Tuple) and bool(rows) and all(isinstance(row, ast.Tuple) for row in rows)
    for place, name in enumerate(names):
        if together:
            yield from ((name.id, row.elts[place]) for row in rows if isinstance(row, ast.Tuple))
        else:
            yield name.id, whole


def _texts(scope: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every expression of a scope that is read as something, and as what."""
    for node in _own(scope):
        if isinstance(node, ast.JoinedStr) and any(
            isinstance(part, ast.Constant) and _TAG.search(str(part.value)) for part in node.values
        ):
            yield "markup", node
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in _IN_CHARTS - {"text"}:
                    yield "chart", value
        elif isinstance(node, ast.Call):
            yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = _name(node)
    if name == "html":
        yield from (("markup", one) for one in node.args)
    elif name in MARKDOWN and isinstance(node.func, ast.Attribute):
        if name in ("write", "title", "status", "caption") and ast.unparse(node.func.value) != "st":
            return  # of an address, of a file, of a stop
        yield from (("Markdown", one) for one in node.args[: 2 if name in _OF_MARKDOWN else 1] if name != "progress")
        yield from (("Markdown", one) for one in node.args[1:2] if name == "progress")
        said = _SAID | ({"format_func"} if name in _OF_MARKDOWN else set())
        yield from (("Markdown", one.value) for one in node.keywords if one.arg in said)
    elif name in ("note", "beside") and ast.unparse(node.func).startswith("drawing."):
        yield from (("chart", one) for one in node.args[:1])
    elif name == "trace":
        yield from (("chart", one.value) for one in node.keywords if one.arg in _IN_CHARTS)


def in_script(source: str) -> list[str]:
    """What of a script of ours would read text as more."""
    return _SCRIPT.findall(source)
