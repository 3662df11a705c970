"""Rows of one list -> its choices: names that can be kept together, no two alike, each with words to show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.engine import form
from bot.engine.authoring import texts
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import Phrase, phrase

#: A choice's name may be any code, but several are joined by spaces, and a ranking by ">".
_NAME = re.compile(r"[^\s>]{1,64}")
_LONGEST = 64


@dataclass(slots=True)
class _Same:
    """The choices of one name in one list."""

    #: Row of the first.
    row: int
    columns: set[frozenset[tuple[str, str]]] = field(default_factory=set)
    labels: set[frozenset[tuple[str, str]]] = field(default_factory=set)


class Reader:
    """Makes choices of rows, list by list."""

    def __init__(self, words: texts.Texts, told: Told, *, doubles: bool) -> None:
        self._words = words
        self._told = told
        #: True where the settings allow two choices of one name.
        self._doubles = doubles
        #: Old name -> new one, for names that had to be changed.
        self.renamed: dict[str, str] = {}

    def read(self, name: str, rows: list[Row], *, used: bool, filtered: bool) -> list[tuple[Row, form.Choice]]:
        """The choices of one list, each with its row."""
        kept: list[tuple[Row, form.Choice]] = []
        seen: dict[str, _Same] = {}
        taken = {row.cell("name") for row in rows}
        for row in rows:
            if not row.cell("name") and "label" not in row.texts:
                continue  # a row of comments
            choice = self._choice(row, taken, used=used)
            before = seen.setdefault(choice.name, _Same(row.number))
            if self._stays(row, choice, before, used=used, filtered=filtered):
                before.columns.add(frozenset(choice.columns.items()))
                before.labels.add(frozenset(choice.label.items()))
                kept.append((row, choice))
        return kept

    def _wrong(self, row: Row, column: str, what: Phrase, mend: Phrase, *, used: bool) -> None:
        """A mistake in a list that nobody uses stops nobody."""
        tell = self._told.error if used else self._told.advice
        tell(row, column, what, mend)

    def _choice(self, row: Row, taken: set[str], *, used: bool) -> form.Choice:
        name = row.cell("name")
        if not name:
            mend = phrase("write a short one in Latin letters, such as “yes”.")
            self._wrong(row, "name", phrase("The choice has no name."), mend, used=used)
        elif not _NAME.fullmatch(name):
            name = self._named(row, name, taken, used=used)
        label = self._words.of(row, "label", judge=used)
        if not label and name:
            label = {"": name}
            if used:
                what = phrase("The choice has no text, so its name “{name}” is shown.", name=name)
                self._told.mended(row, "label", what, phrase("write it in label::ky and label::ru."))
        return form.Choice(
            name=name,
            label=label,
            description=self._words.of(row, "ashar::description", judge=used),
            columns={column: cell for column, cell in row.cells.items() if column not in ("list_name", "name")},
            image=self._words.media(row, "media::image"),
            audio=self._words.media(row, "media::audio"),
        )

    def _named(self, row: Row, name: str, taken: set[str], *, used: bool) -> str:
        short = re.sub(r"[\s>]+", "_", name)[:_LONGEST]
        what = phrase("“{name}” cannot be a choice's name.", name=name[: 2 * _LONGEST])
        mend = phrase("leave out spaces and “>”, at most {n} characters.", n=_LONGEST)
        if short in taken or self.renamed.get(name, short) != short:
            self._wrong(row, "name", what, mend, used=used)
            return name
        self.renamed[name] = short
        if used:
            what = phrase(
                "“{name}” cannot be a choice's name; “{new}” was taken.", name=name[: 2 * _LONGEST], new=short
            )
            self._told.mended(row, "name", what, mend)
        return short

    def _stays(self, row: Row, choice: form.Choice, before: _Same, *, used: bool, filtered: bool) -> bool:
        """Whether a choice whose name its list has already is one more choice."""
        if not before.labels or not choice.name or self._doubles:
            return True
        if filtered and frozenset(choice.columns.items()) not in before.columns:
            return True  # the filter shows one of them at a time
        first = before.row
        if frozenset(choice.label.items()) in before.labels:
            if used:
                what = phrase("“{name}” stands in row {row} already, with the same text.", name=choice.name, row=first)
                self._told.mended(row, "name", what, phrase("delete this row."))
            return False
        what = phrase("“{name}” is the name of row {row} of this list already.", name=choice.name, row=first)
        self._wrong(row, "name", what, phrase("choose another name."), used=used)
        return True
