"""What falls due: forgetting who never consented or was erased, and purging what is kept for a while only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import codes, confiding, db, media, outbox, tables

#: How much is given out at once of what is due.
AT_ONCE = 100


class Due(NamedTuple):
    """One thing that is due."""

    kind: str
    key: str
    at: dt.datetime


async def due(connection: db.Connection, at: dt.datetime) -> list[Due]:
    """What is due, the oldest first; files are seen to by whoever fetches them."""
    mine = tables.due.c.at <= at, tables.due.c.kind != media.FILE
    rows = await connection.execute(sa.select(tables.due).where(*mine).order_by(tables.due.c.at).limit(AT_ONCE))
    return [Due(*row) for row in rows]


async def take(connection: db.Connection, item: Due) -> bool:
    """Take it out, its contact locked first as everybody does; False if it was put off or done meanwhile."""
    locked = sa.select(tables.contact.c.id).where(tables.contact.c.id == item.key)
    await connection.execute(locked.with_for_update(key_share=True))
    gone = sa.delete(tables.due).where(
        tables.due.c.kind == item.kind, tables.due.c.key == item.key, tables.due.c.at == item.at
    )
    return bool((await connection.execute(gone)).rowcount)


async def put_off(connection: db.Connection, item: Due) -> None:
    """Let it fall due (again) at `item.at`; the later of two wins nothing, the new one does."""
    put = db.insert(connection, tables.due).values(item._asdict())
    await connection.execute(put.on_conflict_do_update(index_elements=["kind", "key"], set_={"at": put.excluded.at}))


async def has_people(connection: db.Connection, contact_id: str) -> bool:
    """True while somebody who consented stands behind the contact."""
    people = sa.select(sa.exists().where(tables.respondent.c.contact_id == contact_id))
    return bool((await connection.execute(people)).scalar())


async def is_stopped(connection: db.Connection, contact_id: str) -> bool:
    """True while nobody there has written again since they were erased, or said stop."""
    found = await connection.scalar(sa.select(tables.contact.c.stopped).where(tables.contact.c.id == contact_id))
    return bool(found)


async def last_heard(connection: db.Connection, contact_id: str) -> dt.datetime | None:
    """When anybody last wrote from one of the contact's addresses."""
    heard = sa.select(sa.func.max(tables.address.c.heard_at)).where(tables.address.c.contact_id == contact_id)
    found: dt.datetime | None = (await connection.execute(heard)).scalar()
    return found


async def has_pending(connection: db.Connection, contact_id: str, pushed: list[str]) -> bool:
    """True while something waits to be sent to the contact."""
    outgoing = tables.outgoing
    waiting = sa.exists().where(
        outgoing.c.contact_id == contact_id,
        outgoing.c.status.in_(outbox.PENDING),
        outgoing.c.channel.in_(pushed),
    )
    return bool((await connection.execute(sa.select(waiting))).scalar())


async def forget(connection: db.Connection, contact_id: str, *, refused: bool) -> None:
    """Remove a contact with nobody behind it. `refused`: the address's keyed hash alone stays, and reaches nobody."""
    address = tables.address
    theirs = address.c.contact_id == contact_id
    outgoing, recipient = tables.outgoing, tables.recipient
    await connection.execute(sa.delete(outgoing).where(outgoing.c.contact_id == contact_id))
    # Who came over from another contact was told something there; an address to which a message refers cannot go.
    addresses = sa.select(address.c.id).where(theirs)
    await connection.execute(sa.delete(outgoing).where(outgoing.c.address_id.in_(addresses)))
    await connection.execute(sa.delete(recipient).where(recipient.c.contact_id == contact_id))
    await codes.drop(connection, [contact_id])
    hashes = sa.select(address.c.key_hash).where(theirs)
    await connection.execute(sa.delete(tables.set_aside).where(tables.set_aside.c.key_hash.in_(hashes)))
    await connection.execute(sa.delete(tables.due).where(tables.due.c.key == contact_id))
    if refused:
        emptied = {"sealed": None, "contact_id": None, "closed": "erased", "heard_at": None}
        await connection.execute(sa.update(address).where(theirs).values(emptied))
    else:
        await connection.execute(sa.delete(address).where(theirs))
    await connection.execute(sa.delete(tables.contact).where(tables.contact.c.id == contact_id))


#: What is kept for a while only: (table, since when).
_FOR_A_WHILE = (
    (tables.outgoing, tables.outgoing.c.created_at),
    (tables.received, tables.received.c.received_at),
    (tables.set_aside, tables.set_aside.c.created_at),
)


async def purge(connection: db.Connection, before: dt.datetime, limit: int) -> int:
    """Delete message ids, texts and messages set aside that are older than that, so many at the most; how many."""
    gone = 0
    for table, at in _FOR_A_WHILE:
        keys = list(table.primary_key)
        # Not what somebody sends or answers at this moment: it is there the next time, and nobody waits.
        old = sa.select(*keys).where(at < before).order_by(at).limit(limit - gone).with_for_update(skip_locked=True)
        found = [tuple(row) for row in await connection.execute(old)] if gone < limit else []
        if found:
            gone += (await connection.execute(sa.delete(table).where(_which(keys, found)))).rowcount
    return gone


def _which(keys: Sequence[sa.Column[Any]], rows: Sequence[tuple[Any, ...]]) -> sa.ColumnElement[bool]:
    """These rows by their key; of pairs in a list SQLite would compare each with every row of the table."""
    *before, last = keys
    alike: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        alike.setdefault(row[:-1], []).append(row[-1])
    return sa.or_(
        *(
            sa.and_(*(column == value for column, value in zip(before, begins, strict=True)), last.in_(ends))
            for begins, ends in alike.items()
        )
    )


async def purge_codes(connection: db.Connection, at: dt.datetime) -> None:
    """Codes for offices, and for who is to hear for somebody, that nobody took in time."""
    await connection.execute(sa.delete(tables.office_code).where(tables.office_code.c.expires_at < at))
    await confiding.purge(connection, at)
