"""Walking one person through one form: begin() and advance()."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.engine import answers, commands, expressions, form, messages, state
from bot.engine.messages import phrase

#: Fills ${name} references that are no questions (the offer of a pledge).
Given = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Passage:
    """What a response looks like under the form's conditions: which questions stand, and what everything is worth."""

    #: The questions this person is asked, notes included, in order.
    asked: tuple[form.Question, ...]
    #: Every relevant answer and calculation, as expressions see them.
    values: Mapping[str, expressions.Value]
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What one message came to."""

    state: state.State
    #: Said before the next question.
    lines: tuple[messages.Line, ...] = ()
    finished: bool = False
    #: The form's own condition ended it and nothing may be kept.
    refused: bool = False
    #: The message was no answer.
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """The question that waits, ready to be put into a Reply."""

    lines: tuple[messages.Line, ...]
    options: tuple[messages.Option, ...] = ()
    foot: tuple[messages.Line, ...] = ()
    pick: int = 0
    actions: tuple[str, ...] = field(default=())


def begin(definition: form.Form, fresh: state.State) -> state.State:
    """Stand before the first question that is asked."""
    first = _next(definition, passage(definition, fresh), after="")
    return dataclasses.replace(fresh, at=first)


@functools.lru_cache(maxsize=512)
def passage(definition: form.Form, response: state.State) -> Passage:
    """Go through the form once, in order: an answer to a question that is not relevant counts for nothing.

    One turn asks this of the same two states a dozen times, and it is the dearest part of a turn.
    """
    now = dt.datetime.fromisoformat(response.begun)
    given = dict(response.answers)
    values: dict[str, expressions.Value] = {}
    asked: list[form.Question] = []
    for question in definition.questions:
        context = expressions.Context(answers=values, current="", columns={}, now=now)
        if question.relevant and not expressions.truth(question.relevant.evaluate(context)):
            continue
        if question.kind is form.Kind.CALCULATE:
            values[question.name] = question.calculation.evaluate(context) if question.calculation else ""
            continue
        answer = given.get(question.name)
        stands = answer is not None and (question.choice_filter is None or _stands(question, answer, context))
        # Where nothing is left to choose there is nothing to ask; an answer that stands has shown that there is.
        if question.kind in form.CHOOSING and not stands and not _offered(question, context):
            continue
        asked.append(question)
        if answer is not None and stands:
            values[question.name] = value_of(answer)
    return Passage(tuple(asked), values, now)


def value_of(answer: state.Answer) -> expressions.Value:
    """An answer as expressions see it: several options are one text with spaces between."""
    if isinstance(answer, tuple):
        return " ".join(answer)
    if isinstance(answer, state.Media):
        return answer.id
    return float(answer) if isinstance(answer, int) else answer


def counted(definition: form.Form, response: state.State) -> dict[str, state.Answer]:
    """The answers that count: given, and relevant under all the others."""
    view = passage(definition, response)
    return {name: answer for name, answer in response.answers if name in view.values}


def _stands(question: form.Question, answer: state.Answer, context: expressions.Context) -> bool:
    chosen = answer if isinstance(answer, tuple) else (answer,)
    choices = [question.choice(name) for name in chosen if isinstance(name, str)]
    return all(choice is not None and _fits(question, choice, context) for choice in choices)


def _fits(question: form.Question, choice: form.Choice, context: expressions.Context) -> bool:
    if question.choice_filter is None:
        return True
    columns = {**choice.columns, "name": choice.name}
    return expressions.truth(
        question.choice_filter.evaluate(expressions.Context(context.answers, "", columns, context.now))
    )


def _offered(question: form.Question, context: expressions.Context) -> tuple[form.Choice, ...]:
    if question.choice_filter is None:
        return question.choices
    # The same for everybody who has said the same, and asked for twice a turn. The type is part of the key, for
    # 1.0 and True are equal to a cache and not to an expression.
    seen = tuple(
        (name, type(value), value)
        for name in sorted(question.choice_filter.references)
        if (value := context.answers.get(name)) is not None
    )
    return _kept(question, seen, context.now)


@functools.lru_cache(maxsize=4096)
def _kept(
    question: form.Question, seen: tuple[tuple[str, type, expressions.Value], ...], now: dt.datetime
) -> tuple[form.Choice, ...]:
    context = expressions.Context({name: value for name, _, value in seen}, "", {}, now)
    return tuple(choice for choice in question.choices if _fits(question, choice, context))


def options(question: form.Question, response: state.State, view: Passage) -> tuple[form.Choice, ...]:
    """The options in the order this person sees: drawn once from the seed, "other" and "don't know" last."""
    context = expressions.Context(answers=view.values, current="", columns={}, now=view.now)
    choices = _offered(question, context)
    if not question.randomize:
        return choices

    def place(choice: form.Choice) -> tuple[int, bytes]:
        last = form.LAST.index(choice.name) + 1 if choice.name in form.LAST else 0
        return last, hashlib.sha256(f"{response.seed}/{question.name}/{choice.name}".encode()).digest()

    return tuple(sorted(choices, key=place))


# -- one message -------------------------------------------------------------------------------------------


def advance(definition: form.Form, response: state.State, text: str, command: commands.Command | None) -> Step:
    """Take one message for the question that waits."""
    question = definition.question(response.at)
    if question is None:
        return Step(response, finished=True)
    view = passage(definition, response)
    if command is commands.Command.BACK:
        return _back(view, question, response)
    if command is commands.Command.SKIP or _is_passed_over(question, text):
        return _skip(definition, question, response)
    shown = options(question, response, view)
    reading = answers.understand(question, shown, text, response.picked)
    if isinstance(reading, answers.Misunderstood):
        return Step(response, (reading.line,), missed=True)
    if isinstance(reading, answers.Picking):
        lines = (reading.line,) if reading.line else ()
        missed = bool(lines) and reading.picked == response.picked
        return Step(dataclasses.replace(response, picked=reading.picked), lines, missed=missed)
    broken = _broken(question, reading.answer, view)
    if broken:
        return Step(response, (broken,), missed=True)
    return _answered(definition, question, response, reading.answer)


def names_option(definition: form.Form, response: state.State, text: str) -> bool:
    """True where the whole message is the label of an option shown now: "Башка" may be one, and a command too."""
    question = definition.question(response.at)
    if question is None or question.kind not in form.CHOOSING:
        return False
    shown = options(question, response, passage(definition, response))
    return answers.named(shown, answers.clean(text)) is not None


def _is_passed_over(question: form.Question, text: str) -> bool:
    """ "I don't know" passes an optional question over, unless it is an option or the answer is in words."""
    return (
        not question.required
        and question.kind is not form.Kind.TEXT
        and question.choice("dont_know") is None
        and commands.fold(text) in commands.DONT_KNOW
    )


def _answered(definition: form.Form, question: form.Question, response: state.State, answer: state.Answer) -> Step:
    given = dict(response.answers) | {question.name: answer}
    after = dataclasses.replace(
        response,
        answers=tuple(given.items()),
        skipped=tuple(name for name in response.skipped if name != question.name),
        picked=(),
    )
    return _go_on(definition, after, question.name)


def _go_on(definition: form.Form, after: state.State, from_: str) -> Step:
    view = passage(definition, after)
    if definition.refuse:
        context = expressions.Context(answers=view.values, current="", columns={}, now=view.now)
        if expressions.truth(definition.refuse.evaluate(context)):
            return Step(after, refused=True)
    at = _next(definition, view, after=from_)
    return Step(dataclasses.replace(after, at=at), finished=not at)


def _next(definition: form.Form, view: Passage, after: str) -> str:
    """The first question behind `after` that is asked; "" at the end.

    An answer given before a way back is asked again on the way forward: the person sees what they pass.
    """
    asked = [question.name for question in view.asked if question.kind is not form.Kind.NOTE]
    names = [question.name for question in definition.questions]
    start = names.index(after) + 1 if after else 0
    return next((name for name in asked if names.index(name) >= start), "")


def _back(view: Passage, question: form.Question, response: state.State) -> Step:
    if response.picked:
        return Step(dataclasses.replace(response, picked=response.picked[:-1]))
    asked = [q.name for q in view.asked if q.kind is not form.Kind.NOTE]
    here = asked.index(question.name) if question.name in asked else 0
    if here == 0:
        return Step(response, (phrase("This is the first question."),))
    return Step(dataclasses.replace(response, at=asked[here - 1]))


def _skip(definition: form.Form, question: form.Question, response: state.State) -> Step:
    if question.required:
        line: messages.Line = (
            messages.Written(question.required_message)
            if question.required_message
            else phrase("This question needs an answer. You can also write “back” or “stop”.")
        )
        return Step(response, (line,), missed=True)
    after = dataclasses.replace(
        response,
        answers=tuple(pair for pair in response.answers if pair[0] != question.name),
        skipped=(*(name for name in response.skipped if name != question.name), question.name),
        picked=(),
    )
    return _go_on(definition, after, question.name)


def _broken(question: form.Question, answer: state.Answer, view: Passage) -> messages.Line | None:
    if question.constraint is None:
        return None
    context = expressions.Context(answers=view.values, current=value_of(answer), columns={}, now=view.now)
    if expressions.truth(question.constraint.evaluate(context)):
        return None
    if question.constraint_message:
        return messages.Written(question.constraint_message, references(question.constraint_message, view, {}))
    return phrase("This answer does not seem to fit. Please try another.")


# -- the question that waits -------------------------------------------------------------------------------


def asking(definition: form.Form, response: state.State, given: Given) -> Asking:
    """The question at which the response stands. `given` fills references that are no questions."""
    view = passage(definition, response)
    question = definition.question(response.at)
    if question is None:
        return Asking(())

    def written(text: form.Text, prefix: str = "") -> messages.Written:
        return messages.Written(text, references(text, view, given, definition), prefix)

    number, total = progress(view, question)
    lines = tuple(written(note.label) for note in _notes_before(view, question))
    lines += (written(question.label, f"({number}/{total}) " if total > 1 else ""),)
    if question.hint:
        lines += (written(question.hint),)
    shown = options(question, response, view)
    pick = _wanted(question, shown)
    return Asking(
        lines=lines,
        options=tuple(_option(choice, response.picked) for choice in shown),
        foot=_how(question, shown, pick, response.picked),
        pick=pick,
        actions=_actions(view, question, response),
    )


def _notes_before(view: Passage, question: form.Question) -> tuple[form.Question, ...]:
    """The notes right before a question are read together with it."""
    here = view.asked.index(question) if question in view.asked else 0
    start = here
    while start > 0 and view.asked[start - 1].kind is form.Kind.NOTE:
        start -= 1
    return view.asked[start:here]


def progress(view: Passage, question: form.Question) -> tuple[int, int]:
    """(number of this question, of how many) among those this person is asked as things stand."""
    asked = [q.name for q in view.asked if q.kind is not form.Kind.NOTE]
    return (asked.index(question.name) + 1 if question.name in asked else 1), max(len(asked), 1)


def _wanted(question: form.Question, shown: tuple[form.Choice, ...]) -> int:
    if question.kind is form.Kind.RANK:
        return min(question.pick or len(shown), len(shown))
    return 1 if question.kind in form.CHOOSING else 0


def _option(choice: form.Choice, picked: tuple[str, ...]) -> messages.Option:
    return messages.Option(
        label=messages.Written(choice.label),
        description=messages.Written(choice.description) if choice.description else None,
        picked=picked.index(choice.name) + 1 if choice.name in picked else 0,
    )


def _how(
    question: form.Question, shown: tuple[form.Choice, ...], pick: int, picked: tuple[str, ...]
) -> tuple[messages.Line, ...]:
    """How to answer, in a few words."""
    match question.kind:
        case form.Kind.SELECT_ONE:
            return (phrase("Write one number (1–{max}).", max=len(shown)),)
        case form.Kind.SELECT_MULTIPLE:
            return (phrase("Write one or more numbers, for example: 1 3"),)
        case form.Kind.RANK if picked:
            return (phrase("{n} of {pick} chosen. Now the number of the next one.", n=len(picked), pick=pick),)
        case form.Kind.RANK if pick == 3:
            return (phrase("Write three numbers, the most important first. For example: 3 1 7"),)
        case form.Kind.RANK:
            return (phrase("Write {pick} numbers, the most important first.", pick=pick),)
        case form.Kind.INTEGER | form.Kind.DECIMAL:
            return (phrase("Write it as a number."),)
        case _ if not question.required:
            return (phrase("If you would rather not answer, write “skip”."),)
        case _:
            return ()


def _actions(view: Passage, question: form.Question, response: state.State) -> tuple[str, ...]:
    number, _ = progress(view, question)
    back = ("back",) if number > 1 or response.picked else ()
    return back if question.required else (*back, "skip")


def references(text: form.Text, view: Passage, given: Given, definition: form.Form | None = None) -> dict[str, object]:
    """What the ${name} references of a text stand for; a chosen option is shown by its label."""
    found: dict[str, object] = {}
    everything = "".join(text.values())
    if "${" not in everything:
        return found
    for name, value in {**view.values, **given}.items():
        if f"${{{name}}}" not in everything:
            continue
        question = definition.question(name) if definition else None
        choice = question.choice(value) if question and isinstance(value, str) else None
        found[name] = choice.label if choice else expressions.text(value) if isinstance(value, float) else value
    return found
