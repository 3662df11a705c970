"""What import-linter cannot say: who commits, what is imported lazily, what a pure module could reach."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.house

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for room in ("bot", "api", "models") for path in (ROOT / room).rglob("*.py"))
PURE = [path for path in SOURCES if path.relative_to(ROOT).as_posix().startswith(("bot/engine/", "bot/results/"))]

#: Reach of builtins that no import shows.
IMPURE_BUILTINS = {"open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint"}
#: Asking a clock; the time arrives inside the input.
CLOCKS = {"now", "today", "utcnow"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=name(path))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def imported_at_load(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that importing this file imports, with their lines: imports outside every function."""
    waiting: list[ast.AST] = [tree(path)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting.extend(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def test_only_the_database_commits() -> None:
    found = [
        f"{name(path)}:{call.lineno}"
        for path in SOURCES
        if name(path) != "models/db.py"
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert not found, f"only models/db.py commits, in transaction(): {found}"


@pytest.mark.parametrize("module", ["pyarrow", "pyxform", "xlsxwriter"])
def test_what_few_commands_need_is_imported_only_there(module: str) -> None:
    found = [
        f"{name(path)}:{line}"
        for path in SOURCES
        for line, imported in imported_at_load(path)
        if imported.partition(".")[0] == module
    ]
    assert not found, f"importing {module} takes long; import it inside the function that needs it: {found}"


def test_pure_rooms_touch_nothing() -> None:
    found = []
    for path in PURE:
        for call in calls(path):
            if isinstance(call.func, ast.Name) and call.func.id in IMPURE_BUILTINS:
                found.append(f"{name(path)}:{call.lineno} {call.func.id}()")
            if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS:
                found.append(f"{name(path)}:{call.lineno} .{call.func.attr}()")
    assert not found, f"engine and results have no input, output or clock: {found}"


def test_nothing_is_imported_from_the_tests() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "tests")
        or (isinstance(node, ast.Import) and any(a.name.partition(".")[0] == "tests" for a in node.names))
    ]
    assert not found, f"what runs must not need what tests it: {found}"
