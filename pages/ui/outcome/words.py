"""Columns of the tables of "Did it work" in everyday words: a name with its unit, and what it means on hover."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell.tables import Columns

_OWN = "Incidents recorded in the cells that were visited or chosen."
_LIKE = "Incidents recorded in squares elsewhere that were most like these cells before. They show what was to come."


def cells(months: str) -> Columns:
    """Columns of the map as a table; ``months`` names the months that are counted."""
    return {
        "cell": st.column_config.TextColumn("Cell, grid reference", help="South-west corner of a cell."),
        "area": st.column_config.TextColumn("Which", help="Which of the three outlines of the map it lies in."),
        "recorded": st.column_config.NumberColumn("Recorded, incidents", help=f"Incidents recorded in {months}."),
    }


def squares() -> Columns:
    """Columns of the squares from which places like it are taken."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "square": text("Square of 1 km", help="Grid reference of its south-west corner."),
        "cells": number("Cells, number", help="How many cells of the map lie in the square."),
        "level": number("Incidents a cell and month", help="Recorded before, on average."),
        "trend": number("Last year, times the year before", help="1 is no change, 1.1 is 10 % more."),
        "distance": number(
            "Unlike by (0: alike)",
            help="How far its past lies from that of the cells judged: in steps of the usual spread between squares.",
        ),
        "chosen": st.column_config.CheckboxColumn("Proposed", help="Whether it was proposed as a place like it."),
    }


def before(own: str) -> Columns:
    """Columns of the counts that a verdict stands on; ``own`` names the cells that are judged."""
    number = st.column_config.NumberColumn
    return {
        "months": st.column_config.TextColumn("Months", help="First the months judged, then the same of other years."),
        "treated": number(f"{own}, incidents", help=_OWN),
        "comparison": number("Places like it, incidents", help=_LIKE),
    }


def months(own: str) -> Columns:
    """Columns of the counts month by month."""
    number = st.column_config.NumberColumn
    return {
        "month": st.column_config.TextColumn("Month", help="Year and month."),
        "Operation": number(f"{own}, incidents", help=_OWN),
        "Comparison": number("Places like it, incidents", help=_LIKE),
    }


def verdicts() -> Columns:
    """Columns of the verdicts."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    usual = "With nothing planned, 95 of 100 such counts lie between the two."
    ratio = "In 95 of 100 cases the true one lies between the two."
    return {
        "area": text("Where", help="Which of the outlines of the map."),
        "verdict": text("Verdict", help="Against places like it. “Cannot tell” is not “no change”."),
        "recorded": number("Recorded, incidents", help="In the months judged."),
        "expected": number("Expected, incidents", help="Had it gone on as before, and changed as places like it did."),
        "usual_from": number("Usual from, incidents", help=usual),
        "usual_to": number("Usual to, incidents", help=usual),
        "ratio": number("Recorded, times expected", help="1 is as expected, 0.8 is a fifth less."),
        "ratio_low": number("Times expected, from", help=ratio),
        "ratio_high": number("Times expected, to", help=ratio),
        "smallest_fall_percent": number("Smallest fall seen, %", help="A smaller one would mostly go unseen."),
        "smallest_rise_percent": number("Smallest rise seen, %", help="A smaller one would mostly go unseen."),
        "p": number("By itself, 0 to 1", help="How often as much or more would come by itself, with nothing planned."),
    }
