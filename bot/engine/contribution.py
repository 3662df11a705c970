"""What a response adds to which tallies. Written as new minus old, so that every change subtracts by itself."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from bot.engine import form, passage, state
from bot.engine.xpath import expressions


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


class _Said(NamedTuple):
    """A response as it counts: in which margins and place, and what was said, as (question, version, value)."""

    apart: bool
    place: str
    levels: tuple[tuple[str, str], ...]
    values: Mapping[tuple[str, str, str], int]

    def keys(self, definition: form.Form, values: Mapping[tuple[str, str, str], int]) -> dict[Key, int]:
        """So many of each of these values, in every margin."""
        name, wave, (apart, place, levels, _) = definition.name, definition.wave, self
        return {
            Key(name, wave, *said[:2], apart, margin, level, place, said[2]): count
            for said, count in values.items()
            for margin, level in levels
        }


_NOTHING = _Said(apart=False, place="", levels=(), values={})


def contribution(definition: form.Form, response: state.State) -> Counter[Key]:
    """The tallies of one response. A form that is no survey, or has no answer yet, adds none."""
    said = _said(definition, response)
    return Counter(said.keys(definition, said.values))


def change(definition: form.Form, old: state.State | None, new: state.State | None) -> dict[Key, int]:
    """New contribution minus old, without zeros."""
    was = _said(definition, old) if old else _NOTHING
    is_now = _said(definition, new) if new else _NOTHING
    if was[:3] == is_now[:3]:
        # Most turns add one answer to ten that stand: all others would cancel out in every margin.
        differs = {said for said, _ in was.values.items() ^ is_now.values.items()}
        more = {said: is_now.values.get(said, 0) - was.values.get(said, 0) for said in differs}
        return is_now.keys(definition, more)
    before, after = was.keys(definition, was.values), is_now.keys(definition, is_now.values)
    changed = {key for key, _ in before.items() ^ after.items()}
    return {key: after.get(key, 0) - before.get(key, 0) for key in changed}


# What was new with one message is old with the next.
@functools.lru_cache(maxsize=512)
def _said(definition: form.Form, response: state.State) -> _Said:
    if definition.emits or not _has_answer(definition, response):
        return _NOTHING
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
    return _Said(apart, place, tuple(levels), Counter(said))


def _has_answer(definition: form.Form, response: state.State) -> bool:
    """Whether anything was said: what was only worked out at the beginning makes nobody one who answered."""
    questions = (definition.question(key) for key, _ in response.answers)
    return any(question is None or question.kind not in form.WORKED_OUT for question in questions)
