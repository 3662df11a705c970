"""Responses for SPSS: a .sav or .zsav file a table, with the labels of questions and options in it."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from bot.engine import form, records, table
from bot.services import sav, writing, writing_json

#: Where SPSS begins to count time.
_BEGINNING = dt.datetime(1582, 10, 14)  # noqa: DTZ001 - its moments have no zone
_CODE = re.compile(r"0|-?[1-9][0-9]{0,14}")
_ALLOWED = re.compile(r"[^\w.$#@]")
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
_FORMATS = {
    table.Type.WHOLE: sav.WHOLE,
    table.Type.FLAG: sav.WHOLE,
    table.Type.NUMBER: sav.NUMBER,
    table.Type.DATE: sav.DATE,
    table.Type.TIME: sav.TIME,
    table.Type.DATETIME: sav.DATETIME,
    table.Type.INSTANT: sav.DATETIME,
}


@contextlib.contextmanager
def opened(subject: writing.Subject, paths: Sequence[Path], at: dt.datetime) -> Iterator[Sav]:
    """Write a file a table, in the order of the tables."""
    with contextlib.ExitStack() as stack:
        # Beside the files, for that disk has room for them.
        spools = [
            stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", dir=path.parent)) for path in paths
        ]
        writer = Sav(subject, spools)
        yield writer
        for number, path in enumerate(paths):
            with path.open("wb") as file:
                writer.write_file(number, file, at, packed=path.suffix.lower() == ".zsav")


class Sav:
    """Files in the making. Texts have widths there, so that all rows must be seen before the first is written."""

    def __init__(self, subject: writing.Subject, spools: Sequence[IO[str]]) -> None:
        self.unfit: dict[str, int] = {}
        self._subject, self._spools = subject, spools
        # Names stay names, whose labels the file tells; headings become the labels of variables.
        layout = dataclasses.replace(subject.layout, labels=False, headings=True)
        self._rows = records.Rows(subject.book, layout, subject.forms, records.each(self._cell), records.chained)
        for each in self._rows.tables:
            if len(each.columns) > sav.MOST_VARIABLES:
                raise writing.Refused(
                    f"SPSS cannot take {len(each.columns)} columns: take --multiple summary, or --format parquet."
                )
        self._widths = [[1] * len(each.columns) for each in self._rows.tables]
        self._counts = [0] * len(spools)

    def write(self, page: Iterable[records.Response]) -> None:
        """Some more responses."""
        for number, rows in enumerate(self._rows.lay(page)):
            widths = self._widths[number]
            for row in rows:
                for place, cell in enumerate(row):
                    if isinstance(cell, str) and len(cell) * 4 > widths[place]:
                        widths[place] = max(widths[place], len(cell.encode()))
                self._counts[number] += 1
                self._spools[number].write(writing_json.ENCODE(row) + "\n")

    def write_file(self, number: int, file: IO[bytes], at: dt.datetime, *, packed: bool) -> None:
        """One table, of which all rows have been seen."""
        book, spool = self._subject.book, self._spools[number]
        spool.seek(0)
        writer = sav.File(
            file,
            list(self._variables(self._rows.tables[number], self._widths[number])),
            count=self._counts[number],
            label=book.said(book.title, self._subject.layout.language),
            at=at,
            packed=packed,
        )
        for line in spool:
            writer.write(json.loads(line))
        writer.close()

    def _variables(self, each: table.Table, widths: Sequence[int]) -> Iterator[sav.Variable]:
        taken: set[str] = set()
        for column, width in zip(each.columns, widths, strict=True):
            label = column.heading if column.heading != column.title else ""
            options = self._labels(column)
            coded = _is_coded(column)
            form_ = sav.WHOLE if coded else _FORMATS.get(column.type)
            if form_ is None:
                width = min(sav.LONGEST, max([width, *(len(name.encode()) for name in options)]))
            yield sav.Variable(
                variable_name(column.title, taken),
                label,
                width if form_ is None else 0,
                form_ or sav.TEXT,
                {(float(name) if coded else name): label for name, label in options.items()},
                measured=column.type in (table.Type.WHOLE, table.Type.NUMBER) and not coded,
            )

    def _labels(self, column: table.Column) -> dict[str, str]:
        if column.entry is None or column.option or not _is_one(column):
            return {}
        book, language = self._subject.book, self._subject.layout.language
        return {each.name: book.labelled(column.entry, each.name, language) for each in column.entry.options}

    def _cell(self, column: table.Column, text: str) -> Any:
        """A number, or text; None where there is no number."""
        is_text = column.type not in _FORMATS
        if _is_coded(column):
            return float(text) if _CODE.fullmatch(text) else self._lost(column, text)
        if is_text:
            if len(text.encode()) > sav.LONGEST:
                self._lost(column, text)
                return sav.cut(text, sav.LONGEST)
            return text
        value = writing.valued(column.type, text) if text else None
        return self._lost(column, text) if value is None else _number(value)

    def _lost(self, column: table.Column, text: str) -> None:
        if text:
            self.unfit[column.title] = self.unfit.get(column.title, 0) + 1


def _is_one(column: table.Column) -> bool:
    """True where a cell is one option."""
    entry = column.entry
    return entry is not None and bool(column.rank or entry.kinds == {form.Kind.SELECT_ONE})


def _is_coded(column: table.Column) -> bool:
    """True where all options are named by whole numbers, as statisticians do: they are numbers with labels."""
    options = column.entry.options if column.entry and not column.option and _is_one(column) else ()
    return bool(options) and all(_CODE.fullmatch(each.name) for each in options)


def _number(value: Any) -> float:
    """Moments in seconds since SPSS began to count, times of day in seconds."""
    if isinstance(value, dt.datetime):
        return (value.replace(tzinfo=None) - _BEGINNING).total_seconds()
    if isinstance(value, dt.date):
        return (dt.datetime.combine(value, dt.time()) - _BEGINNING).total_seconds()
    if isinstance(value, dt.time):
        return float(value.hour * 3600 + value.minute * 60 + value.second)
    return float(value)


def variable_name(title: str, taken: set[str]) -> str:
    """A name that SPSS takes, as near to the title as may be and not taken yet; from now on it is."""
    allowed = _ALLOWED.sub("_", title).lstrip("_.$#") or "v"
    if not (allowed[0].isalpha() or allowed[0] == "@"):
        allowed = f"v{allowed}"
    made, number = sav.cut(allowed, sav.NAME).rstrip("."), 1
    while made.casefold() in taken or made.casefold() in _RESERVED:
        number += 1
        ending = f"_{number}"
        made = sav.cut(allowed, sav.NAME - len(ending)) + ending
    taken.add(made.casefold())
    return made
