"""Postmarking: what became of a send -> what is written down of its message, and when it goes again."""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from bot import logs
from bot.channels import base
from bot.services import posting
from models import db, outbox, sealing

_log = logging.getLogger(__name__)

#: How long a message may be on its way before nobody knows what became of it; also the silence after which one
#: of unknown fate is repeated.
LEASE = dt.timedelta(seconds=60)
#: After so long a reply helps nobody any more; what was written to many may have waited a day for its turn.
GIVE_UP, _GIVE_UP_BULK = dt.timedelta(hours=24), dt.timedelta(hours=72)
#: WhatsApp lets us write freely for a day after they did: a little less, for it goes by its own clock.
_WINDOW = dt.timedelta(hours=23, minutes=50)
#: WhatsApp's word for what came after that day.
OUTSIDE = "63016"
#: Where a provider names no time a message waits again as long as it has waited: seconds, at the least and the most.
_SHORTEST, _LONGEST = 2.0, 600.0
#: Tries of an edit of which nobody knows whether it arrived: four minutes, while the contact waits for what follows.
_EDITS = 8


class Done(NamedTuple):
    """A message, whether it was an edit, and what came of sending it."""

    letter: outbox.Letter
    edits: bool
    receipt: base.Receipt
    #: As the log names what it answers, or itself.
    request: str


async def write(
    connection: db.Connection, seal: sealing.Seal, done: Sequence[Done], rows: list[dict[str, Any]]
) -> None:
    """Write down what became of messages, and what is known of their addresses since."""
    # Addresses before messages, in order, as everybody locks them.
    for letter, _, receipt, _ in sorted(done, key=lambda each: each.letter.address_id):
        if receipt.fate is base.Fate.GONE:
            await outbox.close_address(connection, letter.address_id, receipt.code, letter.created_at)
        elif receipt.moved_to:
            key_hash = seal.hash(f"address/{letter.channel}", receipt.moved_to)
            sealed = seal.close("address", receipt.moved_to)
            await outbox.move_address(connection, letter.address_id, key_hash, sealed)
    await outbox.record(connection, rows)


def row(done: Done, at: dt.datetime, rests: dt.timedelta) -> dict[str, Any]:
    """What is written down of one message; `rests` is how long its whole account must wait."""
    letter, receipt = done.letter, done.receipt
    # Counts the sends that may have arrived.
    attempts = letter.attempts + (receipt.fate is not base.Fate.LATER)
    status, wait = "sent", dt.timedelta()
    match receipt.fate:
        case base.Fate.LATER:
            age = at - letter.created_at
            status = "waiting" if age < (_GIVE_UP_BULK if letter.bulk else GIVE_UP) else "failed"
            wait = rests or pause(receipt, age)
        case base.Fate.UNKNOWN if done.edits:
            # An edit can be repeated without harm; a new message only once the person has stayed silent.
            status = "waiting" if attempts < _EDITS else "failed"
            wait = dt.timedelta(seconds=backoff(attempts))
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
        # Of what waits again it says that it was tried: its person may be held by the provider (`outbox.claim`).
        "code": receipt.code[:64] or (None if receipt.fate is base.Fate.SENT else str(receipt.fate)),
        "sent_at": at if status == "sent" else None,
    }


def resolved(seal: sealing.Seal, letter: outbox.Letter, at: dt.datetime) -> dict[str, Any]:
    """What becomes of a message of unknown fate: repeated once if the person has been silent since."""
    # One that was on its way when its process died was sent once more than was written down.
    attempts = letter.attempts + (letter.status == "sending")
    spoke = letter.heard_at is not None and letter.heard_at > letter.created_at
    again = attempts < _EDITS if _is_edit(seal, letter) else attempts < 2 and not spoke
    status = "waiting" if again else "sent" if spoke else "failed"
    return {"of": letter.id, "status": status, "not_before": at, "attempts": attempts, "code": "unknown"}


def is_late(letter: outbox.Letter, at: dt.datetime) -> bool:
    """Whether its person has not written for a day, or the provider has said so."""
    return letter.code == OUTSIDE or letter.heard_at is None or letter.heard_at < at - _WINDOW


def pause(receipt: base.Receipt, age: dt.timedelta) -> dt.timedelta:
    """Until a message is tried again that is so old: as the provider says, else as long again, with jitter."""
    usual = min(_LONGEST, max(_SHORTEST, age.total_seconds())) * _jitter()
    return dt.timedelta(seconds=receipt.retry_after or usual)


def backoff(attempts: int) -> float:
    """Seconds until the next try: 2, 4, 8 ..., with jitter so that they do not come in step."""
    return float(2**attempts) * _jitter()


def _jitter() -> float:
    return random.uniform(0.7, 1.3)  # noqa: S311  spreads load, hides nothing


def _is_edit(seal: sealing.Seal, letter: outbox.Letter) -> bool:
    try:
        return bool(posting.opened(seal, letter.sealed).edits)
    except sealing.Unreadable:
        return False
