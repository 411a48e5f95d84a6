"""Every place where text is read as more than text makes it harmless, or was read by a person and stands here."""

from __future__ import annotations

from functools import cache

import pytest

from tests.conftest import ROOT
from tests.whole.sinks import Module, in_script, sources

# By module: expressions that were read, and why text from outside is harmless in them. Add one only with its reason.
_WRITTEN_HERE = "words of the program"
_NUMBERS = "whole numbers and dates"
_ESCAPED = "put together above, each part escaped"
_BY_CALLER = "the caller makes it harmless, as the docstring asks"
READ: dict[str, dict[str, str]] = {
    "pages/ui/briefing/page.py": {"name": "a file name, of small letters, digits and hyphens"},
    "pages/ui/chart/beside.py": {"_pointed(row)": _ESCAPED},
    "pages/ui/chart/control.py": {"_pointed(points)": "months, counts and names of rules"},
    "pages/ui/chart/figure.py": {"hover(j, i)": "dates, hours and counts", "words(j, i)": "counts"},
    "pages/ui/chart/ratio_charts.py": {
        "row.label": _BY_CALLER, "row.label.split('<br>')[0]": _BY_CALLER, "_figures(row)": "figures",
        "row.words or _figures(row)": "figures", "_high(row.high)": _NUMBERS,
    },
    "pages/ui/hotspots/month.py": {"words": "shown nowhere: what was clicked"},
    "pages/ui/hotspots/panel.py": {
        "SHOWN.__getitem__": _WRITTEN_HERE, "choice.layers(data.area)": "keys of layers, which are written there",
    },
    "pages/ui/loading/coverage_chart.py": {"words": _ESCAPED},
    "pages/ui/loading/doubts.py": {
        "doubt.force": "small letters and hyphens, as files are named", "one.force": "as above",
    },
    "pages/ui/loading/feed_form.py": {"label": _WRITTEN_HERE},
    "pages/ui/loading/feed_import.py": {"slug": "small letters, digits and hyphens"},
    "pages/ui/loading/feed_preview.py": {"name": "weekdays and hours", "names[place]": "weekdays and hours"},
    "pages/ui/loading/measuring.py": {"what": _WRITTEN_HERE},
    "pages/ui/map/parts.py": {
        "list(names)": "what the choices are kept by; format_func says what is shown",
        "shown.__getitem__": "plain text by name", "' '.join((p for p in parts if p))": _ESCAPED,
        "colour": "a colour of the palette", "colours.accent": "a colour of the palette",
        "colours.line": "a colour of the palette",
    },
    "pages/ui/outcome/choice.py": {"help_text": _WRITTEN_HERE, "label": _WRITTEN_HERE},
    "pages/ui/outcome/panel.py": {"label": _WRITTEN_HERE},
    "pages/ui/overview/funnel.py": {"b": "a band of the funnel"},
    "pages/ui/peaks/feed_charts.py": {"day": _NUMBERS, "year": _NUMBERS},
    "pages/ui/peaks/season_charts.py": {"words": _ESCAPED, "year": _NUMBERS, "n": _NUMBERS},
    "pages/ui/peaks/tabs.py": {
        "list(names)": _WRITTEN_HERE, "names.__getitem__": _WRITTEN_HERE, "seen": _NUMBERS,
    },
    "pages/ui/plan/saved/files.py": {"label": "written there; the name of a crew is made plain"},
    "pages/ui/plan/paper/phone.py": {
        "''.join(items)": _ESCAPED, "''.join(parts)": _ESCAPED, "image": _ESCAPED, "n": _NUMBERS,
        "picture": "base64 of a picture of ours",
    },
    "pages/ui/shell/asking.py": {"asked.no": _WRITTEN_HERE, "asked.yes": _WRITTEN_HERE},
    "pages/ui/plan/saved/one.py": {
        "one": "a way of a plan, no element", "', '.join(said)": _ESCAPED,
    },
    "pages/ui/zone/editor.py": {
        "hint": _WRITTEN_HERE, "label": _WRITTEN_HERE, "list(ways)": _WRITTEN_HERE, "ways.__getitem__": _WRITTEN_HERE,
    },
    "pages/ui/zone/form.py": {"label": _WRITTEN_HERE},
    "pages/ui/zone/page.py": {"rows_html(list(rows.columns), rows.to_numpy().tolist(), label)": _ESCAPED},
    "pages/ui/zone/sheet_panel.py": {
        "rows_html(said.count_head(kind), said.count_rows(recorded), label)": _ESCAPED,
        "rows_html(said.change_head(kind), said.change_rows(recorded), label)": _ESCAPED,
        """rows_html(names, joined, "Incidents in the zone's months, by year")""": _ESCAPED,
    },
    "pages/ui/plan/when/charts.py": {"str(y)": _NUMBERS, "word": _WRITTEN_HERE, "w": _NUMBERS},
    "pages/ui/problem/counts.py": {"tally_html(tally)": _ESCAPED},
    "pages/ui/problem/objective.py": {"label": _WRITTEN_HERE},
    "pages/ui/shell/history.py": {"''.join(rows)": _ESCAPED, "one.number": _NUMBERS, "table": _ESCAPED},
    "pages/ui/problem/one.py": {"'; '.join(said)": _ESCAPED, "STEPS.__getitem__": _WRITTEN_HERE},
    "pages/ui/problem/page.py": {
        "PARTS.__getitem__": _WRITTEN_HERE,
        "rows_html(list(rows.columns), rows.to_numpy().tolist(), 'Problems')": _ESCAPED,
    },
    "pages/ui/problem/places.py": {"label": _WRITTEN_HERE, "words or None": _WRITTEN_HERE},
    "pages/ui/problem/responses.py": {
        "rows_html(list(rows.columns), rows.to_numpy().tolist(), 'Responses')": _ESCAPED,
    },
    "pages/ui/problem/steps.py": {"lines_html(shown)": _ESCAPED, "n": _NUMBERS, "rows": _ESCAPED},
    "pages/ui/shell/access.py": {
        "label": "a provider, as the administrator named it", "name": "a page of ours",
    },
    "pages/ui/shell/accessibility.py": {"''.join(parts)": _ESCAPED},
    "pages/ui/shell/downloads.py": {"label": _WRITTEN_HERE},
    "pages/ui/shell/filters.py": {"label": _WRITTEN_HERE},
    "pages/ui/shell/frame.py": {
        "name": "a page of ours", "_ANNOUNCE.format(st.session_state[_RUNS])": "a script of ours with a count",
        "tell": "a script of ours with an address of the server and random letters",
    },
    "pages/ui/shell/later.py": {"int(height)": "a number"},
    "pages/ui/shell/screenshot.py": {"body": _ESCAPED, "head": _WRITTEN_HERE},
    "pages/ui/targets/choice.py": {"label": _WRITTEN_HERE},
    "pages/ui/problem/form_files.py": {"one.label": _WRITTEN_HERE},
    "pages/ui/problem/timeline.py": {"text": _NUMBERS, "texts[at]": _NUMBERS},
    "pages/ui/targets/review_panel.py": {
        "html_of(joined(review.section_of(found), added), 2)": _ESCAPED, "inside": _ESCAPED, "head": _ESCAPED,
        "rows": _ESCAPED, "name": _ESCAPED,
    },
}  # fmt: skip
# What reads text as HTML, template, link or program, by module.
KNOWN = {
    "pages/ui/briefing/files.py": {"strings_to_urls"},  # off
    "pages/ui/briefing/slides.py": {"from_string"},  # a colour
    "pages/ui/document/html_file.py": {"Element"},  # which escapes; all that is written goes through it
    "pages/ui/document/word.py": {"from_string"},  # a colour
    "pages/ui/document/word_parts.py": {"hyperlink"},  # to a heading of the same file
    "pages/ui/document/word_template.py": {"from_string", "hyperlink"},  # a colour; links of a template's edges
    "pages/ui/map/maps.py": {"Template"},  # of the scripts beside it; what is put in is JSON that begins none
    "pages/ui/paper/text.py": {"parse_math"},  # off
    "pages/ui/plan/paper/carried.py": {"Element"},  # of XML, which escapes
    "pages/ui/shell/frame.py": {"unsafe_allow_javascript"},  # three scripts of ours
}


@cache
def modules() -> dict[str, Module]:
    """Modules that draw, by path."""
    return {path.relative_to(ROOT).as_posix(): Module(path.read_text(encoding="utf-8")) for path in sources()}


def test_every_text_that_is_read_as_more_is_made_harmless_or_was_read() -> None:
    found = {name: {text for _, text in module.raw()} for name, module in modules().items()}
    new = {name: sorted(texts - set(READ.get(name, {}))) for name, texts in found.items()}
    assert {name: texts for name, texts in new.items() if texts} == {}, "escape, plain, as_text; or read it and say why"
    stale = {name: sorted(set(texts) - found.get(name, set())) for name, texts in READ.items()}
    assert {name: texts for name, texts in stale.items() if texts} == {}


def test_what_reads_text_as_a_program_is_where_it_is_known() -> None:
    assert {name: module.named() for name, module in modules().items() if module.named()} == KNOWN


def test_scripts_of_ours_write_text_alone() -> None:
    found = {path.name: in_script(path.read_text(encoding="utf-8")) for path in (ROOT / "pages").rglob("*.js")}
    assert len(found) > 3
    # read from an element that was given text, to be given to leaflet, which takes HTML
    assert {name: told for name, told in found.items() if told} == {"base.js": ["innerHTML"]}


@pytest.mark.parametrize(
    "line",
    [
        "st.html(f'<p>{name}</p>')", "st.html('<p>' + name + '</p>')", "words = f'<b>{name}</b>'",
        "st.html(''.join(f'<li>{one}</li>' for one in names))", "st.info(name)", "st.button(f'Open {name}')",
        "st.segmented_control('Go', names, format_func=titles.__getitem__)", "st.selectbox('What', names, help=name)",
        "drawing.note(name, 0, 0)", "drawing.trace(text=names)", "axis = {'ticktext': names}",
        "drawing.trace(hovertemplate=f'{name}: %{{y}}')", "head = name\n    st.html(f'<p>{head}</p>')",
        "for one in names:\n        st.html(f'<p>{one}</p>')", "said = [name]\n    st.html(''.join(said))",
        "a, b = name, 1\n    st.html(f'<p>{a}</p>')", "said = []\n    said.append(name)\n    st.html(''.join(said))",
    ],
)  # fmt: skip
def test_the_walk_sees_a_name_that_is_written_as_it_is(line: str) -> None:
    assert Module(f"def show(name, names, titles):\n    {line}\n").raw() != set()


@pytest.mark.parametrize(
    "line",
    [
        "st.html(f'<p>{escape(name)}</p>')", "head = escape(name)\n    st.html(f'<p>{head}</p>')",
        "st.info(plain(name))", "st.html(f'<p>{count:,}</p>')", "drawing.note(as_text(name), 0, 0)",
        "st.html(''.join(f'<li>{escape(one)}</li>' for one in names))", "st.html(f'<p>{WORDS[name]}</p>')",
    ],
)  # fmt: skip
def test_the_walk_lets_pass_what_is_harmless(line: str) -> None:
    assert Module(f"def show(name, names, count):\n    {line}\n").raw() == set()


@pytest.mark.parametrize("line", ["st.markdown(x, unsafe_allow_html=True)", "folium.Popup(x)", "eval(x)", "Markup(x)"])
def test_the_walk_sees_what_reads_a_program(line: str) -> None:
    assert Module(line).named() != set()
