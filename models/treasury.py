"""What whoever signs looks at: pledges on the way or waiting for a signature; and the numbers of receipts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from models import db, tables

_pledge, _event = tables.pledge, tables.pledge_event

#: What begins waiting for a second signature, and what ends it.
_PROPOSES = ("acknowledged", "correction", "returning")
_SETTLES = ("received", "corrected", "returned", "declined")
_ON_THE_WAY = ("sent", "not_found")


async def waiting(connection: db.Connection, campaign: str, limit: int) -> tuple[list[str], int]:
    """So many ids of what waits for a signature, then of what is on the way, the oldest first; and how much is on the
    way in all.
    """
    later = _event.alias()
    settled = sa.exists().where(
        later.c.pledge_id == _event.c.pledge_id, later.c.id > _event.c.id, later.c.step.in_(_SETTLES)
    )
    proposed = (
        sa.select(_pledge.c.id, sa.func.max(_event.c.id).label("place"))
        .join(_event, _event.c.pledge_id == _pledge.c.id)
        .where(_pledge.c.campaign_name == campaign, _event.c.step.in_(_PROPOSES), ~settled)
        .group_by(_pledge.c.id)
    )
    sent = (
        sa.select(_pledge.c.id, sa.func.max(_event.c.id).label("place"))
        .join(_event, _event.c.pledge_id == _pledge.c.id)
        .where(_pledge.c.campaign_name == campaign, _pledge.c.state.in_(_ON_THE_WAY), _event.c.step == "sent")
        .group_by(_pledge.c.id)
    )
    found: dict[str, None] = {}
    for which in (proposed, sent):
        each = which.subquery()
        listed = await connection.scalars(sa.select(each.c.id).order_by(each.c.place).limit(limit))
        found |= dict.fromkeys(listed)
    way = sa.select(sa.func.count()).where(_pledge.c.campaign_name == campaign, _pledge.c.state.in_(_ON_THE_WAY))
    return list(found)[:limit], int((await connection.execute(way)).scalar() or 0)


async def coded(connection: db.Connection, campaign: str, codes: Collection[str]) -> dict[str, str]:
    """Code -> id of the campaign's pledge that bears it."""
    if not codes:
        return {}
    mine = _pledge.c.campaign_name == campaign, _pledge.c.code.in_(sorted(codes))
    return {row.code: row.id for row in await connection.execute(sa.select(_pledge.c.code, _pledge.c.id).where(*mine))}


async def hold(connection: db.Connection, ids: Sequence[str]) -> None:
    """Lock these pledges, in order; their givers' replies wait only if they change them too."""
    mine = sa.select(_pledge.c.id).where(_pledge.c.id.in_(sorted(ids))).order_by(_pledge.c.id)
    await connection.execute(mine.with_for_update(key_share=True))


async def next_receipt(connection: db.Connection, campaign: str) -> int:
    """The number of the campaign's next receipt; the campaign must be held, so that nobody else gets it."""
    highest = sa.select(sa.func.max(_pledge.c.receipt_number)).where(_pledge.c.campaign_name == campaign)
    return int((await connection.execute(highest)).scalar() or 0) + 1
