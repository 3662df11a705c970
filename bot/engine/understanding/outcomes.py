"""What reading a message as an answer can come to, and the words that more than one kind of question needs."""

from __future__ import annotations

from dataclasses import dataclass

from bot.engine import messages, state
from bot.engine.messages import phrase


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer."""

    answer: state.Answer


@dataclass(frozen=True, slots=True)
class Picking:
    """A ranking that is not full yet, with a word on it if something was wrong."""

    picked: tuple[str, ...]
    line: messages.Line | None = None


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Several options fit what was typed, a beginning or with a slip: their names, in the order of the list."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Not an answer; the line says why and what would be one."""

    line: messages.Line


Reading = Understood | Picking | Doubtful | Misunderstood


def which(one: str, other: str) -> messages.Line:
    """What was written may be either, and neither is guessed."""
    return phrase("{one} or {other}? Please write one of the two.", one=one, other=other)
