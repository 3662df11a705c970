"""Files of authors, as they lie in a folder: spreadsheets or YAML with their rows' numbers, CSV beside it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.engine import phrases
from bot.engine.authoring import problems
from bot.engine.phrases import phrase
from bot.services import tabulating

_CAMPAIGN = ".campaign.yaml"
_TEXTS = (".yaml", ".yml")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
#: A file beside the form, and nothing else.
_BESIDE = re.compile(r"[\w-][\w.-]*")
#: Longest file read into memory, in bytes; the longest real form known has a tenth of it. Workbooks hold pictures.
_LONGEST = 5_000_000
_LONGEST_WORKBOOK = 20_000_000
#: Cells and keys of one file at the most, aliases followed: a few lines of YAML can stand for billions.
_MOST_NODES = 500_000
_ROW = "__row__"


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem and the file it is in; its text is what a compiler would say."""

    file: Path
    problem: problems.Problem

    @property
    def blocks(self) -> bool:
        """True where it must be mended before anything is published."""
        return self.problem.severity is problems.Severity.ERROR

    def __str__(self) -> str:
        problem = self.problem
        column = f", {problem.column}" if problem.column else ""
        what, mend = phrases.english(problem.what), phrases.english(problem.mend)
        return f"{self.file}:{problem.row}: {problem.sheet}{column}: {what} To mend it: {mend}"


@dataclass(slots=True)
class Source:
    """One file as it was read: plain data, the row of each top-level key, and what is wrong with it.

    Without data there is nothing more to be found in it.
    """

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[problems.Problem] = field(default_factory=list)

    @property
    def is_campaign(self) -> bool:
        """True for a campaign, False for a form."""
        return self.path.name.endswith(_CAMPAIGN)

    def faults(self) -> list[Fault]:
        """What is wrong with the file itself."""
        return [Fault(self.path, problem) for problem in self.problems]

    def beside(self, name: str) -> Path | None:
        """The file of that name in the same folder; None if there is none or the name leads elsewhere."""
        path = self.path.parent / name
        return path if _BESIDE.fullmatch(name) and path.is_file() else None

    def refuse(self, what: phrases.Phrase, mend: phrases.Phrase, row: int = 1, column: str = "") -> None:
        """Say that this is wrong with the file."""
        self.problems.append(problems.Problem("file", row, column, what, mend))


def files(paths: Iterable[Path]) -> list[Path]:
    """Every form and campaign among the paths; a folder stands for what is in it, by name."""
    found: list[Path] = []
    for path in paths:
        found += sorted(filter(_is_ours, path.iterdir())) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def _is_ours(path: Path) -> bool:
    # "~$form.xlsx" lies there as long as somebody has form.xlsx open.
    return path.suffix.lower() in (*_TEXTS, *_WORKBOOKS) and not path.name.startswith(("~$", "."))


def load(path: Path) -> Source:
    """Read a form or a campaign. Its rows carry their number as "__row__"; never raises for what is in it."""
    source = Source(path)
    suffix = path.suffix.lower()
    if suffix in _WORKBOOKS:
        if (content := _bytes(source, _LONGEST_WORKBOOK)) is not None:
            data, found = tabulating.read(content)
            source.data = {**data}
            source.problems += found
            source.lines = dict.fromkeys(data, 1)
    elif suffix in _TEXTS:
        if (text := _text(source)) is not None:
            _read_yaml(source, text)
    else:
        what = phrase("Files of type “{type}” cannot be read.", type=suffix)
        source.refuse(what, phrase("save the form as .xlsx."))
    return source


def _read_yaml(source: Source, text: str) -> None:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node and _size(node, {}) > _MOST_NODES:
            raise ValueError("it is too much once its aliases (*) are followed")
        data = loader.construct_document(node) if node else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: 2027-02-30 has the shape of a date.
        mark = getattr(error, "problem_mark", None)
        what = phrase("This is no YAML: {error}.", error=str(getattr(error, "problem", None) or error))
        mend = phrase("check the indentation and the quotes; a text with a colon in it stands in quotes.")
        source.refuse(what, mend, mark.line + 1 if mark else 1)
        return
    finally:
        loader.dispose()
    if not isinstance(data, dict) or node is None:
        mend = phrase("write the parts one below the other: settings, survey, choices.")
        source.refuse(phrase("There is nothing to read here."), mend)
        return
    for key, line in _repeated(node, set()):
        source.refuse(phrase("“{name}” stands twice in one place.", name=key), phrase("keep one of them."), line, key)
    for key, value in node.value:
        name = str(key.value)
        source.lines[name] = key.start_mark.line + 1
        if isinstance(value, yaml.SequenceNode) and name in data:
            data[name] = [
                {**row, _ROW: item.start_mark.line + 1} if isinstance(row, dict) else row
                for row, item in zip(data[name], value.value, strict=True)
            ]
    source.data = {str(key): value for key, value in data.items()}


def read_list(path: Path) -> tuple[list[dict[str, object]], list[problems.Problem]]:
    """The rows of a CSV file in UTF-8, each with its line, and what could not be read."""
    source = Source(path)
    lines = (_text(source) or "").splitlines(keepends=True)
    # Where a comma stands in numbers, spreadsheet programs put a semicolon between cells.
    separator = max(",;\t", key=(lines[0] if lines else "").count)
    rows: list[dict[str, object]] = []
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        columns = tabulating.headed(next(reader, []))
        for cells in reader:
            if any(cells[len(columns) :]):
                what = phrase("The row has more cells than there are headings.")
                mend = phrase('put a cell with a comma in it into quotes: "a, b".')
                source.problems.append(problems.Problem(path.name, reader.line_num, "", what, mend))
            filled = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
            if cells:
                rows.append({**filled, _ROW: reader.line_num})
    except csv.Error as error:
        what = phrase("This is no CSV: {error}.", error=str(error))
        mend = phrase("save the table as CSV, UTF-8, with commas.")
        source.problems.append(problems.Problem(path.name, reader.line_num, "", what, mend))
    return rows, source.problems


def _text(source: Source) -> str | None:
    content = _bytes(source, _LONGEST)
    try:
        # A byte order mark is what Excel begins a CSV file with.
        return None if content is None else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = phrase("Byte {n} is no UTF-8.", n=error.start + 1)
        source.refuse(what, phrase("save the file as UTF-8."))
        return None


def _bytes(source: Source, most: int) -> bytes | None:
    try:
        if source.path.stat().st_size <= most:
            return source.path.read_bytes()
        what, mend = phrase("The file is longer than {n} bytes.", n=f"{most:,}"), phrase("split it.")
    except FileNotFoundError:
        what, mend = phrase("There is no such file."), phrase("check the name.")
    except OSError as error:
        what = phrase("The file cannot be read: {error}.", error=str(error.strerror))
        mend = phrase("check the name, and whether you may read it.")
    source.refuse(what, mend)
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
