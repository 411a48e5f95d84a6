"""The archive host, played: an address that leads elsewhere, files by parts, 403 for what is not there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from tests.fetch.standin import Asked, Reply, Standin, as_json


@dataclass(eq=False)
class ArchiveHost:
    """Archives by month; they may be replaced while somebody reads."""

    archives: dict[str, bytes] = field(default_factory=dict)

    def play(self, standin: Standin) -> None:
        """Take the paths of the host."""
        standin.plays |= {"/data/archive/": self._moved, "/archive/": self._file, "/api/": self._months}

    def _months(self, asked: Asked) -> Reply | None:
        if not asked.path.endswith("crimes-street-dates") or not self.archives:
            return None
        return as_json([{"date": max(self.archives), "stop-and-search": []}])

    def _moved(self, asked: Asked) -> Reply:
        name = asked.path.removeprefix("/data/archive/").removesuffix(".zip")
        month = max(self.archives, default="none") if name == "latest" else name
        if month not in self.archives:
            return Reply(b"<html>not found</html>", 404)
        return Reply(status=302, headers={"Location": f"/archive/{month}.zip"})

    def _file(self, asked: Asked) -> Reply:
        body = self.archives[asked.path.removeprefix("/archive/").removesuffix(".zip")]
        return Reply(body, parts=True, headers={"ETag": f'"{hashlib.md5(body).hexdigest()}-9"'})
