"""A small house with a real database: the flows that ship, a desk, a postman, and people who read the outbox."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import sqlalchemy as sa

from bot import wording
from bot.channels import base
from bot.services import counting, delivering, folding, posting, publishing, receiving
from models import db, rotating, sealing, tables
from models import publishing as stored
from tests import talking

SEAL = sealing.Seal([b"k" * 32], b"h" * 32)
#: The survey after its consent, in a village of Ak-Suu; then in Karakol, which has no village to ask for.
VILLAGE = ("1", "2", "Чон-Жар", "1", "34", "1", "1 2 3", "3 2 1", "Мост через реку", "1")
TOWN = ("1", "1", "2", "51", "2", "1 2 3", "1 2 3", "skip", "2")
#: Labour, five days, with a name, confirmed.
PLEDGE = ("5 дней", "3", "2", "Айгүл Асанова", "1")

#: Seconds for which anything is waited for: what comes in time costs nothing, and a machine may stand still.
PATIENCE = 60.0

_keys = itertools.count(1)


@functools.cache
def voice() -> wording.Voice:
    """Reading the catalogs takes a while."""
    return wording.Voice()


@functools.cache
def _flows(about: str) -> publishing.Prepared:
    return publishing.prepare([talking.FLOWS, *([talking.FORMS / f"{about}.yaml"] if about else [])])


async def until(what: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until that is true."""
    async with asyncio.timeout(within):
        while not what():  # noqa: ASYNC110 - what a channel or the database holds tells nobody that it changed
            await asyncio.sleep(0.005)


class Letterbox:
    """A channel that keeps what is sent. `fates` are used up, one a send; a `gate` set to false holds sends up."""

    def __init__(self, name: str = "sms", *, push: bool = True) -> None:
        self.name = name
        self.capabilities = base.Capabilities(text=4096, push=push)
        #: (address, what was said), in the order in which sending began.
        self.sent: list[tuple[str, str]] = []
        self.fates: list[base.Receipt | Exception] = []
        self.open = asyncio.Event()
        self.open.set()
        self.under_way: list[str] = []
        #: Addresses that had two messages under way at once.
        self.crowded: set[str] = set()

    def verify(self, request: base.Request) -> None:
        """Everything is genuine."""

    def read(self, request: base.Request) -> list[base.Inbound]:
        """Nothing comes this way."""
        return []

    async def send(self, address: str, outbound: base.Outbound) -> base.Receipt:
        """Keep it."""
        self.crowded |= {address} & set(self.under_way)
        self.under_way.append(address)
        self.sent.append((address, outbound.head))
        # Its fate is sealed at once: who sees that it was sent may set that of the next one.
        fate = self.fates.pop(0) if self.fates else base.Receipt(base.Fate.SENT, f"id{len(self.sent)}")
        try:
            await asyncio.sleep(0)
            await self.open.wait()
        finally:
            self.under_way.remove(address)
        if isinstance(fate, Exception):
            raise fate
        return fate

    def heads(self, address: str) -> list[str]:
        """What that address was told."""
        return [head for to, head in self.sent if to == address]


@dataclasses.dataclass
class House:
    """One process: its database, desk and clock."""

    database: db.Database
    channels: Mapping[str, base.Channel]
    clock: talking.Clock
    desk: receiving.Desk
    seal: sealing.Seal = SEAL

    def person(self, address: str = "", channel: str = "sms") -> Person:
        """Somebody with a phone."""
        return Person(self, channel, address or f"+99670000{next(_keys):04}")

    def postman(self, channels: Mapping[str, base.Channel] | None = None) -> delivering.Postman:
        """Not at work yet."""
        return delivering.Postman(self.database, self.seal, channels or self.channels, clock=self.clock)

    async def rows(self, statement: str, **params: Any) -> list[Any]:
        """What SQL finds; a row of one column as its value."""
        async with self.database.reading() as connection:
            found = await connection.execute(sa.text(statement), params)
            return [row[0] if len(row) == 1 else tuple(row) for row in found]

    async def write(self, statement: str, **params: Any) -> None:
        """Change something behind everybody's back."""
        async with self.database.transaction() as connection:
            await connection.execute(sa.text(statement), params)

    async def count(self, table: str) -> int:
        """Rows of a table."""
        number: int = (await self.rows(f"SELECT count(*) FROM {table}"))[0]
        return number

    async def differences(self) -> int:
        """Tallies, and totals of pledges, that do not equal a recount."""
        ledger = await folding.check(self.database)
        return (
            await counting.check(self.database, self.seal)
            + ledger.totals
            + ledger.states
            + len(ledger.broken)
            + ledger.campaigns
            + len(ledger.spending)
            + ledger.accounts
        )

    async def dump(self) -> dict[str, bytes]:
        """Every table as it lies in the database, as one text."""
        kept: dict[str, bytes] = {}
        async with self.database.reading() as connection:
            for table in tables.metadata.sorted_tables:
                cells = [cell for row in await connection.execute(sa.select(table)) for cell in row]
                kept[table.name] = b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)
        return kept

    async def unsealed(self) -> dict[str, str]:
        """All that lies sealed, opened, by table."""
        found: dict[str, str] = {}
        async with self.database.reading() as connection:
            for column in rotating.SEALED:
                values = await connection.scalars(sa.select(column).where(column.is_not(None)))
                texts = [self.seal.open(column.table.name, value) for value in values]
                found[column.table.name] = "\n".join([*filter(None, [found.get(column.table.name)]), *texts])
        return found


@contextlib.asynccontextmanager
async def opened(
    url: str,
    *channels: base.Channel,
    clock: talking.Clock | None = None,
    handing: bool = False,
    about: str = "",
    seal: sealing.Seal = SEAL,
) -> AsyncIterator[House]:
    """A house at work on that database, with the flows that ship; without channels, one that is called "sms".

    With `handing` a postman works beside the desk, which hands over to it what need not wait in the outbox.
    `about` is the name of a form of the tests that is published beside the flows.
    """
    database = db.Database(url)
    clock = clock or talking.Clock()
    flows = _flows(about)
    by_name = {channel.name: channel for channel in channels or (Letterbox(),)}
    try:
        async with database.transaction() as connection:
            forms, campaigns = list(flows.forms.values()), list(flows.campaigns.values())
            await stored.publish(connection, forms, campaigns, clock.now, again=True)
        postman = delivering.Postman(database, seal, by_name, clock=clock) if handing else None
        async with (
            postman or contextlib.nullcontext(),
            receiving.Desk(
                database, seal, voice(), by_name, phone=talking.PHONE, site=talking.SITE, clock=clock, postman=postman
            ) as desk,
        ):
            yield House(database, by_name, clock, desk, seal)
    finally:
        await database.close()


class Person:
    """Somebody who writes and reads. A minute passes before each message."""

    def __init__(self, house: House, channel: str, address: str) -> None:
        self.house = house
        self.channel = channel
        self.address = address

    def message(self, text: str = "", **more: Any) -> base.Inbound:
        """A message of theirs, with a key of its own."""
        return base.Inbound(self.channel, **{"key": f"m{next(_keys)}", "address": self.address, "text": text, **more})

    async def sends(self, text: str = "", **more: Any) -> base.Outbound:
        """One message, and the newest reply in the outbox."""
        self.house.clock.forward(minutes=1)
        await self.house.desk.receive(self.message(text, **more))
        return await self.reads()

    async def says(self, *texts: str) -> base.Outbound:
        """Several messages; the reply to the last."""
        return [await self.sends(text) for text in texts][-1]

    async def begins(self, link: str = "s-priorities") -> base.Outbound:
        """By a link, in Russian and step by step, up to the first question."""
        await self.sends(start=link)
        return await self.says("по-русски", "1")

    async def letters(self) -> list[tuple[str, base.Outbound]]:
        """(status, message) of all that was ever written to this address."""
        hash_ = SEAL.hash(f"address/{self.channel}", self.address)
        rows = await self.house.rows(
            "SELECT status, outgoing.sealed FROM outgoing JOIN address ON address.id = address_id"
            " WHERE key_hash = :hash ORDER BY outgoing.id",
            hash=hash_,
        )
        return [(status, posting.opened(self.house.seal, sealed)) for status, sealed in rows]

    async def reads(self) -> base.Outbound:
        """The newest of them."""
        return (await self.letters())[-1][1]

    async def contact(self) -> str:
        """The id of their contact."""
        hash_ = SEAL.hash(f"address/{self.channel}", self.address)
        found: str = (await self.house.rows("SELECT contact_id FROM address WHERE key_hash = :hash", hash=hash_))[0]
        return found
