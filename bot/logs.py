"""The log: one line an event on standard error, of words at a terminal and of JSON elsewhere, and of which message.

Nothing in it names a person or a secret: a message's text is never logged, nor an exception's, for it may quote one.
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
import traceback
from collections.abc import Iterator
from types import TracebackType

#: Libraries that tell more than we may keep: at DEBUG and INFO they write tokens, numbers and texts.
_TALKATIVE = ("aiohttp", "alembic", "asyncio", "httpcore", "httpx", "sqlalchemy", "telegram", "twilio", "uvicorn")

#: Which request this work is for, from the door to the postman; "" for what nobody asked for.
request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="")

#: Of this process, so that no two processes draw the same.
_PROCESS = os.urandom(3).hex()
_numbers = itertools.count(1)

_Error = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


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


def start() -> None:
    """Log from now on, in the way that suits whoever reads standard error."""
    handler = logging.StreamHandler()
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

    def formatException(self, ei: _Error) -> str:
        """Where it happened and of what kind it was, without its text."""
        return "".join(traceback.format_tb(ei[2])) + _kind(ei)


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
        if record.exc_info:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = _kind(record.exc_info)
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-5:]]
        return json.dumps(line, ensure_ascii=False)


def _request(record: logging.LogRecord) -> str:
    return str(getattr(record, "request", "") or request.get())


def _kind(error: _Error) -> str:
    return f"{error[0].__module__}.{error[0].__qualname__}" if error[0] else ""
