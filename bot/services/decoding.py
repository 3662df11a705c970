"""What the cells of a spreadsheet show their author; and the old format, .xls, in which they come as bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from bot.engine import messages
from bot.engine.messages import phrase

#: Filled cells of one workbook at the most: what is kept of a form, and read at every start, grows with them.
MOST_CELLS = 300_000
#: Rows of one sheet, as many as a spreadsheet program has.
MOST_ROWS = 1_048_576

_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
#: What is text, colour or a condition in a number format; [h] and its like are hours that go on after 24.
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?")


class Wrong(str):
    """What a cell shows instead of a value: "#REF!"; "" for a formula whose result was not saved."""

    __slots__ = ()


class Dated(str):
    """A date or a time, as ISO text: where none was meant, the spreadsheet program has made one of "1-2"."""

    __slots__ = ()


#: A filled cell as its author sees it.
Cell = str | int | float
#: The filled cells of a row by column, counted from 0.
Cells = dict[int, Cell]


class Unreadable(Exception):
    """A file that is no workbook, or more of one than can be taken in."""

    def __init__(self, what: messages.Phrase, mend: messages.Phrase) -> None:
        super().__init__(what.msgid)
        self.what, self.mend = what, mend


@dataclass(slots=True)
class Book:
    """The sheets that were asked for, under their names, each row with its number; and the names of all."""

    sheets: dict[str, list[tuple[int, Cells]]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    _filled: int = 0

    def add(self, sheet: str, number: int, cells: Cells) -> None:
        """One more row, unless it is empty; raises `Unreadable` where they are too many."""
        if not cells:
            return
        self._filled += len(cells)
        if self._filled > MOST_CELLS or number > MOST_ROWS:
            raise too_much()
        self.sheets[sheet].append((number, cells))


def too_much() -> Unreadable:
    """The refusal of a workbook that a chat could do nothing with."""
    return Unreadable(
        phrase("The workbook is too large: more than {most} filled cells.", most=f"{MOST_CELLS:,}"),
        phrase("shorten the lists of choices, and delete what does not belong to the form."),
    )


def damaged() -> Unreadable:
    """The refusal of what has the first bytes of a workbook and cannot be read."""
    return Unreadable(
        phrase("The file is damaged, or not all of it is here."),
        phrase("copy it again, or open it in a spreadsheet program and save it as .xlsx."),
    )


def locked() -> Unreadable:
    """The refusal of an encrypted workbook."""
    return Unreadable(
        phrase("The workbook is protected by a password."),
        phrase("save it without a password."),
    )


def number(value: float) -> int | float:
    """The number with the 15 digits that a spreadsheet shows: 5, not 5.0; 0.3, not 0.30000000000000004."""
    rounded = float(f"{value:.15g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def text(value: str) -> str:
    """Text with one kind of line end."""
    return _LINE_END.sub("\n", value) if "\r" in value else value


def flag(value: object) -> str:
    """A truth value as every spreadsheet program shows it."""
    return "TRUE" if value else "FALSE"


def date(serial: float, *, from_1904: bool) -> Dated | Wrong:
    """A date, a time of day or both; days are counted from 1900, or 1904 on old Macs."""
    if 0 <= serial < 1 and not from_1904:
        return Dated(_clock(dt.datetime(1900, 1, 1) + dt.timedelta(seconds=round(serial * 86400)))[11:])  # noqa: DTZ001 - a sheet knows no zone
    # There was no 29 February 1900, but spreadsheets count it.
    start = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 31 if serial < 60 else 30)  # noqa: DTZ001 - as above
    try:
        moment = start + dt.timedelta(seconds=round(serial * 86400))
    except OverflowError:
        return Wrong("####")
    if serial < 0:
        return Wrong("####")
    return Dated(moment.date().isoformat() if moment.time() == dt.time() else _clock(moment))


def _clock(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def shows_date(format_id: int, code: str) -> bool:
    """Whether numbers of this format are shown as dates or times."""
    if not code:
        return format_id in _BUILT_IN_DATES
    return bool(re.search("[dmyhs]", _NOT_FORMAT.sub("", code.partition(";")[0]), re.IGNORECASE))


def xls(content: bytes, wanted: Callable[[list[str]], Collection[str]]) -> Book:
    """A workbook of Excel 97 to 2003; raises `Unreadable`."""
    # Here, for few forms come so.
    import xlrd

    if "EncryptedPackage".encode("utf-16-le") in content:
        raise locked()
    book = Book()
    try:
        opened = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True, ragged_rows=True)
        book.names = list(opened.sheet_names())
        taken = wanted(book.names)
        for sheet_name in (name for name in book.names if name in taken):
            book.sheets[sheet_name] = []
            sheet = opened.sheet_by_name(sheet_name)
            for index in range(sheet.nrows):
                types, values = sheet.row_types(index), sheet.row_values(index)
                cells = {
                    column: cell
                    for column, (kind, value) in enumerate(zip(types, values, strict=True))
                    if (cell := _xls_cell(kind, value, opened.datemode, xlrd.error_text_from_code)) != ""
                    or isinstance(cell, Wrong)
                }
                book.add(sheet_name, index + 1, cells)
    except Unreadable:
        raise
    except Exception as error:  # a damaged file makes it raise whatever comes first
        raise (locked() if "encrypted" in str(error) else damaged()) from error
    return book


def _xls_cell(kind: int, value: float | str, mode: int, errors: Mapping[int, str]) -> Cell:
    # The numbers are xlrd's XL_CELL_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR.
    match kind:
        case 1:
            return text(str(value))
        case 2:
            return number(float(value))
        case 3:
            return date(float(value), from_1904=bool(mode))
        case 4:
            return flag(value)
        case 5:
            return Wrong(errors.get(int(value), "#N/A"))
        case _:
            return ""
