"""E-mails: the letter that proves one, whose each is, and the way out for whoever reads it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from bot import wording
from bot.channels import base
from bot.engine import form, happenings, mailing, messages
from bot.engine.messages import phrase
from bot.services import posting
from models import db, sealing, turns
from models import mailing as kept

_KEY = re.compile(r"[0-9a-f]{64}")


def ask(
    writes: turns.Writes,
    seal: sealing.Seal,
    voice: wording.Voice,
    event: happenings.MailAsked,
    contact_id: str,
    language: str,
    at: dt.datetime,
) -> None:
    """A letter with the code. It names nobody: perhaps somebody else reads it."""
    lines = [
        phrase("Your code: {code}", code=event.code),
        phrase("Write it in the chat with Ashar, where this e-mail was given. It is good for an hour."),
        phrase("If that was not you, do nothing: without the code no more letters come."),
    ]
    said = base.Outbound(voice.lines(lines, language), language=language or form.LANGUAGES[0])
    letter = posting.outgoing(seal, kept.CHANNEL, said, contact_id, "", event.person, at)
    writes.mail_asked.append((_address(seal, event.email, event.person), letter))
    writes.behind.add(contact_id)


def give(
    writes: turns.Writes, seal: sealing.Seal, event: happenings.MailGiven, contact_id: str, at: dt.datetime
) -> None:
    """It is theirs from now on."""
    row = _address(seal, event.email, event.person)
    writes.mail_given.append(row | {"contact_id": contact_id, "closed": None, "heard_at": at})


def _address(seal: sealing.Seal, email: str, person: str) -> dict[str, Any]:
    return {
        "id": db.new_id(),
        "channel": kept.CHANNEL,
        "key_hash": _hash(seal, email),
        "sealed": seal.close("address", email),
        "respondent_id": person,
    }


def _hash(seal: sealing.Seal, email: str) -> bytes:
    return seal.hash(f"address/{kept.CHANNEL}", email)


async def of(connection: db.Connection, seal: sealing.Seal, people: Collection[str]) -> dict[str, messages.Mailbox]:
    """Person -> their e-mail, of those who have one."""
    return {
        each.person: messages.Mailbox(seal.open("address", each.sealed), open=each.closed is None)
        for each in await kept.of(connection, people)
    }


def leave_link(seal: sealing.Seal, site: str, email: str) -> str:
    """Where whoever reads an e-mail has it removed; "" in a house that the world does not find.

    Only who got a letter, or has our key, knows what it is called there.
    """
    return f"{site}/letters/{_hash(seal, email).hex()}" if site else ""


async def leave(database: db.Database, key: str, at: dt.datetime) -> None:
    """Remove the e-mail of that link, if it is one and stands for one still."""
    if _KEY.fullmatch(key):
        async with database.transaction() as connection:
            key_hash = bytes.fromhex(key)
            owner = await kept.owner(connection, key_hash)
            if owner:
                await kept.withdraw(connection, [owner], mailing.PURPOSE, at)
            else:
                await kept.refuse(connection, key_hash)
