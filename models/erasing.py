"""Erasing: what a person said, sent, promised and was told goes; that they once agreed stays, without a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from models import confiding, db, mailing, media, outbox, tables, vouching


async def erase(connection: db.Connection, people: Sequence[str], at: dt.datetime) -> None:
    """Empty the rows of these people.

    What they said, promised and were told goes. That they once agreed, and when they took it back, stays as proof
    without a name.
    """
    response, answer, outgoing, pledge = tables.response, tables.answer, tables.outgoing, tables.pledge
    role = tables.role
    theirs = sa.select(response.c.id).where(response.c.respondent_id.in_(people))
    await media.drop_of(connection, at, theirs)
    await media.drop_receipts(connection, at, people)
    # Whoever signs was shown the names that go with transfers, and what they were told is kept for a while.
    campaigns = sa.select(pledge.c.campaign_name).where(pledge.c.respondent_id.in_(people))
    signers = sa.select(role.c.respondent_id).where(role.c.campaign_name.in_(campaigns))
    told = sa.delete(outgoing).where(outgoing.c.respondent_id.in_(signers), outgoing.c.status.not_in(outbox.PENDING))
    await connection.execute(told)
    # What nobody has said yes to goes with whoever recorded it, and the name that stands with it.
    recorded = sa.select(tables.vouching.c.pledge_id).where(tables.vouching.c.respondent_id.in_(people))
    unconfirmed = sa.update(pledge).where(pledge.c.id.in_(recorded), pledge.c.respondent_id.is_(None))
    await connection.execute(unconfirmed.values(sealed=None, shown=None))
    await vouching.forget(connection, people)
    await mailing.forget(connection, people)
    await confiding.forget_told(connection, people)
    await confiding.forget(connection, people, people)
    await connection.execute(sa.delete(answer).where(answer.c.response_id.in_(theirs)))
    await connection.execute(sa.delete(response).where(response.c.respondent_id.in_(people)))
    await connection.execute(
        sa.update(pledge)
        .where(pledge.c.respondent_id.in_(people))
        .values(respondent_id=None, sealed=None, shown=None, country="", place="")
    )
    # What they said of a campaign goes with them, figures and all, as coded answers do.
    for table in (tables.opinion, tables.heard, tables.hearing):
        await connection.execute(sa.delete(table).where(table.c.respondent_id.in_(people)))
    ended = {"respondent_id": None, "ended_at": sa.func.coalesce(role.c.ended_at, sa.literal(at, role.c.ended_at.type))}
    await connection.execute(sa.update(role).where(role.c.respondent_id.in_(people)).values(ended))
    await connection.execute(
        sa.update(tables.consent).where(tables.consent.c.respondent_id.in_(people)).values(withdrawn_at=at)
    )
    gone = sa.delete(outgoing).where(outgoing.c.respondent_id.in_(people))
    await connection.execute(gone)
    respondent, recipient = tables.respondent, tables.recipient
    # By the contact, for by it they are found.
    phones = sa.select(respondent.c.contact_id).where(respondent.c.id.in_(people))
    meant = recipient.c.contact_id.in_(phones), recipient.c.respondent_id.in_(people)
    await connection.execute(sa.delete(recipient).where(*meant))
    await connection.execute(
        sa.update(respondent).where(respondent.c.id.in_(people)).values(contact_id=None, erased_at=at)
    )
