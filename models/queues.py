"""What waits, and since when: for whoever looks after the house. Each answer costs the same however much there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import db, outbox, tables

_outgoing = tables.outgoing
#: Rows that are looked at, the oldest first: of more than this nobody needs the exact number.
MOST = 10_000
#: The newest files that are looked for.
_NEWEST = 20
#: Forms times channels that are told apart.
_FORMS = 500


class Queue(NamedTuple):
    """What waits to be sent by a channel and could go: how many, up to `MOST`, and since when the oldest."""

    channel: str
    waiting: int
    since: dt.datetime


class Waits(NamedTuple):
    """Messages set aside; since when the oldest of what is due, and of the files to be fetched, waits."""

    set_aside: int
    due: dt.datetime | None
    media: dt.datetime | None


async def ripe(connection: db.Connection, at: dt.datetime, channels: Sequence[str]) -> list[Queue]:
    """What waits for these channels and should have gone by now. The last of what was written to many waits long while
    its first go out, and that is well: it counts, and its age does not."""
    first = (
        sa.select(_outgoing.c.channel, sa.case((_outgoing.c.bulk == sa.false(), _outgoing.c.not_before)).label("since"))
        .where(
            outbox.IN_INDEX,
            _outgoing.c.status == "waiting",
            _outgoing.c.not_before <= at,
            _outgoing.c.channel.in_(channels),
        )
        .order_by(_outgoing.c.not_before)
        .limit(MOST)
        .subquery()
    )
    since = sa.func.coalesce(sa.func.min(first.c.since), at)
    counted = sa.select(first.c.channel, sa.func.count(), since).group_by(first.c.channel)
    found = {row[0]: Queue(*row) for row in await connection.execute(counted)}
    return [found.get(channel, Queue(channel, 0, at)) for channel in channels]


async def nobodys(connection: db.Connection, channels: Sequence[str]) -> list[tuple[str, int]]:
    """Channels beside these that something waits for, and how much."""
    rest = (
        sa.select(_outgoing.c.channel)
        .where(outbox.IN_INDEX, _outgoing.c.channel.not_in(channels))
        .limit(MOST)
        .subquery()
    )
    counted = sa.select(rest.c.channel, sa.func.count()).group_by(rest.c.channel).order_by(rest.c.channel)
    return [(row[0], row[1]) for row in await connection.execute(counted)]


async def waits(connection: db.Connection, at: dt.datetime) -> Waits:
    """What else waits."""
    due, media = tables.due.c.at, tables.media.c
    return Waits(
        (await connection.execute(sa.select(sa.func.count()).select_from(tables.set_aside))).scalar_one(),
        (await connection.execute(sa.select(sa.func.min(due)).where(due <= at))).scalar(),
        (
            await connection.execute(
                sa.select(sa.func.min(media.not_before)).where(media.status == "waiting", media.not_before <= at)
            )
        ).scalar(),
    )


async def newest_media(connection: db.Connection) -> list[str]:
    """The names of the files that were kept last."""
    media = tables.media.c
    newest = sa.select(media.content_hash).where(media.status == "kept").order_by(media.id.desc()).limit(_NEWEST)
    return [name for name in await connection.scalars(newest) if name]


async def has_campaigns(connection: db.Connection) -> bool:
    """Whether there is a campaign."""
    return (await connection.execute(sa.select(tables.campaign.c.name).limit(1))).first() is not None


async def clock(connection: db.Connection) -> dt.datetime | None:
    """What time it is at the database; None where that is this machine's own clock."""
    if connection.dialect.name == "sqlite":
        return None
    found: dt.datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
    return found


async def conversations(connection: db.Connection) -> list[tuple[str, str, int]]:
    """(form, channel, responses with an answer in them), of what is counted anyway."""
    tally = tables.tally.c
    counted = (
        sa.select(tally.form_name, tally.level, sa.func.sum(tally.count))
        .where(tally.question == "", tally.margin == "channel")
        .group_by(tally.form_name, tally.level)
        .order_by(tally.form_name, tally.level)
        .limit(_FORMS)
    )
    return [(row[0], row[1], int(row[2])) for row in await connection.execute(counted)]
