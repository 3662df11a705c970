"""What a response adds to which tallies. Written as new minus old, so that every change subtracts by itself."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from bot.engine import expressions, flow, form, state

#: The margins every response has beside those its form names.
BUILT_IN = ("channel", "language")


class Key(NamedTuple):
    """One tally: how many responses gave `value` to `question`, in one place and one level of one margin.

    `question` "" counts the responses themselves; `margin` "" is everybody; a ranking's value is its ordered
    options joined by ">"; several chosen options count one each.
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


def contribution(definition: form.Form, response: state.State) -> Counter[Key]:
    """The tallies of one response, each with 1. A form that is no survey, or has no answer yet, adds none."""
    if definition.emits or not response.answers:
        return Counter()
    view = flow.passage(definition, response)
    values = view.values
    levels = [("", "")]
    levels += [(name, expressions.text(values[name])) for name in definition.margins if values.get(name, "") != ""]
    levels += [("channel", response.channel), ("language", response.language)]
    place = next((expressions.text(values[name]) for name in reversed(definition.places) if name in values), "")
    context = expressions.Context(answers=values, current="", columns={}, now=view.now)
    apart = bool(definition.apart and expressions.truth(definition.apart.evaluate(context)))

    said: list[tuple[str, str, str]] = [("", "", "")]
    for question in view.asked:
        if question.kind in form.CHOOSING and question.name in values and question.name not in definition.places:
            text = expressions.text(values[question.name])
            each = text.split(" ") if question.kind is form.Kind.SELECT_MULTIPLE else [text.replace(" ", ">")]
            said += [(question.name, question.version, value) for value in each]
    return Counter(
        Key(definition.name, definition.wave, question, version, apart, margin, level, place, value)
        for question, version, value in said
        for margin, level in levels
    )


def difference(new: Counter[Key], old: Counter[Key]) -> dict[Key, int]:
    """New minus old, without zeros, keys in sorted order (the order in which rows are locked)."""
    changed = {key: new[key] - old[key] for key in new.keys() | old.keys() if new[key] != old[key]}
    return dict(sorted(changed.items()))
