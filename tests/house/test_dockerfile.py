"""The image and compose.yaml, checked without Docker: the Dockerfile's own steps and health check."""

import fnmatch
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house import dockerfile
from tests.house.test_imports import ROOT

pytestmark = pytest.mark.house

WHEELS = ROOT / ".venv" / "wheels"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dockerfile.Image]:
    """The Dockerfile performed in an empty directory; pip takes files from .venv/wheels and no network."""
    assert WHEELS.is_dir(), "the wheels of requirements.lock are not there: make .venv/.wheels"
    offline = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(WHEELS),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_COMPILE": "1",  # most of what an image compiles once for all its starts is never imported here
        "LANG": "C.UTF-8",
    }
    root = tmp_path_factory.mktemp("image")
    yield dockerfile.build(ROOT, root, offline)
    shutil.rmtree(root)  # 150 MB that pytest would otherwise keep for three runs


@pytest.mark.timeout(300)  # two installs from files on a busy machine
def test_the_image_starts_and_is_healthy(image: dockerfile.Image, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {**image.environment, "ASHAR_PORT": port, "ASHAR_HOST": "127.0.0.1"}
    log = tmp_path / "log"
    with log.open("wb") as output:
        app = subprocess.Popen(
            image.command, cwd=image.folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
            executable=_found(image, image.command[0]),
        )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while True:
            health = subprocess.run(
                image.health, cwd=image.folder, env=environment, capture_output=True, text=True, check=False,
                executable=_found(image, image.health[0]),
            )  # fmt: skip
            if health.returncode == 0:
                break
            assert app.poll() is None, f"stopped by itself:\n{log.read_text()}"
            assert time.monotonic() < until, f"never healthy:\n{health.stderr}\n{log.read_text()}"
            time.sleep(0.25)
        app.send_signal(signal.SIGTERM)  # what `docker stop` sends
        assert app.wait(60) in (0, -signal.SIGTERM), log.read_text()
    finally:
        app.kill()
        app.wait()
    assert [*image.place(inside(image, "ASHAR_VAR")).iterdir()], "its data lies where the volume is"


def test_the_image_is_whole_without_the_sources(image: dockerfile.Image) -> None:
    packages = next(image.root.glob("opt/*/lib/python3*/site-packages"))
    for folder in ("locales/ky", "flows", "migrations/versions"):
        assert [*(packages / folder).iterdir()], f"{folder} is missing from the wheel"


def test_the_image_is_not_run_by_root(image: dockerfile.Image) -> None:
    assert image.user.isdecimal()
    assert image.user != "0"


def test_the_volume_is_where_the_data_goes(image: dockerfile.Image) -> None:
    assert image.volumes == ["/app/var"]
    assert inside(image, "ASHAR_VAR") == "/app/var"


def test_what_is_copied_is_not_ignored(image: dockerfile.Image) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    for source in image.copied:
        ignored = False
        for rule in rules:
            if fnmatch.fnmatch(source, rule.removeprefix("!")):
                ignored = not rule.startswith("!")
        assert not ignored, f".dockerignore keeps {source} from the engine"


def test_compose() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    app, database = compose["services"]["app"], compose["services"]["database"]
    assert app["depends_on"]["database"]["condition"] == "service_healthy"
    assert database["healthcheck"]["test"]
    mounted = {mount.partition(":")[0] for service in (app, database) for mount in service["volumes"]}
    assert mounted == set(compose["volumes"])
    settings = (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")
    for name in app["environment"]:
        assert re.search(rf"\b{name}\b", settings), f"compose.yaml sets {name}, which bot/settings.py does not know"
    _holds_no_secret(app["environment"])
    _holds_no_secret(database["environment"])


def _holds_no_secret(environment: dict[str, Any]) -> None:
    for name, value in environment.items():
        if re.search("PASSWORD|TOKEN|SECRET|KEY", name):
            assert value is None or re.fullmatch(r"\$\{\w+:\?[^}]*\}", value), f"{name} does not belong into a file"


def inside(image: dockerfile.Image, name: str) -> str:
    """A setting that is a path, as it is inside the image."""
    return "/" + str(Path(image.environment[name]).relative_to(image.root))


def _found(image: dockerfile.Image, program: str) -> str:
    for folder in image.environment["PATH"].split(":"):
        if (path := Path(folder) / program).exists():
            return str(path)
    raise AssertionError(f"{program} is not on the image's PATH")
