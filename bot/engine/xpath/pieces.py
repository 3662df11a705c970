"""What the grammar and the functions hand to each other: a part of an expression, compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.engine import phrases
from bot.engine.xpath.values import Context, Evaluate, Value

Many = Callable[[Context], Sequence[Value]]


class Refused(ValueError):
    """A function cannot be used like this; the grammar adds where it stands."""

    def __init__(self, said: phrases.Phrase) -> None:
        super().__init__(phrases.english(said))
        self.phrase = said


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression."""

    #: Its value; of several the first.
    one: Evaluate
    #: All its values, where it may stand for several: answers from the rounds of a repeat, cells of a list.
    many: Many | None = None
    #: Its value where no answer is needed to know it.
    literal: Value | None = None
    #: The question, group or repeat it refers to.
    name: str = ""
    #: How many steps up "..", "../.." go: only position() can tell what is there.
    up: int = 0


def literal(value: Value) -> Piece:
    """A value that is written in the expression."""
    return Piece(lambda context: value, literal=value)


@dataclass(slots=True)
class Found:
    """What an expression asks for, gathered while it is read."""

    references: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    #: (list, column) of every cell that is looked up; the column is "" where rows are only counted.
    cells: set[tuple[str, str]] = field(default_factory=set)
    once: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One function with what stands between its brackets."""

    name: str
    arguments: tuple[Piece, ...]
    position: int
    found: Found
    #: The groups around the question, the innermost first: True for a repeat. Empty where nobody knows.
    above: tuple[bool, ...] = ()
    #: Whether it stands in [ ], where rows are judged one by one.
    judging: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments it takes, and how a call of it becomes a closure."""

    least: int
    most: int
    build: Callable[[Call], Evaluate]


#: As many arguments as fit.
ANY = 2000


def plain(apply: Callable[..., Value], least: int, most: int = 0) -> Function:
    """A function of the values of all its arguments."""

    def build(call: Call) -> Evaluate:
        parts = [piece.one for piece in call.arguments]
        if len(parts) == 1:
            (only,) = parts
            return lambda context: apply(only(context))
        if len(parts) == 2:
            first, second = parts
            return lambda context: apply(first(context), second(context))
        return lambda context: apply(*[part(context) for part in parts])

    return Function(least, most or least, build)


def every(piece: Piece) -> Many:
    """All its values, also where it stands for one."""
    if piece.many:
        return piece.many
    one = piece.one
    return lambda context: (one(context),)
