"""Rows of an XLSForm -> Form, and every problem at once: sheet, row, column, what is wrong, how to mend it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.engine import form
from bot.engine.authoring import (
    advising,
    choosing,
    grouping,
    imprint,
    kinds,
    listing,
    naming,
    problems,
    questions,
    references,
    searching,
    sheets,
    spreading,
    texts,
)
from bot.engine.authoring.imprint import GIVEN
from bot.engine.authoring.kinds import Type
from bot.engine.authoring.sheets import Problem, Row, Severity, Told
from bot.engine.phrases import phrase

__all__ = ["GIVEN", "Problem", "Severity", "attached", "read"]

#: Sheet -> rows, as a file has them.
Sheets = Mapping[str, object]

_SHEETS = ("survey", "choices", "external_choices", "settings", "entities")
_LOOKED_UP = re.compile(r"(?:instance|pulldata|search)\(\s*(?:'([^']+)'|\"([^\"]+)\")", re.IGNORECASE)


def read(
    raw: Sheets, lists: listing.Outside = MappingProxyType({}), name: str = ""
) -> tuple[form.Form | None, list[Problem]]:
    """The form in the sheets "survey", "choices" and "settings", and all that is to be said of it.

    The form is None only if something is an error. A row maps column names to cells as YAML or a spreadsheet
    gives them; its number is its place + 2 unless it carries "__row__"; a column whose heading stands there again is
    called as `headings.again` says. `lists` are the lists that come from outside, rows of "places.csv" by the file's
    name. `name` is what the file is called, for a form that has no name of its own.
    """
    told = Told()
    reader = _Reader(_paged(raw, told), lists, told)
    definition = reader.made(name)
    found = told.all(("survey", "choices", "external_choices", *reader.lists.attached, "settings"))
    broken = any(problem.severity is Severity.ERROR for problem in found)
    return (None if broken else definition), found


def attached(raw: Sheets) -> tuple[str, ...]:
    """Names of the files beside the form from which its questions and expressions take rows, sorted."""
    told = Told()
    pages = _paged(raw, told)
    found: set[str] = set()
    for row in sheets.tidy(pages.get("survey"), sheets.SURVEY, told):
        *_, last = row.cell("type").split() or [""]
        found.update(word for word in row.cell("type").split()[1:] if word.lower().endswith(".csv"))
        if re.fullmatch(r"csv[-_ ]external", row.cell("type").strip().lower()):
            found.add(f"{row.cell('name')}.csv")
        if re.match(r"select[_ ]one[_ ]external", row.cell("type").lower()):
            found.add(f"{last}.csv")
        for cell in row.cells.values():
            found.update(f"{one or other}.csv" for one, other in _LOOKED_UP.findall(cell))
    return tuple(sorted(found))


def _paged(raw: Sheets, told: Told) -> dict[str, object]:
    """The sheets by the names of the standard, whatever their capitals."""
    pages: dict[str, object] = {}
    for key, rows in raw.items():
        name = "_".join(str(key).lower().split())
        pages.setdefault({"choices_and_columns": "choices"}.get(name, name), rows)
    for wanted in ("survey", "choices", "settings"):
        near = problems.nearest(wanted, [name for name in pages if name not in _SHEETS])
        if wanted not in pages and near:
            pages[wanted] = pages[near]
            what = phrase("The sheet “{name}” was read as “{sheet}”.", name=near, sheet=wanted)
            told.mended(problems.At(wanted, 1), "", what, phrase("call it “{sheet}”.", sheet=wanted))
    return pages


class _Reader:
    """One form in the making. Nothing outlives `made()` but what was told."""

    def __init__(self, pages: Mapping[str, object], outside: listing.Outside, told: Told) -> None:
        self.told = told
        self.survey = sheets.tidy(pages.get("survey"), sheets.SURVEY, told)
        self.settings = sheets.tidy(pages.get("settings"), sheets.SETTINGS, told)
        self.lists = listing.Lists(pages.get("choices"), pages.get("external_choices"), outside, told)
        self.about = self.settings[0] if self.settings else Row("settings", 2)
        self._entities(pages.get("entities"))

    def made(self, file: str) -> form.Form:
        told, lists, about = self.told, self.lists, self.about
        if not self.survey:
            mend = phrase("write a sheet “survey” with a row for each question.")
            told.error(problems.At("survey", 1), "", phrase("There is no question."), mend)
        for more in self.settings[1:]:
            told.mended(more, "", phrase("Settings have one row; this one was left out."), phrase("delete the row."))
        words = texts.Texts(self.survey, about.cell("default_language"), told)
        rows = self._typed(words)
        tree = grouping.nest(rows, told)
        given = GIVEN.get(about.cell("ashar::emits"), ())
        asked_for = naming.referred([*(row for row, _ in rows), *self.settings])
        small = {name.lower() for name in asked_for}
        asked_for |= {row.cell("name") for row, _ in rows if row.cell("name").lower() in small}
        names = naming.name_all(grouping.flat(tree), given, asked_for, told)
        doubles = sheets.flag_of(about, "allow_choice_duplicates", told)
        compared = choosing.compared((row, type_.list) for row, type_ in rows)
        lists.read_all(choosing.Reader(words, told, doubles=doubles), compared)
        scope = references.Scope(names, lists, given, told)
        lists.reword(scope.text)
        fixed = about.cell("ashar::order") == "fixed"
        body = questions.Reader(scope, lists, words, told, fixed=fixed).body(tree)
        made = imprint.Reader(about, names, scope, words, told).read(body, file)
        scope.rings()
        looked_up = scope.lookups()  # before the hash: it brings in the files that only expressions use
        made = dataclasses.replace(made, version=self.version(), lists=looked_up)
        words.told()
        advising.advise(made, lists, told)
        return made

    def _typed(self, words: texts.Texts) -> list[tuple[Row, Type]]:
        """Every row with its type; rows that are switched off or say nothing are left out."""
        typed: list[tuple[Row, Type]] = []
        names = {row.cell("name") for row in self.survey}
        for row in spreading.spread(self.survey, self.lists, self.told):
            if row.cell("disabled").lower() in sheets.YES:
                continue
            if not row.cell("type") and not row.cell("name") and "label" not in row.texts:
                continue  # a row of comments
            if kinds.is_comment(row):
                what = phrase(
                    "“{type}” is no type, and the row says nothing else: it was left out.", type=row.cell("type")
                )
                self.told.mended(row, "type", what, phrase("write remarks into a column “note”."))
                continue
            self._foreign(row)
            row = searching.read(row, self.lists, self.told)
            type_ = kinds.read(row, self.lists, self.told)
            typed.append((row, type_))
            if type_.other:
                typed += self._other(row, names, words)
        return typed

    def _other(self, row: Row, names: set[str], words: texts.Texts) -> list[tuple[Row, Type]]:
        """The question behind an "other": which one is meant."""
        asked = row.cell("name")
        name = f"{asked}_other"
        if name in names:
            what = phrase("“{name}” is there already and was taken for what is asked after “other”.", name=name)
            self.told.mended(row, "type", what, phrase("leave out or_other."))
            return []
        cells = {"type": "text", "name": name, "relevant": f"selected(${{{asked}}}, 'other')"}
        return [(Row("survey", row.number, cells, {"label": words.made(texts.WHICH)}), Type())]

    def _foreign(self, row: Row) -> None:
        if row.cell("save_to"):
            what = phrase("A chat does not keep entities.")
            self.told.error(row, "save_to", what, phrase("leave the column empty."))
        if "media::video" in row.texts:
            what = phrase("The film is not sent: it would cost people too much.")
            self.told.advice(row, "media::video", what, phrase("say it in words, or with a picture."))

    def _entities(self, raw: object) -> None:
        if raw and sheets.tidy(raw, dataclasses.replace(sheets.CHOICES, sheet="entities"), Told()):
            mend = phrase("delete the sheet “entities”.")
            self.told.error(problems.At("entities", 1), "", phrase("A chat does not keep entities."), mend)

    def version(self) -> str:
        """Hash of all that was written, 16 hex digits."""
        lists = self.lists
        whole = {
            "survey": [row.plain() for row in self.survey],
            "choices": [row.plain() for row in (*lists.rows, *lists.external_rows)],
            "settings": [row.plain() for row in self.settings],
            "lists": {name: [row.plain() for row in rows] for name, rows in lists.attached.items()},
        }
        return questions.digest(whole, 16)
