"""What every command does that reads or writes: opens the memory, and goes again where PostgreSQL wants it to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot import settings, wiring
from models import db

_T = TypeVar("_T")


def ask(work: Callable[[wiring.Memory], Awaitable[_T]], *, migrate: bool = False) -> _T:
    """Do something with the database, and do it anew where the database ended its transaction for another's sake.

    `work` writes in one transaction or in steps of which each knows what was done before, and prints nothing.
    """

    async def run() -> _T:
        async with wiring.memory(settings.current(), migrate=migrate) as memory:
            return await db.replayed(lambda: work(memory))

    return asyncio.run(run())
