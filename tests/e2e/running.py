"""Starting the real app on a free port, with the stand-ins of the platforms at the other end."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import fastapi
import httpx
import sqlalchemy as sa
import uvicorn

from api import app as front
from bot import settings as settings_
from bot import wiring
from bot.channels import twilio as twilio_channel
from bot.services import delivering, fetching, publishing, receiving
from models import tables
from tests.standins import telegram as telegram_platform
from tests.standins import twilio as twilio_platform

#: What the world calls us: both platforms are told this, and come by other ways.
PUBLIC = "https://ashar.example"
PHONE = "0700 12 34 56"
EXPORT_TOKEN = "made-up-export-token"
#: Seconds that anything may take on a machine that does much else.
PATIENCE = 60.0
FLOWS = Path(__file__).resolve().parents[2] / "flows"

#: What stays when everybody is forgotten: what is on offer, and what the providers keep for us.
_KEPT = {"form", "form_version", "campaign", "campaign_version", "need", "provider_object", "sound"}


async def until(true: Callable[[], bool]) -> None:
    """Wait until that is so; TimeoutError after `PATIENCE`."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - stand-ins and processes tell nobody that they changed
            await asyncio.sleep(0.003)


@dataclass(frozen=True, slots=True)
class App:
    """The running app. `url` is where it truly listens."""

    url: str
    house: wiring.House
    telegram: telegram_platform.Standin
    twilio: twilio_platform.Twilio
    #: A browser's line to us, without cookies of its own.
    http: httpx.AsyncClient

    async def replies(self, channel: str, address: str, after: int = 0) -> list[int]:
        """Numbers of the messages put into the outbox for this address after that number."""
        key_hash = self.house.seal.hash(f"address/{channel}", address)
        found = (
            sa.select(tables.outgoing.c.id)
            .join(tables.address, tables.address.c.id == tables.outgoing.c.address_id)
            .where(tables.address.c.key_hash == key_hash, tables.outgoing.c.id > after)
            .order_by(tables.outgoing.c.id)
        )
        async with self.house.database.reading() as connection:
            return list(await connection.scalars(found))

    async def count(self, *names: str) -> dict[str, int]:
        """How many rows these tables have; all of them where none is named."""
        wanted = [table for table in tables.metadata.sorted_tables if not names or table.name in names]
        async with self.house.database.reading() as connection:
            return {
                table.name: int(await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
                for table in wanted
            }

    async def forget_everybody(self) -> None:
        """Empty all that people have left, as if nobody had ever written."""
        async with self.house.database.transaction() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                if table.name not in _KEPT:
                    await connection.execute(sa.delete(table))


def environ(database_url: str, var: Path, telegram: str, twilio: twilio_platform.Twilio) -> dict[str, str]:
    """What an operator would set, with the stand-ins in place of the platforms."""
    return {
        "ASHAR_DATABASE_URL": database_url,
        "ASHAR_VAR": str(var),
        "ASHAR_PUBLIC_URL": PUBLIC,
        "ASHAR_HELP_PHONE": PHONE,
        "ASHAR_EXPORT_TOKEN": EXPORT_TOKEN,
        "TELEGRAM_BOT_TOKEN": telegram_platform.TOKEN,
        "ASHAR_TELEGRAM_API": telegram,
        "TWILIO_ACCOUNT_SID": twilio.account,
        "TWILIO_AUTH_TOKEN": twilio.token,
        "TWILIO_WHATSAPP_FROM": f"whatsapp:{twilio.sender}",
        "TWILIO_SMS_FROM": twilio.sender,
        "ASHAR_TWILIO_API": twilio.url,
        # Nobody here types as slowly as people do.
        **dict.fromkeys(settings_.PACES, "0"),
    }


@contextlib.asynccontextmanager
async def running(
    database_url: str,
    var: Path,
    *,
    clock: Callable[[], dt.datetime] | None = None,
    entropy: Callable[[], str] | None = None,
    more: Mapping[str, str] | None = None,
    flows: Sequence[Path] = (FLOWS,),
) -> AsyncIterator[App]:
    """The app on this migrated database, with these files published, until the block ends.

    With `clock` and `entropy` its desk, postman and fetcher live in a time, and draw from a chance, of the test's own.
    """
    async with contextlib.AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(telegram_platform.running())
        twilio = await stack.enter_async_context(twilio_platform.Twilio())
        settings = settings_.read({**environ(database_url, var, telegram.url, twilio), **(more or {})})
        async with wiring.memory(settings) as memory:
            await publishing.publish(memory.database, list(flows))
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
        # As uvloop does by itself: otherwise every answer waits 40 ms for the other end's acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        telegram.bot().updates.tunnels[PUBLIC] = twilio.app = url
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False, timeout=PATIENCE))
        house = await stack.enter_async_context(_serving(settings, listening, clock, entropy))
        app = App(url, house, telegram, twilio, http)
        await _introduced(app)
        yield app


class _Server(uvicorn.Server):
    """A server that leaves the signals to the tests."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing to do."""
        yield


@contextlib.asynccontextmanager
async def _serving(
    settings: settings_.Settings,
    listening: socket.socket,
    clock: Callable[[], dt.datetime] | None,
    entropy: Callable[[], str] | None,
) -> AsyncIterator[wiring.House]:
    app: fastapi.FastAPI = front.app(settings)
    # On a busy machine a line could be closed as idle in the very moment in which a stand-in writes on it again.
    config = uvicorn.Config(
        app, log_config=None, access_log=False, timeout_graceful_shutdown=5, timeout_keep_alive=round(20 * PATIENCE)
    )
    server = _Server(config)
    with contextlib.ExitStack() as patches:
        if clock and entropy:
            desk = functools.partial(receiving.Desk, clock=clock, entropy=entropy)
            postman = functools.partial(delivering.Postman, clock=clock)
            patches.enter_context(mock.patch.object(receiving, "Desk", desk))
            patches.enter_context(mock.patch.object(delivering, "Postman", postman))
            fetcher = functools.partial(fetching.Fetcher, clock=clock)
            patches.enter_context(mock.patch.object(fetching, "Fetcher", fetcher))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started or task.done())
        assert server.started, f"the app did not start: {task}"
    try:
        yield app.state.house
    finally:
        server.should_exit = True
        await task


async def _introduced(app: App) -> None:
    """Both platforms have been told who we are, and what they said to that is kept."""
    whatsapp = app.house.channels["whatsapp"]
    assert isinstance(whatsapp, twilio_channel.Twilio)
    await until(lambda: bool(app.telegram.bot().updates.url and whatsapp.templates))
    async with asyncio.timeout(PATIENCE):
        while True:
            kept = await app.count("provider_object")
            if kept["provider_object"] >= len(whatsapp.templates):
                return
            await asyncio.sleep(0.003)
