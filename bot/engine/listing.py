"""The lists of choices a form draws on: the choices sheet, and those that come from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.engine import form, sheets
from bot.engine.sheets import Problem, Row

#: Lists from outside by name, rows of plain cells: a CSV file beside the form, a campaign's needs.
Outside = Mapping[str, Sequence[Mapping[str, object]]]

#: A choice's name may be any code, but several are joined by spaces, and a ranking by ">".
_NAME = re.compile(r"[^\s>]{1,64}")


class Lists:
    """Every list of one form, each read once however many questions use it."""

    def __init__(self, raw: object, outside: Outside, problems: list[Problem]) -> None:
        self.rows = sheets.tidy(raw, sheets.CHOICES, problems)
        self.outside = outside
        self.problems = problems
        #: The lists from outside that are really used.
        self.attached: dict[str, list[Row]] = {}
        self._sheet: dict[str, list[Row]] = {}
        self._read: dict[str, tuple[form.Choice, ...]] = {}
        for row in self.rows:
            if name := row.cell("list_name"):
                self._sheet.setdefault(name, []).append(row)
            else:
                self._say(row, "list_name", "The choice belongs to no list.", "write the name of its list.")

    def choices(self, row: Row, name: str, *, file: bool) -> tuple[form.Choice, ...]:
        """The list a question names; where it is missing or empty, the question's row is told."""
        if name not in self._sheet and name not in self.outside:
            if file:
                mend = sheets.suggestion(name, self.outside, "put it beside the form.")
                self._say(row, "type", f"There is no file “{name}”.", mend)
            else:
                mend = sheets.suggestion(name, self._sheet, f"write choices with list_name “{name}”.")
                self._say(row, "type", f"There is no list “{name}”.", mend)
            return ()
        found = self._list(name)
        if not found:
            self._say(row, "type", f"The list “{name}” is empty.", "write its choices.")
        return found

    def read_all(self) -> None:
        """Read also the lists of the choices sheet that no question uses: their mistakes are mistakes."""
        for name in self._sheet:
            self._list(name)

    def _list(self, name: str) -> tuple[form.Choice, ...]:
        if name not in self._read:
            rows = self._sheet.get(name)
            if rows is None:
                # Its mistakes are told under its own name.
                layout = sheets.named(sheets.CHOICES, name)
                rows = self.attached[name] = sheets.tidy(self.outside[name], layout, self.problems)
            seen: dict[str, int] = {}
            self._read[name] = tuple(self._choice(row, seen) for row in rows)
        return self._read[name]

    def _choice(self, row: Row, seen: dict[str, int]) -> form.Choice:
        name = row.cell("name")
        if not name:
            self._say(row, "name", "The choice has no name.", "write a short one in Latin letters, such as “yes”.")
        elif not _NAME.fullmatch(name):
            mend = "leave out spaces and “>”, at most 64 characters."
            self._say(row, "name", f"“{name}” cannot be a choice's name.", mend)
        elif name in seen:
            what = f"“{name}” is the name of row {seen[name]} of this list already."
            self._say(row, "name", what, "choose another name.")
        seen.setdefault(name, row.number)
        if "label" not in row.texts:
            self._say(row, "label", "The choice has no text.", "write it in label::ky and label::ru.")
        return form.Choice(
            name=name,
            label=sheets.text_of(row, "label", self.problems),
            description=sheets.text_of(row, "ashar::description", self.problems),
            columns={column: cell for column, cell in row.cells.items() if column not in ("list_name", "name")},
        )

    def _say(self, row: Row, column: str, what: str, mend: str) -> None:
        self.problems.append(Problem(row.sheet, row.number, column, what, mend))
