"""Redacting: nothing that is logged, by us or by a library, names a person or a secret. The one place that sees to it.

Our own lines say types, codes and counts, and are only looked through for numbers and secrets. Libraries write
addresses, tokens and texts of people, at any level: of theirs only the words their author wrote are kept. Of an
exception its type and where it came from are kept, never its text, which may quote a message, a row or an address.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from types import TracebackType

#: Whose lines are ours.
OURS = ("api", "bot", "models", "__main__")
#: What stands for whatever was taken out.
BLANK = "…"
#: Frames of an exception that are told, the innermost.
_FRAMES = 12
#: Shorter ones would be found in words that mean something else.
_SHORTEST = 6
#: A telephone number or a chat's id, also the one in a bot's token with all that follows.
_NUMBERS = re.compile(r"(?<![\w.])\+?\d[\d ()-]{5,}\d(?::[\w-]{10,})?(?![\w.])")
#: What a library fills in: in its template, or by itself between quotes, brackets and backticks, and whatever is an
#: address or in no Latin letters.
_FILLED = re.compile(r"%(?:\(\w+\))?[-#0 +]*[\d.*]*[a-zA-Z]|\{[^}]*\}")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|<[^>]*>?|\S*://\S*|\S*[@\\]\S*|\S*[^\x00-\x7f]\S*")


class Veil(logging.Filter):
    """Hang it on a handler, before whatever lays the line out."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, known)) or r"(?!)")

    def filter(self, record: logging.LogRecord) -> bool:
        """Make the record harmless for whoever else gets it too; always true."""
        ours = record.name.partition(".")[0] in OURS
        text = self._own(record) if ours else self._foreign(record)
        record.msg, record.args = self._secrets.sub(BLANK, text), None
        if record.exc_info and record.exc_info[1]:
            record.exc_text = told(record.exc_info[1])
        record.exc_info = record.stack_info = None
        return True

    def _own(self, record: logging.LogRecord) -> str:
        try:
            return _NUMBERS.sub(BLANK, record.getMessage())
        except (TypeError, ValueError):
            return str(record.msg)

    def _foreign(self, record: logging.LogRecord) -> str:
        if not record.args and record.levelno < logging.WARNING:
            # Put together before it came to us: nobody can tell its author's words from a person's.
            return BLANK
        first = str(record.msg).strip().partition("\n")[0]
        return _NUMBERS.sub(BLANK, _QUOTED.sub(BLANK, _FILLED.sub(BLANK, first)))


def told(error: BaseException) -> str:
    """An exception, and what it came from, by types and places."""
    return "\n".join(line for each in _chain(error) for line in _lines(each))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def _lines(error: BaseException) -> Iterator[str]:
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]:
        place = os.sep.join(frame.filename.split(os.sep)[-3:])
        yield f"  {place}:{frame.lineno} in {frame.name}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _lines(each)


def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What is said of an exception that ends the process: as `sys.excepthook`."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("bot").critical("ended by an exception", exc_info=error)
