"""Files of authors, as they lie in a folder: YAML with the lines of its rows, CSV lists beside it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.engine import sheets

_CAMPAIGN = ".campaign.yaml"
_SUFFIXES = (".yaml", ".yml")
#: A file beside the form, and nothing else.
_BESIDE = re.compile(r"[\w-][\w.-]*")
#: Longest file read into memory, in bytes; the longest real form known has a tenth of it.
_LONGEST = 5_000_000
#: Cells and keys of one file at the most, aliases followed: a few lines of YAML can stand for billions.
_MOST_NODES = 500_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem and the file it is in; its text is what a compiler would say."""

    file: Path
    problem: sheets.Problem

    def __str__(self) -> str:
        problem = self.problem
        column = f", {problem.column}" if problem.column else ""
        return f"{self.file}:{problem.row}: {problem.sheet}{column}: {problem.what} To mend it: {problem.mend}"


@dataclass(slots=True)
class Source:
    """One file as it was read: plain data, the line of each top-level key, and what could not be read."""

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[sheets.Problem] = field(default_factory=list)

    @property
    def is_campaign(self) -> bool:
        """True for a campaign, False for a form."""
        return self.path.name.endswith(_CAMPAIGN)

    def faults(self) -> list[Fault]:
        """What could not be read."""
        return [Fault(self.path, problem) for problem in self.problems]

    def beside(self, name: str) -> Path | None:
        """The file of that name in the same folder; None if there is none or the name leads elsewhere."""
        path = self.path.parent / name
        return path if _BESIDE.fullmatch(name) and path.is_file() else None


def files(paths: Iterable[Path]) -> list[Path]:
    """Every form and campaign among the paths; a folder stands for what is in it, by name."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(each for each in path.iterdir() if each.suffix in _SUFFIXES) if path.is_dir() else [path]
        found += inside
    return list(dict.fromkeys(found))


def load(path: Path) -> Source:
    """Read a YAML file. Its rows carry the line they begin in as "__row__"; never raises for what is in it."""
    source = Source(path)
    text = _text(source)
    if text is None:
        return source
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node and _size(node, {}) > _MOST_NODES:
            raise ValueError("it is too much once its aliases (*) are followed")
        data = loader.construct_document(node) if node else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: 2027-02-30 has the shape of a date.
        mark = getattr(error, "problem_mark", None)
        what = f"This is no YAML: {getattr(error, 'problem', None) or error}."
        mend = "check the indentation and the quotes; a text with a colon in it stands in quotes."
        source.problems.append(sheets.Problem("file", mark.line + 1 if mark else 1, "", what, mend))
        return source
    finally:
        loader.dispose()
    if not isinstance(data, dict) or node is None:
        mend = "write the parts one below the other: settings, survey, choices."
        source.problems.append(sheets.Problem("file", 1, "", "There is nothing to read here.", mend))
        return source
    source.problems += [
        sheets.Problem("file", line, key, f"“{key}” stands twice in one place.", "keep one of them.")
        for key, line in _repeated(node, set())
    ]
    for key, value in node.value:
        name = str(key.value)
        source.lines[name] = key.start_mark.line + 1
        if isinstance(value, yaml.SequenceNode) and name in data:
            data[name] = [
                {**row, "__row__": item.start_mark.line + 1} if isinstance(row, dict) else row
                for row, item in zip(data[name], value.value, strict=True)
            ]
    source.data = {str(key): value for key, value in data.items()}
    return source


def read_list(path: Path) -> tuple[list[dict[str, object]], list[sheets.Problem]]:
    """The rows of a CSV file in UTF-8, each with its line, and what could not be read."""
    source = Source(path)
    text = _text(source)
    rows: list[dict[str, object]] = []
    reader = csv.DictReader((text or "").splitlines(keepends=True), strict=True)
    try:
        for row in reader:
            if row.pop(None, None):  # where the reader puts what is beyond the headings
                what = "The row has more cells than there are headings."
                mend = 'put a cell with a comma in it into quotes: "a, b".'
                source.problems.append(sheets.Problem(path.name, reader.line_num, "", what, mend))
            rows.append({**row, "__row__": reader.line_num})
    except csv.Error as error:
        mend = "save the table as CSV, UTF-8, with commas."
        source.problems.append(sheets.Problem(path.name, reader.line_num, "", f"This is no CSV: {error}.", mend))
    return rows, source.problems


def _text(source: Source) -> str | None:
    path = source.path
    what, mend = "", "check the name."
    if path.suffix not in (*_SUFFIXES, ".csv"):
        what, mend = f"Files of type “{path.suffix}” cannot be read yet.", "write the form as YAML."
    else:
        try:
            content = path.read_bytes() if path.stat().st_size <= _LONGEST else None
            if content is None:
                what, mend = f"The file is longer than {_LONGEST:,} bytes.", "split it."
            else:
                # A byte order mark is what Excel begins a CSV file with.
                return content.decode("utf-8-sig")
        except FileNotFoundError:
            what = "There is no such file."
        except OSError as error:
            what = f"The file cannot be read: {error.strerror}."
        except UnicodeDecodeError as error:
            what, mend = f"Byte {error.start + 1} is no UTF-8.", "save the file as UTF-8."
    source.problems.append(sheets.Problem("file", 1, "", what, mend))
    return None


def _size(node: yaml.Node, sizes: dict[int, int]) -> int:
    """How many nodes stand below this one, itself included; ValueError where one stands below itself."""
    if id(node) not in sizes:
        sizes[id(node)] = 0
        below: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            below = [each for pair in node.value for each in pair]
        elif isinstance(node, yaml.SequenceNode):
            below = node.value
        sizes[id(node)] = 1 + sum(_size(each, sizes) for each in below)
    if not sizes[id(node)]:
        raise ValueError("an alias (*) stands within what it repeats")
    return sizes[id(node)]


def _repeated(node: yaml.Node, seen: set[int]) -> Iterator[tuple[str, int]]:
    """Keys that stand twice in one mapping, with their lines: YAML itself takes the last and says nothing."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(item, seen)
    elif isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in names:
                    yield key.value, key.start_mark.line + 1
                names.add(key.value)
            yield from _repeated(value, seen)
