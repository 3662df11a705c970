"""Responses as a Frictionless Data Package (https://datapackage.org): CSV that says what is in it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.engine import form, table
from bot.services import writing, writing_csv

_DESCRIPTOR = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: Mapping[table.Type, Mapping[str, Any]] = {
    table.Type.ANY: {"type": "any"},
    table.Type.WHOLE: {"type": "integer"},
    table.Type.FLAG: {"type": "integer", "constraints": {"enum": [0, 1]}},
    table.Type.NUMBER: {"type": "number"},
    table.Type.DATE: {"type": "date"},
    table.Type.TIME: {"type": "time", "format": "%H:%M"},
    table.Type.DATETIME: {"type": "datetime", "format": "%Y-%m-%dT%H:%M"},
    table.Type.INSTANT: {"type": "datetime"},
}


@contextlib.contextmanager
def package(subject: writing.Subject, folder: Path, at: dt.datetime) -> Iterator[writing_csv.Csv]:
    """Write a folder of CSV files, a table each, and the descriptor beside them."""
    tables = table.tables(subject.book, subject.layout)
    (folder / "data").mkdir()
    with contextlib.ExitStack() as stack:
        paths = [folder / "data" / f"{each.name}.csv" for each in tables]
        streams = [stack.enter_context(path.open("w", encoding="utf-8", newline="")) for path in paths]
        yield writing_csv.Csv(subject, streams, plain=True)
    book = subject.book
    described = {
        "$schema": _PROFILE,
        "name": writing.url_name(book.name),
        "title": book.said(book.title, subject.layout.language) or book.name,
        "created": f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "resources": [_resource(subject, tables, number) for number in range(len(tables))],
    }
    (folder / _DESCRIPTOR).write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")


def _resource(subject: writing.Subject, tables: Sequence[table.Table], number: int) -> dict[str, Any]:
    each = tables[number]
    schema: dict[str, Any] = {"fields": [_field(subject, column) for column in each.columns]}
    schema["primaryKey"] = [each.title(table.INDEX if len(tables) > 1 else subject.layout.lead[0])]
    if each.parent is not None:
        parent = tables[each.parent]
        reference = {"resource": _name(parent, each.parent), "fields": [parent.title(table.INDEX)]}
        schema["foreignKeys"] = [{"fields": [each.title(table.PARENT_INDEX)], "reference": reference}]
    return {
        "name": _name(each, number),
        "path": f"data/{each.name}.csv",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _name(each: table.Table, number: int) -> str:
    # The number, for names of other letters may come to the same.
    return writing.url_name(f"{each.name}-{number}") if number else each.name


def _field(subject: writing.Subject, column: table.Column) -> dict[str, Any]:
    """A column, its words in every language, and its options."""
    described: dict[str, Any] = {"name": column.title, "type": "string", **_TYPES.get(column.type, {})}
    entry = column.entry
    if entry is None:
        return described
    book, layout = subject.book, subject.layout
    described["title"] = book.said(entry.label, layout.language) or entry.name
    described["description"] = "\n".join(f"{each}: {text}" if each else text for each, text in entry.label.items())
    if column.option:
        described["title"] += f": {book.labelled(entry, column.option, layout.language)}"
    elif column.rank or entry.kinds == {form.Kind.SELECT_ONE}:
        labels = {each.name: book.labelled(entry, each.name, layout.language) for each in entry.options}
        values = [writing_csv.guarded(value) for value in (dict.fromkeys(labels.values()) if layout.labels else labels)]
        named = [{"value": value, "label": label} for value, label in zip(values, labels.values(), strict=False)]
        described["categories"] = values if layout.labels else named
        # Readers check these and not, so far, the categories.
        described["constraints"] = {"enum": values}
    return described
