"""axe-core in a page and in the map inside it, with what is Streamlit's own and cannot be changed from here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from playwright.sync_api import Frame, Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A frame is no document of its own: its landmarks and its heading are those of the page around it.
OF_A_DOCUMENT = ["landmark-one-main", "page-has-heading-one", "region"]


@dataclass(frozen=True)
class Exempt:
    """One rule on one kind of element, with the reason; anything else that breaks the rule is ours."""

    rule: str
    selector: str
    reason: str


EXEMPT = (
    Exempt(
        "presentation-role-conflict",
        'section[data-testid="stFileUploaderDropzone"][role="presentation"]',
        "Streamlit labels the zone to drop files on and calls it presentational; the button in it is named.",
    ),
)
_RUN = """async ([rules, off, exempt, scope]) => {
    const found = await axe.run(scope || document, {
        resultTypes: ['violations'], runOnly: rules, elementRef: true,
        rules: Object.fromEntries(off.map(rule => [rule, {enabled: false}])),
    });
    const ours = [], used = [];
    for (const violation of found.violations) for (const node of violation.nodes) {
        const known = exempt.findIndex(([rule, css]) => rule === violation.id && node.element.matches(css));
        if (known >= 0) { used.push(known); continue; }
        const why = [...node.any, ...node.all, ...node.none].map(check => check.message).join(' ');
        ours.push(`${violation.id} ${node.target.join(' ')}: ${why} ${node.html.slice(0, 200)}`);
    }
    return [ours, used];
}"""


def _script() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def _in(where: Page | Frame, rules: list[str], scope: str, off: list[str]) -> tuple[list[str], set[Exempt]]:
    if where.evaluate("typeof axe") == "undefined":
        where.evaluate(_script())
    ours, used = where.evaluate(_RUN, [rules, off, [[one.rule, one.selector] for one in EXEMPT], scope])
    return ours, {EXEMPT[n] for n in used}


def violations(page: Page, rules: list[str] = RULES, scope: str = "") -> tuple[list[str], set[Exempt]]:
    """Find what breaks a rule, in the page and in its map.

    Parameters
    ----------
    page : Page
    rules : list of str
        Tags or rules of axe-core.
    scope : str
        CSS selector of the part to look at; all of it by default.

    Returns
    -------
    list of str
        Ours, a line each.
    set of Exempt
        Exemptions that were needed.
    """
    ours, used = _in(page, rules, scope, [])
    maps = [frame for frame in page.frames if "streamlit_folium" in frame.url]
    for frame in maps if not scope else []:
        off = OF_A_DOCUMENT if rules == RULES else []
        more, needed = _in(frame, rules, "", off)
        ours, used = ours + [f"map: {line}" for line in more], used | needed
    return ours, used
