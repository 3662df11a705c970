"""Spreadsheets for the tests: the sheets of a YAML form, or any cells, as .xlsx and as .xls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt
import yaml

#: Sheet -> rows of cells, the headings first.
Tables = Mapping[str, Sequence[Sequence[Any]]]


def tables(sheets: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
    """The sheets of a YAML form as tables: a text in two languages is two columns."""
    made: dict[str, list[list[Any]]] = {}
    for sheet, rows in sheets.items():
        flat = [_flat(row) for row in ([rows] if isinstance(rows, dict) else rows)]
        headings = list(dict.fromkeys(heading for row in flat for heading in row))
        made[sheet] = [headings, *([row.get(heading) for heading in headings] for row in flat)]
    return made


def of_yaml(path: Path) -> dict[str, list[list[Any]]]:
    """The tables of a YAML file."""
    return tables(yaml.safe_load(path.read_text("utf-8")))


def xlsx(path: Path, content: Tables) -> Path:
    """Write an .xlsx file."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, rows in content.items():
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(rows):
                sheet.write_row(place, 0, cells)
    return path


def xls(path: Path, content: Tables) -> Path:
    """Write an .xls file."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in content.items():
        sheet = book.add_sheet(name)
        for place, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(place, column, cell)
    book.save(str(path))
    return path


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for heading, cell in row.items():
        if isinstance(cell, dict):
            flat |= {f"{heading}::{language}": said for language, said in cell.items()}
        else:
            flat[heading] = cell
    return flat
