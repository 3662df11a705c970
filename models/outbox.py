"""The outbox: what waits to be sent, what became of it, and what is shown where nothing can be pushed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import bell, db, tables

_outgoing, _address = tables.outgoing, tables.address
#: Not done yet: while one of these stands, nothing later goes to the same contact.
PENDING = ("waiting", "sending", "unknown")
#: Word for word the condition of the index `ix_outgoing_pending`: neither database uses a partial index whose
#: condition it cannot prove, and neither can prove it from a parameter.
IN_INDEX = sa.text("outgoing.status IN ('waiting', 'sending', 'unknown')")
#: The same in the words of the index `ix_outgoing_open`, of one person's.
_OPEN = "{}.status NOT IN ('sent', 'failed', 'dropped')"
#: What may go only later than that waits for somebody's morning; less is the difference of two machines' clocks.
_SOON = dt.timedelta(minutes=10)


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
    code: str | None = None
    bulk: bool = False


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
    _outgoing.c.code,
    _outgoing.c.bulk,
).join(_address, _address.c.id == _outgoing.c.address_id)


_ADD = sa.insert(_outgoing).returning(_outgoing.c.id, sort_by_parameter_order=True)
_PENDING_OF = sa.select(_outgoing.c.contact_id, _outgoing.c.status).where(
    _outgoing.c.contact_id.in_(sa.bindparam("people", expanding=True)),
    sa.text(_OPEN.format("outgoing")),
    _outgoing.c.channel != "email",
    # What was written to many, or is for their morning, and was not tried yet holds up no answer.
    sa.or_(
        sa.and_(_outgoing.c.bulk == sa.false(), _outgoing.c.not_before <= sa.bindparam("soon")),
        _outgoing.c.status != "waiting",
        _outgoing.c.code.is_not(None),
    ),
)


async def add(connection: db.Connection, rows: list[dict[str, Any]], *, rings: bool = True) -> list[int]:
    """Put messages into the outbox, and ring for whoever delivers; their numbers, in the same order."""
    if rings:
        await bell.ring(connection)
    return list((await connection.execute(_ADD, rows)).scalars())


async def pending(connection: db.Connection, contacts: Sequence[str], at: dt.datetime) -> dict[str, set[str]]:
    """The states of what is not done yet, by contact."""
    found: dict[str, set[str]] = {}
    for contact, status in await connection.execute(_PENDING_OF, {"people": list(contacts), "soon": at + _SOON}):
        found.setdefault(contact, set()).add(status)
    return found


async def shown(connection: db.Connection, keys: Sequence[tuple[str, bytes]]) -> dict[bytes, list[bytes]]:
    """The sealed messages that wait at addresses which are only ever shown them, in order, by the address's hash."""
    rows = await connection.execute(
        sa.select(_address.c.key_hash, _outgoing.c.sealed)
        .join(_address, _address.c.id == _outgoing.c.address_id)
        .where(
            _address.c.channel.in_({channel for channel, _ in keys}),
            _address.c.key_hash.in_([hash_ for _, hash_ in keys]),
            _outgoing.c.status == "waiting",
        )
        .order_by(_outgoing.c.id)
    )
    found: dict[bytes, list[bytes]] = {}
    for row in rows:
        found.setdefault(row.key_hash, []).append(row.sealed)
    return found


_b = sa.bindparam
_other = _outgoing.alias("other")
_CHANNELS: sa.BindParameter[Any] = _b("channels", expanding=True)
_theirs = sa.exists().where(
    _other.c.contact_id == _outgoing.c.contact_id,
    sa.text(_OPEN.format("other")),
    _other.c.id != _outgoing.c.id,
    # A letter is no part of a conversation, and may have to wait for hours.
    sa.or_(_other.c.channel != "email", _outgoing.c.channel == "email"),
)
_on_its_way = sa.and_(_other.c.status == "sending", _other.c.not_before > _b("at"))
# What waits for a channel that rests or is not here holds up nothing; what is on its way does.
_before = _other.c.channel.in_(_CHANNELS)
# What was written to many and was not tried yet may wait; whoever it was tried with may be held by the provider.
_tried = sa.or_(_other.c.status != "waiting", sa.and_(_other.c.code.is_not(None), _other.c.not_before > _b("at")))
_waits = (
    IN_INDEX,
    _outgoing.c.status == "waiting",
    _outgoing.c.channel == _b("channel"),
    _outgoing.c.not_before <= _b("at"),
)
# Built once: they run with every group of messages, and putting one together takes as long as running it.
_CLAIM = (
    _LETTER.where(
        *_waits,
        _outgoing.c.bulk == sa.false(),
        ~_theirs.where(
            sa.or_(
                _on_its_way,
                sa.and_(
                    _other.c.id < _outgoing.c.id,
                    _before,
                    # What is for their morning holds up no answer tonight.
                    sa.or_(sa.and_(_other.c.bulk == sa.false(), _other.c.not_before <= _b("soon")), _tried),
                ),
            )
        ),
    )
    .order_by(_outgoing.c.id)
    .limit(_b("limit", type_=sa.Integer))
    .with_for_update(of=_outgoing, skip_locked=True)
)
_free = ~_theirs.where(
    sa.or_(_on_its_way, sa.and_(_before, sa.or_(_other.c.id < _outgoing.c.id, _other.c.bulk == sa.false())))
)
_CANDIDATES = (
    sa.select(_outgoing.c.id)
    .join(tables.contact, tables.contact.c.id == _outgoing.c.contact_id)
    .where(*_waits, _outgoing.c.bulk == sa.true(), _free)
    .order_by(_outgoing.c.not_before)
    .limit(_b("limit", type_=sa.Integer))
    .with_for_update(of=tables.contact, key_share=True, skip_locked=True)
)
_CLAIM_BULK = (
    _LETTER.where(_outgoing.c.id.in_(_b("candidates", expanding=True)), _outgoing.c.status == "waiting", _free)
    .order_by(_outgoing.c.id)
    .with_for_update(of=_outgoing, skip_locked=True)
)
_RECORDED = sa.update(_outgoing).where(_outgoing.c.id == _b("of"))
_TAKEN = _RECORDED.values(status="sending", not_before=_b("until"))


# What was written to many may wait for hours: whether any of it is due already, and if not, when it is.
_NEXT = sa.select(
    *(
        sa.select(sa.func.min(_outgoing.c.not_before))
        .where(
            IN_INDEX,
            _outgoing.c.status == "waiting",
            _outgoing.c.channel == _b("channel"),
            _outgoing.c.bulk == bulk,
            *later,
        )
        .scalar_subquery()
        for bulk, later in ((sa.false(), (_outgoing.c.not_before > _b("at"),)), (sa.true(), ()))
    )
)


class Room(NamedTuple):
    """How many messages of a channel may go now: all together, and of those written to many."""

    all: int
    bulk: int


class Claimed(NamedTuple):
    """What is to be sent now."""

    letters: list[Letter]
    #: Channels of which more may be waiting.
    more: set[str]
    #: When the next that waits for its time may go; None if none does.
    next: dt.datetime | None


async def claim(connection: db.Connection, room: Mapping[str, Room], at: dt.datetime, until: dt.datetime) -> Claimed:
    """Take the next messages to send on each of these channels: the first that waits for each contact, the oldest
    first, and those written to many after all others. They are this process's until `until`; whoever finds them
    later must take it that nobody knows what became of them."""
    letters: list[Letter] = []
    more: set[str] = set()
    times: list[dt.datetime] = []
    for channel, (most, bulk) in room.items():
        given = {"at": at, "channel": channel, "channels": list(room)}
        found = [Letter(*row) for row in await connection.execute(_CLAIM, given | {"limit": most, "soon": at + _SOON})]
        later, first = (await connection.execute(_NEXT, given)).one()
        times += [time for time in (later, first) if time and time > at]
        limit = min(most - len(found), bulk)
        if len(found) == most or (first and first <= at and not limit):
            more.add(channel)
        if first and first <= at and limit:
            # Their contacts first, held as whoever writes to one alone holds it; and only then, when nobody can put
            # anything there, whether they are free: else two messages could be on their way to one person.
            candidates = list((await connection.execute(_CANDIDATES, given | {"limit": limit})).scalars())
            if candidates:
                taken = await connection.execute(_CLAIM_BULK, given | {"candidates": candidates})
                found += [Letter(*row) for row in taken]
            if len(candidates) == limit:
                more.add(channel)
        if found:
            await connection.execute(_TAKEN, [{"of": letter.id, "until": until} for letter in found])
        letters += found
    return Claimed(letters, more, min(times, default=None))


async def uncertain(connection: db.Connection, channels: Sequence[str], at: dt.datetime) -> list[Letter]:
    """Messages of which nobody knows whether they arrived, and whose time of waiting is over."""
    rows = await connection.execute(
        _LETTER.where(
            IN_INDEX,
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
        # Said later, and not with it: numbers rise, whatever the clocks of two machines say.
        sa.exists().where(
            after.c.contact_id == _outgoing.c.contact_id,
            after.c.id > _outgoing.c.id,
            after.c.created_at != _outgoing.c.created_at,
        ),
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
    channel: str
    attempts: int
    created_at: dt.datetime


async def sent(connection: db.Connection, provider_id: str) -> Sent | None:
    """The message a provider knows by that id; None where it is not ours."""
    found = sa.select(*(_outgoing.c[name] for name in Sent._fields))
    row = (await connection.execute(found.where(_outgoing.c.provider_id == provider_id))).first()
    return Sent(*row) if row else None


async def again(connection: db.Connection, number: int, at: dt.datetime, code: str) -> bool:
    """Send a message once more, from `at` on, unless something was said to its contact since; whether it will be."""
    after = _outgoing.alias()
    later = sa.exists().where(after.c.contact_id == _outgoing.c.contact_id, after.c.id > _outgoing.c.id)
    back = sa.update(_outgoing).where(_outgoing.c.id == number, _outgoing.c.status == "sent", ~later)
    return bool((await connection.execute(back.values(status="waiting", not_before=at, code=code))).rowcount)


async def fell_through(connection: db.Connection, number: int, code: str) -> None:
    """A message that counted as sent was not; of one that is to go again, or failed already, nothing changes."""
    lost = sa.update(_outgoing).where(_outgoing.c.id == number, _outgoing.c.status == "sent")
    await connection.execute(lost.values(status="failed", code=code or None))


async def oldest_waiting(connection: db.Connection, at: dt.datetime, pushed: Sequence[str]) -> dt.datetime | None:
    """When the oldest message that should have gone by now was put in; None if there is none."""
    oldest = sa.select(sa.func.min(_outgoing.c.created_at)).where(
        IN_INDEX,
        _outgoing.c.status == "waiting",
        _outgoing.c.channel.in_(pushed),
        # Written to many, it may take its hours.
        _outgoing.c.bulk == sa.false(),
        _outgoing.c.not_before <= at,
    )
    found: dt.datetime | None = (await connection.execute(oldest)).scalar()
    return found
