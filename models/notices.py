"""Notices of what became of a campaign: how far each has come, and who is told by which address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import courses, db, tables

_notice, _event = tables.notice, tables.campaign_event
_pledge, _respondent, _contact, _address = tables.pledge, tables.respondent, tables.contact, tables.address


class Notice(NamedTuple):
    """An event of which those who pledged are being told; `told` is the last contact that was."""

    event: courses.Event
    told: str


class Giver(NamedTuple):
    """Whoever is to be told: one contact, and in which states their pledges to the campaign are."""

    contact_id: str
    states: frozenset[str]


class Addressee(NamedTuple):
    """Where a contact is told."""

    contact_id: str
    language: str
    address_id: str
    channel: str


async def begin(connection: db.Connection, event: int, at: dt.datetime) -> None:
    """Let those who pledged be told of an event, from `at` on."""
    await connection.execute(sa.insert(_notice).values(event_id=event, at=at))


async def waiting(connection: db.Connection, at: dt.datetime) -> list[Notice]:
    """Notices under way, the oldest event first."""
    columns = [
        _event.c[name] for name in ("id", "campaign_name", "state", "version", "actor", "why", "milestone", "at")
    ]
    rows = await connection.execute(
        sa.select(*columns, _notice.c.told)
        .join(_event, _event.c.id == _notice.c.event_id)
        .where(_notice.c.at <= at)
        .order_by(_event.c.id)
    )
    return [Notice(courses.Event(*row[:-1]), row[-1]) for row in map(tuple, rows)]


async def next_givers(connection: db.Connection, notice: Notice, states: Collection[str], limit: int) -> list[Giver]:
    """The next contacts, by id, behind whom somebody has pledges in these states from before the event."""
    made = tables.pledge_event.alias()
    theirs = (
        sa.select(_respondent.c.contact_id, _pledge.c.state)
        .join(_pledge, _pledge.c.respondent_id == _respondent.c.id)
        .where(
            _pledge.c.campaign_name == notice.event.campaign,
            _pledge.c.state.in_(sorted(states)),
            _respondent.c.contact_id > notice.told,
            # Who pledged since has seen the campaign as it is.
            sa.exists().where(made.c.pledge_id == _pledge.c.id, made.c.at < notice.event.at),
        )
        .distinct()
        .subquery()
    )
    contacts = sa.select(theirs.c.contact_id).distinct().order_by(theirs.c.contact_id).limit(limit).subquery()
    rows = await connection.execute(
        sa.select(theirs).join(contacts, contacts.c.contact_id == theirs.c.contact_id).order_by(theirs.c.contact_id)
    )
    found: dict[str, set[str]] = {}
    for contact, state in rows:
        found.setdefault(contact, set()).add(state)
    return [Giver(contact, frozenset(each)) for contact, each in found.items()]


async def addressees(
    connection: db.Connection, contacts: Sequence[str], pushed: Collection[str]
) -> dict[str, Addressee]:
    """Where these contacts are told, their rows locked: where they wrote last, before all on a channel that rings.

    Without those who stopped, shut us out, or have no address any more.
    """
    held = sa.select(_contact.c.id).where(_contact.c.id.in_(contacts)).order_by(_contact.c.id)
    await connection.execute(held.with_for_update(key_share=True))
    rings = sa.case((_address.c.channel.in_(sorted(pushed)), 0), else_=1)
    rows = await connection.execute(
        sa.select(_contact.c.id, _contact.c.language, _address.c.id, _address.c.channel)
        .join(_address, _address.c.contact_id == _contact.c.id)
        .where(
            _contact.c.id.in_(contacts),
            ~_contact.c.stopped,
            _address.c.closed.is_(None),
            _address.c.sealed.is_not(None),
        )
        .order_by(rings, _address.c.heard_at.desc(), _address.c.id)
    )
    found: dict[str, Addressee] = {}
    for row in rows:
        found.setdefault(row[0], Addressee(*row))
    return found


async def advance(connection: db.Connection, notice: Notice, told: str | None) -> bool:
    """It has come as far as `told`, or to its end; False if another process has brought it further meanwhile."""
    mine = _notice.c.event_id == notice.event.id, _notice.c.told == notice.told
    moved = sa.delete(_notice).where(*mine) if told is None else sa.update(_notice).where(*mine).values(told=told)
    return (await connection.execute(moved)).rowcount == 1


async def put_off(connection: db.Connection, notice: Notice, at: dt.datetime) -> None:
    """It goes on at `at`."""
    await connection.execute(sa.update(_notice).where(_notice.c.event_id == notice.event.id).values(at=at))
