"""The options of a question: which of its list are offered, in which order, and the ten that are shown."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.engine import form, state
from bot.engine.xpath import expressions

#: A list longer than this is shown in pages; twelve lines still fit a small screen.
LONG = 12
PAGE = 10
#: What a filter may ask for beside answers and columns.
_MORE = ("random", "choice-name", "format-date")

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Page(NamedTuple):
    """What is shown of a list."""

    #: (number in the whole list from 1, choice).
    options: tuple[tuple[int, form.Choice], ...]
    #: How many options the whole list has.
    total: int
    #: True where there are more to turn to.
    turns: bool
    #: True where only the few are shown that what was typed may mean.
    narrowed: bool


def stands(question: form.Question, answer: state.Answer, context: expressions.Context) -> bool:
    """Whether all that was chosen still passes the filter; an answer of another kind always stands."""
    if question.choice_filter is None:
        return True
    chosen = answer if isinstance(answer, tuple) else (answer,)
    choices = [question.choice(name) for name in chosen if isinstance(name, str)]
    return all(choice is not None and _fits(question, choice, context) for choice in choices)


def offered(question: form.Question, context: expressions.Context) -> tuple[form.Choice, ...]:
    """The choices that pass the filter, in the order of the list."""
    if question.choice_filter is None:
        return question.choices
    source = question.choice_filter.source
    # What asks for more than answers and columns is worked out anew each time.
    if context.series or question.choice_filter.cells or any(word in source for word in _MORE):
        return tuple(choice for choice in question.choices if _fits(question, choice, context))
    # The same for everybody who has said the same, and asked for twice a turn. The type is part of the key, for
    # 1.0 and True are equal to a cache and not to an expression.
    seen = tuple(
        (name, type(value), value)
        for name in sorted(question.choice_filter.references)
        if (value := context.answers.get(name)) is not None
    )
    return _kept(question, seen, context.now if "now" in source or "today" in source else _EPOCH)


@functools.lru_cache(maxsize=4096)
def _kept(
    question: form.Question, seen: tuple[tuple[str, type, expressions.Value], ...], now: dt.datetime
) -> tuple[form.Choice, ...]:
    context = expressions.Context({name: value for name, _, value in seen}, "", {}, now)
    return tuple(choice for choice in question.choices if _fits(question, choice, context))


def _fits(question: form.Question, choice: form.Choice, context: expressions.Context) -> bool:
    if question.choice_filter is None:
        return True
    columns: Mapping[str, str] = {**choice.columns, "name": choice.name}
    judged = expressions.Context(
        context.answers,
        "",
        columns,
        context.now,
        context.series,
        context.at,
        context.seed,
        context.lists,
        context.label,
        context.language,
    )
    return expressions.truth(question.choice_filter.evaluate(judged))


def options(question: form.Question, context: expressions.Context, seed: str) -> tuple[form.Choice, ...]:
    """The options in the order this person sees: drawn once from the seed, "other" and "don't know" last."""
    choices = offered(question, context)
    if not question.randomize:
        return choices
    places = _places(question, seed)
    return tuple(sorted(choices, key=lambda choice: places[choice.name]))


# One turn asks this of the same person several times.
@functools.lru_cache(maxsize=512)
def _places(question: form.Question, seed: str) -> Mapping[str, tuple[int, bytes]]:
    return {
        choice.name: (
            form.LAST.index(choice.name) + 1 if choice.name in form.LAST else 0,
            hashlib.sha256(f"{seed}/{question.name}/{choice.name}".encode()).digest(),
        )
        for choice in question.choices
    }


def page(choices: Sequence[form.Choice], narrowed: Sequence[str], number: int) -> Page:
    """What is shown: all of a short list, ten of a long one, of either only the few it is narrowed to."""
    numbered = list(enumerate(choices, start=1))
    kept = [each for each in numbered if each[1].name in narrowed] or numbered
    few = len(kept) < len(numbered)
    if len(kept) <= LONG:
        return Page(tuple(kept), len(numbered), turns=False, narrowed=few)
    # Behind the last page comes the first.
    first = number % -(-len(kept) // PAGE) * PAGE
    return Page(tuple(kept[first : first + PAGE]), len(numbered), turns=True, narrowed=few)
