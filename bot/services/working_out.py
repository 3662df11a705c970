"""What a form works out of answers, for an export: calculations, and who is counted apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.engine import form, passage, records, state
from bot.engine.xpath import expressions

#: Functions that look at the clock, and those that look at the seed or at what was worked out before.
_CLOCK = re.compile(r"\b(?:now|today)\s*\(")
_CHANCE = re.compile(r"\b(?:random|once|uuid)\s*\(")
_TIMES = frozenset({form.Kind.START, form.Kind.END, form.Kind.TODAY})


class Worked(NamedTuple):
    """What came of the answers: calculations, as pieces of `records`, and whether the response is counted apart."""

    pieces: tuple[str, ...]
    apart: bool


class Working:
    """One version of a form. The same answers come to the same, and are worked out once."""

    def __init__(self, definition: form.Form, wanted: frozenset[str]) -> None:
        self._definition = definition
        self._wanted = [
            question.name
            for question in definition.questions
            if question.name in wanted and question.kind in form.WORKED_OUT
        ]
        used = dict(_expressions(definition))
        waiting = {*self._wanted, *(definition.apart.references if definition.apart else ())}
        behind: set[str] = set()
        while waiting:
            name = waiting.pop()
            behind.add(name)
            question = definition.question(name)
            # How many rounds there are is told by answers under the names of the repeats.
            behind |= set(question.repeats) if question else set()
            for expression in used.get(name, ()):
                waiting |= expression.references - behind
        #: Questions whose answers decide.
        self.behind = frozenset(behind)
        mine = [definition.apart, *(expression for name in behind for expression in used.get(name, ()))]
        sources = " ".join(expression.source for expression in mine if expression)
        #: True where answers and times do not decide alone: what else the response knows does too.
        self.needs_state = bool(_CHANCE.search(sources))
        kinds = {question.kind for question in definition.questions if question.name in behind}
        self._needs_times = bool(_CLOCK.search(sources) or kinds & _TIMES)
        self._works = bool(self.behind or definition.apart)
        #: Whether a piece is behind it.
        self.decides = records.Memo(lambda piece: self._is_behind(records.read(piece)[0])).__getitem__
        #: What came of open answers behind it, in a language: for a loop that has no time for `out`.
        self.known = records.Memo(self._first)
        #: True where `known` is all that is needed if no answer was closed.
        self.is_plain = self._works and not (self._needs_times or self.needs_state)

    def out(
        self,
        pieces: Sequence[str],
        more: Mapping[str, str],
        begun: str,
        ended: str,
        language: str,
        kept: state.State | None = None,
    ) -> Worked:
        """What these answers (as in `records.Response`) come to; `kept` is the response's state where it is needed."""
        if not self._works:
            return _NOTHING
        given = tuple(filter(self.decides, pieces))
        if more:
            given += tuple(records.piece(key, text) for key, text in more.items() if self._is_behind(key))
        if kept is not None:
            return self._out(given, kept)
        found: Worked = self.known[(given, language, begun, ended) if self._needs_times else (given, language)]
        return found

    def _first(self, seen: tuple[Any, ...]) -> Worked:
        """Answers as nobody gave them before. Labels may be part of what they come to, in the person's language."""
        given, language, begun, ended = seen if self._needs_times else (*seen, _WHENEVER, _WHENEVER)
        return self._out(given, state.State(self._definition.version, "", begun, language=language, ended=ended))

    def passage(self, answers: Mapping[str, str], kept: state.State) -> passage.Passage:
        """The form as this person went through it."""
        return passage.passage(self._definition, _with(self._definition, answers, kept))

    def _is_behind(self, key: str) -> bool:
        return form.place(key)[0] in self.behind

    def _out(self, given: tuple[str, ...], kept: state.State) -> Worked:
        view = passage.passage(self._definition, _with(self._definition, dict(map(records.read, given)), kept))
        apart = self._definition.apart
        return Worked(
            tuple(
                records.piece(key, text)
                for key, value in view.values.items()
                if form.place(key)[0] in self._wanted and (text := expressions.text(value))
            ),
            apart is not None and expressions.truth(apart.evaluate(view.context())),
        )


#: Where nothing looks at the clock.
_WHENEVER = "1970-01-01T00:00:00Z"
_NOTHING = Worked((), False)


def _with(definition: form.Form, given: Mapping[str, str], kept: state.State) -> state.State:
    """A state that holds these answers and nothing of the way to them."""
    answers = tuple((key, _answer(definition, key, text)) for key, text in given.items())
    return state.State(
        kept.form, kept.seed, kept.begun, kept.channel, kept.language, kept.campaign, answers=answers, ended=kept.ended
    )


def _answer(definition: form.Form, key: str, text: str) -> state.Answer:
    question = definition.question(key)
    if question is None:
        return text
    if question.kind in (form.Kind.RANK, form.Kind.SELECT_MULTIPLE):
        return tuple(text.split(" "))
    return int(text) if question.kind is form.Kind.INTEGER and text.lstrip("-").isdecimal() else text


def _expressions(definition: form.Form) -> Iterator[tuple[str, tuple[expressions.Expression, ...]]]:
    """Each question's name with the expressions that decide whether it counts and what it is worth."""
    yield from _under(definition.body, ())


def _under(
    body: tuple[form.Question | form.Group, ...], around: tuple[expressions.Expression, ...]
) -> Iterator[tuple[str, tuple[expressions.Expression, ...]]]:
    for each in body:
        if isinstance(each, form.Group):
            yield from _under(each.body, (*around, *filter(None, (each.relevant, each.count))))
        else:
            own = (each.relevant, each.calculation, each.default, each.choice_filter)
            yield each.name, (*around, *filter(None, own))
