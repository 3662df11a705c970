"""Responses as a Flow Results package (https://floip.gitbook.io/flow-results-specification): a row an answer."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from bot.engine import codebook, form, records, table
from bot.services import writing, writing_json

_DESCRIPTOR = "datapackage.json"
_OPEN, _TEXT = "open", "text"
_TYPES = {
    form.Kind.SELECT_ONE: "select_one",
    form.Kind.SELECT_MULTIPLE: "select_many",
    form.Kind.RANK: "select_many",
    form.Kind.INTEGER: "numeric",
    form.Kind.DECIMAL: "numeric",
    form.Kind.RANGE: "numeric",
    form.Kind.IMAGE: "image",
    form.Kind.AUDIO: "audio",
    form.Kind.DATE: "date",
    form.Kind.TODAY: "date",
    form.Kind.TIME: "time",
    form.Kind.DATETIME: "datetime",
    # In figures or in words: each row says which.
    form.Kind.GEOPOINT: _OPEN,
}
_FROM_LEAD = ("response", "begun", "finished")
_COLUMNS = {
    "timestamp": "datetime",
    "row_id": "string",
    "contact_id": "string",
    "session_id": "string",
    "question_id": "string",
    "response": "any",
    "response_metadata": "object",
}
#: ISO 639-3.
_LANGUAGES = {"ky": "kir", "ru": "rus", "uz": "uzb", "kk": "kaz", "tg": "tgk", "en": "eng"}


@contextlib.contextmanager
def package(
    subject: writing.Subject, folder: Path, identity: bytes, begun: dt.datetime, changed: dt.datetime
) -> Iterator[FlowResults]:
    """Write a folder with the rows and their descriptor.

    `identity` is 16 bytes that stay the same for this form; its first version is of `begun`, its last of `changed`.
    """
    book, language = subject.book, subject.layout.language or subject.book.language or form.LANGUAGES[0]
    name = writing.url_name(book.name)
    (folder / "data").mkdir()
    path = f"data/{name}.json"
    with (folder / path).open("w", encoding="utf-8") as stream:
        writer = FlowResults(subject, stream)
        stream.write("[")
        yield writer
        stream.write("\n]\n")
    shown = [entry for entry in book.entries if subject.layout.personal or not entry.personal]
    titles = [{"name": each, "title": each.replace("_", " ").capitalize(), "type": _COLUMNS[each]} for each in _COLUMNS]
    described = {
        "profile": "flow-results-package",
        "flow_results_specification_version": "1.0.0-rc1",
        "name": name,
        "title": book.said(book.title, language) or book.name,
        "id": str(uuid.UUID(bytes=identity, version=4)),
        "created": _moment(begun),
        "modified": _moment(changed),
        "resources": [
            {
                "name": f"{name}-data",
                "path": path,
                "mediatype": "application/json",
                "encoding": "utf-8",
                "access_method": "file",
                "schema": {
                    "language": _LANGUAGES.get(language, language),
                    "fields": titles,
                    "questions": {entry.name: _question(subject, entry, language) for entry in shown},
                },
            }
        ],
    }
    (folder / _DESCRIPTOR).write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")


class FlowResults:
    """One array of rows, a row an answer."""

    def __init__(self, subject: writing.Subject, stream: IO[str]) -> None:
        self.unfit: dict[str, int] = {}
        self._subject, self._stream = subject, stream
        self._places = {version: writing_json.placed(subject, version) for version in subject.forms}
        self._between = "\n"

    def write(self, page: Iterable[records.Response]) -> None:
        """Some more responses."""
        for response in page:
            for row in self._rows(response):
                self._stream.write(self._between + writing_json.ENCODE(row))
                self._between = ",\n"

    def _rows(self, response: records.Response) -> Iterator[list[Any]]:
        places, answers = self._places[response.version], response.answers
        session, begun, finished = (response.lead[table.PARADATA.index(each)] for each in _FROM_LEAD)
        for key in sorted(answers, key=lambda key: writing_json.order(places, key)):
            name, at = form.place(key)
            if name not in places:
                continue
            _, kind, entry = places[name]
            value = writing_json.typed(self._subject, entry, kind, answers[key])
            told: dict[str, Any] = {"version": response.version}
            if _type(entry) == _OPEN:
                told |= {"type": _type_of(kind, value), "type_options": {}}
            if kind is form.Kind.RANK:
                told["ranked"] = True
            if at:
                told["repeat"] = at
            if key in response.seconds:
                told["seconds"] = response.seconds[key]
            if key in response.shown:
                told["choice_order"] = response.shown[key].split(" ")
            # What was worked out has no time of its own.
            time = response.answered.get(key) or finished or begun
            # The specification wants the offset of UTC in figures.
            time = f"{time[:-1]}+00:00"
            yield [time, f"{session}/{key}", response.person, session, name, _spelled(kind, value), told]


def _question(subject: writing.Subject, entry: codebook.Entry, language: str) -> dict[str, Any]:
    book = subject.book
    options: dict[str, Any] = {}
    if entry.options:
        labels = {each.name: book.labelled(entry, each.name, language) for each in entry.options}
        choices = dict.fromkeys(labels.values()) if subject.layout.labels else labels
        options = {"choices": list(choices), "labels": labels}
    return {"type": _type(entry), "label": book.said(entry.label, language) or entry.name, "type_options": options}


def _type(entry: codebook.Entry) -> str:
    kinds = {_TYPES.get(kind, _TEXT) for kind in entry.kinds}
    return kinds.pop() if len(kinds) == 1 else _OPEN


def _type_of(kind: form.Kind, value: Any) -> str:
    """What one answer is to a question that takes several kinds."""
    if kind is form.Kind.GEOPOINT:
        return _TEXT if isinstance(value, str) else "geo_point"
    return _TYPES.get(kind, _TEXT)


def _spelled(kind: form.Kind, value: Any) -> Any:
    """The value as the specification has it."""
    match kind:
        case form.Kind.GEOPOINT if isinstance(value, dict):
            return list(value.values())
        case form.Kind.TIME if len(value) == len("09:00"):
            return f"{value}:00"
        case form.Kind.DATETIME if len(value) == len("2027-03-01T09:00"):
            # People tell the time of Kyrgyzstan.
            return f"{value}:00+06:00"
        case _:
            return value


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")
