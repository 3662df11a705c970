"""Every file is short, opens by saying what it is, and gives a reason for each exception it takes."""

import ast
import re
import tokenize
from pathlib import Path

import pytest

from tests.house.test_imports import ROOT, SOURCES, name

pytestmark = pytest.mark.house

MOST_LINES = 400
CHECKED = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "migrations").rglob("*.py"))]
#: An exception from ruff or mypy; what follows its codes is the reason.
EXCEPTION = re.compile(
    r"#\s*(?:noqa|type:\s*ignore)(?P<codes>:?\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[^]]*\])?(?P<reason>.*)"
)
#: What stands at the top, and what running and building leaves there.
TOP = {
    "bot", "api", "models", "locales", "migrations", "tests", "flows", "docs", "pyproject.toml", "Dockerfile",
    "compose.yaml", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "requirements.lock",
    "requirements-dev.lock",
}  # fmt: skip
LEFT = {"var", "build", "dist"}


def test_nothing_stands_at_the_top_that_has_no_room_there() -> None:
    seen = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert seen - LEFT == TOP


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_is_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{name(path)} has {lines} lines; more than {MOST_LINES} are two rooms in one"


@pytest.mark.parametrize("path", CHECKED, ids=name)
def test_a_file_says_what_it_is(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said, f"{name(path)} must open with one line that says what it is"


@pytest.mark.parametrize("path", CHECKED, ids=name)
def test_an_exception_has_its_reason_beside_it(path: Path) -> None:
    with path.open("rb") as file:
        comments = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    bare = [
        f"{name(path)}:{comment.start[0]}"
        for comment in comments
        if (found := EXCEPTION.search(comment.string)) and not re.search(r"\w{3}", found["reason"])
    ]
    assert not bare, f"write why, as in `# noqa: S311 - an order of options, not a secret`: {bare}"
