"""What was sent as answers and with promises: waiting to be fetched, kept, put into words, gone with its last sender.

A file and the rows that name it never disagree for long, and never in the wrong way: it is put in its place under
`hold` in the transaction that names it, and removed under `hold` when no row does (`due`, kind "media").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, tables

_media, _due = tables.media, tables.due
#: In the table `due`: the file of that hash is to go, unless somebody has it.
FILE = "media"


class Waiting(NamedTuple):
    """Something to be fetched. `sealed` is where its provider has it."""

    id: str
    channel: str
    kind: str
    sealed: bytes
    attempts: int


class Sender(NamedTuple):
    """Whoever sent something, and where they can be told of it."""

    contact_id: str
    address_id: str
    respondent_id: str
    language: str


class Voice(NamedTuple):
    """A voice note, for whoever puts it into words."""

    id: str
    form: str
    question: str
    status: str
    code: str | None
    seconds: int | None
    created_at: dt.datetime
    content_hash: str | None
    mime: str | None
    transcript: bytes | None


class Receipt(NamedTuple):
    """A photo of a receipt. `content_hash` names the file, of so many bytes, once it is "kept"."""

    pledge_id: str
    id: str
    status: str
    content_hash: str | None
    mime: str | None
    size: int | None
    created_at: dt.datetime


class Loss(NamedTuple):
    """So many answers to one question that were given up for one reason."""

    form: str
    question: str
    code: str | None
    number: int


# -- with the answers ------------------------------------------------------------------------------------------


async def add(connection: db.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """What is to be fetched: of a response and its question, or of a pledge and whoever sent it."""
    blank = {"response_id": None, "pledge_id": None, "respondent_id": None, "question": ""}
    await connection.execute(sa.insert(_media), [blank | row for row in rows])


async def drop(connection: db.Connection, at: dt.datetime, ids: Collection[str]) -> None:
    """Forget these; the files go when nobody else has the same."""
    await _drop(connection, at, _media.c.id.in_(sorted(ids)))


async def drop_of(connection: db.Connection, at: dt.datetime, responses: Any) -> None:
    """Forget all that was sent in these responses, a list of ids or a selection."""
    await _drop(connection, at, _media.c.response_id.in_(responses))


async def drop_receipts(connection: db.Connection, at: dt.datetime, people: Collection[str]) -> None:
    """Forget the photos of receipts that these people sent, and those of their promises."""
    theirs = sa.select(tables.pledge.c.id).where(tables.pledge.c.respondent_id.in_(people))
    await _drop(connection, at, sa.or_(_media.c.respondent_id.in_(people), _media.c.pledge_id.in_(theirs)))


async def drop_of_pledges(connection: db.Connection, at: dt.datetime, ids: Collection[str]) -> None:
    """Forget the photos of receipts of these pledges: nothing is left to be looked for."""
    await _drop(connection, at, _media.c.pledge_id.in_(sorted(ids)))


async def receipts(connection: db.Connection, pledges: Collection[str]) -> list[Receipt]:
    """The photos of receipts of these pledges, the oldest first: for their treasurer, and for nobody else."""
    if not pledges:
        return []
    found = sa.select(*_RECEIPT).where(_media.c.pledge_id.in_(sorted(pledges)))
    rows = await connection.execute(found.order_by(_media.c.created_at, _media.c.id))
    return [Receipt(*row) for row in rows]


async def receipt_for(connection: db.Connection, media_id: str, hand: str) -> Receipt | None:
    """A kept photo of a receipt, for whoever still holds the office `hand` of its campaign; None for all others."""
    pledge, role = tables.pledge, tables.role
    found = (
        sa.select(*_RECEIPT)
        .join(pledge, pledge.c.id == _media.c.pledge_id)
        .join(role, role.c.campaign_name == pledge.c.campaign_name)
        .where(_media.c.id == media_id, _media.c.status == "kept", role.c.id == hand, role.c.ended_at.is_(None))
    )
    row = (await connection.execute(found)).first()
    return Receipt(*row) if row else None


_RECEIPT = [_media.c[name] for name in Receipt._fields]


async def _drop(connection: db.Connection, at: dt.datetime, which: sa.ColumnElement[bool]) -> None:
    gone = await connection.scalars(sa.delete(_media).where(which).returning(_media.c.content_hash))
    rows = [{"kind": FILE, "key": name, "at": at} for name in sorted({name for name in gone if name})]
    if rows:
        put = db.insert(connection, _due)
        await connection.execute(put.on_conflict_do_update(index_elements=["kind", "key"], set_={"at": at}), rows)


# -- fetching --------------------------------------------------------------------------------------------------


async def waits(connection: db.Connection, channels: Sequence[str], at: dt.datetime) -> bool:
    """True while there is something to fetch."""
    return bool((await connection.execute(sa.select(sa.exists().where(*_to_fetch(channels, at))))).scalar())


async def claim(
    connection: db.Connection, channels: Sequence[str], limit: int, at: dt.datetime, until: dt.datetime
) -> list[Waiting]:
    """Take the next to be fetched, the oldest first; they are this process's until `until`.

    The try is counted here, so that one which ends its process every time is given up as well.
    """
    found = await connection.execute(
        sa.select(_media.c.id, _media.c.channel, _media.c.kind, _media.c.sealed, _media.c.attempts)
        .where(*_to_fetch(channels, at))
        .order_by(_media.c.not_before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = [Waiting(*row)._replace(attempts=row.attempts + 1) for row in found]
    if rows:
        taken = sa.update(_media).where(_media.c.id.in_([row.id for row in rows]))
        await connection.execute(taken.values(not_before=until, attempts=_media.c.attempts + 1))
    return rows


def _to_fetch(channels: Sequence[str], at: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return _media.c.status == "waiting", _media.c.not_before <= at, _media.c.channel.in_(channels)


async def keep(
    connection: db.Connection, row: Waiting, content_hash: str, mime: str, size: int, seconds: int | None
) -> bool:
    """It is here; False where nobody waits for it any more."""
    values = {"status": "kept", "sealed": None, "code": None, "content_hash": content_hash, "mime": mime}
    return await _change(connection, row, {**values, "size": size, "seconds": seconds})


async def fail(connection: db.Connection, row: Waiting, code: str, *, for_good: bool) -> Sender | None:
    """It is given up; where it may still be had, `retry` can try again.

    Gives back who is to be told, once for each that was sent: whoever can still be written to where it came from.
    """
    values = {"status": "failed", "code": code[:32]} | ({"sealed": None} if for_good else {})
    if not await _change(connection, row, values):
        return None
    respondent, contact, address = tables.respondent, tables.contact, tables.address
    found = await connection.execute(
        sa.select(contact.c.id, address.c.id, respondent.c.id, contact.c.language)
        .select_from(_media)
        .outerjoin(tables.response, tables.response.c.id == _media.c.response_id)
        .join(
            respondent,
            respondent.c.id == sa.func.coalesce(_media.c.respondent_id, tables.response.c.respondent_id),
        )
        .join(contact, contact.c.id == respondent.c.contact_id)
        .join(address, address.c.contact_id == contact.c.id)
        .where(_media.c.id == row.id, ~_media.c.told, ~contact.c.stopped)
        .where(address.c.channel == row.channel, address.c.closed.is_(None))
        .order_by(address.c.heard_at.desc())
        .limit(1)
    )
    sender = next((Sender(*each) for each in found), None)
    if sender:
        await connection.execute(sa.update(_media).where(_media.c.id == row.id).values(told=True))
    return sender


async def put_off(connection: db.Connection, row: Waiting, code: str, until: dt.datetime) -> None:
    """To be tried again then."""
    await _change(connection, row, {"not_before": until, "code": code[:32]})


async def _change(connection: db.Connection, row: Waiting, values: dict[str, Any]) -> bool:
    # Not what was erased meanwhile, or what another process, thinking this one dead, has taken and finished.
    mine = sa.update(_media).where(_media.c.id == row.id, _media.c.status == "waiting")
    return bool((await connection.execute(mine.values(values))).rowcount)


async def retry(connection: db.Connection, at: dt.datetime) -> int:
    """Try everything again that was given up and may still be had; how many."""
    failed = sa.update(_media).where(_media.c.status == "failed", _media.c.sealed.is_not(None))
    again = await connection.execute(failed.values(status="waiting", attempts=0, not_before=at, code=None))
    return again.rowcount


async def references(connection: db.Connection, channel: str) -> list[bytes]:
    """Where the provider has what is still to be fetched, sealed."""
    waiting = sa.select(_media.c.sealed).where(_media.c.channel == channel, _media.c.sealed.is_not(None))
    return list(await connection.scalars(waiting))


# -- files -----------------------------------------------------------------------------------------------------


async def hold(connection: db.Connection, content_hash: str) -> None:
    """Nobody else puts this file in its place, or removes it, until the transaction ends. Taken before anything else.

    SQLite needs nothing for it: whoever may write there is alone.
    """
    if connection.dialect.name == "postgresql":
        number = int(content_hash[:16], 16) - 2**63
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


async def unused(connection: db.Connection, names: Collection[str]) -> set[str]:
    """Those of the hashes that no row has."""
    spending, undone = tables.spending, tables.spending.alias()
    # The picture of a spending that was taken back may be the mistake itself, and goes.
    taken_back = sa.exists().where(
        undone.c.campaign_name == spending.c.campaign_name,
        undone.c.about == spending.c.number,
        undone.c.step.in_(("undone", "undoing")),
    )
    used = sa.union(
        sa.select(_media.c.content_hash).where(_media.c.content_hash.in_(sorted(names))),
        sa.select(spending.c.photo).where(spending.c.photo.in_(sorted(names)), ~taken_back),
    )
    return set(names) - set(await connection.scalars(used))


async def due(connection: db.Connection, at: dt.datetime, limit: int = 100) -> list[tuple[str, dt.datetime]]:
    """(hash, since when) of files that may have to go."""
    mine = sa.select(_due.c.key, _due.c.at).where(_due.c.kind == FILE, _due.c.at <= at)
    return [(row.key, row.at) for row in await connection.execute(mine.order_by(_due.c.at).limit(limit))]


async def done(connection: db.Connection, content_hash: str, at: dt.datetime) -> None:
    """Seen to, unless it has fallen due anew."""
    mine = sa.delete(_due).where(_due.c.kind == FILE, _due.c.key == content_hash, _due.c.at == at)
    await connection.execute(mine)


# -- transcripts -----------------------------------------------------------------------------------------------


_VOICE = sa.select(
    _media.c.id,
    tables.response.c.form_name,
    _media.c.question,
    _media.c.status,
    _media.c.code,
    _media.c.seconds,
    _media.c.created_at,
    _media.c.content_hash,
    _media.c.mime,
    _media.c.transcript,
).join(tables.response, tables.response.c.id == _media.c.response_id)


async def unheard(connection: db.Connection) -> list[Voice]:
    """Voice notes nobody has put into words yet, the oldest first; those that did not arrive are among them."""
    waiting = _VOICE.where(_media.c.kind == "audio", _media.c.transcript.is_(None))
    return [Voice._make(row) for row in await connection.execute(waiting.order_by(_media.c.created_at, _media.c.id))]


async def lost(connection: db.Connection, kind: str) -> list[Loss]:
    """What was given up, by form, question and reason."""
    by = tables.response.c.form_name, _media.c.question, _media.c.code
    failed = (
        sa.select(*by, sa.func.count())
        .join(tables.response, tables.response.c.id == _media.c.response_id)
        .where(_media.c.kind == kind, _media.c.status == "failed")
    )
    return [Loss(*row) for row in await connection.execute(failed.group_by(*by).order_by(*by))]


async def voices(connection: db.Connection, beginning: str) -> list[Voice]:
    """The voice notes whose id begins so, two at the most."""
    found = _VOICE.where(_media.c.kind == "audio", _media.c.id.startswith(beginning, autoescape=True))
    return [Voice._make(row) for row in await connection.execute(found.limit(2))]


async def write_down(connection: db.Connection, media_id: str, transcript: bytes) -> bool:
    """Keep what a facilitator heard, sealed; False where it was erased meanwhile."""
    written = sa.update(_media).where(_media.c.id == media_id).values(transcript=transcript)
    return bool((await connection.execute(written)).rowcount)


async def heard_of(connection: db.Connection, people: Sequence[str]) -> dict[str, list[bytes]]:
    """By person, the sealed words of their voice notes, the oldest first."""
    found: dict[str, list[bytes]] = {}
    if people:
        of = tables.response.c.respondent_id
        rows = await connection.execute(
            sa.select(of, _media.c.transcript)
            .join(tables.response, tables.response.c.id == _media.c.response_id)
            .where(of.in_(people), _media.c.transcript.is_not(None))
            .order_by(_media.c.created_at, _media.c.id)
        )
        for person, text in rows:
            found.setdefault(person, []).append(text)
    return found


async def transcripts(connection: db.Connection, after: str, until: str) -> dict[str, bytes]:
    """Media id -> sealed transcript, of all that was put into words in responses from behind `after` to `until`."""
    found = sa.select(_media.c.id, _media.c.transcript).where(
        _media.c.response_id > after, _media.c.response_id <= until, _media.c.transcript.is_not(None)
    )
    return {row.id: row.transcript for row in await connection.execute(found)}
