"""The log: one line an event on standard error, of words at a terminal and of JSON elsewhere, and of which message.

Nothing in it names a person or a secret: see `redacting`, which every line passes.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import itertools
import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator

from bot import redacting

#: Libraries that tell more than we may keep: at DEBUG and INFO they write tokens, numbers and texts.
_TALKATIVE = ("aiohttp", "alembic", "asyncio", "httpcore", "httpx", "sqlalchemy", "telegram", "twilio", "uvicorn")

#: Which request this work is for, from the door to the postman; "" for what nobody asked for.
request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="")

#: Of this process, so that no two processes draw the same.
_PROCESS = os.urandom(3).hex()
_numbers = itertools.count(1)


def draw() -> str:
    """A name for a request that comes in."""
    return f"{_PROCESS}-{next(_numbers):x}"


@contextlib.contextmanager
def about(name: str) -> Iterator[None]:
    """What is logged in the block is about that request."""
    token = request.set(name)
    try:
        yield
    finally:
        request.reset(token)


def start(hidden: Iterable[str] = ()) -> None:
    """Log from now on, in the way that suits whoever reads standard error; `hidden` are secrets of the settings."""
    handler = logging.StreamHandler()
    handler.addFilter(redacting.Veil(hidden))
    handler.setFormatter(Words() if sys.stderr.isatty() else Json())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


class Words(logging.Formatter):
    """For people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line, with the request at its end."""
        name = _request(record)
        return super().formatMessage(record) + (f" [{name}]" if name else "")


class Json(logging.Formatter):
    """For machines: an object a line, with `at`, `level`, `logger`, `event`, and `request` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if name := _request(record):
            line["request"] = name
        line |= getattr(record, "more", {})
        if record.exc_text:
            line["error"] = record.exc_text.splitlines()
        return json.dumps(line, ensure_ascii=False)


def _request(record: logging.LogRecord) -> str:
    return str(getattr(record, "request", "") or request.get())
