"""Rows of one list -> its choices: names that can be kept together, no two alike, each with words to show."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bot.engine import form
from bot.engine.authoring import lettering, texts
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import Phrase, phrase

#: A choice's name may be any code, but several are joined by spaces, and a ranking by ">".
_NAME = re.compile(r"[^\s>]{1,64}")
_LONGEST = 64


#: List -> the names of its choices that some expression looks at; None for all of them.
Compared = Mapping[str, Collection[str] | None]

#: What an expression compares answers with.
_WORD = re.compile(r"'([^']*)'|\"([^\"]*)\"|(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
#: Where a choice is told from its namesake by its words alone.
_JUDGING = ("relevant", "constraint", "required", "default")
_WORKING_OUT = ("calculation", "repeat_count", "choice_filter", "read_only")


@dataclass(slots=True)
class _Same:
    """The choices of one name in one list."""

    #: Row of the first.
    row: int
    columns: set[frozenset[tuple[str, str]]] = field(default_factory=set)
    labels: list[form.Text] = field(default_factory=list)


class Reader:
    """Makes choices of rows, list by list."""

    def __init__(self, words: texts.Texts, told: Told, *, doubles: bool) -> None:
        self._words = words
        self._told = told
        #: True where the settings allow two choices of one name.
        self._doubles = doubles
        #: Old name -> new one, for names that had to be changed.
        self.renamed: dict[str, str] = {}

    def read(
        self, rows: list[Row], compared: Collection[str] | None, *, used: bool, filtered: bool
    ) -> list[tuple[Row, form.Choice]]:
        """The choices of one list, each with its row; `compared` as in `Compared`."""
        kept: list[tuple[Row, form.Choice]] = []
        seen: dict[str, _Same] = {}
        taken = {row.cell("name") for row in rows}
        for row in rows:
            if not row.cell("name") and "label" not in row.texts:
                continue  # a row of comments
            choice = self._choice(row, taken, used=used)
            before = seen.setdefault(choice.name, _Same(row.number))
            looked_at = compared is None or choice.name in compared
            if self._is_twin(row, choice, before, filtered=filtered):
                if _are_one(choice.label, before.labels, looked_at=looked_at):
                    if used:
                        what = phrase("“{name}” stands in row {row} already, with the same text.",
                                      name=choice.name, row=before.row)  # fmt: skip
                        self._told.mended(row, "name", what, phrase("delete this row."))
                    continue
                choice = self._apart(row, choice, before, taken, used=used, looked_at=looked_at)
            before.columns.add(frozenset(choice.columns.items()))
            before.labels.append(choice.label)
            kept.append((row, choice))
        return kept

    def _wrong(self, row: Row, column: str, what: Phrase, mend: Phrase, *, used: bool) -> None:
        """A mistake in a list that nobody uses stops nobody."""
        tell = self._told.error if used else self._told.advice
        tell(row, column, what, mend)

    def _choice(self, row: Row, taken: set[str], *, used: bool) -> form.Choice:
        name = row.cell("name")
        if not name and (made := lettering.latin(next(iter(row.texts["label"].values())), _LONGEST).lower()):
            name = made if made not in taken else f"{made[: _LONGEST - 6]}_{row.number}"
            taken.add(name)
            if used:
                what = phrase("The choice has no name; “{new}” was taken.", new=name)
                mend = phrase("write a short one in Latin letters, such as “yes”.")
                self._told.mended(row, "name", what, mend)
        elif not name:
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

    def _is_twin(self, row: Row, choice: form.Choice, before: _Same, *, filtered: bool) -> bool:
        """Whether its list has a choice of that name already, and nothing tells the two apart."""
        if not before.labels or not choice.name or self._doubles:
            return False
        # Or else the filter shows one of them at a time.
        return not filtered or frozenset(choice.columns.items()) in before.columns

    def _apart(
        self, row: Row, choice: form.Choice, before: _Same, taken: set[str], *, used: bool, looked_at: bool
    ) -> form.Choice:
        """Another name for one of two that say different things, unless an expression looks at the name."""
        mend = phrase("choose another name.")
        if looked_at or not used:
            what = phrase("“{name}” is the name of row {row} of this list already.", name=choice.name, row=before.row)
            self._wrong(row, "name", what, mend, used=used)
            return choice
        free = (f"{choice.name[: _LONGEST - 4]}_{n}" for n in itertools.count(2))
        name = next(each for each in free if each not in taken)
        taken.add(name)
        first = before.row
        what = phrase(
            "“{name}” is the name of row {row} already; “{new}” was taken.", name=choice.name, row=first, new=name
        )
        self._told.mended(row, "name", what, mend)
        return dataclasses.replace(choice, name=name)


def _are_one(label: form.Text, others: Iterable[form.Text], *, looked_at: bool) -> bool:
    """Whether it says what another of its name says; "Other (specify)" is "Other" where both must mean one thing."""
    for other in others:
        pairs = [(_folded(label[each]), _folded(other[each])) for each in label.keys() & other.keys()]
        if pairs and all(one == two for one, two in pairs):
            return True
        if (
            looked_at
            and pairs
            and all(f"{one} ".startswith(f"{two} ") or f"{two} ".startswith(f"{one} ") for one, two in pairs)
        ):
            return True
    return False


def _folded(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))


def compared(asked: Iterable[tuple[Row, str]]) -> Compared:
    """What expressions look at among the names of each list; `asked` are the survey's rows, each with its list."""
    rows = list(asked)
    lists = {row.cell("name"): name for row, name in rows if name}
    found: dict[str, set[str] | None] = {}
    for row, own in rows:
        for column in (*_JUDGING, *_WORKING_OUT):
            cell = row.cell(column)
            if not cell:
                continue
            of = {lists[name] for name in lettering.REFERENCE.findall(cell) if name in lists} | ({own} - {""})
            if column == "choice_filter":
                # Its own list's names only where it asks for them.
                of -= set() if re.search(r"\bname\b", cell) else {own}
            words = {one or two or three for one, two, three in _WORD.findall(cell)} | set(cell.split())
            for each in of:
                known = found.setdefault(each, set())
                if column in _WORKING_OUT or known is None:
                    found[each] = None  # its value goes on to where nobody can see it
                else:
                    known |= words
    return found
