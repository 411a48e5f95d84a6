"""Wards against the area: rates by residents inside the limits of chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.course.funnel import BANDS, INNER, OUTER, Funnel, funnel_limits, ward_funnel
from pages.ui.chart import charts
from pages.ui.chart.figure import FAINT, SERIES, SMALL, TEXT, Drawing, Settings, as_text
from pages.ui.shell import downloads, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters
from pages.ui.shell.words import NAMES


def wards_against_area(data: Dataset, chosen: Filters, category: str) -> Funnel:
    """Hold every ward's last 12 months against the rate of the whole area."""
    return ward_funnel(chosen.known(data.incidents).of(category), data.area)


def funnel_table(found: Funnel) -> pd.DataFrame:
    """Give the funnel as rates per 1,000 residents, in the order of the ward layer."""
    table = found.table
    rate = 1000 * float(table["observed"].sum()) / float(table["residents"].sum())
    shown = table[["ward_name", "residents", "observed", "expected"]].rename(columns={"ward_name": "ward"})
    shown["rate_per_1000"] = table["ratio"] * rate
    for limit in ("low95", "high95", "low998", "high998"):
        shown[limit] = table[limit] * rate
    return shown.assign(band=table["band"]).round(2)


def funnel_chart(found: Funnel, name: str, whole: str, marked: tuple[str, ...] = ()) -> charts.Chart:
    """Draw rates by residents inside the limits of chance; wards outside of them, and the chosen ones, are named.

    Parameters
    ----------
    found : Funnel
    name : str
        What is counted.
    whole : str
        What the area is called: its kind.
    marked : tuple of str
        Codes of wards to name in any case.
    """
    table = found.table
    residents, count = table["residents"].to_numpy(dtype=float), table["observed"].to_numpy(dtype=float)
    rate = 1000 * count.sum() / residents.sum()
    y = table["ratio"].to_numpy() * rate
    span = float(np.ptp(residents)) or float(residents.max())
    left, right = max(0.0, residents.min() - 0.2 * span), residents.max() + 0.2 * span
    along = np.linspace(max(left, residents.min() * 0.2, 1.0), right, 60)
    expected = along * rate / 1000
    drawing = Drawing()
    ends, lines = [], []
    for level, dash in ((INNER, "dash"), (OUTER, "solid")):
        for limit in funnel_limits(expected, level):
            line = limit / along * 1000
            drawing.trace(
                type="scatter",
                mode="lines",
                x=along.tolist(),
                y=line.tolist(),
                line={"color": FAINT, "width": 1.2, "dash": dash},
                hoverinfo="skip",
            )
            ends.append(float(line[-1]))
            lines.append(line)
            words = f"{100 * level:g} %"
            drawing.note(words, right, float(line[-1]), xanchor="left", xshift=3, size=SMALL - 1)
    drawing.trace(
        type="scatter",
        mode="lines",
        x=[left, right],
        y=[rate, rate],
        line={"color": TEXT, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    drawing.note(f"{as_text(whole)} {rate:.1f}", right, rate, xanchor="left", xshift=3, size=SMALL - 1)
    band = table["band"].to_numpy()
    far, out = np.isin(band, (BANDS[0], BANDS[-1])), band != BANDS[2]
    drawing.trace(
        type="scatter",
        mode="markers",
        x=residents.tolist(),
        y=y.tolist(),
        marker={
            "size": [10 if one else 8 for one in far],
            "opacity": 1,
            "color": [SERIES[1] if one else SERIES[0] for one in far],
            "symbol": ["diamond" if a else "circle" if b else "circle-open" for a, b in zip(far, out, strict=True)],
            "line": {"width": 1.5, "color": [SERIES[1] if one else SERIES[0] for one in far]},
        },
        text=[
            f"{as_text(name)}: {value:.1f} per 1,000 residents, {n:,.0f} where {e:,.0f} would be expected; {b}"
            for name, value, n, e, b in zip(table["ward_name"], y, count, table["expected"], band, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    top = max(float(y.max()), *ends) * 1.08
    named = out | table["ward_code"].isin(marked).to_numpy()

    def pixels(x: np.ndarray, height: np.ndarray) -> np.ndarray:
        return np.column_stack([(x - left) / (right - left) * 430, height / top * 290])

    spots = pixels(residents, y)
    lined = np.concatenate([pixels(along, line) for line in (*lines, np.full(len(along), rate))])
    beside = pixels(np.full(len(ends) + 1, right), np.array([*ends, rate]))
    for i, (side, up) in _sides(spots, list(table["ward_name"]), named, lined, beside).items():
        words, own = as_text(table["ward_name"].iloc[i]), table["ward_code"].iloc[i] in marked
        anchor = {-1: "right", 0: "center", 1: "left"}[side]
        at: Settings = {"xanchor": anchor, "yanchor": "middle", "xshift": 8 * side, "yshift": 14 * up}
        drawing.note(f"<b>{words}</b>" if own else words, float(residents[i]), float(y[i]), size=SMALL - 1, **at)
    figure = drawing.figure(
        370,
        24,
        {
            "range": [left, right + 0.16 * (right - left)],
            "title": {"text": "residents"},
            "tickformat": ",",
            "nticks": 6,
        },
        {"range": [0, top], "title": {"text": "per 1,000 residents"}},
    )
    title = f"{name}: {found.sentence[:1].lower()}{found.sentence[1:]}".removesuffix(".")
    alt = f"Chart of incidents per 1,000 residents by ward, with 95 % and 99.8 % limits. {title}."
    return charts.Chart(figure, title, alt, funnel_table(found), of="funnel")


def _sides(
    spots: np.ndarray, names: list[str], named: np.ndarray, lines: np.ndarray, beside: np.ndarray
) -> dict[int, tuple[int, int]]:
    """Choose for each name the side of its point (right, left, above, below) that covers least; all in pixels.

    ``lines`` are points along the limits, ``beside`` the places of their labels.
    """
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in spots]
    taken += [(x - 4, y - 1, x + 4, y + 1) for x, y in lines] + [(x, y - 7, x + 60, y + 7) for x, y in beside]
    chosen: dict[int, tuple[int, int]] = {}
    for i in np.argsort(-spots[:, 1]):
        if not named[i]:
            continue
        (x, y), width = spots[i], 6.2 * len(names[i])
        boxes = {
            (1, 0): (x + 8, y - 7, x + 8 + width, y + 7),
            (-1, 0): (x - 8 - width, y - 7, x - 8, y + 7),
            (0, 1): (x - width / 2, y + 7, x + width / 2, y + 21),
            (0, -1): (x - width / 2, y - 21, x + width / 2, y - 7),
        }
        side = min(boxes, key=lambda key: _covered(boxes[key], [box for k, box in enumerate(taken) if k != i]))
        chosen[int(i)] = side
        taken.append(boxes[side])
    return chosen


def _covered(box: tuple[float, ...], others: list[tuple[float, ...]]) -> float:
    """Area that a box shares with others, with a price for what lies left of the axis."""
    at = np.array(others)
    wide = np.minimum(box[2], at[:, 2]) - np.maximum(box[0], at[:, 0])
    high = np.minimum(box[3], at[:, 3]) - np.maximum(box[1], at[:, 1])
    return 15 * max(0.0, -box[0]) + float((wide.clip(0) * high.clip(0)).sum())


def picture(data: Dataset, chosen: Filters, category: str) -> charts.Chart:
    """Draw the funnel once for a choice: its limits take longer than all the rest of the tab."""
    found = cached(wards_against_area, data, chosen, category)
    return funnel_chart(found, NAMES[category], data.area.kind, chosen.wards)


def show(data: Dataset, chosen: Filters) -> None:
    """Draw the funnel of ASB and of drug offences."""
    for (category, name), column in zip(NAMES.items(), st.columns(2, gap="medium"), strict=True):
        with column:
            try:
                found = cached(wards_against_area, data, chosen, category)
            except Refusal as refusal:
                frame.refused(refusal)
                continue
            lines = downloads.about(data, f"{name} by ward against the {data.area.kind}", "", found.method, of=category)
            file = downloads.file_name(data, "funnel", category, str(chosen.as_at))
            note = (
                "All wards, 12 months. Diamonds: outside the 99.8 % limits; full points: outside 95 %; rings: no "
                f"further from the {data.area.kind}'s rate than chance alone takes wards of that size."
            )
            chart = cached(picture, data, chosen, category)
            charts.show(chart, data, f"funnel_{downloads.slug(category)}", file, (*lines, WHO_REPORTS), note)
            frame.how(found.method)
    frame.note(WHO_REPORTS)
