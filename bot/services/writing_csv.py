"""Responses as CSV: one file a table, with a byte order mark for Excel and nothing in it that a spreadsheet runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO

from bot.engine import codebook, records, table
from bot.services import writing

BOM = "\ufeff"
_END = "\r\n"
#: Our own cells of these hold nothing that a spreadsheet would run, and no comma.
_PLAIN = (table.Type.ID, table.Type.INSTANT)

#: A cell that begins so is a formula to a spreadsheet, or is one after the tab or line break before it; the wide
#: forms are taken for the others where East Asian input is set up.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run; a plain negative number stays one."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def line(cells: Iterable[str]) -> str:
    """Cells as CSV, without the end of the line."""
    return ",".join(map(_quoted, map(guarded, cells)))


def _quoted(cell: str) -> str:
    if '"' in cell or "," in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _finish(_columns: Sequence[table.Column], texts: Sequence[str]) -> str:
    return line(texts)


class Csv:
    """One stream of CSV a table, those of the last tables may be missing. `plain` is for programs: titles, no mark."""

    def __init__(self, subject: writing.Subject, streams: Sequence[IO[str]], *, plain: bool = False) -> None:
        self.unfit: dict[str, int] = {}
        # Columns that are filled together are one piece of the line, and remembered as such.
        self._rows = records.Rows(subject.book, subject.layout, subject.forms, _finish, ",".join, _PLAIN)
        self._streams = streams
        for stream, each in zip(streams, self._rows.tables, strict=False):
            heading = line(column.title if plain else column.heading for column in each.columns)
            stream.write(f"{'' if plain else BOM}{heading}{_END}")

    def write(self, page: Iterable[records.Response]) -> None:
        """Some more responses."""
        for stream, rows in zip(self._streams, self._rows.lay(page), strict=False):
            if rows:
                # An empty one at the end, for the last line ends too.
                rows.append("")
                stream.write(_END.join(rows))


def write_codebook(book: codebook.Codebook, stream: IO[str], *, personal: bool) -> None:
    """The codebook alone."""
    stream.write(BOM)
    stream.writelines(line(row) + _END for row in codebook.rows(book, personal=personal))
