"""A workbook as the rows of its sheets: known by its bytes, whatever its name says; headings above, cells below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.engine.authoring import headings, problems
from bot.engine.phrases import phrase
from bot.services import decoding, unpacking

#: The sheets of a form; of the last ones some are there only to be spoken of.
SHEETS = ("survey", "choices", "settings", "choices_and_columns", "external_choices", "osm", "entities")
_LAYOUTS = {layout.sheet: layout for layout in (headings.SURVEY, headings.CHOICES, headings.SETTINGS)}

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Rows = list[dict[str, object]]


def read(content: bytes) -> tuple[dict[str, Rows], list[problems.Problem]]:
    """The rows of each sheet of a form by heading, with their numbers as "__row__"; and what is wrong with them.

    Sheets of other names are passed over. Never raises for what is in the file; what is none gives no sheet at all.
    """
    told: list[problems.Problem] = []
    try:
        book = _book(content)
    except decoding.Unreadable as error:
        return {}, [problems.Problem("file", 1, "", error.what, error.mend)]
    sheets: dict[str, Rows] = {}
    for name, rows in book.sheets.items():
        sheet = _sheet_of(name)
        if sheet in sheets:
            what = phrase("There are two sheets “{sheet}”.", sheet=sheet)
            told.append(problems.Problem(sheet, 1, "", what, phrase("keep one of them.")))
        else:
            sheets[sheet] = _rows(sheet, rows, told)
    if not sheets:
        what = phrase("There is no sheet “survey”; there are: {names}.", names=", ".join(book.names) or "—")
        mend = phrase("name the sheet with the questions “survey”, the one with their choices “choices”.")
        return {}, [problems.Problem("file", 1, "", what, mend)]
    return sheets, told


def wanted(names: Iterable[str]) -> set[str]:
    """The names of sheets that are a form's, or a slip of such a name where the sheet itself is not there."""
    meant = {name: _sheet_of(name) for name in names}
    found = {name for name, sheet in meant.items() if sheet in SHEETS}
    for sheet in SHEETS[:3]:
        if sheet not in meant.values():
            near = problems.nearest(sheet, [each for each in meant.values() if each not in SHEETS])
            found |= {name for name, each in meant.items() if near and each == near}
    return found


def headed(row: Iterable[object]) -> list[str]:
    """The headings of a table, "" for a column that has none; one that is written twice is told apart."""
    seen: dict[str, int] = {}
    made = []
    for cell in row:
        heading = str(cell if cell is not None else "").strip()
        seen[heading] = seen.get(heading, 0) + 1
        made.append(heading if seen[heading] == 1 or not heading else headings.again(heading, seen[heading]))
    return made


def place(column: int, row: int) -> str:
    """A cell's name: (2, 7) is "C7"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _book(content: bytes) -> decoding.Book:
    if content.startswith(_ZIP):
        return unpacking.xlsx(content, wanted)
    if content.startswith(_OLE):
        return decoding.xls(content, wanted)
    mend = phrase("open it in a spreadsheet program and save it as .xlsx.")
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content:
        raise decoding.Unreadable(phrase("The file is empty."), phrase("save it again, or copy it again."))
    if start.startswith(b"<"):
        raise decoding.Unreadable(phrase("This is a web page with the name of a spreadsheet."), mend)
    raise decoding.Unreadable(phrase("This is no spreadsheet, whatever its name says."), mend)


def _sheet_of(name: str) -> str:
    """The name as it is meant: "External choices " is external_choices."""
    return "_".join(name.lower().split())


def _rows(sheet: str, rows: Sequence[tuple[int, decoding.Cells]], told: list[problems.Problem]) -> Rows:
    made: Rows = []
    if not rows:
        return made
    first = rows[0][1]
    row_of_headings = headed(first.get(column, "") for column in range(max(first) + 1))
    columns = {column: heading for column, heading in enumerate(row_of_headings) if heading}
    astray: list[str] = []
    for number, cells in rows[1:]:
        row: dict[str, object] = {}
        for column, cell in cells.items():
            if column not in columns:
                if str(cell).strip():
                    astray.append(place(column, number))
            elif isinstance(cell, decoding.Wrong):
                told.append(_wrong(sheet, number, columns[column], place(column, number), cell))
            else:
                if isinstance(cell, decoding.Dated) and _is_name(columns[column]):
                    told.append(_dated(sheet, number, columns[column], place(column, number), cell))
                row[columns[column]] = cell
        if row:
            made.append({**row, "__row__": number})
    if astray:
        what = phrase("There is something in columns without a heading: {cells}.", cells=", ".join(astray[:5]))
        mend = phrase("write a heading in the first row, or delete it: it is not read.")
        told.append(problems.Problem(sheet, 1, "", what, mend, problems.Severity.ADVICE))
    return made


def _is_name(heading: str) -> bool:
    return heading.strip().lower().startswith(("name", "value", "label", "list"))


def _dated(sheet: str, row: int, heading: str, cell: str, date: str) -> problems.Problem:
    what = phrase("The cell {cell} is a date: {date}.", cell=cell, date=date)
    mend = phrase("if something else was meant, such as 1-2, make it a cell of text and write it again.")
    return problems.Problem(sheet, row, heading, what, mend, problems.Severity.ADVICE)


def _wrong(sheet: str, row: int, heading: str, cell: str, shown: str) -> problems.Problem:
    if shown:
        what = phrase("The cell {cell} shows {shown} instead of a value.", cell=cell, shown=shown)
        mend = phrase("correct its formula, or write the value itself.")
    else:
        what = phrase("The result of the formula in the cell {cell} was not saved.", cell=cell)
        mend = phrase("open the file in a spreadsheet program and save it, or write the value itself.")
    # In a column that nobody reads it does no harm; anywhere else an empty cell would mean something.
    known = sheet in _LAYOUTS and headings.read(heading, _LAYOUTS[sheet]).known
    severity = problems.Severity.ERROR if known else problems.Severity.ADVICE
    return problems.Problem(sheet, row, heading, what, mend, severity)
