"""Whether somebody looked for known weaknesses is said as it is, and never ends a run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

FOUND = 'echo "Found 1 known vulnerability in 1 package" >&2; echo "jinja2 2.10 CVE-2019-10906"; exit 1'
UNKNOWN = 'echo "ERROR:pip_audit._cli:altair: Dependency not found" >&2; exit 1'


@pytest.mark.skipif(os.name == "nt", reason="a script of the shell")
@pytest.mark.parametrize(
    ("install", "audit", "says"),
    [
        ("exit 0", "exit 0", "nothing is known against what is installed"),
        ("exit 0", FOUND, "LOOK AT THESE before a release\njinja2 2.10 CVE-2019-10906"),
        ("exit 0", UNKNOWN, "not checked (the service did not answer: ERROR:pip_audit._cli:altair"),
        ("exit 0", "exit 124", "not checked (the service did not answer"),
        ("exit 1", "exit 0", "not checked (it cannot be fetched here)"),
    ],
)
def test_what_the_audit_says(tmp_path: Path, install: str, audit: str, says: str) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncase "$2" in pip) {install};; *) {audit};; esac\n', encoding="utf-8")
    python.chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci" / "audit"], env={**os.environ, "PYTHON": str(python)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"pip-audit: {says}")
