"""The definition of a form: what is asked, in which words, under which conditions.

Everything here is frozen and knows nothing of files, tables or channels. `reading.py` makes it from the rows of an
XLSForm; `flow.py` walks a person through it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.engine import expressions

LANGUAGES = ("ky", "ru")

#: One text in every language it was written in: {"ky": ..., "ru": ...}.
Text = Mapping[str, str]


class Kind(enum.StrEnum):
    """The question types of XLSForm that a chat can ask."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    NOTE = "note"
    CALCULATE = "calculate"


CHOOSING = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
#: Kinds a person never answers.
SILENT = frozenset({Kind.NOTE, Kind.CALCULATE})

#: Choices that stay at the end of a list whose order is drawn.
LAST = ("other", "none", "dont_know", "refuse")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list."""

    name: str
    label: Text
    #: A few plain words under the label; at most 72 characters fit a WhatsApp list.
    description: Text = field(default_factory=dict)
    #: The other columns of its row, for `choice_filter`.
    columns: Mapping[str, str] = field(default_factory=dict)


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
    required_message: Text = field(default_factory=dict)
    relevant: expressions.Expression | None = None
    constraint: expressions.Expression | None = None
    constraint_message: Text = field(default_factory=dict)
    calculation: expressions.Expression | None = None
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
class Form:
    """One immutable version of a form. Compared and hashed as the object it is: there is one for each version."""

    #: The author's `form_id`: stays the same from version to version.
    name: str
    title: Text
    questions: tuple[Question, ...]
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

    def question(self, name: str) -> Question | None:
        """The question of that name, if the form has it."""
        return next((question for question in self.questions if question.name == name), None)
