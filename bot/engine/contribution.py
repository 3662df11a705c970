"""What a response adds to which tallies. Written as new minus old, so that every change subtracts by itself."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from bot.engine import form, passage, state
from bot.engine.xpath import expressions

#: So many places of a ranking are looked at.
PLACES = 3
#: The margin of places: each response's most precise one. No question can be called so.
PLACE = "/place"


class Key(NamedTuple):
    """One tally: how many responses gave `value` to `question`, in one level of one margin.

    `question` "" counts the responses themselves; `margin` "" is everybody, `PLACE` the places. A ranking's value is
    its ordered options joined by ">", but in a margin it counts as each of its first three: "1>water", "2>road".
    Several chosen options count one each, and whoever chose any counts once under "". What stands in a repeat counts
    once for each round.
    """

    form_name: str
    wave: str
    apart: bool
    margin: str
    level: str
    question: str
    question_version: str
    value: str


#: What was said: question, its version, value, and whether it counts so for everybody, or within a margin.
_Value = tuple[str, str, str, bool, bool]


class _Said(NamedTuple):
    """A response as it counts: in which margins, and what was said."""

    apart: bool
    levels: tuple[tuple[str, str], ...]
    values: Mapping[_Value, int]

    def keys(self, definition: form.Form, values: Mapping[_Value, int]) -> dict[Key, int]:
        """So many of each of these values, for everybody and in every margin."""
        name, wave, (apart, levels, _) = definition.name, definition.wave, self
        return {
            Key(name, wave, apart, margin, level, question, version, value): count
            for (question, version, value, for_all, within), count in values.items()
            for margin, level in levels
            if (within if margin else for_all)
        }


_NOTHING = _Said(apart=False, levels=(), values={})


def contribution(definition: form.Form, response: state.State) -> Counter[Key]:
    """The tallies of one response. A form that is no survey, or has no answer yet, adds none."""
    said = _said(definition, response)
    return Counter(said.keys(definition, said.values))


def change(definition: form.Form, old: state.State | None, new: state.State | None) -> dict[Key, int]:
    """New contribution minus old, without zeros."""
    was = _said(definition, old) if old else _NOTHING
    is_now = _said(definition, new) if new else _NOTHING
    if was[:2] == is_now[:2]:
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
    levels += [(PLACE, place)] if place else []
    apart = bool(definition.apart and expressions.truth(definition.apart.evaluate(context)))

    said: list[_Value] = [("", "", "", True, True)]
    for station in view.asked:
        question = station.question
        if question.kind in form.CHOOSING and station.key in view.values and question.name not in definition.places:
            name, version, text = question.name, question.version, expressions.text(view.values[station.key])
            if question.kind is form.Kind.RANK:
                said.append((name, version, text.replace(" ", ">"), True, False))
                ranked = enumerate(text.split(" ")[:PLACES], start=1)
                said += [(name, version, f"{place}>{option}", False, True) for place, option in ranked]
            elif question.kind is form.Kind.SELECT_MULTIPLE:
                said += [(name, version, value, True, True) for value in ("", *text.split(" "))]
            else:
                said.append((name, version, text, True, True))
    return _Said(apart, tuple(levels), Counter(said))


def _has_answer(definition: form.Form, response: state.State) -> bool:
    """Whether anything was said: what was only worked out at the beginning makes nobody one who answered."""
    questions = (definition.question(key) for key, _ in response.answers)
    return any(question is None or question.kind not in form.WORKED_OUT for question in questions)
