"""Colours of charts and maps: the Government Analysis Function palette, with shades of its own for the dark theme."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Palette:
    """Colours of one theme. ``series`` holds at most four for one chart; ``ramp`` runs from little to much."""

    dark: bool
    series: tuple[str, ...]
    ramp: tuple[str, ...]
    accent: str  # more than chance, and what is selected
    land: str
    water: str
    line: str
    label: str
    muted: str
    text: str


LIGHT = Palette(
    dark=False,
    series=("#12436D", "#801650", "#28A197", "#F46A25"),
    ramp=("#BBD4EA", "#6BACE6", "#2073BC", "#12436D"),
    accent="#801650",
    land="#FFFFFF",
    water="#EEF1F3",
    line="#7A8288",
    label="#3D3D3D",
    muted="#5A6268",
    text="#0B0C0C",
)

DARK = Palette(
    dark=True,
    series=("#7DB8EE", "#E8629F", "#B4ECE4", "#F7A14E"),
    ramp=("#2C5F8E", "#4A90D0", "#8CC2F2", "#E3F1FD"),
    accent="#FFD24A",
    land="#20262C",
    water="#14181C",
    line="#8A949C",
    label="#D8DDE1",
    muted="#AEB6BC",
    text="#F3F5F6",
)


def palette() -> Palette:
    """Colours of the theme the person sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT
