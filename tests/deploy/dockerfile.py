"""Walk the steps of docs/deploy/Dockerfile in a clean folder, where no engine is at hand.

    python -m tests.deploy.dockerfile

The folder stands for the image: what is copied is copied there, what is run is run there, with no setting but those
of the file. ``FROM python`` is a fresh virtual environment; of the libraries that are installed here it is given those
that the requirements name and no other, so nothing is fetched, and the step that installs finds each at its version.
Paths of the image (its working folder and its volumes) are paths in the folder. The last command runs as the user of
the file where this machine lets us, and is asked what the file's own health check asks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "docs" / "deploy" / "Dockerfile"
HEALTHY_S = 60
ONE_STEP_S = 120


@dataclass
class Image:
    """What the steps made.

    Attributes
    ----------
    root : Path
        Stands for the root of the image.
    workdir : str
        As the file has it, such as ``/app``.
    env : dict
    volumes : list of str
    arguments : dict
    named_user : str
        As the file has it.
    health, command : list of str
    port : int
    """

    root: Path
    workdir: str = "/"
    env: dict[str, str] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)
    named_user: str = "0"
    health: str = ""
    command: list[str] = field(default_factory=list)
    port: int = 0

    def inside(self, path: str) -> Path:
        """Where a path of the image lies."""
        return self.root / (path if path.startswith("/") else f"{self.workdir}/{path}").lstrip("/")

    def mapped(self, text: str) -> str:
        """Write paths of the image as they lie in the folder."""
        for path in {self.workdir, *self.volumes} - {"/"}:
            text = re.sub(rf"(?<![\w/.]){re.escape(path)}(?=/|\b)", str(self.root / path.lstrip("/")), text)
        return text

    def settings(self) -> dict[str, str]:
        """Environment of a step: that of the file and nothing else of this machine."""
        paths = f"{self.root / 'venv' / 'bin'}:{self.root / 'shims'}:/usr/local/bin:/usr/bin:/bin"
        return {"PATH": paths, **{key: self.mapped(value) for key, value in self.env.items()}}


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Instructions of a Dockerfile in order, continued lines put together."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        yield word, " ".join(rest.split())


def build(root: Path, dockerfile: Path = DOCKERFILE, context: Path = ROOT) -> Image:
    """Walk the steps; an instruction that is not known is an error, never passed over."""
    image = Image(root)
    files = sent(dockerfile, context)
    text = dockerfile.read_text(encoding="utf-8")
    image.volumes = [rest for word, rest in steps(text) if word == "VOLUME"]
    _shims(root / "shims")
    for word, rest in steps(text):
        match word:
            case "FROM":
                assert re.fullmatch(r"python:3\.\d+-slim-\w+", rest), rest
                _python(root / "venv")
            case "ARG":
                name, _, value = rest.partition("=")
                image.arguments[name] = value
                _libraries(root / "venv", context / value)
            case "ENV":
                image.env |= dict(one.split("=", 1) for one in rest.split())
            case "WORKDIR":
                image.workdir = rest
                image.inside(rest).mkdir(parents=True, exist_ok=True)
            case "COPY":
                _copy(image, rest.split(), files, context)
            case "RUN":
                _run(image, rest)
            case "USER":
                image.named_user = rest
            case "VOLUME":
                assert image.inside(rest).is_dir()
            case "EXPOSE":
                image.port = int(rest)
            case "HEALTHCHECK":
                image.health = rest.partition(" CMD ")[2] or rest.removeprefix("CMD ")
            case "CMD":
                image.command = json.loads(rest)
            case _:
                raise AssertionError(f"{word} is not walked here")
    return image


@contextmanager
def started(image: Image) -> Iterator[int]:
    """Start the image's command on a free port, wait until its health check is passed; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def here(text: str) -> str:
        return image.mapped(text).replace(str(image.port), str(port))

    log = image.root / "log"
    with log.open("wb") as out, subprocess.Popen(
        [*as_user(image), *map(here, image.command)], cwd=image.inside(image.workdir), env=image.settings(),
        stdout=out, stderr=out, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            end = time.monotonic() + HEALTHY_S
            while subprocess.run(["/bin/sh", "-c", here(image.health)], env=image.settings(), capture_output=True,
                                 check=False).returncode:  # fmt: skip
                if process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(f"it does not start:\n{log.read_text(encoding='utf-8')}")
                time.sleep(0.2)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # as an engine stops it
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


def as_user(image: Image) -> list[str]:
    """Begin of a command that runs as the image's user: it may read what lies here, and write what is its own.

    Empty where this machine cannot: then it runs as whoever runs the tests.
    """
    user, _, group = image.named_user.partition(":")
    found = shutil.which("setpriv")
    if os.geteuid() or found is None:
        return []
    reading = "-all,+dac_read_search"  # Python and its libraries may lie in a folder of root's
    words = [found, f"--reuid={user}", f"--regid={group or user}", "--clear-groups", f"--inh-caps={reading}",
             f"--ambient-caps={reading}"]  # fmt: skip
    tried = subprocess.run([*words, sys.executable, "-c", ""], capture_output=True, check=False)
    return [] if tried.returncode else words


def _python(venv: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=ONE_STEP_S)


def _libraries(venv: Path, requirements: Path) -> None:
    """Give an environment the libraries that requirements name, by links to those that are installed here."""
    room = next(venv.glob("lib/python*/site-packages"))
    named = re.findall(r"^([\w.-]+)==", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    for name in ["pip", *dict.fromkeys(named)]:
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # of another system; were it needed here, the step that installs says so
            continue
        tops = {Path(str(file)).parts[0] for file in found.files or ()} - {"..", "__pycache__"}
        for top in tops:
            here, there = Path(str(found.locate_file(top))), room / top
            if there.is_symlink() and here.is_dir():  # a folder that two share, such as a namespace
                assert there.resolve() == here.resolve()
            elif here.exists():
                there.symlink_to(here)


def _shims(folder: Path) -> None:
    """Where the steps do not run as root they cannot give a file away: it stays with whoever runs them."""
    folder.mkdir(parents=True)
    if os.geteuid():
        (folder / "chown").write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / "chown").chmod(0o755)


def _run(image: Image, command: str) -> None:
    for name, value in image.arguments.items():
        command = command.replace(f"${name}", value)
    if " -m pip install " in command:
        command += " --no-index"  # each is there at its version: nothing is fetched
    done = subprocess.run(
        ["/bin/sh", "-ec", image.mapped(command)], cwd=image.inside(image.workdir), env=image.settings(),
        capture_output=True, text=True, check=False, timeout=ONE_STEP_S,
    )  # fmt: skip
    assert done.returncode == 0, f"RUN {command}\n{done.stdout}{done.stderr}"


def sent(dockerfile: Path, context: Path) -> list[str]:
    """Files of the context that the engine is sent: the last line of the list beside the file that fits decides."""
    text = dockerfile.with_name(f"{dockerfile.name}.dockerignore").read_text(encoding="utf-8")
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]
    kept = {rule[1:].split("/")[0] for rule in rules if rule.startswith("!")}
    paths = [path for top in sorted(kept) for path in [context / top, *sorted((context / top).rglob("*"))]]
    names = [path.relative_to(context).as_posix() for path in paths if path.is_file()]
    return [name for name in names if _kept(name, rules)]


def _kept(name: str, rules: list[str]) -> bool:
    kept = True
    for rule in rules:
        pattern = rule.removeprefix("!")
        starts = [name, *(parent.as_posix() for parent in Path(name).parents if parent.as_posix() != ".")]
        patterns = [pattern, pattern.removeprefix("**/")] if pattern.startswith("**/") else [pattern]
        if pattern == "*" or any(
            fnmatch(one, p) or (pattern.startswith("**/") and fnmatch(Path(one).name, p))
            for one in starts for p in patterns
        ):  # fmt: skip
            kept = rule.startswith("!")
    return kept


def _copy(image: Image, words: list[str], sent: list[str], context: Path) -> None:
    *sources, target = words
    for source in sources:
        files = [name for name in sent if name == source or name.startswith(f"{source}/")]
        assert files, f"COPY {source}: nothing of it is sent to the engine"
        for name in files:
            into = image.inside(target)
            if name == source:
                into = into / Path(name).name if target.endswith("/") else into
            else:
                into /= name.removeprefix(f"{source}/")
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(context / name, into)


def main() -> None:
    """Build, start, ask, stop; say how long each took."""
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        Path(folder).chmod(0o755)
        begin = time.perf_counter()
        image = build(Path(folder))
        built = time.perf_counter()
        with started(image):
            healthy = time.perf_counter()
        who = f"user {image.named_user}" if as_user(image) else "this user"
        print(f"built in {built - begin:.1f} s, healthy after {healthy - built:.1f} s as {who}")


if __name__ == "__main__":
    main()
