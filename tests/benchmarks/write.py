"""The table of benchmarks as a document: what it was measured on, without the machine's name or its folders."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib import metadata

_PACKAGES = ("numpy", "pandas", "pyarrow", "scipy", "shapely", "streamlit", "matplotlib", "python-pptx", "geopandas",
             "esda")  # fmt: skip
_ABOUT = """# Benchmarks

What the program takes, against a named peer or a limit, all in one run on one machine. Made by

```
python -m tests.benchmarks --write
```

Ours and theirs are medians; a peer runs in the same run, turn about with ours. Whether an aim is *met* is computed from
these medians. *Spread* is from the quickest run to the slowest. *Peak memory* is that of the benchmark's own process,
peer included, in megabytes of a million bytes, or that of the server where the row is about one. *Rows* is what was
worked on: rows, points, cells, people or panels. Wall time is written "s"; processor time, which other work on the
machine changes less, "s of processor". What failed stands in its row with the reason.

Gi* was once told to be 100 times as fast as esda, without the form of esda's weights. It depends on it: three forms are
measured, and of those that are ready made libpysal's W comes nearest.
"""


def document(lines: Sequence[str], day: date, *, quick: bool, took: str = "", left: Sequence[str] = ()) -> str:
    """Write the whole document around the lines of the table; ``left`` names the benchmarks that were not run."""
    versions = [f"{name} {found}" for name in _PACKAGES if (found := _version(name))]
    machine = f"{os.cpu_count()} processors ({platform.machine()}), {_memory()}, {platform.system()}"
    about = [
        f"Measured on {day.day} {day:%B %Y}"
        + (f" in {took}" if took else "")
        + (", quickly, so figures are rough" if quick else "")
        + ":",
        "",
        f"- {machine}; Python {platform.python_version()}",
        f"- {', '.join(versions)}",
        *([f"- Not run: {', '.join(left)}"] if left else []),
    ]
    return "\n".join([_ABOUT, *about, "", *lines]) + "\n"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _memory() -> str:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "memory not known"
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 1e9:.0f} GB of memory"
