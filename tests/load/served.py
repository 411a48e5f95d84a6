"""The app as a process of its own, with what it took of the machine: processor seconds and memory."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
FAULT = "Traceback (most recent call last)"
_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process on this machine; figures are of Linux, and None elsewhere."""

    number: int

    def processor_seconds(self) -> float | None:
        """Give what it used of the processor so far, with children that have ended."""
        try:
            fields = (_PROC / str(self.number) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return sum(int(fields[at]) for at in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float | None:
        """Give what it holds of the memory now, in megabytes (10^6 bytes)."""
        try:
            found = re.search(r"VmRSS:\s+(\d+) kB", (_PROC / str(self.number) / "status").read_text())
        except OSError:
            return None
        return int(found[1]) * 1024 / 1e6 if found else None


@dataclass(frozen=True)
class Served:
    """A running app: its address, its process, and the file that holds what it wrote."""

    address: str
    process: Process
    log: Path

    def faults(self) -> int:
        """Count the tracebacks that it wrote."""
        return self.log.read_text(errors="replace").count(FAULT)


def free_port() -> int:
    """Give a port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def wait_until(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers; raises where the process ends before."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > end or process.poll() is not None:
                raise
            time.sleep(0.05)


@contextmanager
def serve(store: Path, *options: str, port: int = 0, **environment: str) -> Iterator[Served]:
    """Start the app on a store, with options of Streamlit and variables of the environment."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    settings = {**os.environ, "DASHBOARD_DATA": str(store), **environment}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="load-"))
        log = Path(folder) / "server.log"
        out: IO[bytes] = stack.enter_context(log.open("wb"))
        process = stack.enter_context(
            subprocess.Popen([*command, *options], cwd=ROOT, env=settings, stdout=out, stderr=subprocess.STDOUT)
        )
        stack.callback(process.terminate)
        address = f"http://localhost:{port}"
        wait_until(f"{address}/_stcore/health", process)
        yield Served(address, Process(process.pid), log)
