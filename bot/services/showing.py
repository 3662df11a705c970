"""Showing: what waits at addresses that cannot be pushed to, read for all who look at the same moment at once."""

from __future__ import annotations

import asyncio

from bot.channels import base
from bot.services import posting
from models import db, outbox, sealing


class Screens:
    """Reads waiting messages. One query serves everybody who came while the one before it ran."""

    def __init__(self, database: db.Database, seal: sealing.Seal) -> None:
        self._database = database
        self._seal = seal
        self._looking: list[tuple[tuple[str, bytes], asyncio.Future[tuple[base.Outbound, ...]]]] = []
        self._task: asyncio.Task[None] | None = None

    async def look(self, channel: str, address: str) -> tuple[base.Outbound, ...]:
        """The messages that wait there, in order; () for an unknown address."""
        seen: asyncio.Future[tuple[base.Outbound, ...]] = asyncio.get_running_loop().create_future()
        self._looking.append(((channel, self._seal.hash(f"address/{channel}", address)), seen))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read())
        return await seen

    async def _read(self) -> None:
        while self._looking:
            looking, self._looking = self._looking, []
            try:
                async with self._database.reading() as connection:
                    rows = await outbox.shown(connection, [key for key, _ in looking])
            except Exception as error:  # noqa: BLE001  each who looks is told, and shows it as their door does
                for _, seen in looking:
                    if not seen.done():
                        seen.set_exception(error)
                continue
            for (_, key), seen in looking:
                if not seen.done():
                    seen.set_result(tuple(posting.opened(self._seal, sealed) for sealed in rows.get(key, ())))
