"""A database on which every second transaction is ended for another's sake, as PostgreSQL does in a deadlock."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import wiring
from models import db


def begin(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """From now on, once a command has opened the memory: the first is lost at its end, the second stands, and so on.

    Gives back a list that says of each whether it was lost.
    """
    lost: list[bool] = []
    transaction, ready = db.Database.transaction, wiring._ready
    opening = [False]

    @contextlib.asynccontextmanager
    async def losing(database: db.Database, *, brief: bool = False) -> AsyncIterator[db.Connection]:
        async with transaction(database, brief=brief) as connection:
            yield connection
            if not opening[0]:
                lost.append(not (lost and lost[-1]))
                if lost[-1]:
                    raise db.Outdated

    async def open_first(*given: Any, **more: Any) -> None:
        opening[0] = True
        await ready(*given, **more)
        opening[0] = False

    monkeypatch.setattr(db.Database, "transaction", losing)
    monkeypatch.setattr(wiring, "_ready", open_first)
    return lost
