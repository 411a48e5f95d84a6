"""Writes ``words.md`` from ``data/feed/vocabulary.py``: what words of partners' files are taken for, with sources.

python docs/make_words.py          writes the file
python docs/make_words.py --check  says whether it would change, as the exit code
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = Path(__file__).with_name("words.md")
HEAD = """# Words for kinds of incident

What words in a partner's file are proposed to be. Made from the table in `data/feed/vocabulary.py` by
`python docs/make_words.py`: change the table, not this file. A person sees every word with its rows and may say
otherwise. The first line that fits counts; capitals, hyphens, slashes and brackets make no difference.

- A word never becomes a narrower kind than it says: a *fire* is not a *deliberate secondary fire*.
- A word that names two things (*noise and litter*) is neither, unless one is the wider of the two.
- *(too general)*: the word is known, and none of ours says the same. It is mapped to nothing, and listed with its rows
  and with what it may be.
- *(the column)*: the word says nothing of that; what another column or the person says holds.
- *leave out*: no incident of the kinds that are counted here. The rows are put aside, and counted.
- *Primary*, *secondary* and *chimney*, or *deliberate* and *accidental*, alone in a column are a fire's where at least
  two of them stand in it.
"""


def made() -> str:
    """Text of the file."""
    sys.path.insert(0, str(ROOT))
    from data.feed.vocabulary import SOURCES, TABLE, WIDER

    lines = [HEAD, "| words such as | kind | crime type | may be | source |", "|---|---|---|---|---|"]
    for entry in TABLE:
        kind, category = (
            {None: "(the column)", "": "(too general)"}.get(ours, ours) for ours in (entry.kind, entry.category)
        )
        lines.append(
            f"| {'; '.join(entry.examples)} | {kind} | {category} | {'; '.join(entry.may_be)} | {entry.source} |"
        )
    lines += ["", "## Which kinds are wider", "", "| kind | is one of |", "|---|---|"]
    lines += [f"| {kind} | {'; '.join(wider)} |" for kind, wider in WIDER.items()]
    lines += ["", "## Sources", "", "| source | what |", "|---|---|"]
    lines += [f"| {name} | {what} |" for name, what in SOURCES.items()]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with ``--check`` only say whether it would change: 1 when it would."""
    text = made()
    if arguments == ["--check"]:
        return int(not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text)
    if arguments:
        sys.stderr.write("usage: python docs/make_words.py [--check]\n")
        return 2
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
