"""The fetcher: takes what people sent from their providers into the media directory, and clears it out again.

A job of its own, after the commit that made it an answer: however slow a provider is, nobody waits for it. Several
processes may fetch at once. One that dies leaves a lease that runs out, and files that are swept up.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType

from bot import wording
from bot.channels import base, sniffing
from bot.engine.phrases import phrase
from bot.services import posting
from models import db, files, media, outbox, sealing

_log = logging.getLogger(__name__)

#: Files under way at once: each is held in memory.
AT_ONCE = 4
#: How long one may take before another process may try it.
LEASE = dt.timedelta(minutes=5)
#: Seconds until the second try, the third, ...; after the last it is given up. Together most of a day.
PAUSES = (10, 60, 300, 1800, 7200, 21_600, 43_200)
#: Looked for work at least so often, and for files that are to go, in seconds.
IDLE = 5.0
#: Between two looks for files that are nobody's, and how old they must be, in seconds.
TIDY, ORPHANED = 3600.0, 3600.0
#: What came with a form and was no answer to anything goes after so long: the form's commit takes seconds.
UNASKED = 600.0
_GRACE = 5
#: What is said to whoever sent what could not be had.
_LOST = {
    "image": phrase("Your picture did not reach us, I am sorry. To send it once more, write “answers”."),
    "audio": phrase("Your voice message did not reach us, I am sorry. To send it once more, write “answers”."),
}


class Uploads:
    """Keeps what came with forms of the web chat; see `base.Keeper`."""

    def __init__(self, kept: files.Files) -> None:
        self._files = kept

    async def fetch(self, reference: str, most: int) -> bytes:
        """What came under that name."""
        try:
            return await asyncio.to_thread(self._files.take, reference)
        except FileNotFoundError:
            raise base.Lost("gone") from None


class Fetcher:
    """Fetches. `async with` it: its task runs inside. `most` is how many bytes a file may have."""

    def __init__(
        self,
        database: db.Database,
        seal: sealing.Seal,
        kept: files.Files,
        keepers: Mapping[str, base.Keeper],
        voice: wording.Voice,
        *,
        most: int,
        clock: Callable[[], dt.datetime] = db.now,
    ) -> None:
        self._database, self._seal, self._files, self._most, self._clock = database, seal, kept, most, clock
        self._keepers, self._voice = {"web": Uploads(kept), **keepers}, voice
        self._awake = asyncio.Event()
        self._closing = False
        self._tidied = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._fetching: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Fetcher:
        self._task = asyncio.create_task(self._work(), name="fetcher")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self.wake()
        tasks = {*self._fetching, *([self._task] if self._task else [])}
        if tasks:
            await asyncio.wait(tasks, timeout=_GRACE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something was sent."""
        self._awake.set()

    async def _work(self) -> None:
        while not self._closing:
            self._awake.clear()
            try:
                await self.look()
                if asyncio.get_running_loop().time() > self._tidied + TIDY:
                    await self.tidy()
                    self._tidied = asyncio.get_running_loop().time()
            except Exception as error:  # noqa: BLE001 - the database or the disk may be away; nothing is lost by waiting
                _log.error("media could not be seen to: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._awake.wait(), IDLE)

    # -- coming ---------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Begin to fetch what waits, as far as there is room, and remove what is to go. Done by itself."""
        at, channels, room = self._clock(), sorted(self._keepers), AT_ONCE - len(self._fetching)
        async with self._database.reading() as connection:
            # Looked for before it is taken: mostly there is nothing, and SQLite's one writer has other work.
            waits = room > 0 and await media.waits(connection, channels, at)
            gone = await media.due(connection, at)
        if waits:
            async with self._database.transaction() as connection:
                taken = await media.claim(connection, channels, room, at, at + LEASE)
            for row in taken:
                task = asyncio.create_task(self._fetch(row))
                self._fetching.add(task)
                task.add_done_callback(self._fetched)
        for name, since in gone:
            await self._remove(name, since)
        await self._drop_uploads()

    def _fetched(self, task: asyncio.Task[None]) -> None:
        self._fetching.discard(task)
        # There may be more, and now there is room.
        self.wake()

    async def _fetch(self, row: media.Waiting) -> None:
        code, for_good, reference = "", False, ""
        try:
            if row.attempts > len(PAUSES) + 1:
                # Every process that tried has ended over it.
                raise base.Lost("fatal")
            reference = self._seal.open("media", row.sealed)
            content = await self._keepers[row.channel].fetch(reference, self._most)
            await self._keep(row, content)
        except base.Lost as error:
            code, for_good = str(error), True
        except sealing.Unreadable:
            code, for_good = "unreadable", True
        except base.Unreachable as error:
            code = str(error)
        except Exception as error:  # noqa: BLE001 - the disk may be full, the database away: all of it passes
            code = type(error).__name__
        try:
            if code:
                await self._not_had(row, code, for_good=for_good)
            if row.channel == "web" and (for_good or not code):
                await asyncio.to_thread(self._files.drop, reference)
        except Exception as error:  # noqa: BLE001 - its lease runs out, and it is tried again
            _log.error("what became of an answer by %s could not be kept: %s", row.kind, type(error).__name__)

    async def _keep(self, row: media.Waiting, content: bytes) -> None:
        kind, mime = sniffing.kind(content)
        if kind != row.kind:
            raise base.Lost("wrong type")
        seconds = sniffing.seconds(content) or None
        if kind == "image":
            # Here, for its import takes a while, and not every house is sent pictures.
            from bot.services import picturing

            try:
                content, mime = await asyncio.to_thread(picturing.clean, content), picturing.MIME
            except picturing.Unclean as error:
                raise base.Lost(str(error)) from None
        draft = await asyncio.to_thread(self._files.draft, content)
        try:
            async with self._database.transaction() as connection:
                await media.hold(connection, draft.hash)
                if await media.keep(connection, row, draft.hash, mime, len(content), seconds):
                    # Before the commit: no row ever names a file that is not there.
                    await asyncio.to_thread(self._files.shelve, draft)
        finally:
            await asyncio.to_thread(draft.path.unlink, missing_ok=True)

    async def _not_had(self, row: media.Waiting, code: str, *, for_good: bool) -> None:
        given_up = for_good or row.attempts > len(PAUSES)
        async with self._database.transaction() as connection:
            if given_up:
                sender = await media.fail(connection, row, code, for_good=for_good)
                if sender:
                    await self._tell(connection, row, sender)
            else:
                pause = PAUSES[row.attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, hides nothing
                await media.put_off(connection, row, code, self._clock() + dt.timedelta(seconds=pause))
        if given_up:
            _log.warning("an answer by %s on %s was given up: %s", row.kind, row.channel, code)

    async def _tell(self, connection: db.Connection, row: media.Waiting, sender: media.Sender) -> None:
        """One line more in the outbox: whoever waits for nothing is not made to, and may send it again."""
        said = base.Outbound(self._voice.say(_LOST[row.kind], sender.language), language=sender.language)
        places = sender.contact_id, sender.address_id, sender.respondent_id
        await outbox.add(connection, [posting.outgoing(self._seal, row.channel, said, *places, self._clock())])

    # -- going ----------------------------------------------------------------------------------------------

    async def _remove(self, name: str, since: dt.datetime | None = None) -> None:
        """Delete a file unless a row names it."""
        async with self._database.transaction() as connection:
            await media.hold(connection, name)
            if since:
                await media.done(connection, name, since)
            if await media.unused(connection, [name]):
                # Before the commit: should the process end here, it is seen to again.
                await asyncio.to_thread(self._files.remove, name)

    async def _drop_uploads(self) -> None:
        names = await asyncio.to_thread(self._files.uploads, UNASKED)
        if names:
            async with self._database.reading() as connection:
                sealed = await media.references(connection, "web")
            wanted = set()
            for each in sealed:
                # What cannot be read will never be fetched: whatever it names is nobody's.
                with contextlib.suppress(sealing.Unreadable):
                    wanted.add(self._seal.open("media", each))
            for name in set(names) - wanted:
                await asyncio.to_thread(self._files.drop, name)

    async def tidy(self, age: float = ORPHANED) -> None:
        """Delete files that nobody has, older than `age` seconds: of processes that died, of copies put back."""
        await asyncio.to_thread(self._files.drop_drafts, age)
        portions: Iterator[list[str]] = self._files.shelved(age)
        while (names := await asyncio.to_thread(next, portions, None)) is not None:
            async with self._database.reading() as connection:
                orphans = await media.unused(connection, names)
            for name in sorted(orphans):
                await self._remove(name)
