"""What a name means to an expression: this round, the first round, or all rounds of a repeat; and what looks ahead."""

from __future__ import annotations

import functools
import itertools
import re
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
def asked_of_itself(definition: form.Form) -> Mapping[str, tuple[form.Question, ...]]:
    """Every group whose condition asks for what stands in it -> those questions, in the order of the rows."""
    found: dict[str, tuple[form.Question, ...]] = {}

    def look(body: tuple[form.Question | form.Group, ...]) -> None:
        for group in (each for each in body if isinstance(each, form.Group)):
            inside = group.relevant.references & names(group) if group.relevant else frozenset()
            if inside:
                found[group.name] = tuple(each for each in definition.questions if each.name in inside)
            look(group.body)

    look(definition.body)
    return found


@functools.lru_cache(maxsize=512)
def is_straight(definition: form.Form) -> bool:
    """Whether one time through is enough, and the same each time: no repeat, no look ahead, no `once()`."""
    worked_out = (each for question in definition.questions for each in (question.calculation, question.default))
    once = any(each and each.once for each in worked_out)
    repeats = any(question.repeats for question in definition.questions)
    return not (once or repeats or looks_ahead(definition))


@functools.lru_cache(maxsize=4096)
def hanging_on(definition: form.Form, name: str) -> frozenset[str]:
    """That question, and all of which its answer may decide whether they are met, or what they are worth."""
    found = {name}

    def look(body: tuple[form.Question | form.Group, ...], decided: bool) -> None:
        for each in body:
            hangs = decided or bool(each.relevant and not found.isdisjoint(each.relevant.references))
            if isinstance(each, form.Group):
                look(each.body, hangs)
                continue
            needed = (each.calculation, each.default, each.choice_filter)
            if hangs or any(expression and not found.isdisjoint(expression.references) for expression in needed):
                found.add(each.name)

    # In a straight form all that is asked for stands before, so that once through is enough.
    look(definition.body, decided=False)
    return frozenset(found)


@functools.lru_cache(maxsize=512)
def judged_by(definition: form.Form, question: form.Question) -> frozenset[str]:
    """Every question that its constraint asks for through calculations; itself where they add it up."""
    found: set[str] = set()
    waiting = list(question.constraint.references - {question.name}) if question.constraint else []
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            asked = definition.question(name)
            if asked and asked.calculation:
                waiting += asked.calculation.references
    return frozenset(found)


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


#: What asks for all rounds of a repeat at once, the later ones too.
_OF_ALL_ROUNDS = re.compile(r"\[|\b(?:sum|count|min|max|join|concat|checklist|indexed-repeat)\b")


@functools.lru_cache(maxsize=256)
def looks_ahead(definition: form.Form) -> bool:
    """Whether one time through may not be enough: something hangs on what comes later, or on later rounds."""
    known: set[str] = set()

    def ahead(*needed: expressions.Expression | None, within: frozenset[str]) -> bool:
        for each in needed:
            if each and not known.issuperset(each.references):
                return True
            if each and not within.isdisjoint(each.references) and _OF_ALL_ROUNDS.search(each.source):
                return True
        return False

    def any_ahead(body: tuple[form.Question | form.Group, ...], within: frozenset[str]) -> bool:
        for each in body:
            if isinstance(each, form.Question):
                needed = (each.relevant, each.calculation, each.choice_filter, each.default)
                if ahead(*needed, within=within):
                    return True
            else:
                inside = within | names(each) if each.repeat else within
                if ahead(each.relevant, each.count, within=within):
                    return True
                known.add(each.name)
                if any_ahead(each.body, inside):
                    return True
            known.add(each.name)
        return False

    return any_ahead(definition.body, frozenset())
