"""How often a typed text is asked about for nothing, and a name is not: ``python -m tests.plan.names_measured``.

Asked about for nothing: names of wards and streets of the real data, as a title of their own and in one, without and
with the area telling its names; and what people type that names nobody. Found: invented names, in seven forms.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from analysis.where.places import street_name
from data.plan.names import names_in
from tests.conftest import SHARED
from tests.plan.typed_texts import FORMS, NOBODY, SOMEBODY

EVERY = 6  # of the files of the archive: their streets are nearly the same


def streets(shared: Path, every: int = EVERY) -> list[str]:
    """Names of streets and places of a force, as published."""
    found: set[str] = set()
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as archive:
        for name in [one for one in archive.namelist() if one.endswith("-street.csv")][::every]:
            found |= set(pd.read_csv(io.BytesIO(archive.read(name)), usecols=["Location"])["Location"].dropna())
    return sorted({street_name(text) for text in found} - {""})


def wards(shared: Path) -> list[str]:
    """Names of the wards of two areas."""
    found: set[str] = set()
    for file, column in (("knowsley_wards.geojson", "WD19NM"), ("lancashire_wards.gpkg", "ward_name")):
        found |= set(gpd.read_file(shared / "boundaries" / file)[column])
    return sorted(found)


def asked(texts: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """Texts that are asked about."""
    return [text for text in texts if names_in([text], known)]


def forms(names: Iterable[str]) -> dict[str, list[str]]:
    """Every name in every form."""
    return {form: [form.format(name, first=name.split()[0], last=name.split()[-1]) for name in names] for form in FORMS}


def measure(shared: Path = SHARED) -> list[str]:
    """Say how often, a line each."""
    lines = []
    for what, names in (("streets", streets(shared)), ("wards", wards(shared))):
        for how, texts in (("alone", names), ("in a title", [f"Halloween 2026, {name}" for name in names])):
            wrong = asked(texts)
            lines.append(f"{what} {how}: {len(wrong)} of {len(texts)} asked about for nothing {wrong[:6]}")
        wrong = asked(names, names)
        lines.append(f"{what} that the area tells: {len(wrong)} of {len(names)}")
    wrong = asked(NOBODY)
    lines.append(f"titles, notes and call signs: {len(wrong)} of {len(NOBODY)} asked about for nothing {wrong}")
    for form, texts in forms(SOMEBODY).items():
        found = asked(texts)
        lines.append(f"names as {form!r}: {len(found)} of {len(texts)} asked about")
    return lines


if __name__ == "__main__":
    print("\n".join(measure()))
