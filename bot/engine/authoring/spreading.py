"""KoboToolbox's tables (begin_kobomatrix, begin_score, begin_rank) -> a group with a question for each line."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from bot.engine.authoring import lettering, listing
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import phrase

#: How a table begins, and the column that names its list: of lines, of answers, or of what is put in order.
_BEGINS = {
    "begin kobomatrix": "kobo--matrix_list",
    "begin score": "kobo--score-choices",
    "begin rank": "kobo--rank-items",
}
_ENDS = frozenset({"end kobomatrix", "end matrix", "end score", "end rank"})
#: Questions that one table may become; more would be a long list taken for its lines.
MOST = 500


def spread(rows: Sequence[Row], lists: listing.Lists, told: Told) -> list[Row]:
    """The rows with every table as a group of questions; one that is not whole stays, for `kinds` to refuse."""
    made: list[Row] = []
    at = 0
    while at < len(rows):
        begin, at = rows[at], at + 1
        column = _BEGINS.get(_folded(begin), "")
        name = begin.cell(column) if column else ""
        end = next((n for n in range(at, len(rows)) if _folded(rows[n]) in _ENDS), 0) if name else 0
        inner = _questions(begin, rows[at:end], name, lists)
        if not inner or len(inner) > MOST:
            made.append(begin)
            continue
        what = phrase("“{type}” was taken apart: each line is a question of its own.", type=begin.cell("type"))
        told.mended(begin, "type", what, phrase("write a select_one for each line, in a group."))
        made += [_typed(begin, "begin_group"), *inner, _typed(rows[end], "end_group")]
        at = end + 1
    return made


def _questions(begin: Row, inner: Sequence[Row], name: str, lists: listing.Lists) -> list[Row]:
    match _folded(begin):
        case "begin kobomatrix":
            lines = [row for row in lists.rows if row.cell("list_name") == name]
            return [_of_line(begin, line, row, inner) for line in lines for row in inner]
        case "begin score":
            return [_typed(row, f"select_one {name}") if _folded(row) == "score row" else row for row in inner]
        case _:
            levels = [row for row in inner if _folded(row) == "rank level"]
            return [_of_level(row, levels[:place], name) for place, row in enumerate(levels)]


def _of_line(begin: Row, line: Row, row: Row, inner: Sequence[Row]) -> Row:
    """A column of a matrix, asked of one line under the name by which KoboToolbox exports it."""
    stem = f"{begin.cell('name')}_{line.cell('name')}"
    names = {each.cell("name"): f"{stem}_{each.cell('name')}" for each in inner}
    cells = {column: lettering.rename(cell, names) for column, cell in row.cells.items()}
    of_line = line.texts.get("label", {})
    label = {
        language: f"{of_line.get(language) or next(iter(of_line.values()), line.cell('name'))}: {said}"
        for language, said in row.texts.get("label", {}).items()
    }
    texts = {
        column: {key: lettering.rename(said, names) for key, said in by.items()} for column, by in row.texts.items()
    }
    named = names[row.cell("name")] if row.cell("name") else ""
    return dataclasses.replace(row, cells={**cells, "name": named}, texts={**texts, "label": label})


def _of_level(row: Row, before: Sequence[Row], name: str) -> Row:
    """A place of a ranking: what was put on a place above is not offered again."""
    kept = " and ".join(f"name != ${{{each.cell('name')}}}" for each in before)
    typed = _typed(row, f"select_one {name}")
    return dataclasses.replace(typed, cells={**typed.cells, "choice_filter": kept}) if kept else typed


def _typed(row: Row, type_: str) -> Row:
    return dataclasses.replace(row, cells={**row.cells, "type": type_})


def _folded(row: Row) -> str:
    return " ".join(re.split(r"[\s_-]+", row.cell("type").lower()))
