"""E-mails: whose each is, letters that prove it, and how they go.

An e-mail is an address like any other, of the channel "email". Until its person has shown that they read what comes
there, it belongs to no contact, and goes after a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, outbox, tables

CHANNEL = "email"
#: Letters with a code to one e-mail in a day, whoever asks for them.
MOST = 4
#: How long an e-mail is kept that nobody has shown to be theirs.
UNPROVED = dt.timedelta(days=1)

_address, _outgoing = tables.address, tables.outgoing
Row = dict[str, Any]


class Mailbox(NamedTuple):
    """Somebody's e-mail, sealed, and why nothing can be sent there, if so."""

    person: str
    sealed: bytes
    closed: str | None


async def of(connection: db.Connection, people: Collection[str]) -> list[Mailbox]:
    """The e-mails of these people that are known to be theirs."""
    if not people:
        return []
    columns = _address.c.respondent_id, _address.c.sealed, _address.c.closed
    theirs = _address.c.respondent_id.in_(people), _address.c.contact_id.is_not(None), _address.c.sealed.is_not(None)
    return [Mailbox(*row) for row in await connection.execute(sa.select(*columns).where(*theirs))]


async def ask(connection: db.Connection, asked: Sequence[tuple[Row, Row]], at: dt.datetime) -> None:
    """Letters that ask whether an e-mail is theirs: rows of `address` and of `outgoing`, which lacks its `address_id`.

    One that is another's stays so; one that did not take letters is tried again.
    """
    for address, letter in sorted(asked, key=lambda each: bytes(each[0]["key_hash"])):
        new = db.insert(connection, _address).values(address)
        again = {"closed": None, "sealed": new.excluded.sealed}
        put = new.on_conflict_do_update(index_elements=["channel", "key_hash"], set_=again)
        number = (await connection.execute(put.returning(_address.c.id))).scalar_one()
        lately = _outgoing.c.address_id == number, _outgoing.c.created_at > at - dt.timedelta(days=1)
        if (await connection.scalar(sa.select(sa.func.count()).where(*lately)) or 0) >= MOST:
            continue
        await outbox.add(connection, [letter | {"address_id": number}])
        due = db.insert(connection, tables.due).values(kind="mail", key=number, at=at + UNPROVED)
        await connection.execute(
            due.on_conflict_do_update(index_elements=["kind", "key"], set_={"at": due.excluded.at})
        )


async def give(connection: db.Connection, given: Sequence[Row]) -> None:
    """E-mails that are somebody's from now on, rows of `address`; what they had before goes."""
    for row in sorted(given, key=lambda each: bytes(each["key_hash"])):
        others = _address.c.respondent_id == row["respondent_id"], _address.c.key_hash != row["key_hash"]
        await _drop(connection, *others)
        new = db.insert(connection, _address).values(row)
        taken = {name: new.excluded[name] for name in ("sealed", "contact_id", "closed", "heard_at", "respondent_id")}
        await connection.execute(new.on_conflict_do_update(index_elements=["channel", "key_hash"], set_=taken))


async def forget(connection: db.Connection, people: Collection[str]) -> None:
    """The e-mails of these people go, and what was to be sent there."""
    if people:
        await _drop(connection, _address.c.respondent_id.in_(people))


async def withdraw(connection: db.Connection, people: Collection[str], purpose: str, at: dt.datetime) -> None:
    """They want letters no more."""
    if people:
        await forget(connection, people)
        consent = tables.consent
        theirs = consent.c.respondent_id.in_(people), consent.c.purpose == purpose
        await connection.execute(sa.update(consent).where(*theirs).values(withdrawn_at=at))


async def drop_unproved(connection: db.Connection, number: str) -> None:
    """The e-mail with this id goes, unless it has become somebody's."""
    await _drop(connection, _address.c.id == number, _address.c.contact_id.is_(None))


async def refuse(connection: db.Connection, key_hash: bytes) -> None:
    """The e-mail with this hash goes, unless it has become somebody's: whoever named it keeps the one they have."""
    await _drop(connection, _address.c.key_hash == key_hash, _address.c.contact_id.is_(None))


async def owner(connection: db.Connection, key_hash: bytes) -> str | None:
    """Whose the e-mail with this hash is; None where nobody has shown it to be theirs."""
    theirs = _address.c.channel == CHANNEL, _address.c.key_hash == key_hash, _address.c.contact_id.is_not(None)
    found: str | None = await connection.scalar(sa.select(_address.c.respondent_id).where(*theirs))
    return found


async def _drop(connection: db.Connection, *which: sa.ColumnElement[bool]) -> None:
    gone = list(await connection.scalars(sa.select(_address.c.id).where(_address.c.channel == CHANNEL, *which)))
    if gone:
        await connection.execute(sa.delete(_outgoing).where(_outgoing.c.address_id.in_(gone)))
        await connection.execute(sa.delete(_address).where(_address.c.id.in_(gone)))
