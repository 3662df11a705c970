"""The definition of a form: what is asked, in which words, under which conditions.

Everything here is frozen and knows nothing of files, tables or channels. `reading.py` makes it from the rows of an
XLSForm; `flow.py` walks a person through it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.engine.xpath import expressions

LANGUAGES = ("ky", "ru")

#: One text in every language it was written in: {"ky": ..., "ru": ...}; "" where its author named no language.
Text = Mapping[str, str]


class Kind(enum.StrEnum):
    """The question types of XLSForm that a chat can ask."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    GEOPOINT = "geopoint"
    IMAGE = "image"
    AUDIO = "audio"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    START = "start"
    END = "end"
    TODAY = "today"
    #: "Add another?" before each round of a repeat without a fixed count; the engine's own, no type of an author's.
    MORE = "more"


CHOOSING = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
#: Kinds that may be answered in a person's own words, and whose answers are kept sealed: words and places name people.
IN_WORDS = frozenset({Kind.TEXT, Kind.GEOPOINT, Kind.IMAGE, Kind.AUDIO})
#: Kinds that any number may answer.
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
#: Kinds whose value comes without asking.
WORKED_OUT = frozenset({Kind.CALCULATE, Kind.HIDDEN, Kind.START, Kind.END, Kind.TODAY})
#: Kinds a person never answers.
SILENT = WORKED_OUT | {Kind.NOTE}

#: Choices that stay at the end of a list whose order is drawn.
LAST = ("other", "none", "dont_know", "refuse")


class Attachment(NamedTuple):
    """A file that its author laid beside the form ("form attachment" in ODK's words)."""

    name: str
    #: "image" or "audio".
    kind: str
    #: SHA-256 of its bytes, in hexadecimal digits, and how many there are.
    hash: str
    size: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list."""

    name: str
    label: Text
    #: A few plain words under the label; at most 72 characters fit a WhatsApp list.
    description: Text = field(default_factory=dict)
    #: The other columns of its row, for `choice_filter`.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Name of its picture or sound beside the form, by language.
    image: Text = field(default_factory=dict)
    audio: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)  # compared as the object it is, as a Form
class Question:
    """One row of the survey sheet."""

    name: str
    kind: Kind
    label: Text
    hint: Text = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    choice_filter: expressions.Expression | None = None
    #: How many are wanted when ranking; 0 means all of them.
    pick: int = 0
    #: True where the order of the options is drawn for each person.
    randomize: bool = False
    required: bool = False
    #: Required under this condition alone; `required` says that it always is.
    required_if: expressions.Expression | None = None
    required_message: Text = field(default_factory=dict)
    relevant: expressions.Expression | None = None
    constraint: expressions.Expression | None = None
    constraint_message: Text = field(default_factory=dict)
    calculation: expressions.Expression | None = None
    #: Taken where the question is passed over; for a HIDDEN question its value.
    default: expressions.Expression | None = None
    #: Shown with its value, never asked.
    read_only: bool = False
    #: Longer help, said when the person asks for it.
    guidance: Text = field(default_factory=dict)
    #: Name of its picture or sound beside the form, by language.
    image: Text = field(default_factory=dict)
    audio: Text = field(default_factory=dict)
    #: The words of `appearance` that mean something to a chat: "year", "month-year", "minimal", "likert", ...
    appearance: frozenset[str] = frozenset()
    #: Of a RANGE: first, last and step.
    range: tuple[float, float, float] = (0.0, 10.0, 1.0)
    #: Names of the groups and repeats it stands in, the outermost first, and of the repeats alone.
    groups: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    #: True for what may name a person: kept sealed and left out of exports unless asked for.
    personal: bool = False
    #: Where it stands in the file, for messages to its author.
    row: int = 0
    #: Eight hex digits over all that changes what an answer means (kind, choices, label); joins results.
    version: str = ""

    def choice(self, name: str) -> Choice | None:
        """The choice of that name, if the list has it."""
        return next((choice for choice in self.choices if choice.name == name), None)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows between "begin group" and "end group", or "begin repeat" and "end repeat"."""

    name: str
    body: tuple[Question | Group, ...]
    label: Text = field(default_factory=dict)
    relevant: expressions.Expression | None = None
    #: True for a repeat: the body is gone through several times.
    repeat: bool = False
    #: How many times; None asks "add another?" before each.
    count: expressions.Expression | None = None
    row: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One immutable version of a form. Compared and hashed as the object it is: there is one for each version."""

    #: The author's `form_id`: stays the same from version to version.
    name: str
    title: Text
    #: Questions and groups as they are nested.
    body: tuple[Question | Group, ...]
    #: Hash of the definition and of the lists attached to it, 16 hex digits; names this version everywhere.
    version: str = ""
    #: "" for a survey; "pledge" for a form whose completion is a pledge.
    emits: str = ""
    #: Who asks, at most 30 characters, and for how long answers are kept: said before consent.
    holder: Text = field(default_factory=dict)
    term: Text = field(default_factory=dict)
    #: Said when it is finished; empty means the usual thanks.
    thanks: Text = field(default_factory=dict)
    wave: str = "1"
    #: Names of the questions that give a response its place, the most precise last.
    places: tuple[str, ...] = ()
    #: Names of the questions (or calculations) by which figures are broken down.
    margins: tuple[str, ...] = ()
    #: Where true, the response is counted apart (minors).
    apart: expressions.Expression | None = None
    #: Where true after an answer, the response ends and nothing of it is kept (a parent said no).
    refuse: expressions.Expression | None = None
    #: The language of texts that name none, and what is shown where a language is missing.
    language: str = ""
    #: True where each question's own sound comes with it, unasked.
    spoken: bool = False
    #: The pictures and recordings that lie beside it, by name.
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    #: Lists by name, for the expression instance('...'): rows of plain cells.
    lists: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    #: Every question in the order of the rows, out of all groups.
    questions: tuple[Question, ...] = field(init=False)
    _named: Mapping[str, Question] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "questions", tuple(_flat(self.body)))
        named = {question.name: question for question in (*_more(self.body), *reversed(self.questions))}
        object.__setattr__(self, "_named", named)

    def question(self, key: str) -> Question | None:
        """The question of that name, in whichever round of a repeat; None if the form has none.

        The name of a repeat without a fixed count is that of its "add another?".
        """
        return self._named.get(key.partition("#")[0])


def _flat(body: tuple[Question | Group, ...]) -> Iterator[Question]:
    for each in body:
        if isinstance(each, Group):
            yield from _flat(each.body)
        else:
            yield each


def _more(body: tuple[Question | Group, ...], repeats: tuple[str, ...] = ()) -> Iterator[Question]:
    for each in body:
        if isinstance(each, Group):
            if each.repeat and each.count is None:
                yield Question(each.name, Kind.MORE, each.label, required=True, repeats=repeats, row=each.row)
            yield from _more(each.body, (*repeats, each.name) if each.repeat else repeats)


def attached(definition: Form, question: Question, kind: str, language: str) -> Attachment | None:
    """A question's own picture ("image") or recording ("audio") in that language, else in one it is there in."""
    files = question.image if kind == "image" else question.audio
    there = {
        spoken: file
        for spoken, file in files.items()
        if file in definition.attachments and definition.attachments[file].kind == kind
    }
    return definition.attachments.get(said(there, language, definition.language))


def said(text: Text, language: str, otherwise: str = "") -> str:
    """The text in that language, else in the form's own, else as it was written without one, else in any."""
    if there := text.get(language):
        return there
    known = (text.get(each) for each in (otherwise, "", "ru", "ky"))
    return next(filter(None, known), "") or next(filter(None, text.values()), "")


def key(name: str, at: tuple[int, ...] = ()) -> str:
    """What an answer is kept under: its question's name, and in a repeat which round of it: "age#2", "age#2.1"."""
    return f"{name}#{'.'.join(map(str, at))}" if at else name


def place(key: str) -> tuple[str, tuple[int, ...]]:
    """The name and the rounds (from 1, the outermost first) of a key."""
    name, _, at = key.partition("#")
    return name, tuple(map(int, at.split("."))) if at else ()
