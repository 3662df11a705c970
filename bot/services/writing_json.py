"""Responses as JSON lines: an object a line, the rounds of a repeat as a list in it."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable
from typing import IO, Any

from bot.engine import codebook, form, records, table
from bot.services import writing

#: A value as JSON in one line, with letters as they are.
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
#: Which round, its number in the codebook, its name, the repeats around it, its value.
_Found = tuple[tuple[int, ...], int, str, tuple[str, ...], Any] | None
_PLACE = operator.itemgetter(0, 1)
_NUMBERS = (form.Kind.INTEGER, form.Kind.DECIMAL, form.Kind.RANGE)
_LISTS = (form.Kind.SELECT_MULTIPLE, form.Kind.RANK)


class JsonLines:
    """One stream, a line a response. What was not answered is not there."""

    def __init__(self, subject: writing.Subject, stream: IO[str]) -> None:
        self.unfit: dict[str, int] = {}
        self._subject, self._stream = subject, stream
        tables = table.tables(subject.book, subject.layout)
        main, *_ = tables
        self._lead = [(part.columns[0].title, part.columns[0].type) for part in main.parts if not part.question]
        self._repeats = {
            version: {name: tables[number].repeats for name, number in records.repeated(each, tables).items()}
            for version, each in subject.forms.items()
        }
        self._places = {version: placed(subject, version) for version in subject.forms}
        self._known = {version: records.Memo(self._looker(version)) for version in subject.forms}

    def _looker(self, version: str) -> Callable[[str], _Found]:
        return lambda piece: self._look(version, *records.read(piece))

    def _look(self, version: str, key: str, text: str) -> _Found:
        """Where in its object an answer goes, and as what; None for what is not shown."""
        name, at = form.place(key)
        places = self._places[version]
        if name in places:
            number, kind, entry = places[name]
            return at, number, name, entry.repeats, typed(self._subject, entry, kind, text)
        # "Add another?" was said yes to: the round is one, though nothing may have been answered in it.
        repeats = self._repeats[version]
        return (at, -1, "", repeats[name], None) if name in repeats and text == "yes" else None

    def write(self, page: Iterable[records.Response]) -> None:
        """Some more responses."""
        self._stream.writelines(f"{ENCODE(self._object(response))}\n" for response in page)

    def _object(self, response: records.Response) -> dict[str, Any]:
        top: dict[str, Any] = {
            title: _plain(type_, text) for (title, type_), text in zip(self._lead, response.lead, strict=False)
        }
        rounds: dict[tuple[tuple[str, ...], tuple[int, ...]], dict[str, Any]] = {}

        def around(repeats: tuple[str, ...], at: tuple[int, ...]) -> dict[str, Any]:
            if not at:
                return top
            siblings = around(repeats[:-1], at[:-1]).setdefault(repeats[-1], [])
            while len(siblings) < at[-1]:
                siblings.append({})
                rounds[repeats, (*at[:-1], len(siblings))] = siblings[-1]
            return rounds[repeats, at]

        known = self._known[response.version]
        found = [known[piece] for piece in response.pieces]
        found += [self._look(response.version, *each) for each in response.more.items()]
        for at, _, name, repeats, value in sorted(filter(None, found), key=_PLACE):
            into = around(repeats, at)
            if name:
                into[name] = value
        if self._subject.layout.full:
            top |= {"_seconds": response.seconds, "_shown": {k: v.split(" ") for k, v in response.shown.items()}}
        return top


Places = dict[str, tuple[int, form.Kind, codebook.Entry]]


def placed(subject: writing.Subject, version: str) -> Places:
    """What may be shown of that version, by name: where it stands in the codebook, its kind, its entry."""
    definition = subject.forms[version]
    return {
        entry.name: (number, question.kind, entry)
        for number, entry in enumerate(subject.book.entries)
        if (question := definition.question(entry.name))
        and question.repeats == entry.repeats
        and (subject.layout.personal or not entry.personal)
    }


def order(places: Places, key: str) -> tuple[tuple[int, ...], int]:
    name, at = form.place(key)
    return at, places[name][0] if name in places else -1


def typed(subject: writing.Subject, entry: codebook.Entry, kind: form.Kind, text: str) -> Any:
    """A stored answer as JSON has it: numbers as numbers, several options as a list, a place by its figures."""
    if kind in form.CHOOSING:
        names = text.split(" ") if kind in _LISTS else [text]
        if subject.layout.labels:
            names = [subject.book.labelled(entry, name, subject.layout.language) for name in names]
        return names if kind in _LISTS else names[0]
    if kind in _NUMBERS:
        number = table.number(text)
        return text if number is None else number
    if kind is form.Kind.GEOPOINT and table.is_point(text):
        return dict(zip(table.GEOPOINT, map(table.number, text.split(" ")), strict=False))
    return text


def _plain(type_: table.Type, text: str) -> Any:
    if type_ is table.Type.FLAG:
        return text == "1"
    if type_ is table.Type.WHOLE:
        return int(text)
    return text or None
