"""What a response adds to which tallies. Written as new minus old, so that every change subtracts by itself."""

from __future__ import annotations

import functools
from collections import Counter
from typing import NamedTuple

from bot.engine import form, passage, state
from bot.engine.xpath import expressions

#: The margins every response has beside those its form names.
BUILT_IN = ("channel", "language")


class Key(NamedTuple):
    """One tally: how many responses gave `value` to `question`, in one place and one level of one margin.

    `question` "" counts the responses themselves; `margin` "" is everybody; a ranking's value is its ordered
    options joined by ">"; several chosen options count one each, and whoever chose any counts once under "". What
    stands in a repeat counts once for each round.
    """

    form_name: str
    wave: str
    question: str
    question_version: str
    apart: bool
    margin: str
    level: str
    place: str
    value: str


# What was new with one message is old with the next.
@functools.lru_cache(maxsize=512)
def contribution(definition: form.Form, response: state.State) -> Counter[Key]:
    """The tallies of one response, not to be changed. A form that is no survey, or has no answer yet, adds none."""
    if definition.emits or not _has_answer(definition, response):
        return Counter()
    view = passage.passage(definition, response)
    context = view.context()
    values = context.answers
    levels = [("", "")]
    levels += [(name, expressions.text(values[name])) for name in definition.margins if values.get(name, "") != ""]
    levels += [("channel", response.channel), ("language", response.language)]
    place = next((expressions.text(values[name]) for name in reversed(definition.places) if name in values), "")
    apart = bool(definition.apart and expressions.truth(definition.apart.evaluate(context)))

    said: list[tuple[str, str, str]] = [("", "", "")]
    for station in view.asked:
        question = station.question
        if question.kind in form.CHOOSING and station.key in view.values and question.name not in definition.places:
            text = expressions.text(view.values[station.key])
            several = question.kind is form.Kind.SELECT_MULTIPLE
            each = ["", *text.split(" ")] if several else [text.replace(" ", ">")]
            said += [(question.name, question.version, value) for value in each]
    return Counter(
        Key(definition.name, definition.wave, question, version, apart, margin, level, place, value)
        for question, version, value in said
        for margin, level in levels
    )


def _has_answer(definition: form.Form, response: state.State) -> bool:
    """Whether anything was said: what was only worked out at the beginning makes nobody one who answered."""
    questions = (definition.question(key) for key, _ in response.answers)
    return any(question is None or question.kind not in form.WORKED_OUT for question in questions)


def difference(new: Counter[Key], old: Counter[Key]) -> dict[Key, int]:
    """New minus old, without zeros, keys in sorted order (the order in which rows are locked)."""
    changed = {key: new[key] - old[key] for key, _ in new.items() ^ old.items()}
    return dict(sorted(changed.items()))
