"""From the database to responses as an export shows them: page by page, unsealed, with what was worked out."""

from __future__ import annotations

import asyncio
import collections
import datetime as dt
import json
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.engine import codebook, form, offering, records, state, table
from bot.services import publishing, recording, working_out, writing
from models import db, exports, figures, media, sealing

_NOTHING: Mapping[str, Any] = {}


class NoSuchForm(LookupError):
    """No form of that name was ever published."""


class _Page(NamedTuple):
    """Some responses as they lie in the database (see `exports.page`)."""

    responses: str
    #: Media id -> what was said, sealed.
    spoken: Mapping[str, bytes]


class Source:
    """The responses to one form, and all that tells what they mean."""

    def __init__(
        self,
        database: db.Database,
        seal: sealing.Seal,
        forms: Mapping[str, form.Form],
        layout: table.Layout,
        *,
        unfinished: bool = False,
    ) -> None:
        self.forms, self.layout = forms, layout
        self.book = codebook.joined(list(forms.values()))
        self._database, self._seal = database, seal
        self._statuses = ("finished", "open") if unfinished else ("finished",)
        shown = [entry for entry in self.book.entries if layout.personal or not entry.personal]
        names = frozenset(entry.name for entry in shown)
        self._working = {version: working_out.Working(each, names) for version, each in forms.items()}
        needed = names.union(*(working.behind for working in self._working.values()))
        # What names people is sealed too, and which questions those are may differ by version.
        self._closed = {entry.name for entry in self.book.entries if entry.name in needed and _may_be_sealed(entry)}
        self._repeated = {entry.name for entry in self.book.entries if entry.repeats} & self._closed
        states = layout.full or any(working.needs_state for working in self._working.values())
        self._extras = {*(("state",) if states else ()), *(("seconds", "traffic") if layout.full else ())}
        self._leads = records.Memo(exports.lead)
        # What tells apart, also in a later export, and leads to nobody without the key.
        self._opaque, self._person = seal.hasher("export"), seal.hasher("export-person")
        self._drawn = {version: [q for q in each.questions if q.randomize] for version, each in forms.items()}

    async def total(self) -> int:
        """How many responses there will be."""
        async with self._database.reading() as connection:
            return await exports.count(connection, self.book.name, self._statuses)

    async def published(self) -> tuple[dt.datetime, dt.datetime]:
        """When the first and the last version were."""
        async with self._database.reading() as connection:
            return await exports.published(connection, self.book.name)

    def identity(self) -> bytes:
        """32 bytes that stay the same for this form in this house, and are no other's."""
        return self._seal.hash("export-form", self.book.name)

    async def pages(self, size: int, *, ahead: int = 1, answered: bool = False) -> AsyncGenerator[writing.Page, None]:
        """All of them in the order of their ids, at most so many at once; the next `ahead` pages are read meanwhile.

        `answered` is for who wants to know when each answer was given, and by which person. Raises
        `sealing.Unreadable` if a text was sealed with a lost key.
        """
        extras = self._extras | ({"answered", "respondent"} if answered else set())
        after, reading = "", collections.deque[asyncio.Future[_Page]]()
        try:
            while after != exports.END or reading:
                while after != exports.END and len(reading) <= ahead:
                    until = await self._reach(after, size)
                    reading.append(asyncio.ensure_future(self._read(after, until, extras)))
                    after = until
                page = await reading.popleft()
                if page.responses:
                    yield writing.Page(exports.counted(page.responses), self._filled(page))
        finally:
            for each in reading:
                each.cancel()
            await asyncio.gather(*reading, return_exceptions=True)

    async def _reach(self, after: str, size: int) -> str:
        async with self._database.reading() as connection:
            return await exports.reach(connection, after, size)

    async def _read(self, after: str, until: str, extras: Collection[str]) -> _Page:
        async with self._database.reading() as connection:
            found = await exports.page(
                connection,
                self.book.name,
                after=after,
                until=until,
                statuses=self._statuses,
                extras=extras,
                closed=self._closed,
                repeated=self._repeated,
            )
            # What was spoken stands under questions that may be answered in words.
            spoken = await media.transcripts(connection, after, until) if found and self._closed else {}
            return _Page(found, spoken)

    def _filled(self, page: _Page) -> Iterator[records.Response]:
        spoken, leads, workings = page.spoken, self._leads, self._working
        opaque, cut, made = self._opaque, records.pieces, records.made
        # One loop, for this is done a million times; and one response after the other, for what was made of thousands
        # is no longer in the processor's cache when it is written.
        for found in exports.responses(page.responses):
            rid, begun, finished, told, values, closed = found[:6]
            version, wave, status, channel, language, assisted = leads[told]
            pieces = cut(values)
            more = self._opened(pieces, closed, spoken) if closed or spoken else _NOTHING
            extra, kept = exports.Extra(*found[6:]) if len(found) > 6 else None, None
            if extra and extra.state:
                kept = recording.response(self._seal, bytes.fromhex(extra.state))
            working = workings[version]
            if working.is_plain and not more:
                worked = working.known[tuple(filter(working.decides, pieces)), language]
            else:
                worked = working.out(pieces, more, begun, finished, language, kept if working.needs_state else None)
            pieces += worked.pieces
            rid, apart = opaque(rid.encode())[:8].hex(), "1" if worked.apart else "0"
            lead = (rid, version, wave, apart, status, channel, language, begun, finished, assisted)
            response = made((version, lead, pieces, more, _NOTHING, _NOTHING, _NOTHING, ""))
            yield self._in_full(response, extra, kept) if extra else response

    def _opened(self, pieces: Sequence[str], closed: str, spoken: Mapping[str, bytes]) -> dict[str, str]:
        """Those answers that are closed; what was said stands for the id of the voice note, once it is written down."""
        more = {key: self._seal.open("answer", bytes.fromhex(text)) for key, text in _unpacked(closed).items()}
        if spoken:
            answers = {**dict(map(records.read, pieces)), **more}
            more |= {key: self._seal.open("media", spoken[text]) for key, text in answers.items() if text in spoken}
        return more

    def _in_full(self, response: records.Response, extra: exports.Extra, kept: state.State | None) -> records.Response:
        lead, shown = response.lead, {}
        if self.layout.full:
            lead += (extra.messages_in, extra.messages_out, extra.bytes_in, extra.bytes_out)
            if kept is not None:
                shown = self._shown(response.version, response.answers, kept)
        return response._replace(
            lead=lead,
            seconds=_unpacked(extra.seconds),
            shown=shown,
            answered=_unpacked(extra.answered),
            person=self._person(extra.respondent.encode())[:8].hex() if extra.respondent else "",
        )

    def _shown(self, version: str, answers: Mapping[str, str], kept: state.State) -> dict[str, str]:
        """The options in the order in which they were shown, by key, where the order was drawn."""
        found: dict[str, str] = {}
        view = self._working[version].passage(answers, kept)
        drawn = self._drawn[version]
        for station in view.stations:
            if station.question in drawn and station.key in answers:
                choices = offering.options(station.question, view.context(station), view.seed)
                found[station.key] = " ".join(choice.name for choice in choices)
        return found


async def collect(
    database: db.Database,
    seal: sealing.Seal,
    library: publishing.Library,
    name: str,
    layout: table.Layout,
    *,
    unfinished: bool = False,
) -> Source:
    """The responses to the form of that name, also to be taken while they are `unfinished`; raises `NoSuchForm`."""
    async with database.reading() as connection:
        known = (await library.catalogue(connection)).forms
        forms = {version: known[version] for version in await figures.versions(connection, name)}
    if not forms:
        raise NoSuchForm(name)
    return Source(database, seal, forms, layout, unfinished=unfinished)


def _may_be_sealed(entry: codebook.Entry) -> bool:
    return entry.personal or bool(entry.kinds & (form.IN_WORDS | form.NUMBERS))


def _unpacked(packed: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(packed) if packed else {}
    return found
