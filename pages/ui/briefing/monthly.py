"""The month by a schedule: where there is new data, its digest and the briefing, written into a folder."""

from __future__ import annotations

import json
from datetime import datetime, time
from pathlib import Path

from analysis.digest.month import Digest, month_digest
from analysis.findings.finding import Finding
from geo.errors import InputError
from pages.ui.briefing.panel import licences
from pages.ui.document.blocks import Document, Paragraph, Points, Section
from pages.ui.document.written import write
from pages.ui.overview import news
from pages.ui.shell import downloads
from pages.ui.shell.cache import Dataset, doubts

NEW, NOTHING_NEW, IN_DOUBT = 0, 10, 11  # exit codes; 2 is an error
STATE = "monthly.json"  # in the folder: what was there at the last run
_FORMAT = 1


def digest_of(data: Dataset) -> Digest:
    """Make the digest of the newest month, with what is new with the data and what the next operation needs."""
    return month_digest(data.incidents, data.area, news.facts(data))


def code_of(data: Dataset) -> int:
    """Give the exit code of a run that wrote something: a month may be in doubt."""
    return IN_DOUBT if doubts(data) else NEW


def seen(folder: Path) -> str:
    """Give the data version of the last run in a folder; empty where there was none.

    Raises
    ------
    InputError
        What stands there cannot be read.
    """
    path = folder / STATE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or found.get("format") != _FORMAT:
            raise ValueError("it is of another form")
        return str(found["version"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"what was written last cannot be read: {error}", file=str(path), hint="Delete it: all is written anew."
        ) from error


def note(folder: Path, data: Dataset) -> None:
    """Note the data version that was written, once all of it is there.

    Raises
    ------
    InputError
        It cannot be written.
    """
    text = json.dumps({"format": _FORMAT, "version": data.incidents.version, "month": str(data.incidents.as_at_month)})
    write(folder, {STATE: text.encode()})


def files(data: Dataset, found: Digest) -> dict[str, bytes]:
    """Write a digest as text, as JSON and as one HTML file, by file name; the same digest gives the same bytes."""
    from pages.ui.document.html_file import page

    def named(ending: str) -> str:
        return downloads.file_name(data, "digest", found.month, ending=ending)

    head = f"{data.area.name}: {downloads.SIMULATED_LINE}\n" if data.simulated else f"{data.area.name}\n"
    rows = [{"kind": kind, "title": one.sentence, "detail": one.detail} for kind, one in found.rows]
    told = {
        "area": data.area.name,
        "month": found.month,
        "title": found.title,
        "quiet": found.quiet,
        "simulated": data.simulated,
        "findings": rows,
        "method": found.method.line(),
        "data_version": data.incidents.version,
    }
    moment = datetime.combine(data.as_at, time())
    return {
        named("txt"): (head + found.text()).encode(),
        named("json"): (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode(),
        named("html"): page(document(data, found), moment),
    }


def document(data: Dataset, found: Digest) -> Document:
    """Lay a digest out as a document: what stands out is its summary."""
    said = tuple(map(_said, found.remarks)) or (f"{found.title}.",)
    facts = (Section("facts", "Good to know", (Points(tuple(map(_said, found.facts))),)),) if found.facts else ()
    limits = (
        *((Points(tuple(map(_said, found.limits))),) if found.limits else ()),
        Paragraph(found.method.line(), small=True),
    )
    return Document(
        f"{data.area.name}: the month", (data.area.partnership,), said,
        (*facts, Section("limits", "What was looked at", limits)), licences(data), data.incidents.version,
        data.simulated,
    )  # fmt: skip


def _said(one: Finding) -> str:
    return f"{one.sentence}. {one.detail}".strip()
