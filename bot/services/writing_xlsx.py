"""Responses as a workbook: a sheet a table and the codebook, written row by row in constant memory."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.engine import codebook, records, table
from bot.services import writing

if TYPE_CHECKING:
    import xlsxwriter
    import xlsxwriter.worksheet

#: What a sheet, a cell and a sheet's name can hold.
_ROWS, _COLUMNS, _CELL, _NAME = 1_048_576, 16_384, 32_767, 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
#: A number as people write it: not a code with a nought before it, and not longer than a cell keeps exactly.
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DIGITS = 15

_NUMBERS = (table.Type.WHOLE, table.Type.NUMBER, table.Type.FLAG, table.Type.ANY)


@contextlib.contextmanager
def opened(subject: writing.Subject, path: Path, *, most: int = _ROWS) -> Iterator[Xlsx]:
    """Write a workbook, with at most so many rows a sheet."""
    # Here, for a bot that talks needs none of it.
    import xlsxwriter

    # Beside the file, for that disk has room for it.
    with tempfile.TemporaryDirectory(prefix=".ashar-", dir=path.parent) as room:
        texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": room, **texts})
        book.use_zip64()
        try:
            yield Xlsx(subject, book, most)
        except BaseException:
            for sheet in book.worksheets():
                rows_: Any = sheet.row_data_fh
                rows_.close()
            raise
        book.close()


class Xlsx:
    """One workbook in the making."""

    def __init__(self, subject: writing.Subject, book: xlsxwriter.Workbook, most: int) -> None:
        self.unfit: dict[str, int] = {}
        finish, close = records.each(self._cell), records.chained
        self._rows = records.Rows(subject.book, subject.layout, subject.forms, finish, close)
        for each in self._rows.tables:
            if len(each.columns) > _COLUMNS:
                raise writing.Refused(
                    f"{len(each.columns)} columns are more than the {_COLUMNS} of a sheet: take --multiple summary, "
                    "or --format parquet."
                )
        self._most, self._book = most, book
        self._formats = {
            table.Type.DATE: self._book.add_format({"num_format": "yyyy-mm-dd"}),
            table.Type.DATETIME: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        # A name that Excel keeps for itself.
        self._taken = {"history"}
        self._sheets = [self._sheet(each.name) for each in self._rows.tables[:1]]
        self._write_codebook(subject)
        self._sheets += [self._sheet(each.name) for each in self._rows.tables[1:]]
        self._next = [1] * len(self._sheets)
        for number, sheet in enumerate(self._sheets):
            self._head(sheet, self._rows.tables[number])

    def write(self, page: Iterable[records.Response]) -> None:
        """Some more responses."""
        for number, rows in enumerate(self._rows.lay(page)):
            for row in rows:
                if self._next[number] == self._most:
                    self._go_on(number)
                _put(self._sheets[number], self._next[number], row)
                self._next[number] += 1

    def _go_on(self, number: int) -> None:
        """A sheet is full: the rest of its table goes into another."""
        self._sheets[number] = self._sheet(self._rows.tables[number].name)
        self._head(self._sheets[number], self._rows.tables[number])
        self._next[number] = 1

    def _sheet(self, name: str) -> xlsxwriter.worksheet.Worksheet:
        return self._book.add_worksheet(sheet_name(name, self._taken))

    def _head(self, sheet: xlsxwriter.worksheet.Worksheet, each: table.Table) -> None:
        sheet.freeze_panes(1, 1)
        _put(sheet, 0, [column.heading[:_CELL] for column in each.columns])

    def _write_codebook(self, subject: writing.Subject) -> None:
        sheet = self._sheet("codebook")
        for number, row in enumerate(codebook.rows(subject.book, personal=subject.layout.personal)):
            _put(sheet, number, [cell[:_CELL] for cell in row])

    def _cell(self, column: table.Column, text: str) -> Any:
        """A number, a day (with the format it is shown in) or text; None where there is nothing."""
        if not text:
            return None
        if column.type in _NUMBERS and _PLAIN.fullmatch(text) and sum(map(str.isdigit, text)) <= _DIGITS:
            return table.number(text)
        if column.type in self._formats:
            moment = _moment(text)
            if moment:
                return moment, self._formats[column.type]
        if len(text) > _CELL:
            self.unfit[column.title] = self.unfit.get(column.title, 0) + 1
        return text[:_CELL]


def _put(sheet: xlsxwriter.worksheet.Worksheet, row: int, cells: Iterable[Any]) -> None:
    for place, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(row, place, cell)
        elif isinstance(cell, tuple):
            sheet.write_datetime(row, place, *cell)
        elif cell is not None:
            sheet.write_number(row, place, cell)


def _moment(text: str) -> dt.date | dt.datetime | None:
    """A day, or a moment of one, that a spreadsheet can count: its time begins with 1900."""
    try:
        moment = dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    except ValueError:
        return None
    known = moment.year >= 1900 and getattr(moment, "tzinfo", None) is None
    return moment if known else None


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name for a sheet, as near to that one as is allowed and not taken yet; from now on it is."""
    allowed = _FORBIDDEN.sub("_", wanted).strip("'") or "_"
    made, number = allowed[:_NAME], 1
    # Excel compares without case.
    while made.casefold() in taken:
        number += 1
        ending = f" ({number})"
        made = allowed[: _NAME - len(ending)] + ending
    taken.add(made.casefold())
    return made
