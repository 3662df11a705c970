"""Who is to be told something without having asked: when the clock looks at them, and how far they have heard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, tables

_hearing, _heard, _pledge = tables.hearing, tables.heard, tables.pledge
_respondent, _contact, _address = tables.respondent, tables.contact, tables.address

#: What happens within this time is told together.
GATHER = dt.timedelta(minutes=1)


class Listener(NamedTuple):
    """Somebody the clock looks at."""

    person: str
    contact_id: str


class Held(NamedTuple):
    """The same, nobody else's until the end of the transaction; `sealed` is the conversation of the contact."""

    person: str
    contact_id: str
    told_on: dt.date | None
    language: str
    stopped: bool
    sealed: bytes | None


class Address(NamedTuple):
    """Where a contact may be told; `sealed` is the provider's handle."""

    id: str
    channel: str
    sealed: bytes
    heard_at: dt.datetime | None
    #: The one person whose it is, of those behind the contact; None where it is everybody's.
    person: str | None


class Heard(NamedTuple):
    """How far somebody has heard of one thing: see the table."""

    upto: int
    reminded_on: dt.date | None
    due_on: dt.date | None


NOTHING = Heard(0, None, None)


# -- whom to look at -------------------------------------------------------------------------------------------------


async def wake(connection: db.Connection, pledges: Collection[str], at: dt.datetime) -> None:
    """Something happened to these pledges: look soon whether their givers are to be told."""
    await _look_at(connection, _pledge.c.id.in_(sorted(pledges)), at)


async def wake_givers(connection: db.Connection, campaign: str, at: dt.datetime) -> None:
    """Something happened to this campaign: look soon whether those who pledged are to be told."""
    await _look_at(connection, _pledge.c.campaign_name == campaign, at)


async def _look_at(connection: db.Connection, which: sa.ColumnElement[bool], at: dt.datetime) -> None:
    people = sa.select(_pledge.c.respondent_id).where(which, _pledge.c.respondent_id.is_not(None))
    await look_soon(connection, people, at)


async def look_soon(connection: db.Connection, people: sa.Select[Any], at: dt.datetime) -> None:
    """Look at these people when what happens now is over, unless they are looked at earlier."""
    found = people.distinct().subquery()
    # In order, as everybody locks them.
    rows = sa.select(found.c[0], sa.literal(at + GATHER, _hearing.c.look_at.type)).order_by(found.c[0])
    new = db.insert(connection, _hearing).from_select(["respondent_id", "look_at"], rows)
    mine, theirs = _hearing.c.look_at, new.excluded.look_at
    sooner = sa.case((sa.or_(mine.is_(None), mine > theirs), theirs), else_=mine)
    await connection.execute(new.on_conflict_do_update(index_elements=["respondent_id"], set_={"look_at": sooner}))


async def ripe(connection: db.Connection, at: dt.datetime, after: str, limit: int) -> list[Listener]:
    """The next people to look at now, by their ids; nothing is held."""
    rows = await connection.execute(
        sa.select(_hearing.c.respondent_id, _respondent.c.contact_id)
        .join(_respondent, _respondent.c.id == _hearing.c.respondent_id)
        .where(_hearing.c.look_at <= at, _hearing.c.respondent_id > after, _respondent.c.contact_id.is_not(None))
        .order_by(_hearing.c.respondent_id)
        .limit(limit)
    )
    return [Listener(*row) for row in rows]


async def lock(connection: db.Connection, contacts: Collection[str]) -> list[str]:
    """Those of these contacts that are nobody else's now, and ours until the end of the transaction."""
    locked = sa.select(_contact.c.id).where(_contact.c.id.in_(contacts)).order_by(_contact.c.id)
    return list(await connection.scalars(locked.with_for_update(key_share=True, skip_locked=True)))


async def hold(connection: db.Connection, contacts: Collection[str], at: dt.datetime | None) -> list[Held]:
    """Whoever stands behind these contacts and is to be looked at by `at` (None: all), contacts and people locked.

    Whoever talks with us, or is another process's, is skipped and found again in the next round.
    """
    free = await lock(connection, contacts)
    if not free:
        return []
    mine = sa.select(_respondent.c.id).where(_respondent.c.contact_id.in_(free))
    due = () if at is None else (_hearing.c.look_at <= at,)
    people = sa.select(_hearing.c.respondent_id).where(_hearing.c.respondent_id.in_(mine), *due)
    # Behind this lock nobody wakes them until we are done: what happens meanwhile is looked at after.
    await connection.execute(people.order_by(_hearing.c.respondent_id).with_for_update(key_share=True))
    rows = await connection.execute(
        sa.select(
            _hearing.c.respondent_id,
            _contact.c.id,
            _hearing.c.told_on,
            _contact.c.language,
            _contact.c.stopped,
            _contact.c.sealed,
        )
        .join(_respondent, _respondent.c.id == _hearing.c.respondent_id)
        .join(_contact, _contact.c.id == _respondent.c.contact_id)
        .where(_contact.c.id.in_(free), *due)
        .order_by(_hearing.c.respondent_id)
    )
    return [Held(*row) for row in rows]


async def addresses(
    connection: db.Connection, contacts: Collection[str], pushed: Collection[str]
) -> dict[str, list[Address]]:
    """Contact -> its open addresses: before all those on a channel that rings, and where they wrote last."""
    columns = (
        _address.c.contact_id,
        _address.c.id,
        _address.c.channel,
        _address.c.sealed,
        _address.c.heard_at,
        _address.c.respondent_id,
    )
    rows = await connection.execute(
        sa.select(*columns)
        .where(_address.c.contact_id.in_(contacts), _address.c.closed.is_(None), _address.c.sealed.is_not(None))
        .order_by(rings(pushed), _address.c.heard_at.desc(), _address.c.id)
    )
    found: dict[str, list[Address]] = {contact: [] for contact in contacts}
    for contact, *row in rows:
        found[contact].append(Address(*row))
    return found


def rings(pushed: Collection[str]) -> sa.Case[int]:
    """By which addresses somebody is told before others: a conversation that rings, a letter, a page that waits."""
    return sa.case((_address.c.channel == "email", 1), (_address.c.channel.in_(sorted(pushed)), 0), else_=2)


class Place(NamedTuple):
    """Where somebody is told; `sealed` is the provider's handle, `talk` the conversation of their phone."""

    person: str
    contact_id: str
    address_id: str
    channel: str
    sealed: bytes
    language: str
    talk: bytes | None


async def nearest(connection: db.Connection, people: Collection[str], pushed: Collection[str]) -> dict[str, Place]:
    """Person -> where they are told one line now, of those who did not stop it. Nobody is held."""
    columns = (
        _respondent.c.id,
        _contact.c.id,
        _address.c.id,
        _address.c.channel,
        _address.c.sealed,
        _contact.c.language,
        _contact.c.sealed,
    )
    rows = await connection.execute(
        sa.select(*columns)
        .join(_contact, _contact.c.id == _respondent.c.contact_id)
        .join(_address, _address.c.contact_id == _contact.c.id)
        .where(_respondent.c.id.in_(sorted(people)), ~_contact.c.stopped)
        .where(_address.c.closed.is_(None), _address.c.sealed.is_not(None))
        .where(sa.or_(_address.c.respondent_id.is_(None), _address.c.respondent_id == _respondent.c.id))
        .order_by(rings(pushed), _address.c.heard_at.desc(), _address.c.id)
    )
    found: dict[str, Place] = {}
    for row in rows:
        found.setdefault(row[0], Place(*row))
    return found


async def unseen(connection: db.Connection, addresses: Collection[str]) -> set[str]:
    """Of these addresses those for which something waits that came after they wrote last."""
    outgoing = tables.outgoing
    rows = await connection.scalars(
        sa.select(outgoing.c.address_id)
        .join(_address, _address.c.id == outgoing.c.address_id)
        .where(
            outgoing.c.address_id.in_(addresses),
            outgoing.c.status == "waiting",
            outgoing.c.created_at > _address.c.heard_at,
        )
    )
    return set(rows)


# -- how far they have heard -----------------------------------------------------------------------------------------


async def heard(connection: db.Connection, people: Collection[str]) -> dict[str, dict[str, Heard]]:
    """Person -> what -> how far."""
    found: dict[str, dict[str, Heard]] = {person: {} for person in people}
    rows = await connection.execute(sa.select(_heard).where(_heard.c.respondent_id.in_(people)))
    for person, about, *row in rows:
        found[person][about] = Heard(*row)
    return found


async def happened(connection: db.Connection, people: Collection[str]) -> dict[str, list[int]]:
    """Pledge -> the numbers of its events, the oldest first, of all pledges of these people."""
    event = tables.pledge_event
    rows = await connection.execute(
        sa.select(event.c.pledge_id, event.c.id)
        .join(_pledge, _pledge.c.id == event.c.pledge_id)
        .where(_pledge.c.respondent_id.in_(people))
        .order_by(event.c.id)
    )
    found: dict[str, list[int]] = {}
    for pledge, number in rows:
        found.setdefault(pledge, []).append(number)
    return found


async def remember(
    connection: db.Connection,
    looked: Sequence[Mapping[str, Any]],
    further: Sequence[Mapping[str, Any]],
    talks: Mapping[str, bytes],
) -> None:
    """People were looked at (rows of `hearing`), have heard further (rows of `heard`), and where they are now is this
    (contact -> sealed conversation); all of them held."""
    if talks:
        now = [{"of": contact, "sealed": sealed} for contact, sealed in sorted(talks.items())]
        await connection.execute(sa.update(_contact).where(_contact.c.id == sa.bindparam("of")), now)
    if looked:
        by = sa.update(_hearing).where(_hearing.c.respondent_id == sa.bindparam("of"))
        rows = [{"of": row["respondent_id"], "look_at": row["look_at"], "told_on": row["told_on"]} for row in looked]
        await connection.execute(by, sorted(rows, key=lambda row: str(row["of"])))
    if further:
        new = db.insert(connection, _heard)
        columns = {name: new.excluded[name] for name in ("upto", "reminded_on", "due_on")}
        await connection.execute(
            new.on_conflict_do_update(index_elements=["respondent_id", "about"], set_=columns), list(further)
        )
