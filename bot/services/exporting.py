"""Exporting: the responses to a form, in whichever format, into a file, a folder or a stream."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import enum
import io
import sys
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from bot.engine import table
from bot.services import (
    writing,
    writing_csv,
    writing_datapackage,
    writing_flowresults,
    writing_json,
    writing_parquet,
    writing_sav,
    writing_xlsx,
)
from models import db

Refused, BadOutput = writing.Refused, writing.BadOutput

#: Responses that are read at once where nobody else waits for this process, and where others do: some 20 ms.
_PAGE, _SHORT_PAGE = 5000, 200
#: Pages that are read while one is written, where nobody else waits: a database on two cores is busy on both.
_AHEAD = 2


class Format(enum.StrEnum):
    """What an export can be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    SAV = "sav"
    PARQUET = "parquet"
    JSONL = "jsonl"
    DATAPACKAGE = "datapackage"
    FLOWRESULTS = "flowresults"


#: What can go where nothing but text can.
STREAMED = (Format.CSV, Format.JSONL)
_PACKAGES = (Format.DATAPACKAGE, Format.FLOWRESULTS)
#: What holds the repeats too, though it is one file.
_SINGLE = (Format.XLSX, Format.JSONL)
#: What a file of that name is, where nobody has said.
_SUFFIXES = {f".{each}": each for each in Format if each not in _PACKAGES} | {".zsav": Format.SAV}


class Source(writing.Subject, Protocol):
    """Whatever can be written: the responses to a form, the pledges to a campaign."""

    async def total(self) -> int:
        """How many rows there will be."""

    async def published(self) -> tuple[dt.datetime, dt.datetime]:
        """When what it is about was published first and last."""

    def identity(self) -> bytes:
        """32 bytes that stay the same for it, and are no other's."""

    def pages(self, size: int, *, ahead: int = 1, answered: bool = False) -> AsyncGenerator[writing.Page, None]:
        """All of it, so many at once; the next `ahead` pages may be read meanwhile."""


class Progress(Protocol):
    """Shows how far it has come; what tqdm's bars are."""

    def reset(self, total: float | None = None) -> object:
        """There will be so many."""

    def update(self, n: float | None = 1) -> object:
        """So many more are done."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    responses: int
    #: Repeats, each a table of its own, that one stream of CSV has no place for.
    left_out: tuple[str, ...] = ()
    #: Column -> answers that did not fit and were cut or left out.
    unfit: tuple[tuple[str, int], ...] = ()


def format_of(output: Path | None) -> Format:
    """The format that a file's name tells; CSV where it tells none."""
    return _SUFFIXES.get(output.suffix.lower(), Format.CSV) if output else Format.CSV


async def export(source: Source, format_: Format, output: Path | None, progress: Progress) -> Done:
    """Write the responses to `output`, which must not be there yet, or to standard output.

    Raises `Refused`, `BadOutput`, and `sealing.Unreadable` for a text sealed with a lost key; then nothing is left.
    """
    if output is None and format_ not in STREAMED:
        raise Refused(f"--format {format_} is no text: name a file with --output.")
    if output is not None and format_ in _PACKAGES and not writing.is_folder(output):
        raise Refused(f"--format {format_} makes several files: let --output end in .zip, or name a folder.")
    if output is not None and format_ in _SINGLE and writing.is_folder(output):
        raise Refused(f"--format {format_} makes one file: let --output end in .{format_}.")
    if format_ is Format.FLOWRESULTS and source.layout.lead != table.PARADATA:
        raise Refused("--format flowresults holds answers to questions, and pledges are none: take datapackage.")
    published = await source.published()
    progress.reset(await source.total())
    count = 0
    with _writer(source, format_, output, published) as writer:
        answered = format_ is Format.FLOWRESULTS
        async with contextlib.aclosing(source.pages(_PAGE, ahead=_AHEAD, answered=answered)) as pages:
            async for page in pages:
                # In a thread, so that the reading goes on meanwhile.
                await asyncio.to_thread(writer.write, page.responses)
                count += page.size
                progress.update(page.size)
    tables = table.tables(source.book, source.layout)
    left_out = tuple(each.name for each in tables[1:]) if output is None and format_ is Format.CSV else ()
    return Done(count, left_out, tuple(writer.unfit.items()))


async def chunks(source: Source, format_: Format) -> AsyncGenerator[str, None]:
    """The responses as pieces of text, beside whatever else this process does. CSV holds the main table alone."""
    stream = io.StringIO()
    writer = _text(source, format_, [stream])
    yield _taken(stream)
    async with contextlib.aclosing(source.pages(_SHORT_PAGE)) as pages:
        async for page in pages:
            await asyncio.to_thread(writer.write, page.responses)
            yield _taken(stream)


def write_codebook(source: writing.Subject, output: Path | None) -> None:
    """The codebook alone, as CSV. Raises `BadOutput`."""
    with contextlib.ExitStack() as stack:
        stream = sys.stdout
        if output:
            path = stack.enter_context(writing.file(output))
            stream = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
        writing_csv.write_codebook(source.book, stream, personal=source.layout.personal)
        stream.flush()


def _text(source: writing.Subject, format_: Format, streams: Sequence[IO[str]]) -> writing.Writer:
    """A writer of text; CSV into as many streams as there are."""
    if format_ is Format.CSV:
        return writing_csv.Csv(source, streams)
    return writing_json.JsonLines(source, streams[0])


def _taken(stream: io.StringIO) -> str:
    text = stream.getvalue()
    stream.seek(0)
    stream.truncate()
    return text


@contextlib.contextmanager
def _writer(
    source: Source,
    format_: Format,
    output: Path | None,
    published: tuple[dt.datetime, dt.datetime],
) -> Iterator[writing.Writer]:
    """A writer into new files, which are gone again if the block fails."""
    with contextlib.ExitStack() as stack:
        if output is None:
            yield _text(source, format_, [sys.stdout])
            sys.stdout.flush()
            return
        names = [each.name for each in table.tables(source.book, source.layout)]
        if format_ in _PACKAGES:
            folder = stack.enter_context(writing.folder(output))
            if format_ is Format.DATAPACKAGE:
                yield stack.enter_context(writing_datapackage.package(source, folder, db.now()))
            else:
                identity = source.identity()[:16]
                yield stack.enter_context(writing_flowresults.package(source, folder, identity, *published))
            return
        names = names[:1] if format_ in _SINGLE else names
        paths = stack.enter_context(writing.places(output, names, f".{format_}"))
        match format_:
            case Format.XLSX:
                yield stack.enter_context(writing_xlsx.opened(source, paths[0]))
            case Format.PARQUET:
                yield stack.enter_context(writing_parquet.opened(source, paths))
            case Format.SAV:
                yield stack.enter_context(writing_sav.opened(source, paths, db.now()))
            case _:
                streams = [stack.enter_context(path.open("w", encoding="utf-8", newline="")) for path in paths]
                yield _text(source, format_, streams)
