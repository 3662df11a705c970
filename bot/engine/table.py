"""A form as tables, and one response as rows of them: what an export is made of.

The conventions are KoboToolbox's: one table of what is asked once and one for each repeat; the answer to a question
with several options once as a whole and once as a column of 1 and 0 for each option; the figures of a place apart.
"""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.engine import codebook, form, state

#: What is known of a response beside its answers.
PARADATA = ("response", "version", "wave", "apart", "status", "channel", "language", "begun", "finished", "assisted")
#: Shown only where all of it is asked for: messages each way, and bytes at the phone.
TRAFFIC = ("messages_in", "messages_out", "bytes_in", "bytes_out")
#: Leads from a round of a repeat to the row it belongs to.
INDEX, PARENT_TABLE, PARENT_INDEX = "_index", "_parent_table_name", "_parent_index"
#: What fills columns: an answer, how long the question waited for it, its options in the order they were shown.
ANSWER, SECONDS, SHOWN = "answer", "seconds", "shown"
GEOPOINT = ("latitude", "longitude", "altitude", "precision")


class Type(enum.StrEnum):
    """What the cells of a column are. All are text until a writer makes more of them."""

    TEXT = "text"
    #: Sixteen hex digits.
    ID = "id"
    #: Whatever a calculation comes to.
    ANY = "any"
    WHOLE = "whole"
    NUMBER = "number"
    #: 1 or 0.
    FLAG = "flag"
    DATE = "date"
    TIME = "time"
    #: In Kyrgyz time, as people say it.
    DATETIME = "datetime"
    #: In UTC.
    INSTANT = "instant"


_FIGURE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_TYPES = {
    form.Kind.INTEGER: Type.WHOLE,
    form.Kind.DECIMAL: Type.NUMBER,
    form.Kind.RANGE: Type.NUMBER,
    form.Kind.DATE: Type.DATE,
    form.Kind.TODAY: Type.DATE,
    form.Kind.TIME: Type.TIME,
    form.Kind.DATETIME: Type.DATETIME,
    form.Kind.CALCULATE: Type.ANY,
    form.Kind.HIDDEN: Type.ANY,
}
_OURS = {
    "response": Type.ID,
    "pledge": Type.ID,
    "offered": Type.INSTANT,
    "changed": Type.INSTANT,
    "apart": Type.FLAG,
    "assisted": Type.FLAG,
    "begun": Type.INSTANT,
    "finished": Type.INSTANT,
    **dict.fromkeys((*TRAFFIC, INDEX, PARENT_INDEX), Type.WHOLE),
}


class Multiple(enum.StrEnum):
    """How an answer of several options is laid out."""

    BOTH = "both"
    SUMMARY = "summary"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Layout:
    """What whoever exports has asked for."""

    #: Options by their labels instead of their names, and headings too.
    labels: bool = False
    headings: bool = False
    #: Of the labels; "" is the form's own.
    language: str = ""
    multiple: Multiple = Multiple.BOTH
    #: With the names (or labels) of groups before the headings.
    groups: bool = False
    separator: str = "/"
    personal: bool = False
    #: With all that is known of how it was answered.
    full: bool = False
    #: What is known beside the answers, a column each; the first is the id, and at least two are the same for many.
    lead: tuple[str, ...] = PARADATA


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `title` is its name, once in a table; `heading` what stands over it where people read."""

    title: str
    heading: str
    type: Type = Type.TEXT
    #: What it shows of which question; None for what is no answer.
    entry: codebook.Entry | None = None
    option: str = ""
    #: Which place of a ranking, from 1.
    rank: int = 0
    #: Which figure of a place, from 1 in the order of `GEOPOINT`.
    part: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring columns that are filled together."""

    #: `ANSWER`, `SECONDS` or `SHOWN` of the question; else which of ours it is ("response", "_index"), whatever title
    #: it had to take.
    what: str
    columns: tuple[Column, ...]
    question: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of what is asked once, or of one repeat."""

    name: str
    #: Number of the table its rounds belong to; None for the main one.
    parent: int | None
    #: Names of the repeats around it, the outermost first, its own included.
    repeats: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """All of them."""
        return tuple(column for part in self.parts for column in part.columns)

    def title(self, what: str) -> str:
        """The title of that column of ours, which the table has."""
        return next(part.columns[0].title for part in self.parts if part.what == what)


def tables(book: codebook.Codebook, layout: Layout) -> tuple[Table, ...]:
    """The main table, then one for each repeat, a parent before its own."""
    shown = [entry for entry in book.entries if layout.personal or not entry.personal]
    numbers = {around: number for number, around in enumerate(((), *book.repeats))}
    taken: set[str] = set()
    return tuple(
        _table(
            _free(around[-1] if around else codebook.MAIN, taken),
            book,
            layout,
            around,
            [entry for entry in shown if entry.repeats == around],
            numbers,
        )
        for around in numbers
    )


def _table(
    name: str,
    book: codebook.Codebook,
    layout: Layout,
    around: tuple[str, ...],
    entries: Sequence[codebook.Entry],
    numbers: Mapping[tuple[str, ...], int],
) -> Table:
    # An author's names come first; whatever we add steps aside for them.
    taken = {entry.name for entry in entries}
    # In JSON lines the rounds of a repeat stand under its name, beside them.
    taken |= {each[-1] for each in numbers if each and each[:-1] == around}
    heading = _Headings(book, layout)

    def ours(what: str, wanted: str, type_: Type, question: str = "", aside: str = "{}_") -> Part:
        title = _free(wanted, taken, aside)
        return Part(what, (Column(title, title, type_),), question)

    lead = layout.lead[:1] if around else (*layout.lead, *(TRAFFIC if layout.full else ()))
    parts = [ours(role, role, _OURS.get(role, Type.TEXT), aside="_{}") for role in lead]
    answers = [Part(ANSWER, tuple(_columns(entry, layout, heading, taken)), entry.name) for entry in entries]
    parts += [part for part in answers if part.columns]
    for entry in entries if layout.full else ():
        if entry.kinds - form.SILENT:
            parts.append(ours(SECONDS, f"{entry.name}_seconds", Type.WHOLE, entry.name))
        if entry.drawn:
            parts.append(ours(SHOWN, f"{entry.name}_shown", Type.TEXT, entry.name))
    if len(numbers) > 1:
        links = (INDEX, PARENT_TABLE, PARENT_INDEX) if around else (INDEX,)
        parts += [ours(link, link, _OURS.get(link, Type.TEXT)) for link in links]
    return Table(name, numbers[around[:-1]] if around else None, around, tuple(_told_apart(parts)))


def _columns(entry: codebook.Entry, layout: Layout, heading: _Headings, taken: set[str]) -> Iterable[Column]:
    kinds = entry.kinds
    whole = kinds - {form.Kind.RANK}
    if layout.multiple is Multiple.SPLIT:
        whole -= {form.Kind.SELECT_MULTIPLE}
    name = entry.name
    if whole:
        yield Column(name, heading.of(entry), _type(kinds), entry=entry)
    for rank in range(1, entry.ranks + 1):
        yield Column(_free(f"{name}_{rank}", taken), heading.of(entry, f"{{}}_{rank}"), entry=entry, rank=rank)
    if form.Kind.SELECT_MULTIPLE in kinds and layout.multiple is not Multiple.SUMMARY:
        for option in entry.options:
            title = _free(f"{name}{layout.separator}{option.name}", taken)
            over = heading.of(entry, f"{{}}{layout.separator}{heading.option(option)}")
            yield Column(title, over, Type.FLAG, entry=entry, option=option.name)
    if form.Kind.GEOPOINT in kinds:
        for part, figure in enumerate(GEOPOINT, 1):
            title = _free(f"_{name}_{figure}", taken)
            yield Column(title, heading.of(entry, f"_{{}}_{figure}"), Type.NUMBER, entry=entry, part=part)


def _type(kinds: Iterable[form.Kind]) -> Type:
    """What answers of all these kinds fit into."""
    types = {_TYPES.get(kind, Type.TEXT) for kind in kinds}
    if types == {Type.WHOLE, Type.NUMBER}:
        return Type.NUMBER
    return types.pop() if len(types) == 1 else Type.TEXT


class _Headings:
    """What stands over columns, as the layout wants it."""

    def __init__(self, book: codebook.Codebook, layout: Layout) -> None:
        self._book, self._layout = book, layout

    def of(self, entry: codebook.Entry, pattern: str = "{}") -> str:
        """Of one column of a question."""
        own = pattern.replace("{}", self._words(entry.label, entry.name), 1)
        if not self._layout.groups:
            return own
        around = [self._words(self._book.groups.get(group, {}), group) for group in entry.groups]
        return self._layout.separator.join([*around, own])

    def option(self, option: codebook.Option) -> str:
        """Of an option among them."""
        return self._words(option.label, option.name)

    def _words(self, label: form.Text, name: str) -> str:
        if not self._layout.headings:
            return name
        return " ".join(self._book.said(label, self._layout.language).split()) or name


def _free(title: str, taken: set[str], aside: str = "{}_") -> str:
    """The title, or one like it that nothing else has; from now on it is taken."""
    while title in taken:
        title = aside.format(title)
    taken.add(title)
    return title


def _told_apart(parts: Iterable[Part]) -> Iterator[Part]:
    """Two questions may have one label: then the second shows its name too."""
    seen: set[str] = set()

    def told(column: Column) -> Column:
        heading = column.heading if column.heading not in seen else f"{column.heading} ({column.title})"
        seen.add(heading)
        return dataclasses.replace(column, heading=heading)

    for part in parts:
        yield dataclasses.replace(part, columns=tuple(map(told, part.columns)))


def cells(
    columns: Sequence[Column], kind: form.Kind, text: str, book: codebook.Codebook, layout: Layout
) -> tuple[str, ...]:
    """What a stored answer to a question of that kind puts under the columns of the question."""
    several = kind in (form.Kind.SELECT_MULTIPLE, form.Kind.RANK)
    names = text.split(" ") if several else [text]
    figures = text.split(" ") if kind is form.Kind.GEOPOINT and is_point(text) else []

    def labelled(name: str) -> str:
        entry = columns[0].entry
        return book.labelled(entry, name, layout.language) if layout.labels and entry else name

    def cell(column: Column) -> str:
        if column.rank:
            return labelled(names[column.rank - 1]) if kind is form.Kind.RANK and column.rank <= len(names) else ""
        if column.option:
            return str(int(column.option in names)) if kind is form.Kind.SELECT_MULTIPLE else ""
        if column.part:
            return figures[column.part - 1] if column.part <= len(figures) else ""
        # Labels may hold spaces.
        return ("; " if layout.labels else " ").join(map(labelled, names)) if kind in form.CHOOSING else text

    return tuple(map(cell, columns))


def number(text: str) -> int | float | None:
    """The number in a text of digits; None if it is none."""
    if not _FIGURE.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


def is_point(text: str) -> bool:
    """True for a place in figures, "latitude longitude [altitude [precision]]"; others say it in words."""
    figures = text.split(" ")
    return 2 <= len(figures) <= len(GEOPOINT) and all(_FIGURE.fullmatch(figure) for figure in figures)


def stored(answer: state.Answer) -> str:
    """An answer as the answer table keeps it: option names with spaces between, numbers as digits."""
    if isinstance(answer, state.Media):
        return answer.id
    return " ".join(answer) if isinstance(answer, tuple) else str(answer)
