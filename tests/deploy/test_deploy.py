"""What is said of putting the dashboard on a laptop or a server holds for the program as it is."""

from __future__ import annotations

import configparser
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT
from tests.deploy import dockerfile

DEPLOY = ROOT / "docs" / "deploy"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dockerfile.Image]:
    """The Dockerfile's steps, walked once."""
    root = tmp_path_factory.mktemp("image")
    for folder in (root, *root.parents[:3]):  # the image's user has to get there
        if folder.name.startswith(("image", "pytest-", "popen-")):
            folder.chmod(0o755)
    return dockerfile.build(root)


def test_the_image_starts_answers_and_writes_nothing_but_its_own(image: dockerfile.Image) -> None:
    with dockerfile.started(image) as port, urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
        assert b"<title>" in page.read()
    user = dockerfile.as_user(image)
    for folder, may in (("/data", True), ("/app/static/streets", True), ("/app", False), ("/app/pages", False)):
        if user or may:
            tried = subprocess.run([*user, "touch", image.inside(folder) / "x"], capture_output=True, check=False)
            assert (tried.returncode == 0) == may, folder


def test_the_image_holds_the_program_and_nothing_else(image: dockerfile.Image) -> None:
    app = image.inside("/app")
    tops = {path.name for path in app.iterdir()} - {"x"}
    assert tops == {
        ".streamlit", "LICENSE", "__pycache__", "analysis", "app.py", "data", "geo", "pages", "requirements-login.txt",
        "requirements.txt", "static",
    }  # fmt: skip
    assert (app / "static" / "vendor" / "leaflet.js").is_file()
    assert {path.name for path in (app / ".streamlit").iterdir()} == {"config.toml"}
    assert image.named_user.split(":")[0] not in {"0", "root", ""}


def test_no_store_no_secret_and_no_history_is_sent_to_the_engine(tmp_path: Path) -> None:
    for name in (
        "app.py", "data/store/store.py", "data/area.toml", "data/local/manifest.json", "data/local/plans.sqlite3",
        "data/__pycache__/x.pyc", "pages/ui/__pycache__/y.pyc", ".streamlit/config.toml", ".streamlit/secrets.toml",
        ".git/config", "tests/conftest.py", "geo/grid.py", "LICENSE",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert dockerfile.sent(dockerfile.DOCKERFILE, tmp_path) == [
        ".streamlit/config.toml", "LICENSE", "app.py", "data/area.toml", "data/store/store.py", "geo/grid.py",
    ]  # fmt: skip


def test_a_step_that_is_not_known_is_not_passed_over(tmp_path: Path) -> None:
    odd = tmp_path / "Dockerfile"
    odd.write_text("ADD https://example.org/x /x\n", encoding="utf-8")
    (tmp_path / "Dockerfile.dockerignore").touch()
    with pytest.raises(AssertionError, match="ADD is not walked here"):
        dockerfile.build(tmp_path / "image", odd, tmp_path)


def test_compose_names_what_there_is() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    built = dict(dockerfile.steps(dockerfile.DOCKERFILE.read_text(encoding="utf-8")))
    said = dict(re.findall(r"^ +(context|dockerfile|REQUIREMENTS): (\S+)$", text, re.MULTILINE))
    assert (DEPLOY / said["context"]).resolve() == ROOT
    assert (ROOT / said["dockerfile"]) == dockerfile.DOCKERFILE
    assert (ROOT / said["REQUIREMENTS"]).is_file()
    assert f'expose: ["{built["EXPOSE"]}"]' in text
    assert f"- data:{built['VOLUME']}\n" in text
    user = built["USER"].split(":")[0]
    assert f"/app/static/streets:uid={user},gid={user}" in text
    assert re.search(r"^  app:$", text, re.MULTILINE)
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert f"reverse_proxy app:{built['EXPOSE']}" in caddy
    assert set(re.findall(r"\{\$(\w+)\}", caddy)) == {"ADDRESS", "TLS"} == set(re.findall(r"\$\{(\w+)[:}]", text))
    assert caddy.count("{") == caddy.count("}")


def test_the_unit_starts_what_the_image_starts() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "safety-dashboard.service", encoding="utf-8")
    service = unit["Service"]
    program, *words = service["ExecStart"].split()
    command = dict(dockerfile.steps(dockerfile.DOCKERFILE.read_text(encoding="utf-8")))["CMD"]
    assert words == re.findall(r'"([^"]+)"', command.replace("0.0.0.0", "127.0.0.1"))[1:]
    assert program.startswith(service["WorkingDirectory"])
    assert f"DASHBOARD_DATA=/var/lib/{service['StateDirectory']}" in service["Environment"].split()
    assert service["ReadWritePaths"] == f"{service['WorkingDirectory']}/static/streets"
    assert service["ProtectSystem"] == "strict"
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for folder in (service["WorkingDirectory"], f"/var/lib/{service['StateDirectory']}", service["User"]):
        assert folder in readme


@pytest.mark.parametrize("name", ["windows_install.cmd", "windows_start.cmd"])
def test_a_script_of_windows_names_what_there_is(name: str) -> None:
    raw = (DEPLOY / name).read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n")  # what a command prompt reads
    text = raw.decode("ascii")
    folder = (DEPLOY / re.findall(r'cd /d "%~dp0([^"]+)"', text)[0].replace("\\", "/")).resolve()
    assert folder == ROOT
    for one in re.findall(r"docs\\deploy\\[\w.]+", text):
        assert (ROOT / one.replace("\\", "/")).is_file(), one
    assert set(re.findall(r"-r (\S+)", text)) <= {"requirements.txt"}
    assert text.count("(") == text.count(")")
