"""A form as columns, and one response as a row of them: what an export is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.engine import form, state


@dataclass(frozen=True, slots=True)
class Column:
    """One column. For a ranking there is one a rank; `rank` counts from 1, 0 elsewhere."""

    title: str
    question: str
    rank: int = 0
    personal: bool = False


def columns(definition: form.Form, *, personal: bool) -> tuple[Column, ...]:
    """The columns of a form's answers, in the form's order; `personal` ones only if asked for."""
    found: list[Column] = []
    for question in definition.questions:
        if question.kind in form.SILENT or (question.personal and not personal):
            continue
        if question.kind is form.Kind.RANK:
            count = question.pick or len(question.choices)
            found += [Column(f"{question.name}_{n}", question.name, n) for n in range(1, count + 1)]
        else:
            found.append(Column(question.name, question.name, personal=question.personal))
    return tuple(found)


def row(shape: tuple[Column, ...], answers: Mapping[str, str]) -> tuple[str, ...]:
    """One response under those columns; `answers` are stored texts (see `stored`), "" where there is none."""
    cells: list[str] = []
    for column in shape:
        text = answers.get(column.question, "")
        if column.rank:
            names = text.split(" ")
            text = names[column.rank - 1] if column.rank <= len(names) else ""
        cells.append(text)
    return tuple(cells)


def stored(answer: state.Answer) -> str:
    """An answer as the answer table keeps it: option names with spaces between, numbers as digits."""
    if isinstance(answer, state.Media):
        return answer.id
    return " ".join(answer) if isinstance(answer, tuple) else str(answer)
