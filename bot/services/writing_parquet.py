"""Responses as Parquet: a file a table, typed columns that carry their labels."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.engine import codebook, records, table
from bot.services import writing

#: Rows that are put together into columns at once.
_BATCH = 10_000
_MOST = 2**63


@contextlib.contextmanager
def opened(subject: writing.Subject, paths: Sequence[Path]) -> Iterator[Parquet]:
    """Write a file a table, in the order of the tables."""
    # Here, for a bot that talks needs none of it.
    import pyarrow
    from pyarrow import parquet

    writer = Parquet(subject, pyarrow)
    with contextlib.ExitStack() as stack:
        writer.files = [
            stack.enter_context(parquet.ParquetWriter(path, schema, compression="zstd"))
            for path, schema in zip(paths, writer.schemas, strict=True)
        ]
        yield writer
        writer.flush()


class Parquet:
    """Files in the making, one a table."""

    def __init__(self, subject: writing.Subject, pyarrow: Any) -> None:
        self.unfit: dict[str, int] = {}
        self._arrow = pyarrow
        self._rows = records.Rows(
            subject.book, subject.layout, subject.forms, records.each(self._cell), records.chained
        )
        self.schemas = [self._schema(subject.book, each) for each in self._rows.tables]
        self.files: list[Any] = []
        self._waiting: list[list[list[Any]]] = [[] for _ in self.schemas]

    def write(self, page: Iterable[records.Response]) -> None:
        """Some more responses."""
        for number, rows in enumerate(self._rows.lay(page)):
            for row in rows:
                self._waiting[number].append(row)
                if len(self._waiting[number]) == _BATCH:
                    self._flush(number)

    def flush(self) -> None:
        """What waits goes into the files."""
        for number in range(len(self.files)):
            self._flush(number)

    def _flush(self, number: int) -> None:
        waiting, schema = self._waiting[number], self.schemas[number]
        if waiting:
            columns = zip(*waiting, strict=True)
            arrays = [self._arrow.array(cells, each.type) for cells, each in zip(columns, schema, strict=True)]
            self.files[number].write_batch(self._arrow.record_batch(arrays, schema=schema))
            waiting.clear()

    def _schema(self, book: codebook.Codebook, each: table.Table) -> Any:
        arrow = self._arrow
        types = {
            table.Type.WHOLE: arrow.int64(),
            table.Type.NUMBER: arrow.float64(),
            table.Type.FLAG: arrow.bool_(),
            table.Type.DATE: arrow.date32(),
            table.Type.TIME: arrow.time32("s"),
            table.Type.DATETIME: arrow.timestamp("s"),
            table.Type.INSTANT: arrow.timestamp("s", "UTC"),
        }
        return arrow.schema(
            [
                arrow.field(column.title, types.get(column.type, arrow.string()), metadata=_told(book, column))
                for column in each.columns
            ],
            metadata={"form": book.name, "versions": " ".join(book.versions)},
        )

    def _cell(self, column: table.Column, text: str) -> Any:
        """The value of the column's type; None where there is nothing, or nothing that fits it."""
        if not text:
            return None
        value = writing.valued(column.type, text)
        if value is None or (isinstance(value, int) and abs(value) >= _MOST):
            self.unfit[column.title] = self.unfit.get(column.title, 0) + 1
            return None
        return value


def _told(book: codebook.Codebook, column: table.Column) -> dict[str, str]:
    """What a reader of the file is told of a column: its labels, and those of its options, by language."""
    if column.entry is None:
        return {}
    languages = {each for each in book.languages if column.entry.label.get(each)}
    told = {f"label::{each}" if each else "label": column.entry.label[each] for each in sorted(languages)}
    if column.option:
        told["option"] = column.option
    elif column.entry.options:
        told["options"] = json.dumps({each.name: dict(each.label) for each in column.entry.options}, ensure_ascii=False)
    return told
