"""The two locks: hashes for everything, no address anywhere, and one choice of versions."""

import re
import tomllib

import pytest

from tests.house.test_imports import ROOT

pytestmark = pytest.mark.house

PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?P<rest>(?:.*\\\n)(?:.*\\\n)*.*)", re.MULTILINE)
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {found["name"]: found["version"] for found in PIN.finditer(text)}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r"\w+://\S+|--(?:extra-)?index-url.*|--find-links.*| @ ", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert len(pins(lock)) == len(re.findall(r"^[a-z0-9-]+==", text, re.MULTILINE)) > 20
    assert all("--hash=sha256:" in found["rest"] for found in PIN.finditer(text))


def test_the_development_lock_holds_the_other() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items(), "run `make lock`"


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = {
        "requirements.lock": project["project"]["dependencies"] + groups["build"],
        "requirements-dev.lock": groups["test"],
    }
    for lock, requirements in wanted.items():
        names = {re.split(r"[\[<>=!~; ]", requirement)[0].lower() for requirement in requirements}
        assert names <= pins(lock).keys(), "run `make lock`"
