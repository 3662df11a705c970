"""Every door of the house, open for whoever knocks: the app as a function, and what must hold of each answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import fastapi
import httpx
import schemathesis
import sqlalchemy as sa
from schemathesis.core.result import Ok
from twilio import request_validator

from models import tables
from tests.api import opened
from tests.e2e import running
from tests.standins import telegram

TELEGRAM_SECRET = "made-up-telegram-secret"
EXPORT_TOKEN = "made-up-export-token"
_TWILIO_TOKEN = "made-up-token"
#: Nobody listens there: replies wait, and no test is about them.
_NOWHERE = "http://127.0.0.1:9"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
TELEGRAM = JSON | {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}


class Doors:
    """The app, and a visitor. Its own loop turns only while somebody knocks."""

    def __init__(self, runner: asyncio.Runner, app: fastapi.FastAPI) -> None:
        self._runner, self._app = runner, app
        #: What the API's own document says can be asked.
        found = [*schemathesis.openapi.from_dict(app.openapi()).get_all_operations()]
        self.operations = [each.ok() for each in found if isinstance(each, Ok)]
        assert len(self.operations) == len(found)

    def knock(
        self, method: str, path: str, content: bytes = b"", headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """What is answered; AssertionError where that is a fault of ours or tells of the house's inside."""

        async def ask() -> httpx.Response:
            # An exception that nobody caught comes out of here as it is.
            async with opened.client(self._app) as client:
                given = [(name.encode(), value.encode("utf-8", "replace")) for name, value in (headers or {}).items()]
                return await client.request(method, path, content=content, headers=given, **more)

        answer = self._runner.run(ask())
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
        for word in (b"Traceback", b"sqlalchemy", b'File "', b"sqlite3.", b"asyncpg"):
            assert word not in answer.content, f"{method} {path} tells: {answer.text[:300]}"
        return answer

    def kept(self, table: sa.Table = tables.received) -> int:
        """How many rows a table has: of messages that were taken."""

        async def count() -> int:
            async with self._app.state.house.database.reading() as connection:
                return int(await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)

        return self._runner.run(count())

    def aside(self) -> list[str]:
        """Where in the program messages failed that were put aside: a fault that no answer tells of."""

        async def read() -> list[str]:
            async with self._app.state.house.database.reading() as connection:
                return list(await connection.scalars(sa.select(tables.set_aside.c.error)))

        return self._runner.run(read())


def signature(path: str, form: Mapping[str, str]) -> dict[str, str]:
    """The header by which Twilio shows that a form is its own."""
    signed = request_validator.RequestValidator(_TWILIO_TOKEN).compute_signature(running.PUBLIC + path, form)
    return {"X-Twilio-Signature": signed}


@contextlib.contextmanager
def opening(database_url: str, var: Path) -> Iterator[Doors]:
    """The app with all its doors, on this migrated database."""
    account = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": _TWILIO_TOKEN, "ASHAR_TWILIO_API": _NOWHERE}
    senders = {"TWILIO_WHATSAPP_FROM": "whatsapp:+996555000111", "TWILIO_SMS_FROM": "+996555000111"}
    bot = {
        "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
        "ASHAR_TELEGRAM_API": _NOWHERE,
        "ASHAR_TELEGRAM_SECRET": TELEGRAM_SECRET,
    }
    more = {"ASHAR_PUBLIC_URL": running.PUBLIC, "ASHAR_EXPORT_TOKEN": EXPORT_TOKEN}
    with asyncio.Runner() as runner:
        open_ = opened.app(database_url, var, **account, **senders, **bot, **more)
        app = runner.run(open_.__aenter__())
        try:
            yield Doors(runner, app)
        finally:
            runner.run(open_.__aexit__(None, None, None))
