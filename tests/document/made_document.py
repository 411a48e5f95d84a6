"""A small document with every kind of block, for both ways of writing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pages.ui.document.blocks import (
    Column,
    Document,
    Figure,
    Gap,
    Paragraph,
    Points,
    Section,
    Table,
    Typed,
)

WHEN = datetime(2025, 1, 15, 9, 30, tzinfo=UTC)


def bars(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
    """Draw three bars."""
    for n in range(3):
        sheet.box(x + 20 + 40 * n, y + high - 20 - 20 * (n + 1), 30, 20 * (n + 1), facecolor="#12436D")


def made_document(said: Callable[[str], str] = str, *, simulated: bool = False) -> Document:
    """Make the document; every text of it goes through ``said``."""
    small = Table(
        (Column(said("Ward")), Column(said("Incidents"), right=True)),
        ((said("North"), said("12")), (said("South"), said("7"))), said("Two wards"), bold=(0,), note=said("A note"),
    )  # fmt: skip
    long = Table(
        tuple(Column(said(f"Column {n}"), right=n > 0) for n in range(5)),
        tuple((said(f"Type {n}"), *(said(f"{n * k:,}") for k in range(1, 5))) for n in range(30)), said("Types"),
    )  # fmt: skip
    figure = Figure(said("Three bars"), said("Bars that rise"), bars, said("Made here. Source: nobody."))
    gap = Gap(
        said("Harm in homes"),
        said("the police unit"),
        (Typed(said("412 reports"), said("A return"), said("May 2024")),),
    )
    return Document(
        said("A year on paper"),
        (said("For those who read"), said("April to March")),
        (said("Fewer than before."), said("Nothing else stood out.")),
        (
            Section(
                "volume", said("It fell"),
                (Paragraph(said("It fell by 9.6 % < 10 %.")), figure, small, Paragraph(said("A remark"), small=True)),
                (Section("season", said("It peaks"), (Points((said("July"), said("August"))), long)),),
            ),
            Section("homes", said("What open data lack"), (gap,), (
                Section("fire", said("Fires"), (Gap(said("Fires"), said("the fire service")), figure)),
            ), new_page=True),
        ),
        (said("Source: nobody."), said("No licence.")),
        said("a1b2c3"),
        simulated,
    )  # fmt: skip
