"""Responses as a stream of CSV: one row a response, the versions of a form side by side under one header."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.engine import expressions, flow, form, state, table
from bot.services import publishing
from models import db, exports, figures, sealing

#: What is known of a response beside its answers.
PARADATA = ("response", "version", "wave", "apart", "status", "channel", "language", "begun", "finished")

#: A cell that begins so is a formula to a spreadsheet, or is one after the tab or line break before it; the wide
#: forms are taken for the others where East Asian input is set up.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class NoSuchForm(LookupError):
    """No form of that name was ever published."""


class _Shape(NamedTuple):
    columns: tuple[table.Column, ...]
    #: Questions whose answers are sealed, and shown or needed to tell who is counted apart.
    sealed: frozenset[str]


async def csv_chunks(
    database: db.Database,
    seal: sealing.Seal,
    library: publishing.Library,
    name: str,
    *,
    personal: bool = False,
    unfinished: bool = False,
) -> AsyncIterator[str]:
    """The responses to a form, as pieces of one CSV file for UTF-8: it begins with a byte order mark, for Excel.

    Free text is opened only where a column shows it, and `personal` columns are there only if asked for. Raises
    `NoSuchForm` before the first piece, and `sealing.Unreadable` if a text was sealed with a lost key.
    """
    async with database.reading() as connection:
        known = (await library.catalogue(connection)).forms
        forms = {version: known[version] for version in await figures.versions(connection, name)}
    if not forms:
        raise NoSuchForm(name)
    shape = _shape(list(forms.values()), personal=personal)
    yield "\ufeff" + _lines([[*PARADATA, *(column.title for column in shape.columns)]])
    statuses = ("finished", "open") if unfinished else ("finished",)
    after = ""
    while True:
        async with database.reading() as connection:
            page = await exports.page(connection, name, after=after, statuses=statuses, sealed=shape.sealed)
        if not page:
            return
        yield _lines(_row(seal, forms[response.version], shape, response) for response in page)
        after = page[-1].id


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run; a plain negative number stays one."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _shape(forms: Sequence[form.Form], *, personal: bool) -> _Shape:
    """The columns of all versions, joined by name; what one version calls personal is personal."""
    private = {question.name for each in forms for question in each.questions if question.personal}
    columns: dict[str, table.Column] = {}
    for each in forms:
        for column in table.columns(each, personal=personal):
            if personal or column.question not in private:
                columns.setdefault(column.title, column)
    shown = {column.question for column in columns.values()}
    words = {question.name for each in forms for question in each.questions if question.kind is form.Kind.TEXT}
    needed = shown.union(*(_behind_apart(each) for each in forms))
    return _Shape(tuple(columns.values()), frozenset(needed & (words | private)))


def _behind_apart(definition: form.Form) -> set[str]:
    """The questions that decide who is counted apart."""
    waiting = set(definition.apart.references) if definition.apart else set()
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        if question := definition.question(name):
            for expression in (question.relevant, question.calculation, question.choice_filter):
                waiting |= (set(expression.references) if expression else set()) - found
    return found


def _row(seal: sealing.Seal, definition: form.Form, shape: _Shape, response: exports.Response) -> list[str]:
    answers = dict(response.values)
    for question, sealed in response.sealed.items():
        answers[question] = seal.open("answer", sealed)
    paradata = (
        # Tells responses apart, also in a later export, and leads to nobody without the key.
        seal.hash("export", response.id)[:8].hex(),
        response.version,
        response.wave,
        _apart(definition, response, answers),
        response.status,
        response.channel,
        response.language,
        _time(response.begun),
        _time(response.finished),
    )
    return [*paradata, *table.row(shape.columns, answers)]


def _apart(definition: form.Form, response: exports.Response, answers: Mapping[str, str]) -> str:
    """1 for a response that is counted apart, 0 for the others."""
    if definition.apart is None:
        return "0"
    given = tuple((name, _answer(definition, name, text)) for name, text in answers.items())
    view = flow.passage(definition, state.State(definition.version, "", response.begun.isoformat(), answers=given))
    context = expressions.Context(answers=view.values, current="", columns={}, now=view.now)
    return "1" if expressions.truth(definition.apart.evaluate(context)) else "0"


def _answer(definition: form.Form, name: str, text: str) -> state.Answer:
    question = definition.question(name)
    several = question and question.kind in (form.Kind.RANK, form.Kind.SELECT_MULTIPLE)
    return tuple(text.split(" ")) if several else text


def _time(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _lines(rows: Iterable[Iterable[str]]) -> str:
    piece = io.StringIO()
    csv.writer(piece).writerows([guarded(cell) for cell in row] for row in rows)
    return piece.getvalue()
