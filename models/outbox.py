"""The outbox: what waits to be sent, what became of it, and what is shown where nothing can be pushed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, tables

_outgoing, _address = tables.outgoing, tables.address
#: Not done yet: while one of these stands, nothing later goes to the same contact.
PENDING = ("waiting", "sending", "unknown")
#: Word for word the condition of the index `ix_outgoing_pending`: neither database uses a partial index whose
#: condition it cannot prove, and neither can prove it from a parameter.
_IN_INDEX = sa.text("outgoing.status IN ('waiting', 'sending', 'unknown')")


class Letter(NamedTuple):
    """One message to be sent. `address` and `sealed` are sealed."""

    id: int
    contact_id: str
    address_id: str
    channel: str
    status: str
    sealed: bytes
    attempts: int
    created_at: dt.datetime
    address: bytes | None
    closed: str | None
    heard_at: dt.datetime | None


_LETTER = sa.select(
    _outgoing.c.id,
    _outgoing.c.contact_id,
    _outgoing.c.address_id,
    _outgoing.c.channel,
    _outgoing.c.status,
    _outgoing.c.sealed,
    _outgoing.c.attempts,
    _outgoing.c.created_at,
    _address.c.sealed.label("address"),
    _address.c.closed,
    _address.c.heard_at,
).join(_address, _address.c.id == _outgoing.c.address_id)


_ADD = sa.insert(_outgoing).returning(_outgoing.c.id, sort_by_parameter_order=True)
_PENDING_OF = sa.select(_outgoing.c.contact_id, _outgoing.c.status).where(
    _outgoing.c.contact_id.in_(sa.bindparam("people", expanding=True)), _IN_INDEX
)


async def add(connection: db.Connection, rows: list[dict[str, Any]]) -> list[int]:
    """Put messages into the outbox; their numbers, in the same order."""
    return list((await connection.execute(_ADD, rows)).scalars())


async def pending(connection: db.Connection, contacts: Sequence[str]) -> dict[str, set[str]]:
    """The states of what is not done yet, by contact."""
    found: dict[str, set[str]] = {}
    for contact, status in await connection.execute(_PENDING_OF, {"people": list(contacts)}):
        found.setdefault(contact, set()).add(status)
    return found


async def shown(connection: db.Connection, keys: Sequence[bytes]) -> dict[bytes, list[bytes]]:
    """The sealed messages that wait at addresses which are only ever shown them, in order, by the address's hash."""
    rows = await connection.execute(
        sa.select(_address.c.key_hash, _outgoing.c.sealed)
        .join(_address, _address.c.id == _outgoing.c.address_id)
        .where(_address.c.key_hash.in_(keys), _outgoing.c.status == "waiting")
        .order_by(_outgoing.c.id)
    )
    found: dict[bytes, list[bytes]] = {}
    for row in rows:
        found.setdefault(row.key_hash, []).append(row.sealed)
    return found


_b = sa.bindparam
_earlier = _outgoing.alias()
# Built once: it runs with every group of messages, and putting it together takes as long as running it.
_CLAIM = (
    _LETTER.where(
        _IN_INDEX,
        _outgoing.c.status == "waiting",
        _outgoing.c.not_before <= _b("at"),
        _outgoing.c.channel.in_(_b("channels", expanding=True)),
        ~sa.exists().where(
            _earlier.c.contact_id == _outgoing.c.contact_id,
            _earlier.c.id < _outgoing.c.id,
            # A letter is no part of a conversation, and may have to wait for hours.
            sa.or_(_earlier.c.channel != "email", _outgoing.c.channel == "email"),
            # What waits for a channel that rests or is not here holds up nothing; what is on its way does.
            sa.or_(
                sa.and_(_earlier.c.status == "sending", _earlier.c.not_before > _b("at")),
                sa.and_(_earlier.c.status.in_(PENDING), _earlier.c.channel.in_(_b("channels", expanding=True))),
            ),
        ),
    )
    .order_by(_outgoing.c.id)
    .limit(_b("limit"))
    .with_for_update(of=_outgoing, skip_locked=True)
)
_RECORDED = sa.update(_outgoing).where(_outgoing.c.id == _b("of"))
_TAKEN = _RECORDED.values(status="sending", not_before=_b("until"))


async def claim(
    connection: db.Connection,
    channels: Sequence[str],
    limit: int,
    at: dt.datetime,
    until: dt.datetime,
) -> list[Letter]:
    """Take the next messages to send: the first that waits for each contact, the oldest first. They are this
    process's until `until`; whoever finds them later must take it that nobody knows what became of them."""
    rows = await connection.execute(_CLAIM, {"at": at, "channels": list(channels), "limit": limit})
    letters = [Letter(*row) for row in rows]
    if letters:
        await connection.execute(_TAKEN, [{"of": letter.id, "until": until} for letter in letters])
    return letters


async def uncertain(connection: db.Connection, channels: Sequence[str], at: dt.datetime) -> list[Letter]:
    """Messages of which nobody knows whether they arrived, and whose time of waiting is over."""
    rows = await connection.execute(
        _LETTER.where(
            _IN_INDEX,
            _outgoing.c.status.in_(["sending", "unknown"]),
            _outgoing.c.not_before <= at,
            _outgoing.c.channel.in_(channels),
        )
        .order_by(_outgoing.c.id)
        .limit(500)
        .with_for_update(of=_outgoing, skip_locked=True)
    )
    return [Letter(*row) for row in rows]


async def record(connection: db.Connection, rows: list[dict[str, Any]]) -> None:
    """What became of messages: rows of their id (as `of`) and the columns that change, all the same ones."""
    rows = sorted(rows, key=lambda row: int(row["of"]))
    over = [row for row in rows if row["status"] not in PENDING]
    again = [row for row in rows if row["status"] in PENDING]
    if over:
        await connection.execute(_RECORDED, over)
    if again:
        # Not what was dropped meanwhile, or what another process found lying and has sent.
        still = sa.or_(_outgoing.c.status == "sending", _outgoing.c.status == "unknown")
        await connection.execute(_RECORDED.where(still), again)
        await _drop_stopped(connection, [row["of"] for row in again])


async def _drop_stopped(connection: db.Connection, ids: Sequence[int]) -> None:
    """What was on its way when its person said stop is not sent a second time; the farewell after it is."""
    after, contact = _outgoing.alias(), tables.contact
    dropped = sa.update(_outgoing).where(
        _outgoing.c.id.in_(ids),
        _outgoing.c.status.in_(["waiting", "unknown"]),
        sa.exists().where(contact.c.id == _outgoing.c.contact_id, contact.c.stopped),
        sa.exists().where(after.c.contact_id == _outgoing.c.contact_id, after.c.created_at > _outgoing.c.created_at),
    )
    await connection.execute(dropped.values(status="dropped"))


async def close_address(connection: db.Connection, address_id: str, code: str, since: dt.datetime) -> None:
    """Nothing more is sent to this address until its person writes again; nothing happens if they have, `since`."""
    silent = sa.or_(_address.c.heard_at.is_(None), _address.c.heard_at <= since)
    closed = await connection.execute(
        sa.update(_address).where(_address.c.id == address_id, silent).values(closed=code[:32] or "gone")
    )
    if closed.rowcount:
        dropped = sa.update(_outgoing).where(_outgoing.c.address_id == address_id, _outgoing.c.status == "waiting")
        await connection.execute(dropped.values(status="dropped"))


async def move_address(connection: db.Connection, address_id: str, key_hash: bytes, sealed: bytes) -> None:
    """The provider gave this address another handle; nothing happens if that one is known already."""
    other = _address.alias()
    taken = sa.exists().where(other.c.channel == _address.c.channel, other.c.key_hash == key_hash)
    moved = sa.update(_address).where(_address.c.id == address_id, ~taken)
    await connection.execute(moved.values(key_hash=key_hash, sealed=sealed))


class Sent(NamedTuple):
    """One message that went out."""

    id: int
    address_id: str
    created_at: dt.datetime


async def sent(connection: db.Connection, provider_id: str) -> Sent | None:
    """The message a provider knows by that id; None where it is not ours."""
    found = sa.select(_outgoing.c.id, _outgoing.c.address_id, _outgoing.c.created_at)
    row = (await connection.execute(found.where(_outgoing.c.provider_id == provider_id))).first()
    return Sent(*row) if row else None


async def again(connection: db.Connection, number: int, at: dt.datetime) -> bool:
    """Send a message once more, from `at` on, unless something was said to its contact since; whether it will be."""
    after = _outgoing.alias()
    later = sa.exists().where(after.c.contact_id == _outgoing.c.contact_id, after.c.id > _outgoing.c.id)
    back = sa.update(_outgoing).where(_outgoing.c.id == number, _outgoing.c.status == "sent", ~later)
    return bool((await connection.execute(back.values(status="waiting", not_before=at))).rowcount)


async def oldest_waiting(connection: db.Connection, at: dt.datetime, pushed: Sequence[str]) -> dt.datetime | None:
    """When the oldest message that should have gone by now was put in; None if there is none."""
    oldest = sa.select(sa.func.min(_outgoing.c.created_at)).where(
        _outgoing.c.status == "waiting", _outgoing.c.not_before <= at, _outgoing.c.channel.in_(pushed)
    )
    found: dt.datetime | None = (await connection.execute(oldest)).scalar()
    return found
