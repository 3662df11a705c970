"""The postman: sends from the outbox, in order for each contact, and sees to what falls due.

At least once: a crash between sending and recording can repeat one message, never lose one.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Any, NamedTuple

from bot import logs
from bot.channels import base
from bot.services import forgetting, metering, posting
from models import db, outbox, sealing

_log = logging.getLogger(__name__)

#: Messages of one channel under way at once.
IN_FLIGHT = 100
#: How long a message may be on its way before nobody knows what became of it; also the silence after which one
#: of unknown fate is repeated.
LEASE = dt.timedelta(seconds=60)
#: After so long a reply helps nobody any more.
GIVE_UP = dt.timedelta(hours=24)
#: Looked for work at least so often, in seconds: another process may have put it there.
IDLE = 1.0
#: Between two looks at what is uncertain or due, in seconds.
SLOW = 10.0
#: Seconds until the next try where a provider names no time.
_PAUSE = 5.0
#: Tries of an edit of which nobody knows whether it arrived: four minutes, while the contact waits for what follows.
_EDITS = 8
#: Seconds for what is on its way when the house closes.
_GRACE = 5
#: Failures kept that were told before their message was recorded as sent.
_EARLY = 1000


class _Done(NamedTuple):
    letter: outbox.Letter
    edits: bool
    receipt: base.Receipt
    #: As the log names what it answers, or itself.
    request: str


class Postman:
    """Delivers. `async with` it: its task runs inside."""

    def __init__(
        self,
        database: db.Database,
        seal: sealing.Seal,
        channels: Mapping[str, base.Channel],
        *,
        clock: Callable[[], dt.datetime] = db.now,
    ) -> None:
        self._database = database
        self._seal = seal
        self._channels = {name: channel for name, channel in channels.items() if channel.capabilities.push}
        self._clock = clock
        #: When a message left the outbox for good the last time; at first, when this was made.
        self.moved_at = clock()
        self._awake = asyncio.Event()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []
        #: What is on its way, and by which channel.
        self._sending: dict[asyncio.Task[None], str] = {}
        self._done: list[_Done] = []
        self._early: dict[str, base.Receipt] = {}
        #: Whether the outbox is to be looked through, and contacts for whom something waits behind what is on its way.
        self._claims = True
        self._behind: set[str] = set()
        #: Channel -> until when its provider wants to hear nothing.
        self._resting: dict[str, dt.datetime] = {}

    async def __aenter__(self) -> Postman:
        self._tasks = [
            asyncio.create_task(self._work(), name="postman"),
            asyncio.create_task(self._look_after(), name="postman's rounds"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self.wake()
        if self._tasks:
            # Cut short, it could have claimed what it would never send.
            await asyncio.wait(self._tasks[:1], timeout=_GRACE)
        # What is on its way may finish, so that its fate is known and nothing is sent twice.
        if self._sending:
            await asyncio.wait(self._sending, timeout=_GRACE)
        for task in (*self._tasks, *self._sending):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._sending, return_exceptions=True)
        with contextlib.suppress(Exception):
            await self._record_and_claim()

    def room(self) -> dict[str, int]:
        """How many messages each channel would take at once."""
        at, under_way = self._clock(), Counter(self._sending.values())
        return {
            name: IN_FLIGHT - under_way[name]
            for name in self._channels
            if not self._closing and self._resting.get(name, at) <= at and under_way[name] < IN_FLIGHT
        }

    def take(self, number: int, row: Mapping[str, Any], said: posting.Said, request: str = "") -> None:
        """Send a message that was committed as this process's own; `row` is what was written of it, `request` what it
        answers."""
        self._start(
            outbox.Letter(
                id=number,
                contact_id=row["contact_id"],
                address_id=row["address_id"],
                channel=row["channel"],
                status="sending",
                sealed=b"",
                attempts=0,
                created_at=row["created_at"],
                address=b"",
                closed=None,
                heard_at=None,
            ),
            said,
            request,
        )

    def expect(self, contacts: Collection[str]) -> None:
        """Something waits for these contacts in the outbox."""
        if contacts:
            self._behind.update(contacts)
            self.wake()

    def wake(self) -> None:
        """Something was put into the outbox."""
        self._claims = True
        self._awake.set()

    async def note(self, status: base.Status) -> None:
        """Take up what a provider says of a message afterwards. That it was sent is known, and undoes no failure."""
        fate, code = status.receipt.fate, status.receipt.code
        if fate not in (base.Fate.FAILED, base.Fate.GONE, base.Fate.LATER):
            return
        at = self._clock()
        self._early[status.provider_id] = status.receipt
        async with self._database.transaction() as connection:
            letter = await outbox.sent(connection, status.provider_id)
            if letter is None:
                # Ours perhaps, and told before we have written down that it went; see `_record_and_claim`.
                if len(self._early) > _EARLY:
                    del self._early[next(iter(self._early))]
                return
            wait = _seconds(status.receipt.retry_after or _PAUSE)
            if fate is base.Fate.GONE:
                await outbox.close_address(connection, letter.address_id, code, letter.created_at)
            young = fate is base.Fate.LATER and at - letter.created_at < GIVE_UP
            if not (young and await outbox.again(connection, letter.id, at + wait)):
                await outbox.record(connection, [{"of": letter.id, "status": "failed", "code": code[:64] or None}])
        self._early.pop(status.provider_id, None)
        metering.sent([(letter.channel, status.receipt)])

    # -- the tasks ------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self._closing:
            self._awake.clear()
            try:
                claimed = await self._record_and_claim()
            except Exception as error:  # noqa: BLE001  whatever it is, the outbox must go on
                # The database may be away; nothing is lost by waiting.
                _log.error("the outbox could not be read: %s", type(error).__name__)
                await asyncio.sleep(IDLE)
                continue
            for letter in claimed:
                self._start(letter, None)
            try:
                await asyncio.wait_for(self._awake.wait(), IDLE)
            except TimeoutError:
                self._claims = True

    def _start(self, letter: outbox.Letter, said: posting.Said | None, request: str = "") -> None:
        task = asyncio.create_task(self._send(letter, said, request))
        self._sending[task] = letter.channel
        task.add_done_callback(self._sending.pop)

    async def _look_after(self) -> None:
        begun = False
        while True:
            try:
                if not begun:
                    await forgetting.begin(self._database, self._clock())
                    begun = True
                await self.look()
            except Exception as error:  # noqa: BLE001  it is tried again in ten seconds
                _log.error("what is uncertain or due could not be seen to: %s", type(error).__name__)
            await asyncio.sleep(SLOW)

    async def look(self) -> None:
        """Decide about messages of unknown fate, and do what is due. The postman does so by itself."""
        await self._resolve()
        self.wake()
        await forgetting.fall_due(self._database, list(self._channels), self._clock())

    async def _send(self, letter: outbox.Letter, said: posting.Said | None, request: str) -> None:
        # The task's own, so what a channel logs of it is named as well.
        logs.request.set(request or f"outbox-{letter.id}")
        edits = False
        try:
            outbound = said.outbound if said else posting.opened(self._seal, letter.sealed)
            edits = bool(outbound.edits)
            if letter.closed or letter.address is None:
                receipt = base.Receipt(base.Fate.GONE, code=letter.closed or "erased")
            else:
                address = said.address if said else self._seal.open("address", letter.address)
                receipt = await self._channels[letter.channel].send(address, outbound)
        except sealing.Unreadable:
            receipt = base.Receipt(base.Fate.FAILED, code="unreadable")
        except Exception as error:  # noqa: BLE001  see below
            # A channel promises not to raise; if one does, its message must not stop the others.
            _log.error("sending on %s failed: %s", letter.channel, type(error).__name__)
            receipt = base.Receipt(base.Fate.UNKNOWN, code=type(error).__name__)
        self._done.append(_Done(letter, edits, receipt, logs.request.get()))
        # What came from the outbox may not have been the last there; what never was in it tells nothing of it.
        if said is None or letter.contact_id in self._behind:
            self._behind.discard(letter.contact_id)
            self._claims = True
        self._awake.set()

    async def _record_and_claim(self) -> list[outbox.Letter]:
        """One transaction: what became of the sent ones, and the next ones to send."""
        done: list[_Done] = []
        claimed: list[outbox.Letter] = []
        if not (self._done or self._claims):
            # What woke us was recorded already, for it came while we waited for the database.
            return []
        try:
            async with self._database.transaction() as connection:
                # Only now, for while the desk was writing more may have come.
                at = self._clock()
                done, self._done = self._done, []
                await self._write(connection, done, [self._row(each, at) for each in done])
                open_ = self.room()
                if self._claims and open_:
                    self._claims = False
                    claimed = await outbox.claim(connection, list(open_), min(open_.values()), at, at + LEASE)
        except BaseException:
            self._done, self._claims = done + self._done, True
            raise
        if any(each.receipt.fate not in (base.Fate.LATER, base.Fate.UNKNOWN) for each in done):
            self.moved_at = at
        if done:
            metering.sent((each.letter.channel, each.receipt) for each in done)
        for each in done:
            if early := self._early.pop(each.receipt.provider_id, None):
                # What was claimed must be sent, whatever comes of this.
                with contextlib.suppress(Exception):
                    await self.note(base.Status(each.receipt.provider_id, early))
        return claimed

    async def _write(self, connection: db.Connection, done: list[_Done], rows: list[dict[str, Any]]) -> None:
        # Addresses before messages, in order, as everybody locks them.
        for letter, _, receipt, _ in sorted(done, key=lambda each: each.letter.address_id):
            if receipt.fate is base.Fate.GONE:
                await outbox.close_address(connection, letter.address_id, receipt.code, letter.created_at)
            elif receipt.moved_to:
                key_hash = self._seal.hash(f"address/{letter.channel}", receipt.moved_to)
                sealed = self._seal.close("address", receipt.moved_to)
                await outbox.move_address(connection, letter.address_id, key_hash, sealed)
        await outbox.record(connection, rows)

    def _row(self, done: _Done, at: dt.datetime) -> dict[str, Any]:
        letter, receipt = done.letter, done.receipt
        # Counts the sends that may have arrived.
        attempts = letter.attempts + (receipt.fate is not base.Fate.LATER)
        status, wait = "sent", dt.timedelta()
        match receipt.fate:
            case base.Fate.LATER:
                status = "waiting" if at - letter.created_at < GIVE_UP else "failed"
                wait = _seconds(receipt.retry_after or _PAUSE)
                if receipt.whole_account:
                    self._resting[letter.channel] = at + wait
            case base.Fate.UNKNOWN if done.edits:
                # An edit can be repeated without harm; a new message only once the person has stayed silent.
                status, wait = ("waiting" if attempts < _EDITS else "failed"), _seconds(_backoff(attempts))
            case base.Fate.UNKNOWN:
                status, wait = ("unknown" if attempts < 2 else "failed"), LEASE
            case base.Fate.FAILED | base.Fate.GONE:
                status = "failed"
        if status in ("failed", "unknown"):
            with logs.about(done.request):
                _log.warning("a message on %s: %s (%s)", letter.channel, status, receipt.code)
        return {
            "of": letter.id,
            "status": status,
            "not_before": at + wait,
            "attempts": attempts,
            "provider_id": receipt.provider_id[:64] or None,
            "code": receipt.code[:64] or None,
            "sent_at": at if status == "sent" else None,
        }

    async def _resolve(self) -> None:
        """Decide about messages of unknown fate: repeated once if the person has been silent since."""
        at = self._clock()
        async with self._database.transaction() as connection:
            rows = []
            for letter in await outbox.uncertain(connection, list(self._channels), at):
                # One that was on its way when its process died was sent once more than was written down.
                attempts = letter.attempts + (letter.status == "sending")
                spoke = letter.heard_at is not None and letter.heard_at > letter.created_at
                again = attempts < _EDITS if self._is_edit(letter) else attempts < 2 and not spoke
                status = "waiting" if again else "sent" if spoke else "failed"
                rows.append(
                    {"of": letter.id, "status": status, "not_before": at, "attempts": attempts, "code": "unknown"}
                )
            await outbox.record(connection, rows)

    def _is_edit(self, letter: outbox.Letter) -> bool:
        try:
            return bool(posting.opened(self._seal, letter.sealed).edits)
        except sealing.Unreadable:
            return False


def _backoff(attempts: int) -> float:
    """Seconds until the next try: 2, 4, 8 ..., with jitter so that they do not come in step."""
    return float(2**attempts) * random.uniform(0.7, 1.3)  # noqa: S311  spreads load, hides nothing


def _seconds(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)
