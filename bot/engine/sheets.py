"""The sheets of an XLSForm as they come, untidy, made into tidy rows: known columns, texts by language.

A spreadsheet and a YAML file give the same rows here, so that the same form has the same version in either.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bot.engine import form


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of a form's author: where it is, what is wrong, and how to mend it."""

    sheet: str
    #: As a spreadsheet counts: the headings are row 1.
    row: int
    column: str
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.sheet}, row {self.row}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.what} To mend it: {self.mend}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: plain cells and texts by language, only those that are filled."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    #: column -> language -> text; language "" where the author named none.
    texts: Mapping[str, Mapping[str, str]]

    def cell(self, column: str) -> str:
        """The cell, or "" where it is empty or there is no such column."""
        return self.cells.get(column, "")

    def plain(self) -> dict[str, str]:
        """The row as one flat mapping, equal for a spreadsheet and for YAML."""
        texts = {f"{column}::{language}": said for column, by in self.texts.items() for language, said in by.items()}
        return {**self.cells, **texts}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a sheet may have."""

    sheet: str
    #: One plain cell.
    cells: frozenset[str]
    #: Human text, one column a language.
    texts: frozenset[str]
    #: Among the cells, those that say yes or no.
    flags: frozenset[str] = frozenset()
    #: Columns of XLSForm that mean nothing to a chat.
    ignored: frozenset[str] = frozenset()
    #: Columns of XLSForm that would mean something, but are not taken yet.
    later: frozenset[str] = frozenset()
    #: True where an author may add columns of their own.
    open: bool = False


_MEDIA = frozenset({"media::image", "media::audio", "media::video"})
_ASKING = {"type", "name", "required", "relevant", "constraint", "choice_filter", "calculation", "parameters"}
_COUNTING = {"ashar::wave", "ashar::places", "ashar::margins", "ashar::apart", "ashar::refuse"}

SURVEY = Layout(
    sheet="survey",
    cells=frozenset(_ASKING | {"ashar::pick", "ashar::personal"}),
    texts=frozenset({"label", "hint", "required_message", "constraint_message"}),
    flags=frozenset({"required", "ashar::personal"}),
    ignored=frozenset({"appearance"}),
    later=_MEDIA | {"guidance_hint", "default", "read_only", "repeat_count", "trigger"},
)
CHOICES = Layout(
    sheet="choices",
    cells=frozenset({"list_name", "name"}),
    texts=frozenset({"label", "ashar::description"}),
    later=_MEDIA,
    open=True,
)
SETTINGS = Layout(
    sheet="settings",
    cells=frozenset(_COUNTING | {"form_id", "ashar::emits"}),
    texts=frozenset({"form_title", "ashar::holder", "ashar::term", "ashar::thanks"}),
    ignored=frozenset({"version", "default_language", "style", "instance_name", "public_key", "submission_url"}),
)


def named(layout: Layout, sheet: str) -> Layout:
    """The same columns for a list that comes from elsewhere, under its own name."""
    return dataclasses.replace(layout, sheet=sheet)


YES = frozenset({"yes", "true", "true()", "1"})
NO = frozenset({"no", "false", "false()", "0"})

_LANGUAGES = {
    "кыргызча": "ky",
    "kyrgyz": "ky",
    "русский": "ru",
    "орусча": "ru",
    "по-русски": "ru",
    "russian": "ru",
}
#: What authors and older forms write for a column.
_ALIASES = {"list name": "list_name", "relevance": "relevant", "constraint message": "constraint_message"}


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for a word that nobody knows: the nearest known one, or else `otherwise`."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean “{close[0]}”?" if close else otherwise


def tidy(raw: object, layout: Layout, problems: list[Problem]) -> list[Row]:
    """The filled rows of one sheet; what cannot be read is added to `problems`.

    `raw` is a sequence of mappings, or a single mapping for a sheet that has one row (settings in YAML).
    """
    rows: list[Row] = []
    unknown: set[str] = set()
    listed = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(listed, Iterable) or isinstance(listed, str):
        problems.append(
            Problem(
                layout.sheet,
                1,
                "",
                "This is no list of rows.",
                "write one row under another, each with its columns.",
            )
        )
        return rows
    for index, cells in enumerate(listed):
        if not isinstance(cells, Mapping):
            if cells is not None:
                what = f"“{cells}” is no row."
                problems.append(Problem(layout.sheet, index + 2, "", what, "write “column: value” pairs."))
            continue
        counted = cells.get("__row__")
        number = counted if type(counted) is int and counted > 0 else index + 2
        row = _Tidying(layout, number, problems, unknown).row(cells)
        if row.cells or row.texts:
            rows.append(row)
    return rows


@dataclass(slots=True)
class _Tidying:
    """One row in the making."""

    layout: Layout
    number: int
    problems: list[Problem]
    #: Unknown columns already told of: a column is wrong once, not in every row.
    unknown: set[str]
    cells: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def row(self, raw: Mapping[object, object]) -> Row:
        for heading, value in raw.items():
            column = heading_of(heading)
            if column and column != "__row__" and value is not None and value != "":
                self.put(column, value)
        return Row(self.layout.sheet, self.number, self.cells, self.texts)

    def say(self, column: str, what: str, mend: str) -> None:
        self.problems.append(Problem(self.layout.sheet, self.number, column, what, mend))

    def put(self, column: str, value: object) -> None:
        layout = self.layout
        base, _, language = column.rpartition("::")
        if column in layout.texts:
            self.put_texts(column, value)
        elif base in layout.texts:
            self.put_text(base, language_of(language), value, column)
        elif column in layout.cells:
            self.put_cell(column, value)
        elif column in layout.ignored:
            return
        elif column in layout.later or base in layout.later:
            what = "This column cannot be used yet."
            self.say(column, what, "leave it out; what can be used is: " + self.known() + ".")
        else:
            self.put_unknown(column, value)

    def put_unknown(self, column: str, value: object) -> None:
        absent = (self.layout.cells | self.layout.texts) - self.cells.keys() - self.texts.keys()
        near = difflib.get_close_matches(column, list(absent), n=1, cutoff=0.8)
        # A column of the author's own, for choice_filter, unless it looks like a slip in one of ours.
        if self.layout.open and not near:
            self.put_cell(column, value)
        elif column not in self.unknown:
            self.unknown.add(column)
            mend = suggestion(column, self.layout.cells | self.layout.texts, f"use one of: {self.known()}.")
            self.say(column, f"There is no column “{column}”.", mend)

    def known(self) -> str:
        return ", ".join(sorted(self.layout.cells | self.layout.texts))

    def put_cell(self, column: str, value: object) -> None:
        if isinstance(value, bool) and column in self.layout.flags:
            value = "yes" if value else "no"
        written = self.written(column, value)
        if written:
            self.cells[column] = written

    def put_texts(self, column: str, value: object) -> None:
        if not isinstance(value, Mapping):
            self.put_text(column, "", value, column)
            return
        for language, said in value.items():
            self.put_text(column, language_of(str(language)), said, column)

    def put_text(self, base: str, language: str | None, value: object, column: str) -> None:
        written = self.written(column, value)
        if language is None:
            self.say(column, f"It is not clear which language “{column}” is.", f"write {base}::ky or {base}::ru.")
        elif written:
            self.texts.setdefault(base, {})[language] = written

    def written(self, column: str, value: object) -> str:
        """The cell as text; YAML's and a spreadsheet's own types become what the author sees."""
        if isinstance(value, bool):
            word = "yes (or true, on)" if value else "no (or false, off)"
            what = f"YAML takes an unquoted {word} for a truth value."
            self.say(column, what, 'write it in quotes: "yes", "no".')
            return "yes" if value else "no"
        if isinstance(value, Mapping | list | tuple | set):
            self.say(column, "One value belongs here, not several.", "write one text or number.")
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a spreadsheet keeps every number as 5.0
        return "" if value is None else str(value).replace("\u00a0", " ").strip()


def heading_of(heading: object) -> str:
    """A column's name, whatever its spaces and capitals."""
    name = re.sub(r"\s*::\s*", "::", str(heading if heading is not None else "").strip().lower())
    return _ALIASES.get(name, name)


def language_of(words: str) -> str | None:
    """The code in `ky`, `Кыргызча (ky)` or `Русский`; None if there is none to be seen."""
    words = words.strip().lower()
    coded = re.fullmatch(r"(?:.*\()?\s*([a-z]{2,3})\s*\)?", words)
    return coded[1] if coded else _LANGUAGES.get(words)


def text_of(row: Row, column: str, problems: list[Problem]) -> form.Text:
    """The text in all its languages; a missing one is a problem, an absent text is {}."""
    said = row.texts.get(column, {})
    if not said:
        return {}
    if missing := [language for language in form.LANGUAGES if language not in said]:
        if "" in said:
            what, mend = "The text names no language.", f"write it twice, as {column}::ky and {column}::ru."
            problems.append(Problem(row.sheet, row.number, column, what, mend))
        else:
            for language in missing:
                what = f"The text in “{language}” is missing."
                mend = f"fill {column}::{language}."
                problems.append(Problem(row.sheet, row.number, column, what, mend))
    return {language: words for language, words in said.items() if language}


def flag_of(row: Row, column: str, problems: list[Problem]) -> bool:
    """Whether the cell says yes."""
    word = row.cell(column).lower()
    if word and word not in YES | NO:
        what = f"“{word}” is neither yes nor no."
        problems.append(Problem(row.sheet, row.number, column, what, "write yes or no."))
    return word in YES


def names_of(row: Row, column: str, known: Collection[str], problems: list[Problem]) -> tuple[str, ...]:
    """The question names in the cell, separated by spaces or commas."""
    names = tuple(name for name in re.split(r"[\s,;]+", row.cell(column)) if name)
    for name in names:
        if name not in known:
            mend = suggestion(name, known, f"use names of questions: {', '.join(known)}.")
            problems.append(Problem(row.sheet, row.number, column, f"There is no question “{name}”.", mend))
    return names
