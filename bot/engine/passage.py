"""Going through a form: what stands under its conditions, round by round, and what everything is worth."""

from __future__ import annotations

import collections
import datetime as dt
import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.engine import form, offering, scoping, state
from bot.engine.form import Kind
from bot.engine.xpath import expressions

#: Kyrgyzstan has kept UTC+6 all year since 2005, so no table of time zones is needed.
KYRGYZ_TIME = dt.timezone(dt.timedelta(hours=6))
#: Rounds of one repeat at the most: nobody types more into a chat, and a slip of the finger is no thousand children.
ROUNDS = 50
#: Rounds of all repeats together: three counts of fifty, one in the other, would be a hundred thousand, in each turn.
ALL_ROUNDS = 300
#: A calculation may ask for what comes later: the form is gone through again until nothing changes, so often at most.
PASSES = 5


class Opened(NamedTuple):
    """A group that begins; of a repeat, which round of how many (0 where nobody knows yet)."""

    group: form.Group
    round: int = 0
    total: int = 0


class Station(NamedTuple):
    """One question as it is met on the way, notes included."""

    key: str
    question: form.Question
    #: Which round of the repeats it stands in.
    at: tuple[int, ...]
    #: The groups that begin right before it.
    opened: tuple[Opened, ...]
    #: False for what is only shown.
    asks: bool


class Passage(NamedTuple):
    """What a response looks like under the form's conditions."""

    definition: form.Form
    #: Everything this person meets, in order, and of it what is asked.
    stations: tuple[Station, ...]
    asked: tuple[Station, ...]
    #: By key: every relevant answer and whatever was worked out, as expressions see them.
    values: Mapping[str, expressions.Value]
    #: By key of the repeat ("child", "pet#2"): how many rounds it has.
    rounds: Mapping[str, int]
    #: By key: what `once()` has worked out, and must not work out again.
    once: tuple[tuple[str, str], ...]
    #: Every answer given, relevant or not, and when the response was begun and ended.
    given: tuple[tuple[str, state.Answer], ...]
    instants: tuple[str, str]
    #: What was sent, by its id, which is all that expressions see of it.
    sent: Mapping[str, state.Media]
    now: dt.datetime
    seed: str
    language: str

    def station(self, key: str) -> Station | None:
        """Where that question is met; None where it is not."""
        return next((station for station in self.stations if station.key == key), None)

    def supposing(self, key: str, answer: state.Answer) -> Passage:
        """What all would be worth if that question were answered so."""
        others = tuple((each, given) for each, given in self.given if each != key)
        return _passage(self.definition, (*others, (key, answer)), self.seed, *self.instants, self.language)

    def context(
        self, station: Station | None = None, current: expressions.Value = "", *, itself: bool = False
    ) -> expressions.Context:
        """What an expression sees there; without a station, outside all repeats.

        `itself`: the question's own name means `current` too, as it does in a constraint.
        """
        repeats, at = (station.question.repeats, station.at) if station else ((), ())
        answers = self.values
        series: Mapping[str, Sequence[expressions.Value]] = {}
        if self.rounds:
            answers = dict(self._in_scope(repeats, at))
            series = scoping.Series(self.definition, self.values, self.rounds, repeats, at)
        if itself and station:
            answers = {**answers, station.question.name: current}
        return expressions.Context(
            answers=answers,
            current=current,
            columns={},
            now=self.now,
            series=series,
            at=at,
            seed=f"{self.seed}/{station.key if station else ''}",
            lists=self.definition.lists,
            label=scoping.labels(self.definition, self.language),
            language=self.language,
        )

    def _in_scope(self, repeats: tuple[str, ...], at: tuple[int, ...]) -> Iterator[tuple[str, expressions.Value]]:
        for question in self.definition.questions:
            key = scoping.key_from(question, repeats, at)
            if key in self.values:
                yield question.name, self.values[key]


def passage(definition: form.Form, response: state.State) -> Passage:
    """Go through the form in order: an answer to a question that is not relevant counts for nothing."""
    # Only by what it depends on: where the person stands does not change what their answers are worth.
    return _passage(definition, response.answers, response.seed, response.begun, response.ended, response.language)


def counted(definition: form.Form, response: state.State) -> dict[str, state.Answer]:
    """The answers that count, by key: given, and relevant under all the others."""
    view = passage(definition, response)
    return {key: answer for key, answer in response.answers if key in view.values}


def value_of(answer: state.Answer) -> expressions.Value:
    """An answer as expressions see it: several options are one text with spaces between."""
    if isinstance(answer, tuple):
        return " ".join(answer)
    if isinstance(answer, state.Media):
        return answer.id
    return float(answer) if isinstance(answer, int) else answer


# One turn asks this of the same two states a dozen times, and it is the dearest part of a turn.
@functools.lru_cache(maxsize=512)
def _passage(
    definition: form.Form,
    answers: tuple[tuple[str, state.Answer], ...],
    seed: str,
    begun: str,
    ended: str,
    language: str,
) -> Passage:
    given, instants = dict(answers), (begun, ended)
    latest = _latest(definition, seed, instants, language)
    goes_on = latest and latest[0].given == answers[:-1] != answers and scoping.is_straight(definition)
    going = _Going(definition, given, seed, instants, language, None, latest[0] if goes_on else None)
    for _ in range(PASSES - 1 if scoping.looks_ahead(definition) else 0):
        before, going = going, _Going(definition, given, seed, instants, language, going)
        if (going.values, going.rounds) == (before.values, before.rounds):
            break
    latest[:] = [found] = [
        Passage(
            definition=definition,
            stations=tuple(going.stations),
            asked=tuple(station for station in going.stations if station.asks),
            values=going.values,
            rounds=going.rounds,
            once=tuple(going.once),
            given=answers,
            instants=instants,
            sent={answer.id: answer for _, answer in answers if isinstance(answer, state.Media)},
            now=going.now,
            seed=seed,
            language=language,
        )
    ]
    return found


@functools.lru_cache(maxsize=512)
def _latest(_definition: form.Form, _seed: str, _instants: tuple[str, str], _language: str) -> list[Passage]:
    """Room for the newest passage of one response: with one answer more, most of it stays as it is."""
    return []


@dataclass(slots=True)
class _Scope:
    """Where short names are looked up: outside all repeats, or one round of one."""

    repeats: tuple[str, ...]
    at: tuple[int, ...]
    answers: dict[str, expressions.Value]
    context: expressions.Context
    #: The scopes around it in which its values are those of the first round.
    seen_from: tuple[_Scope, ...] = ()


class _Going:
    """One time through the form. `before` is the time before, for whatever looks ahead."""

    def __init__(
        self,
        definition: form.Form,
        given: Mapping[str, state.Answer],
        seed: str,
        instants: tuple[str, str],
        language: str,
        before: _Going | None,
        kept: Passage | None = None,
    ) -> None:
        self.definition, self.given, self.seed, self.language = definition, given, seed, language
        begun, ended = instants
        self.now = dt.datetime.fromisoformat(begun).astimezone(KYRGYZ_TIME)
        self.ended = dt.datetime.fromisoformat(ended).astimezone(KYRGYZ_TIME) if ended else None
        self.before = before
        self.stations: list[Station] = []
        self.values: dict[str, expressions.Value] = {}
        self.rounds: dict[str, int] = {}
        self.left = ALL_ROUNDS
        self.once: list[tuple[str, str]] = []
        self.opened: list[Opened] = []
        #: The passage with one answer less, and whatever that answer may have changed.
        self.kept = kept
        if kept:
            self.changed = scoping.hanging_on(definition, [*given][-1])
            self.met_before = {station.key: station for station in kept.stations}
        self.repeated = any(question.repeats for question in definition.questions)
        # Without repeats and a time before, what stands is what is seen: one and the same dict.
        answers = self.values if before is None and not self.repeated else self.seen((), ())
        self.body(definition.body, _Scope((), (), answers, self.context(answers, (), ())))

    # -- what expressions see -------------------------------------------------------------------------------

    def seen(self, repeats: tuple[str, ...], at: tuple[int, ...]) -> dict[str, expressions.Value]:
        """Every value known so far under its short name; what this time has not reached, as the time before had it."""
        found: dict[str, expressions.Value] = {}
        for question in self.definition.questions:
            key = scoping.key_from(question, repeats, at)
            if key in self.values:
                found[question.name] = self.values[key]
            elif self.before and key in self.before.values:
                found[question.name] = self.before.values[key]
        return found

    def context(
        self,
        answers: Mapping[str, expressions.Value],
        repeats: tuple[str, ...],
        at: tuple[int, ...],
        current: expressions.Value = "",
        key: str = "",
    ) -> expressions.Context:
        series: Mapping[str, Sequence[expressions.Value]] = {}
        if self.repeated:
            values: Mapping[str, expressions.Value] = self.values
            rounds: Mapping[str, int] = self.rounds
            if self.before:
                values, rounds = collections.ChainMap(self.values, self.before.values), {**self.before.rounds, **rounds}
            series = scoping.Series(self.definition, values, rounds, repeats, at)
        return expressions.Context(
            answers,
            current,
            {},
            self.now,
            series,
            at,
            f"{self.seed}/{key}",
            self.definition.lists,
            scoping.labels(self.definition, self.language),
            self.language,
        )

    def evaluate(self, expression: expressions.Expression, scope: _Scope, key: str) -> expressions.Value:
        if expression.once or "random" in expression.source:
            # Each has a chance, and a value of its own, to look at.
            current = value_of(self.given[key]) if key in self.given else ""
            return expression.evaluate(self.context(scope.answers, scope.repeats, scope.at, current, key))
        return expression.evaluate(scope.context)

    def holds(self, condition: expressions.Expression | None, scope: _Scope, key: str) -> bool:
        return condition is None or expressions.truth(self.evaluate(condition, scope, key))

    # -- on the way -----------------------------------------------------------------------------------------

    def body(self, body: tuple[form.Question | form.Group, ...], scope: _Scope) -> None:
        for each in body:
            if isinstance(each, form.Question):
                self.question(each, scope)
            elif self.holds(each.relevant, self.looking_in(each, scope), form.key(each.name, scope.at)):
                if each.repeat:
                    self.repeat(each, scope)
                else:
                    self.inside(each, scope, Opened(each))

    def looking_in(self, group: form.Group, scope: _Scope) -> _Scope:
        """What the group's condition sees: what it asks for of its own is worth what it would be if it stood."""
        own = scoping.asked_of_itself(self.definition).get(group.name)
        if not own:
            return scope
        answers = dict(scope.answers)
        inner = _Scope(scope.repeats, scope.at, answers, self.context(answers, scope.repeats, scope.at))
        for question in own:
            key = form.key(question.name, scope.at)
            if question.kind in form.WORKED_OUT:
                answers[question.name] = self.worked_out(question, inner, key)
            elif key in self.given:
                answers[question.name] = value_of(self.given[key])
            else:
                answers[question.name] = self.evaluate(question.default, inner, key) if question.default else ""
        return inner

    def inside(self, group: form.Group, scope: _Scope, opened: Opened) -> None:
        self.opened.append(opened)
        self.body(group.body, scope)
        if self.opened and self.opened[-1] is opened:  # nothing in it was met
            self.opened.pop()

    def repeat(self, group: form.Group, scope: _Scope) -> None:
        key = form.key(group.name, scope.at)
        if group.count is None:
            wanted = (self.given.get(form.key(group.name, (*scope.at, n))) == "yes" for n in range(1, ROUNDS + 1))
            total, open_ = sum(1 for _ in itertools.takewhile(bool, wanted)), True
        else:
            count = expressions.number(self.evaluate(group.count, scope, key))
            total, open_ = int(min(max(count, 0), ROUNDS)) if count == count else 0, False  # NaN is unlike itself
        total = min(total, self.left)
        self.left -= total
        self.rounds[key] = total
        more = self.definition.question(group.name)
        for n in range(1, total + 1):
            if open_ and more:
                self.more(more, scope, n)
            at = (*scope.at, n)
            repeats = (*scope.repeats, group.name)
            answers = self.seen(repeats, at)
            seen_from = (scope, *scope.seen_from) if n == 1 else ()
            deeper = _Scope(repeats, at, answers, self.context(answers, repeats, at), seen_from)
            self.inside(group, deeper, Opened(group, n, 0 if open_ else total))
        if open_ and more and total < ROUNDS and self.left:
            self.more(more, scope, total + 1)

    def more(self, question: form.Question, scope: _Scope, n: int) -> None:
        key = form.key(question.name, (*scope.at, n))
        self.met(key, question, (*scope.at, n), asks=True)
        answer = self.given.get(key)
        if isinstance(answer, str):
            self.values[key] = answer

    def met(self, key: str, question: form.Question, at: tuple[int, ...], *, asks: bool) -> None:
        opened: tuple[Opened, ...] = ()
        if self.opened:
            opened = tuple(self.opened)
            self.opened.clear()
        self.stations.append(Station(key, question, at, opened, asks))

    def question(self, question: form.Question, scope: _Scope) -> None:
        if self.kept and question.name not in self.changed:
            if station := self.met_before.get(question.name):
                self.met(*station[:3], asks=station.asks)
            if question.name in self.kept.values:
                self.values[question.name] = self.kept.values[question.name]
            return
        key = form.key(question.name, scope.at) if scope.at else question.name
        value: expressions.Value | None = None
        if question.relevant is not None and not self.holds(question.relevant, scope, key):
            pass
        elif question.kind in form.WORKED_OUT:
            value = self.worked_out(question, scope, key)
            # What came to nothing, NaN among it, is not shown.
            if question.read_only and value != "" and value == value:
                self.met(key, question, scope.at, asks=False)
        elif question.read_only or question.calculation or question.kind is Kind.NOTE:
            self.met(key, question, scope.at, asks=False)
            source = question.calculation or question.default
            value = self.evaluate(source, scope, key) if source else None
        else:
            value = self.asked(question, scope, key)
        if value is not None:
            self.values[key] = value
        for each in (scope, *scope.seen_from) if scope.seen_from else (scope,):
            if value is not None:
                each.answers[question.name] = value
            else:
                each.answers.pop(question.name, None)

    def asked(self, question: form.Question, scope: _Scope, key: str) -> expressions.Value | None:
        answer = self.given.get(key)
        filtered = question.choice_filter is not None
        stands = answer is not None and (not filtered or offering.stands(question, answer, scope.context))
        # Where nothing is left to choose there is nothing to ask; an answer that stands has shown that there is.
        if not stands and question.kind in form.CHOOSING and not offering.offered(question, scope.context):
            return None
        self.met(key, question, scope.at, asks=True)
        return value_of(answer) if answer is not None and stands else None

    def worked_out(self, question: form.Question, scope: _Scope, key: str) -> expressions.Value:
        match question.kind:
            case Kind.START:
                return self.now.isoformat(timespec="milliseconds")
            case Kind.END:
                return self.ended.isoformat(timespec="milliseconds") if self.ended else ""
            case Kind.TODAY:
                return self.now.date().isoformat()
        source = question.calculation or question.default
        value = self.evaluate(source, scope, key) if source else ""
        if source and source.once and value != "":
            self.once.append((key, expressions.text(value)))
        return value
