"""What a name means to an expression: this round, the first round, or all rounds of a repeat."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.engine import form
from bot.engine.xpath import expressions


class Series(Mapping[str, Sequence[expressions.Value]]):
    """The values of what stands in a repeat, round by round, as they are seen from one place."""

    def __init__(
        self,
        definition: form.Form,
        values: Mapping[str, expressions.Value],
        rounds: Mapping[str, int],
        repeats: tuple[str, ...],
        at: tuple[int, ...],
    ) -> None:
        self._of = _repeats_of(definition)
        self._values, self._rounds, self._repeats, self._at = values, rounds, repeats, at

    def __getitem__(self, name: str) -> Sequence[expressions.Value]:
        # "name#" means all its rounds, and "name#2" those of the second round of the repeat around it; without the
        # mark it is what ${name} is in ODK: within its own repeat this round alone.
        marked = "#" in name
        name, at = form.place(name) if marked else (name, ())
        path = self._of[name]
        shared = min(_shared(path, self._repeats), len(path) - (marked or name == path[-1]))
        rounds = self._through(path, at[: len(path) - 1] or self._at[:shared])
        if name == path[-1]:
            return [""] * sum(1 for _ in rounds)
        return [self._values.get(form.key(name, at), "") for at in rounds]

    def _through(self, path: tuple[str, ...], at: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(at) == len(path):
            yield at
            return
        for n in range(1, self._rounds.get(form.key(path[len(at)], at), 0) + 1):
            yield from self._through(path, (*at, n))

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)


def _shared(path: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many repeats, from the outermost, two places have in common."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(path, other, strict=False)))


def key_from(question: form.Question, repeats: tuple[str, ...], at: tuple[int, ...]) -> str:
    """What a short name means from there: this round of what is shared, and the first of the rest."""
    if not question.repeats:
        return question.name
    shared = _shared(question.repeats, repeats)
    return form.key(question.name, at[:shared] + (1,) * (len(question.repeats) - shared))


def names(group: form.Group) -> frozenset[str]:
    """The names of all that stands in a group."""
    inside = (names(each) if isinstance(each, form.Group) else frozenset({each.name}) for each in group.body)
    return frozenset({group.name}).union(*inside)


@functools.lru_cache(maxsize=256)
def _repeats_of(definition: form.Form) -> Mapping[str, tuple[str, ...]]:
    """Every name that stands in a repeat, and every repeat -> the repeats it goes through, itself included."""
    found = {question.name: question.repeats for question in definition.questions if question.repeats}
    for path in tuple(found.values()):
        found |= {name: path[: place + 1] for place, name in enumerate(path)}
    return found


@functools.lru_cache(maxsize=512)
def labels(definition: form.Form, language: str) -> Callable[[str, str], str]:
    """(question, choice) -> the choice's label in that language, for jr:choice-name()."""

    def label(question: str, choice: str) -> str:
        asked = definition.question(question)
        found = asked.choice(choice) if asked else None
        return form.said(found.label, language, definition.language) if found else choice

    return label
