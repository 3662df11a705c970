"""What was answered, as it must be found again: in the answer table, and in what is exported."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from bot.engine import form, passage, state, table
from bot.engine.form import Kind
from bot.services import collecting, exporting

_Answer = TypeVar("_Answer")

_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.RANGE)
_LISTS = (Kind.SELECT_MULTIPLE, Kind.RANK)
_POINT = re.compile(r"\S+ \S+ \S+ \S+")


def undrawn(definition: form.Form, answers: Mapping[str, _Answer]) -> dict[str, _Answer]:
    """Answers by key without what was drawn by lot, which no two responses share."""
    drawn = {question.name for question in definition.questions if question.kind is Kind.CALCULATE}
    return {key: answer for key, answer in answers.items() if form.place(key)[0] not in drawn}


def meant(definition: form.Form, response: state.State) -> dict[str, state.Answer]:
    """What counts of a response, by key."""
    return undrawn(definition, passage.counted(definition, response))


def stored(definition: form.Form, response: state.State) -> dict[str, str]:
    """The same as the answer table has it; of what was sent, which kind it is."""
    return {
        key: answer.kind if isinstance(answer, state.Media) else table.stored(answer)
        for key, answer in meant(definition, response).items()
    }


def unnamed(found: Any, media: Mapping[str, str]) -> Any:
    """What was found, with the kind of what was sent in place of its id, which no two houses share."""
    match found:
        case dict():
            return {key: unnamed(each, media) for key, each in found.items()}
        case list() | tuple():
            return type(found)(unnamed(each, media) for each in found)
        case str():
            return media.get(found, found)
    return found


# -- exports --------------------------------------------------------------------------------------------------------


async def lines(source: collecting.Source) -> list[dict[str, Any]]:
    """The export as JSON lines."""
    text = "".join([piece async for piece in exporting.chunks(source, exporting.Format.JSONL)])
    return [json.loads(line) for line in text.splitlines()]


async def rows(source: collecting.Source) -> list[dict[str, str]]:
    """The main table as CSV, without the mark that guards a cell against being taken for a formula."""
    text = "".join([piece async for piece in exporting.chunks(source, exporting.Format.CSV)])
    read = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return [{name: cell.removeprefix("'") for name, cell in row.items()} for row in read]


def told(line: Mapping[str, Any], definition: form.Form) -> dict[str, Any]:
    """The answers in one line, by key."""

    def leaves(about: Mapping[str, Any], at: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
        for name, value in about.items():
            question = definition.question(name)
            if question and question.kind not in (*form.WORKED_OUT, Kind.MORE):
                yield form.key(name, at), value
            elif isinstance(value, list):
                for number, round_ in enumerate(value, start=1):
                    yield from leaves(round_, (*at, number))

    return dict(leaves(line, ()))


def as_json(definition: form.Form, response: state.State) -> dict[str, Any]:
    """What `told` must find."""
    return {
        key: _json(question, answer)
        for key, answer in meant(definition, response).items()
        if (question := definition.question(key)) and question.kind is not Kind.MORE
    }


def _json(question: form.Question, answer: state.Answer) -> Any:
    if isinstance(answer, state.Media):
        return answer.kind
    if question.kind in _LISTS or isinstance(answer, int):
        return list(answer) if isinstance(answer, tuple) else answer
    if question.kind in _NUMBERS:
        return float(str(answer))
    if question.kind is Kind.GEOPOINT and _POINT.fullmatch(str(answer)):
        figures = map(float, str(answer).split(" "))
        return dict(zip(("latitude", "longitude", "altitude", "precision"), figures, strict=True))
    return answer


def as_cells(definition: form.Form, response: state.State) -> dict[str, str]:
    """What the main table must say, in the columns of its questions."""
    found: dict[str, str] = {}
    for key, answer in meant(definition, response).items():
        question = definition.question(key)
        if question is None or question.repeats or question.kind is Kind.MORE or isinstance(answer, state.Media):
            continue
        if question.kind is Kind.RANK and isinstance(answer, tuple):
            found |= {f"{key}_{place}": name for place, name in enumerate(answer, start=1)}
        else:
            found[key] = table.stored(answer)
    return found
