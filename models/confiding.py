"""Relatives who hear for somebody else: by which code one may, who does, how far each has heard, and how it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, hearing, tables

_confidant, _heard, _pledge = tables.confidant, tables.heard, tables.pledge
_respondent, _contact = tables.respondent, tables.contact
Row = dict[str, Any]

#: What `heard.about` begins with where it is the relative who has heard.
_THEIRS = ("R", "A", "S")


class Asked(NamedTuple):
    """Who asks for somebody to hear for them, and to which campaigns they have promised."""

    giver: str
    campaigns: tuple[str, ...]


class Confidant(NamedTuple):
    """Who hears for `giver`; `sealed` is the conversation of the contact."""

    giver: str
    person: str
    contact_id: str
    told_on: dt.date | None
    language: str
    sealed: bytes | None


def about(what: str) -> str:
    """`heard.about` of what somebody's relative has heard of; no longer than the column, whatever is spoken of."""
    return what[0].upper() + what[1:] if what[1:2] == "-" else f"R{what}"


async def asked(connection: db.Connection, hashes: Collection[bytes], at: dt.datetime) -> dict[bytes, Asked]:
    """Who asks by these codes, as far as they are good."""
    good = _confidant.c.code_hash.in_(hashes), _confidant.c.expires_at > at
    rows = (await connection.execute(sa.select(_confidant.c.code_hash, _confidant.c.respondent_id).where(*good))).all()
    theirs = sa.select(_pledge.c.respondent_id, _pledge.c.campaign_name).where(
        _pledge.c.respondent_id.in_([giver for _, giver in rows])
    )
    promised = sorted({(person, name) for person, name in await connection.execute(theirs)})
    return {hash_: Asked(giver, tuple(name for who, name in promised if who == giver)) for hash_, giver in rows}


async def of(connection: db.Connection, people: Collection[str]) -> list[tuple[str, str]]:
    """(giver, who hears for them) of all pairs that one of these people is in."""
    if not people:
        return []
    which = sa.or_(_confidant.c.respondent_id.in_(people), _confidant.c.confidant_id.in_(people))
    rows = sa.select(_confidant.c.respondent_id, _confidant.c.confidant_id).where(which)
    found = await connection.execute(rows.where(_confidant.c.confidant_id.is_not(None)))
    return [(giver, person) for giver, person in found]


async def hearing_for(connection: db.Connection, givers: Collection[str]) -> list[Confidant]:
    """Who hears for these people, of those who have not stopped."""
    if not givers:
        return []
    columns = _confidant.c.respondent_id, _respondent.c.id, _contact.c.id, _confidant.c.told_on
    rows = await connection.execute(
        sa.select(*columns, _contact.c.language, _contact.c.sealed)
        .join(_respondent, _respondent.c.id == _confidant.c.confidant_id)
        .join(_contact, _contact.c.id == _respondent.c.contact_id)
        .where(_confidant.c.respondent_id.in_(givers), ~_contact.c.stopped)
        .order_by(_confidant.c.respondent_id)
    )
    return [Confidant(*row) for row in rows]


async def last_told(connection: db.Connection, people: Collection[str]) -> dict[str, dt.date | None]:
    """Person -> the day on which they were told last of anybody they hear for; None where they never were."""
    theirs = sa.select(_confidant.c.confidant_id, sa.func.max(_confidant.c.told_on)).where(
        _confidant.c.confidant_id.in_(people)
    )
    rows = await connection.execute(theirs.group_by(_confidant.c.confidant_id))
    return {str(person): day for person, day in rows}


async def heard(connection: db.Connection, givers: Collection[str]) -> dict[str, dict[str, hearing.Heard]]:
    """Giver -> what -> how far who hears for them has heard, as `hearing.heard` has it of the giver."""
    found = await hearing.heard(connection, givers)
    return {
        giver: {_what(each): upto for each, upto in theirs.items() if each[0] in _THEIRS}
        for giver, theirs in found.items()
    }


def _what(about: str) -> str:
    return about[1:] if about[0] == "R" else about[0].lower() + about[1:]


async def told(connection: db.Connection, givers: Collection[str], day: dt.date) -> None:
    """Who hears for these people was told of them on that day."""
    by = sa.update(_confidant).where(_confidant.c.respondent_id.in_(givers))
    await connection.execute(by.values(told_on=day))


async def write(
    connection: db.Connection,
    named: Sequence[Row],
    joined: Sequence[Row],
    ended: Collection[str],
    left: Collection[str],
    at: dt.datetime,
) -> None:
    """New codes (rows of `confidant`), codes that were agreed to (`code_hash`, `confidant_id`), people who want nobody
    to hear for them any more, and people who want to hear for nobody.

    Raises `db.Outdated` where a code was used by somebody else meanwhile.
    """
    for row in joined:
        asked_by = _confidant.c.code_hash == row["code_hash"]
        giver = await connection.scalar(sa.select(_confidant.c.respondent_id).where(asked_by))
        # First who is looked at, then who hears for them: as whoever tells them locks.
        await hearing.look_soon(connection, sa.select(_respondent.c.id).where(_respondent.c.id == giver), at)
        taken = {"confidant_id": row["confidant_id"], "code_hash": None, "told_on": None}
        if (await connection.execute(sa.update(_confidant).where(asked_by).values(taken))).rowcount != 1:
            raise db.Outdated
        await _begin(connection, str(giver))
    if named:
        # After those who agreed to the codes that these take the place of.
        code = db.upsert(connection, _confidant, ("respondent_id",), replaced=("code_hash", "expires_at"))
        await connection.execute(code, named)
    if ended or left:
        await forget(connection, ended, left)
        consent = tables.consent
        theirs = consent.c.respondent_id.in_(left), consent.c.purpose == "confidant"
        await connection.execute(sa.update(consent).where(*theirs).values(withdrawn_at=at))


async def _begin(connection: db.Connection, giver: str) -> None:
    """What the giver has heard of is not told again to who hears for them from now on."""
    await _forget_heard(connection, [giver])
    what = _heard.c.about
    first, rest = (sa.func.substr(what, *part, type_=sa.String()) for part in ((1, 1), (2,)))
    same = sa.case((what.like("_-%"), sa.func.upper(first, type_=sa.String()) + rest), else_="R" + what)
    others = [column for column in _heard.c if column.name not in ("respondent_id", "about")]
    rows = sa.select(_heard.c.respondent_id, same, *others).where(_heard.c.respondent_id == giver)
    names = ["respondent_id", "about", *(column.name for column in others)]
    await connection.execute(sa.insert(_heard).from_select(names, rows))


async def forget(connection: db.Connection, givers: Collection[str], confidants: Collection[str]) -> None:
    """Nobody hears for these givers any more, and these confidants for nobody."""
    which = sa.or_(_confidant.c.respondent_id.in_(givers), _confidant.c.confidant_id.in_(confidants))
    gone = await connection.scalars(sa.delete(_confidant).where(which).returning(_confidant.c.respondent_id))
    await _forget_heard(connection, list(gone))


async def forget_told(connection: db.Connection, people: Collection[str]) -> None:
    """What these people were told of others' promises goes: it stands under the names of those who gave."""
    outgoing = tables.outgoing
    givers = sa.select(_confidant.c.respondent_id).where(_confidant.c.confidant_id.in_(people))
    phones = sa.select(_respondent.c.contact_id).where(_respondent.c.id.in_(people))
    theirs = outgoing.c.respondent_id.in_(givers), outgoing.c.contact_id.in_(phones)
    await connection.execute(sa.delete(outgoing).where(*theirs))


async def _forget_heard(connection: db.Connection, givers: Collection[str]) -> None:
    if givers:
        theirs = _heard.c.respondent_id.in_(givers), sa.func.substr(_heard.c.about, 1, 1).in_(_THEIRS)
        await connection.execute(sa.delete(_heard).where(*theirs))


async def purge(connection: db.Connection, at: dt.datetime) -> None:
    """Codes that nobody used in time."""
    late = _confidant.c.expires_at < at, _confidant.c.code_hash.is_not(None)
    await connection.execute(sa.delete(_confidant).where(*late, _confidant.c.confidant_id.is_(None)))
    await connection.execute(sa.update(_confidant).where(*late).values(code_hash=None))
