"""The lists of choices a form draws on: the choices sheet, and those that come from outside."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.engine import form
from bot.engine.authoring import choosing, parameters, problems, sheets
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import phrase

#: Lists from outside by name, rows of plain cells: a CSV file beside the form, a campaign's needs.
Outside = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(slots=True)
class List:
    """One list: its rows, what it is used for, and in the end its choices."""

    name: str
    rows: list[Row]
    #: Columns of the sheet or file it stands in.
    columns: frozenset[str]
    used: bool = False
    #: True where a choice_filter tells its rows apart.
    filtered: bool = False
    choices: tuple[form.Choice, ...] = ()
    #: The row of each choice.
    placed: list[Row] = field(default_factory=list)


class Lists:
    """Every list of one form, each read once however many questions use it."""

    def __init__(self, raw: object, external: object, outside: Outside, told: Told) -> None:
        self.rows = sheets.tidy(raw, sheets.CHOICES, told)
        self.outside = outside
        self.told = told
        #: The lists from outside that are really used, for the hash of the form.
        self.attached: dict[str, list[Row]] = {}
        #: Names of choices that had to be changed, everywhere in the form.
        self.renamed: dict[str, str] = {}
        self._sheet = self._by_name(self.rows, sheets.columns_of(raw, sheets.CHOICES))
        layout = sheets.named(sheets.CHOICES, "external_choices")
        self.external_rows = sheets.tidy(external, layout, told)
        self._external = self._by_name(self.external_rows, sheets.columns_of(external, layout))
        self._files: dict[str, List] = {}
        #: Files that are not there, or are no CSV, without their ending: expressions look things up in them as well.
        self.missing: set[str] = set()
        #: Lists that expressions look something up in, by the name they use.
        self._declared: dict[str, str] = {}

    def _by_name(self, rows: list[Row], columns: frozenset[str]) -> dict[str, List]:
        found: dict[str, List] = {}
        for row in rows:
            if name := row.cell("list_name"):
                found.setdefault(name, List(name, [], columns)).rows.append(row)
            elif row.cell("name") and row.texts:
                what, mend = phrase("The choice belongs to no list."), phrase("write the name of its list.")
                self.told.error(row, "list_name", what, mend)
        return found

    # --- what questions ask for --------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """Whether there is a list of about that name."""
        return bool(self._alike(name, self._sheet))

    def use(self, row: Row, name: str, *, filtered: bool, external: bool = False) -> str:
        """The key of the list a question names; "" where there is none, and the question's row is told."""
        shelf = self._external if external and self._alike(name, self._external) else self._sheet
        if alike := self._alike(name, shelf):
            if alike != name:
                what = phrase("“{name}” was taken for the list “{list}”.", name=name, list=alike)
                self.told.mended(row, "type", what, phrase("write the list's name as in the choices sheet."))
            found = shelf[alike]
        elif name in self.outside or (f"{name}.csv" in self.outside and external):
            found = self._file(name if name in self.outside else f"{name}.csv", "", "")
        else:
            mend = phrase("write its choices in the sheet choices, each with list_name “{name}”.", name=name)
            what = phrase("There is no list “{name}”.", name=name)
            self.told.error(row, "type", what, self.told.suggestion(name, list(shelf), mend))
            return ""
        return self._used(row, found, ("external " if shelf is self._external else "") + found.name, filtered)

    def file(self, row: Row, name: str, *, filtered: bool) -> str:
        """The key of the list in a CSV file beside the form."""
        if not name.lower().endswith(".csv") or name not in self.outside:
            self.missing.add(name.rpartition(".")[0])
        if not name.lower().endswith(".csv"):
            what = phrase("The list “{name}” is no CSV file.", name=name)
            self.told.error(row, "type", what, phrase("save it as CSV, UTF-8, beside the form."))
            return ""
        if name not in self.outside:
            mend = problems.suggestion(name, list(self.outside), phrase("put it beside the form."))
            self.told.error(row, "type", phrase("There is no file “{name}”.", name=name), mend)
            return ""
        given = parameters.read(row)
        value, label = (given.get(each, "") for each in parameters.COLUMNS)
        found = self._file(name, value, label)
        if found.rows and not any(each.cell("name") for each in found.rows):
            what = phrase("The file “{name}” has no column “name”.", name=name)
            mend = phrase("say which columns are meant: parameters value=… label=….")
            self.told.error(row, "parameters", what, mend)
            return ""
        return self._used(row, found, found.name, filtered)

    def beside(self, row: Row, name: str) -> None:
        """A row of type csv-external: a file for expressions alone."""
        file = next((each for each in (f"{name}.csv", name) if each in self.outside), "")
        if file:
            self._declared[name] = file
        else:
            self.missing.add(name)
            mend = problems.suggestion(f"{name}.csv", list(self.outside), phrase("put it beside the form."))
            self.told.error(row, "name", phrase("There is no file “{name}”.", name=f"{name}.csv"), mend)

    def _used(self, row: Row, found: List, key: str, filtered: bool) -> str:
        found.used = True
        found.filtered = found.filtered or filtered
        if not found.rows:
            what = phrase("The list “{name}” is empty.", name=found.name)
            self.told.error(row, "type", what, phrase("write its choices."))
        return key

    @staticmethod
    def _alike(name: str, shelf: Mapping[str, List]) -> str:
        if name in shelf:
            return name
        fitting = [each for each in shelf if _folded(each) == _folded(name)]
        fitting = fitting or [each for each in shelf if problems.is_slip(_folded(name), _folded(each))]
        return fitting[0] if len(fitting) == 1 else ""

    def _file(self, name: str, value: str, label: str) -> List:
        key = f"{name} {value} {label}".strip()
        if key not in self._files:
            raw: object = self.outside[name]
            if (value or label) and isinstance(raw, Sequence) and not isinstance(raw, str | bytes):
                raw = [_renamed(each, value, label) for each in raw]
            # Its mistakes are told under its own name.
            layout = sheets.named(sheets.CHOICES, name)
            rows = sheets.tidy(raw, layout, self.told)
            self.attached.setdefault(name, rows)
            self._files[key] = List(key, rows, sheets.columns_of(raw, layout))
        return self._files[key]

    # --- what becomes of them ----------------------------------------------------------------------------------

    def read_all(self, reader: choosing.Reader, compared: choosing.Compared) -> None:
        """Make choices of the rows; mistakes in a list that no question uses are advice."""
        shelves = (("", self._sheet), ("external ", self._external), ("", self._files))
        for prefix, shelf, each in ((*pair, each) for pair in shelves for each in pair[1].values()):
            # The names in a file are codes that others know as well.
            looked_at = None if shelf is self._files else compared.get(prefix + each.name, ())
            kept = reader.read(each.rows, looked_at, used=each.used, filtered=each.filtered)
            each.placed = [row for row, _ in kept]
            each.choices = tuple(choice for _, choice in kept)
            self.renamed |= reader.renamed
        if self.renamed:
            self._rename_columns()

    def _rename_columns(self) -> None:
        # A filter compares a column with an answer: both must have the new name.
        for shelf in (self._sheet, self._external, self._files):
            for each in shelf.values():
                each.choices = tuple(
                    dataclasses.replace(
                        choice,
                        columns={name: self.renamed.get(cell, cell) for name, cell in choice.columns.items()},
                    )
                    for choice in each.choices
                )

    def reword(self, text: Callable[[Row, str, form.Text], form.Text]) -> None:
        """Let `text` go over the labels in which something is filled in."""
        for each in self.used():
            if any("${" in said for choice in each.choices for said in choice.label.values()):
                each.choices = tuple(
                    dataclasses.replace(choice, label=text(row, "label", choice.label))
                    for row, choice in zip(each.placed, each.choices, strict=True)
                )

    def of(self, key: str) -> List | None:
        """The list under the key that `use` or `file` gave."""
        if key.startswith("external "):
            return self._external.get(key.removeprefix("external "))
        return self._sheet.get(key) or self._files.get(key)

    def used(self) -> list[List]:
        """The lists that questions use."""
        return [each for shelf in (self._sheet, self._external, self._files) for each in shelf.values() if each.used]

    def looked_up(self, name: str, wanted: Collection[str]) -> List | None:
        """The list that instance('name') means; of a list and a file of that name, the one with the columns."""
        found = self._sheet.get(name) or self._external.get(name)
        file = self._declared.get(name) or f"{name}.csv"
        beside = self._file(file, "", "") if file in self.outside else None
        if beside and (found is None or set(wanted) - found.columns - {"", "name", "label"}):
            return beside
        return found

    def rows_of(self, found: List, say: Callable[[form.Text], str]) -> tuple[Mapping[str, str], ...]:
        """The rows as an expression sees them; `say` chooses the language of a label."""
        made: list[Mapping[str, str]] = []
        for row in found.rows:
            name = row.cell("name")
            texts = {"label": say(row.texts["label"])} if "label" in row.texts else {}
            made.append({**row.cells, **texts, "name": self.renamed.get(name, name)})
        return tuple(made)


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.lower())


def _renamed(row: object, value: str, label: str) -> object:
    """A row of a file whose own columns are named in the parameters."""
    if not isinstance(row, Mapping):
        return row
    kept = {key: cell for key, cell in row.items() if not (value and key == "name") and not (label and key == "label")}
    named = {"name": row.get(value)} if value else {}
    words = {"label": row.get(label)} if label else {}
    return {**kept, **named, **words}
