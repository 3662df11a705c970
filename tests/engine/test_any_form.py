"""Whatever tree of questions, groups and rounds an author may make, and whatever is said to it."""

from __future__ import annotations

import itertools
import random

import hypothesis
from hypothesis import strategies as st

from bot.engine import contribution, form, passage
from bot.engine.form import Kind
from bot.engine.xpath import expressions
from tests.engine import walking

KINDS = sorted(set(Kind) - {Kind.MORE})
CONDITIONS = (
    *("${%s} = 'a'", "${%s} > 2", "selected(${%s}, 'b')", "count(${%s}) > 0", "string-length(${%s}) > 0"),
    *("sum(${%s}) < 5", "not(${%s} = '')", "random() < 0.5", "position(..) < 2", "once(${%s}) != ''"),
)
TEXTS = (
    *("1", "2", "1 2", "a", "да", "нет", "ооба", "билбейм", "12.05.1980", "14:30", "3", "45", "<", ">", "+", "вариант"),
    *("12.05.1980 14:30", "", "👍", "Каракол", "0", "-7", "2,5"),
)
sent = st.sampled_from(TEXTS) | st.tuples(st.sampled_from(["image", "audio", "place", "media"]), st.just("1 2 3 4"))


class _Author:
    """Makes one form after another, each of a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.names = (f"n{number}" for number in itertools.count(1))
        self.made: list[str] = []

    def write(self) -> form.Form:
        """One form."""
        body = self.body((), (), 3)
        return form.Form("any", {"ky": "Форма"}, body, version="v", places=(), margins=tuple(self.made[:1]))

    def body(
        self, groups: tuple[str, ...], repeats: tuple[str, ...], depth: int
    ) -> tuple[form.Question | form.Group, ...]:
        """Rows one below the other."""
        return tuple(self.row(groups, repeats, depth) for _ in range(self.chance.randint(1, 4)))

    def row(self, groups: tuple[str, ...], repeats: tuple[str, ...], depth: int) -> form.Question | form.Group:
        """A question or a group."""
        if depth and self.chance.random() < 0.4:
            return self.group(groups, repeats, depth)
        return self.question(groups, repeats)

    def group(self, groups: tuple[str, ...], repeats: tuple[str, ...], depth: int) -> form.Group:
        """A group or a repeat."""
        name, repeat = next(self.names), self.chance.random() < 0.6
        inside = self.body((*groups, name), (*repeats, name) if repeat else repeats, depth - 1)
        count = self.expression(("2", "${%s}", "1 + 1")) if repeat and self.chance.random() < 0.5 else None
        label = {"ky": "Топ ${n1}"} if self.chance.random() < 0.5 else {}
        return form.Group(name, inside, label, self.condition(), repeat, count)

    def question(self, groups: tuple[str, ...], repeats: tuple[str, ...]) -> form.Question:
        """A question of any kind."""
        name, kind = next(self.names), self.chance.choice(KINDS)
        size = self.chance.choice([1, 2, 5, 30])
        options = tuple(
            form.Choice(each, {"ky": f"вариант {each}"}, columns={"of": self.chance.choice("ab")})
            for each in itertools.islice(("a", "b", *(f"c{n}" for n in range(40))), size)
        )
        choosing = kind in form.CHOOSING
        made = form.Question(
            name,
            kind,
            self.chance.choice([{}, {"ky": "Суроо ${n1}"}, {"": "Question"}]),
            choices=options if choosing else (),
            choice_filter=self.expression(("of = ${%s}", "of = 'a'")) if choosing and self.often() else None,
            pick=self.chance.choice([0, 1, 3]),
            randomize=self.often(),
            required=self.often(),
            required_if=self.condition(),
            relevant=self.condition(),
            constraint=self.expression((". != 3", ". >= 1 and . <= 9", "${%s} != .")) if self.often() else None,
            calculation=self.expression(CONDITIONS) if kind is Kind.CALCULATE else None,
            default=self.expression(("'a'", "2", "today()", "${%s}")) if self.often() else None,
            read_only=self.chance.random() < 0.1,
            groups=groups,
            repeats=repeats,
        )
        self.made.append(name)
        return made

    def often(self) -> bool:
        """A third of the time."""
        return self.chance.random() < 0.3

    def condition(self) -> expressions.Expression | None:
        """One, or none."""
        return self.expression(CONDITIONS) if self.often() else None

    def expression(self, sources: tuple[str, ...]) -> expressions.Expression:
        """One that asks for a question before it, or for one still to come."""
        name = self.chance.choice([*self.made, "n3", "n7"])
        source = self.chance.choice(sources)
        return expressions.compile(source % name if "%s" in source else source)


@hypothesis.settings(max_examples=200)
@hypothesis.given(st.integers(0, 10**9), st.lists(sent, max_size=30))
def test_no_form_and_no_message_can_stop_the_conversation(seed: int, messages: list[walking.Said]) -> None:
    definition = _Author(seed).write()
    response = walking.walk(definition).state
    for message in messages:
        if not response.at:
            break
        assert walking.shown(definition, response)
        step = walking.step(definition, response, message)
        assert step.finished is (not step.state.at)
        onward = not (step.missed or step.finished or response.picked) and step.state.at != response.at
        if onward and message not in ("<", ">"):
            back = walking.step(definition, step.state, "<").state
            # A condition that draws, or that asks for the answer it stands at, may take the question away.
            if back.at == response.at and dict(back.answers) == dict(step.state.answers):
                assert walking.step(definition, back, message).state == step.state
        response = step.state
        view = passage.passage(definition, response)
        assert len({station.key for station in view.stations}) == len(view.stations)
        assert all(definition.question(station.key) is station.question for station in view.stations)
        assert min(contribution.contribution(definition, response).values(), default=1) > 0


@hypothesis.settings(max_examples=100)
@hypothesis.given(st.integers(0, 10**9), st.lists(sent, min_size=5, max_size=30), st.integers(0, 99))
def test_any_answer_of_any_form_can_be_changed(seed: int, messages: list[walking.Said], which: int) -> None:
    definition = _Author(seed).write()
    response = walking.on(definition, walking.walk(definition).state, *messages).state
    view = passage.passage(definition, response)
    keys = [station.key for station in view.asked if station.key in view.values]
    if not keys:
        return
    ended = response._replace(at="", ended=walking.BEGUN)
    step = walking.change(definition, ended, keys[which % len(keys)], *messages[:6])
    assert not step.finished
    assert step.reviewed is (not step.state.at) or step.state.changing
