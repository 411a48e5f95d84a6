"""A needs assessment without the screen: ``python -m pages.ui.assessment --year 2023/24 --out DIR``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from data.store.backup import backup
from data.store.options import add_layer_option, add_store_options
from pages.ui.document.command import run
from pages.ui.document.written import write


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a needs assessment as Word and HTML, and beside it the data that it names.

    Returns
    -------
    int
        0, or 2 where something cannot be used; then the reason stands on standard error.
    """
    return run(_parser(), arguments, _made)


def _made(asked: argparse.Namespace) -> tuple[int, list[Path]]:
    from pages.ui.assessment import make
    from pages.ui.assessment.year import year_of
    from pages.ui.document.word_template import WordTemplate
    from pages.ui.shell import cache

    place = cache.whole_area()
    data = cache.dataset(layer=asked.layer or place.layer_key)
    year = year_of(data, asked.year)
    if year is not None and not asked.layer:
        data = cache.dataset(layer=place.on(year.last.end_time.date()).layer_key)
    day = asked.made or data.as_at
    document = make.document(data, year, day)
    moment = datetime.combine(day, time())
    template = WordTemplate.of(asked.template) if asked.template else None
    files = make.files(data, year, document, moment, template)
    written = write(asked.out, files)
    if data.simulated or asked.without_data:
        return 0, written
    kept: Path = asked.out / make.backup_name(data, day)
    backup(data.store, kept, Path(data.area.file), datetime.combine(day, time(), UTC))
    return 0, [*written, kept]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pages.ui.assessment", description="Write a needs assessment.")
    parser.add_argument("--year", default="", help="financial year, such as 2023/24 (default: the last that is whole)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--template", type=Path, help="Word file whose styles are used")
    add_layer_option(parser)
    add_store_options(parser)
    parser.add_argument(
        "--made",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="day that the files carry (default: the as-at day)",
    )
    parser.add_argument("--without-data", action="store_true", help="do not keep the data that it names beside it")
    return parser
