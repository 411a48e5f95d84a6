"""What a command of the analysis answered."""

from __future__ import annotations

import io

import pandas as pd

BOUNDS = ["expected", "low80", "high80", "low95", "high95"]


class Asked:
    """What a command wrote to standard output and standard error, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def table(self) -> pd.DataFrame:
        assert self.code == 0, self.err
        return pd.read_csv(io.StringIO(self.out), dtype={"month": "str", "target": "str", "origin": "str"})
