"""The sheets of an XLSForm as they come, untidy, made into tidy rows: known columns, texts by language.

A spreadsheet and a YAML file give the same rows here, so that the same form has the same version in either.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.engine.authoring import headings, problems
from bot.engine.authoring.headings import CHOICES, SETTINGS, SURVEY, Heading, Layout
from bot.engine.authoring.problems import Problem, Severity, Told, suggestion
from bot.engine.phrases import phrase

__all__ = ["CHOICES", "SETTINGS", "SURVEY", "Layout", "Problem", "Row", "Severity", "Told", "suggestion", "tidy"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: plain cells and texts by language, only those that are filled."""

    sheet: str
    number: int
    cells: Mapping[str, str] = field(default_factory=dict)
    #: column -> language -> text; language "" where the author named none.
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        """The cell, or "" where it is empty or there is no such column."""
        return self.cells.get(column, "")

    def plain(self) -> dict[str, str]:
        """The row as one flat mapping, equal for a spreadsheet and for YAML."""
        texts = {f"{column}::{language}": said for column, by in self.texts.items() for language, said in by.items()}
        return {**self.cells, **texts}


def named(layout: Layout, sheet: str) -> Layout:
    """The same columns for a list that comes from elsewhere, under its own name."""
    return dataclasses.replace(layout, sheet=sheet)


#: How the heading of a column ends that is there a second time, or oftener than anybody counts.
_AGAIN = tuple(headings.again("", place) for place in range(2, 10))

#: What a row means hangs on these: of two that differ, nobody can say which was meant.
_DECISIVE = frozenset({"type", "name", "list_name", "repeat_count"})

#: Sheets of several lists: a file is one by itself.
_LISTED = frozenset({"choices", "external_choices"})

YES = frozenset({"yes", "true", "true()", "1", "y", "да", "ооба"})
NO = frozenset({"no", "false", "false()", "0", "n", "нет", "жок"})


def tidy(raw: object, layout: Layout, told: Told) -> list[Row]:
    """The filled rows of one sheet; what cannot be read is told.

    `raw` is a sequence of mappings, or a single mapping for a sheet that has one row (settings in YAML).
    """
    given = [raw] if isinstance(raw, Mapping) else raw
    if given is None or given == "":
        return []
    if not isinstance(given, Iterable) or isinstance(given, str | bytes):
        what, mend = phrase("This is no list of rows."), phrase("write one row under another, each with its columns.")
        told.error(problems.At(layout.sheet, 1), "", what, mend)
        return []
    numbered: list[tuple[int, Mapping[object, object]]] = []
    for index, cells in enumerate(given):
        if isinstance(cells, Mapping):
            counted = cells.get("__row__")
            numbered.append((counted if type(counted) is int and counted > 0 else index + 2, cells))
        elif cells is not None:
            what = phrase("“{cells}” is no row.", cells=str(cells)[:80])
            told.error(problems.At(layout.sheet, index + 2), "", what, phrase("write “column: value” pairs."))
    columns = _Columns(layout, told, [cells for _, cells in numbered])
    rows = [_Tidying(columns, number).row(cells) for number, cells in numbered]
    if columns.strange:
        what = phrase("These columns are not read: {columns}.", columns=", ".join(columns.strange))
        at = problems.At(layout.sheet, min(columns.strange.values()))
        told.advice(at, next(iter(columns.strange)), what, phrase("leave them out if they are meant for the bot."))
    return [row for row in rows if row.cells or row.texts]


class _Columns:
    """What the headings of one sheet mean, looked up once, and which of them were told of."""

    def __init__(self, layout: Layout, told: Told, rows: Sequence[Mapping[object, object]]) -> None:
        self.layout = layout
        self.told = told
        #: Headings already told of: a column is wrong once, not in every row.
        self.seen: set[str] = set()
        #: Columns that nobody knows, and the first row in which each is filled.
        self.strange: dict[str, int] = {}
        self._near: dict[str, str] = {}
        spelled = dict.fromkeys(heading for cells in rows for heading in cells if heading != "__row__")
        self.meant: dict[object, Heading] = {heading: headings.read(heading, layout) for heading in spelled}
        filled = {heading for cells in rows for heading, cell in cells.items() if cell is not None and cell != ""}
        own = {
            (each.base, each.language)
            for heading, each in self.meant.items()
            if each.known and not each.alias and heading in filled
        }
        for heading, meant in self.meant.items():
            if meant.alias and (meant.base, meant.language) in own:
                # "value" beside "name", or a "skip logic" in plain words beside "relevant", is the author's own.
                self.meant[heading] = Heading(str(heading).strip(), known=False)
                self._near[str(heading).strip()] = ""

    def near(self, meant: Heading) -> str:
        """The column an unknown heading may be a slip of, "" if it is none; looked up once a heading."""
        if meant.base not in self._near:
            base = re.sub(r"(?<!^ashar)::.*", "", meant.base.lower())
            near = problems.nearest(base, self.layout.known) if len(base) > 3 else ""
            self._near[meant.base] = near if near and _alike(base, near) else ""
        return self._near[meant.base]

    def is_slip(self, written: str, column: str) -> bool:
        """Whether one letter parts the two: anything else may be a column of the author's own, as tools keep them."""
        ours, listed = written.lower().startswith("ashar::"), self.layout.sheet in _LISTED
        return ours or (problems.is_slip(written.lower(), column) and (listed or column != "list_name"))

    def said(self, column: str) -> bool:
        """True from the second time on."""
        again = column in self.seen
        self.seen.add(column)
        return again


@dataclass(slots=True)
class _Tidying:
    """One row in the making."""

    columns: _Columns
    number: int
    cells: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def sheet(self) -> str:
        """Where it stands."""
        return self.columns.layout.sheet

    def row(self, raw: Mapping[object, object]) -> Row:
        meanings = self.columns.meant
        filled = {meanings[heading].base for heading, value in raw.items() if heading in meanings and value}
        for heading, value in raw.items():
            meant = meanings.get(heading)
            if meant is None or not meant.base or meant.ignored or value is None or value == "":
                continue
            if not meant.known:
                self.put_unknown(heading, meant, value, filled)
            elif meant.base in self.columns.layout.texts:
                self.put_texts(heading, meant, value)
            else:
                self.put_cell(meant.base, value)
            if str(heading).endswith(_AGAIN) and meant.known and not self.columns.said(f"twice {meant.column}"):
                what = phrase("The column “{column}” is there twice; what is filled in either was taken.",
                              column=meant.column)  # fmt: skip
                self.columns.told.mended(self, meant.column, what, phrase("keep one of them."))
            if not meant.plain and not self.columns.said(f"{heading}"):
                what = phrase("The column “{heading}” was read as “{column}”.", heading=heading, column=meant.column)
                mend = phrase("write “{column}”.", column=meant.column)
                self.columns.told.mended(self, meant.column, what, mend)
        return Row(self.sheet, self.number, self.cells, self.texts)

    def put_unknown(self, heading: object, meant: Heading, value: object, filled: Collection[str]) -> None:
        layout, told = self.columns.layout, self.columns.told
        near = self.columns.near(meant)
        slip = bool(near) and near not in filled and self.columns.is_slip(meant.base, near)
        if layout.open and not slip:
            # A column of the author's own, for choice_filter.
            if written := self.written(meant.base, value):
                self.cells.setdefault(meant.base, written)
            return
        if self.columns.said(str(heading)):
            return
        what = phrase("There is no column “{column}”.", column=meant.base)
        if slip:
            told.error(self, meant.base, what, phrase("did you mean “{word}”?", word=near))
        elif near:
            told.advice(self, meant.base, what, phrase("did you mean “{word}”?", word=near))
        else:
            self.columns.strange.setdefault(meant.base, self.number)

    def put_cell(self, column: str, value: object) -> None:
        layout = self.columns.layout
        if isinstance(value, bool) and column in layout.flags:
            value = "yes" if value else "no"
        elif isinstance(value, bool) and column in layout.expressions:
            value = "true()" if value else "false()"
        written = self.written(column, value)
        if written and self.is_new(column, self.cells.get(column), written):
            self.cells[column] = written

    def put_texts(self, heading: object, meant: Heading, value: object) -> None:
        if not isinstance(value, Mapping):
            self.put_text(meant.base, meant.language, value, heading)
            return
        for language, said in value.items():
            named = str(language) if language is not None else ""
            self.put_text(meant.base, headings.language_of(named), said, f"{meant.base}::{named}")

    def put_text(self, base: str, language: str | None, value: object, heading: object) -> None:
        column = f"{base}::{language}" if language else base
        written = self.written(column, value)
        if language is None and written:
            what = phrase("It is not clear which language “{column}” is.", column=str(heading))
            mend = phrase("write {column}::ky or {column}::ru.", column=base)
            if not self.columns.said(str(heading)):
                self.columns.told.error(self, str(heading), what, mend)
        elif language is not None and written:
            said = self.texts.setdefault(base, {})
            if self.is_new(column, said.get(language), written):
                said[language] = written

    def is_new(self, column: str, before: str | None, written: str) -> bool:
        """False where another column of the same name has filled this cell already."""
        if before is None:
            return True
        told = self.columns.told
        if before != written:
            self.columns.said(f"twice {column}")
            if column in _DECISIVE or column in self.columns.layout.expressions:
                what = phrase("The column “{column}” is there twice, and the two differ.", column=column)
                told.error(self, column, what, phrase("keep one of them."))
            else:
                what = phrase("The column “{column}” is there twice, and the two differ: the first was taken.",
                              column=column)  # fmt: skip
                told.mended(self, column, what, phrase("keep one of them."))
        return False

    def written(self, column: str, value: object) -> str:
        """The cell as text; YAML's and a spreadsheet's own types become what the author sees."""
        told = self.columns.told
        match value:
            case str():
                return headings.clean(value)
            case bool():
                word = "yes (or true, on)" if value else "no (or false, off)"
                what = phrase("YAML takes an unquoted {word} for a truth value.", word=word)
                told.error(self, column, what, phrase('write it in quotes: "yes", "no".'))
                return "yes" if value else "no"
            case Mapping() | list() | tuple() | set():
                what = phrase("One value belongs here, not several.")
                told.error(self, column, what, phrase("write one text or number."))
                return ""
            case float() if value.is_integer():
                return str(int(value))  # a spreadsheet keeps every number as 5.0
            case dt.datetime() if value.time() == dt.time():
                return value.date().isoformat()
            case dt.datetime() | dt.time():
                return value.isoformat(timespec="minutes")
            case None:
                return ""
            case _:
                return headings.clean(str(value))


def _alike(word: str, known: str) -> bool:
    """True for a slip of the finger; "label2" and "relevant_old" are no slips."""
    return not re.fullmatch(rf"{re.escape(known)}(?:[\W_]+\w+|[0-9]+)", word)


def columns_of(raw: object, layout: Layout) -> frozenset[str]:
    """The columns of a sheet, also those that are empty in every row."""
    rows = [cells for cells in raw if isinstance(cells, Mapping)] if isinstance(raw, Iterable) else []
    spelled = dict.fromkeys(heading for cells in rows for heading in cells if heading != "__row__")
    return frozenset(meant.base for heading in spelled if not (meant := headings.read(heading, layout)).ignored)


def flag_of(row: Row, column: str, told: Told) -> bool:
    """Whether the cell says yes."""
    word = row.cell(column).lower()
    if word and word not in YES | NO:
        what = phrase("“{word}” is neither yes nor no.", word=word)
        told.error(row, column, what, phrase("write yes or no."))
    return word in YES


def names_of(row: Row, column: str, known: Collection[str], told: Told) -> tuple[str, ...]:
    """The question names in the cell, separated by spaces or commas."""
    names = tuple(name for name in re.split(r"[\s,;]+", row.cell(column)) if name)
    for name in names:
        if name not in known:
            what = phrase("There is no question “{name}”.", name=name)
            told.error(row, column, what, suggestion(name, known, phrase("write the name of a question.")))
    return names
