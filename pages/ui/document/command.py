"""What the commands that write documents have in common: where the data are, what was written, and what went wrong."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.common.refusal import Refusal
from data.kinds.printable import printable
from data.place.area import AREA_VARIABLE
from data.store.store import STORE_VARIABLE
from geo.errors import InputError
from geo.terminal import any_letters


def run(
    parser: argparse.ArgumentParser,
    arguments: Sequence[str] | None,
    make: Callable[[argparse.Namespace], tuple[int, list[Path]]],
) -> int:
    """Run a command on the store and the area that it names.

    Parameters
    ----------
    parser : ArgumentParser
        With the options of the store (:func:`data.store.options.add_store_options`).
    arguments : sequence of str, optional
        By default those of the command line.
    make : callable
        From what was asked to the exit code and the files that were written.

    Returns
    -------
    int
        The exit code, or 2 where something cannot be used; then the reason stands on standard error.
    """
    any_letters()
    asked = parser.parse_args(arguments)
    for variable, value in ((STORE_VARIABLE, asked.store), (AREA_VARIABLE, asked.area)):
        if value is not None:
            os.environ[variable] = str(value)
    try:
        code, written = make(asked)
    except (InputError, Refusal) as error:
        sys.stderr.write(printable(f"error: {error}") + "\n")
        return 2
    sys.stdout.write("".join(f"{path}\n" for path in written) or "nothing new\n")
    return code
