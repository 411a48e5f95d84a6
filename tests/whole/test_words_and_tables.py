"""Every page on every tab, on real, simulated and few files: plain English, and a table and a file for each picture."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from operator import attrgetter

import pandas as pd
import pytest
import streamlit as st

from data.place.area import Area
from pages.ui.shell import columns
from pages.ui.shell.frame import PAGES, STATEMENT
from pages.ui.shell.problem_link import PROBLEMS
from tests.conftest import ROOT
from tests.whole import jargon
from tests.whole.page_walk import MORE, PARTS, Seen, paragraphs, walk
from tests.whole.reading import grade, names_of, plain, sentences, units

GRADE = 10.0  # of what a page says as a whole; a reader of about 15
UNIT_GRADE = 17.0  # of the hardest single unit of speech
ELSEWHERE = {"brief_tabs"}  # pictures of what other pages say: the tests of the briefing look at each
STORES = ("real", "simulated", "short")


@pytest.fixture(scope="module", params=STORES)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seen, ...]]:
    """All pages on all their parts."""
    store = {
        "real": lambda: request.getfixturevalue("real_store"),
        "simulated": lambda: tmp_path_factory.mktemp("nothing"),
        "short": lambda: request.getfixturevalue("short"),
    }[request.param]()
    with pytest.MonkeyPatch.context() as patch:
        yield tuple(walk(patch, store, every=request.param != "short"))


def test_no_tab_is_left_out() -> None:
    """What is drawn only when it is open has a key; every such key is walked through."""
    keys = {key for key, _ in (*PARTS.values(), *MORE.values())}
    lazy: set[str] = set()
    for path in (ROOT / "pages" / "ui").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "if tab.open:" in source:  # elsewhere all tabs are drawn, whichever is open
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            found = re.findall(r'st\.tabs\(.*?key=([\w.]+), on_change="rerun"', source)
            lazy |= {attrgetter(name)(module) for name in found}
    assert lazy
    assert lazy <= keys | ELSEWHERE


# --- words -----------------------------------------------------------------------------------------------------------
def test_prose_is_plain_english(seen: tuple[Seen, ...], area: Area) -> None:
    names = names_of(area)
    prose: dict[str, dict[str, None]] = defaultdict(dict)
    for one in seen:
        prose[one.page] |= dict.fromkeys(plain(text, names) for text in one.prose)
    assert set(prose) == {name for name, _ in (*PAGES, PROBLEMS, STATEMENT)}
    grades = {page: round(grade(sentences(texts)), 1) for page, texts in prose.items()}
    assert {page: found for page, found in grades.items() if found > GRADE} == {}
    few = {PROBLEMS[0]}  # nothing is saved there
    assert all(len(sentences(texts)) >= 8 for page, texts in prose.items() if page not in few)
    hard = {unit: grade([unit]) for texts in prose.values() for unit in units(texts)}
    assert {unit: found for unit, found in hard.items() if found > UNIT_GRADE} == {}


def test_the_measure_tells_plain_from_hard() -> None:
    # Kincaid and others (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59.
    assert grade(["The cat sat on the mat"]) == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert grade(sentences(["The cat sat on the mat. The dog ran to the man."])) < 0
    hard = "Notwithstanding methodological considerations, anonymised geographical aggregation necessitates caution"
    assert grade([hard]) > UNIT_GRADE


def test_names_numbers_and_settings_are_left_out_of_the_measure(area: Area) -> None:
    names = names_of(area)
    ward = max(area.ward_names.values(), key=len)
    said = f"Anti-social behaviour in {ward} rose by 12.5 % (95 % interval 3 % to 20 %), SJ414906"
    assert plain(said, names) == "crime in Hill Road rose by ten , it"
    html = '<div class="how"><details><summary>Method: x</summary><dl><dt>n</dt></dl></details>Said here.</div>'
    assert paragraphs(html) == ["Said here."]


def test_no_statistic_is_named_before_its_meaning(seen: tuple[Seen, ...], area: Area) -> None:
    """Names of methods stand in "How this was made" and in what a column says on hover, behind the meaning."""
    own = {word.casefold() for name in names_of(area) for word in name.split()}
    told = {(one.page, one.part): jargon.found(one, jargon.names() - own) for one in seen}
    assert {where: words for where, words in told.items() if words} == {}


def test_names_of_statistics_are_known() -> None:
    known = jargon.names()
    assert {"pai", "pei", "gini", "gi*", "crps", "kde", "xmr", "funnel", "binomial", "shrunk", "cochran"} <= known
    assert not known & jargon.EVERYDAY
    assert "incident" not in known


def test_asb_is_spelled_out_where_a_page_says_it(seen: tuple[Seen, ...]) -> None:
    for one in seen:
        texts = list(jargon.said(one))
        if any(re.search(r"\bASB\b", text) for text in texts):
            assert any("nti-social behaviour (ASB)" in text for text in texts), (one.page, one.part)


# --- tables ----------------------------------------------------------------------------------------------------------
def test_every_chart_and_map_has_a_table_and_a_file(seen: tuple[Seen, ...]) -> None:
    charts = maps = 0
    for one in seen:
        files = {element.proto.id for element in one.at.get("download_button")}
        for chart in one.at.get("plotly_chart"):
            charts += 1
            key = re.search(r"chart_(\w+?)(?:_\d+)?$", chart.proto.id)  # one that can be clicked ends in its turn
            assert key is not None, (one.page, one.part, chart.proto.id)
            assert any(found.endswith(f"csv_{key.group(1)}") for found in files), (one.page, one.part, key.group(1))
            assert len(chart.proto.alt) > 20, (one.page, one.part)
            named = [table for table in one.at.dataframe if table.proto.alt == chart.proto.alt]
            assert named, (one.page, one.part, chart.proto.alt)
            assert all(len(table.value) for table in named), (one.page, one.part)
        if found := one.at.get("component_instance"):
            maps += len(found)
            assert any(table.proto.alt and len(table.value.columns) >= 2 for table in one.at.dataframe), one.page
            assert files, (one.page, one.part)
        for pictures in one.at.get("imgs"):  # of a briefing: its figures are in the files of the page
            assert all(picture.alt for picture in pictures.proto.imgs), (one.page, one.part)
        if one.page == "Did it work" and one.at.get("component_instance"):
            sent = one.at.get("component_instance")[0].proto.json_args
            drawn = re.findall(r"(places chosen|around it|places like it); ([\d,]+) in the months", sent)
            (cells,) = [table.value for table in one.at.dataframe if table.proto.alt.startswith("Map as a table")]
            assert len(drawn) == len(cells) > 100
            assert sum(int(n.replace(",", "")) for _, n in drawn) == cells["recorded"].sum()
        for table in one.at.dataframe:
            assert table.proto.alt, (one.page, one.part, list(table.value.columns))
    assert charts > 5
    assert maps  # with few months only the map of Hotspots is left


def test_every_column_has_a_unit_and_an_explanation(seen: tuple[Seen, ...]) -> None:
    shown = 0
    for one in seen:
        for table in one.at.dataframe:
            config = json.loads(table.proto.columns)
            for name, values in table.value.items():
                shown += 1
                told = config[str(name)]
                assert told["label"], (one.page, one.part, name)
                assert len(told["help"]) > 8, (one.page, one.part, name)
                assert "_" not in told["label"], (one.page, one.part, name)
                if values.dtype.kind in "if":
                    listed = [each[str(name)] for each in columns.OF.values() if str(name) in each]
                    listed += [columns.look_up(str(name))] if columns.look_up(str(name)) else []
                    listed += [each[columns.ANY] for each in columns.OF.values() if columns.ANY in each]
                    words = f"{told['label']} {told['help']}".casefold()
                    assert any((each.unit or "").casefold() in words for each in listed), (one.page, one.part, name)
    assert shown > 100


def test_every_table_takes_its_columns_from_the_list() -> None:
    """Streamlit draws tables in a few places; each gives it the names and explanations of the list."""
    drawn = 0
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = {ast.unparse(one) for one in (node.func, *node.args[:1])}  # or in a partial, to be drawn later
            if called & {"st.dataframe", "st.data_editor", "st.table"}:
                drawn += 1
                (config,) = (ast.unparse(k.value) for k in node.keywords if k.arg == "column_config")
                assert config.startswith("columns.named("), path
    assert drawn >= 4


def test_a_column_that_is_not_in_the_list_is_told() -> None:
    with pytest.raises(AssertionError, match="nobody_knows"):
        columns.named(pd.DataFrame({"nobody_knows": [1]}))
    with pytest.raises(AssertionError, match="unit"):
        columns.named(pd.DataFrame({"ward": [1]}))
    own = columns.named(pd.DataFrame({"count": [1]}), config={"count": st.column_config.NumberColumn("Past", width=50)})
    assert own["count"]["label"] == "Past"
    assert own["count"]["width"] == 50
    assert "incidents" in own["count"]["help"].casefold()
    assert columns.named(pd.DataFrame({"p": [0.1]}))["p"]["label"] == "By chance (0 to 1)"
