"""What one group of messages reads and writes: the SQL of receiving, in the order in which everybody locks.

Reading: deduplication keys, addresses, contacts (locked in order), then what their conversations need.
Writing: contacts, people, responses and answers, pledges, the outbox, and the tallies last, in sorted order.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import (
    codes,
    confiding,
    db,
    erasing,
    ledger,
    mailing,
    media,
    offices,
    opinions,
    outbox,
    tables,
    vouching,
    whence,
)

Row = dict[str, Any]

#: What a response counts of the line it comes over, a column each.
COUNTERS = ("messages_in", "messages_out", "bytes_in", "bytes_out")


class Address(NamedTuple):
    """One row of `address`, as far as receiving needs it."""

    id: str
    key_hash: bytes
    contact_id: str


class Response(NamedTuple):
    """One response as it is stored."""

    id: str
    respondent_id: str
    status: str
    form_version: str
    sealed: bytes


# Statements that run with every group of messages are built once: putting one together takes as long as running it.
_b, _many = sa.bindparam, functools.partial(sa.bindparam, expanding=True)

# -- reading -----------------------------------------------------------------------------------------------

_KNOWN = sa.select(tables.address.c.id, tables.address.c.key_hash, tables.address.c.contact_id).where(
    # The hash alone is no key of the table, and every address there is would be looked at.
    tables.address.c.channel.in_(_many("channels")),
    tables.address.c.key_hash.in_(_many("hashes")),
    tables.address.c.contact_id.is_not(None),
)
_HELD = (
    sa.select(tables.contact.c.id, tables.contact.c.sealed)
    .where(tables.contact.c.id.in_(_many("ids")))
    .order_by(tables.contact.c.id)
    # NO KEY: an insert that refers to the contact (a broadcast's) need not wait for us, nor we for it.
    .with_for_update(key_share=True)
)
_RESPONSE = sa.select(
    tables.response.c.id,
    tables.response.c.respondent_id,
    tables.response.c.status,
    tables.response.c.form_version,
    tables.response.c.sealed,
)
_RESPONSES = _RESPONSE.where(tables.response.c.id.in_(_many("ids")))


async def find_addresses(connection: db.Connection, keys: Collection[tuple[str, bytes]]) -> dict[bytes, Address]:
    """Known addresses, by their channel and hash; by the hash, for it tells the channel, too."""
    channels, hashes = sorted({channel for channel, _ in keys}), sorted({hash_ for _, hash_ in keys})
    rows = await connection.execute(_KNOWN, {"channels": channels, "hashes": hashes})
    return {row[1]: Address(*row) for row in rows}


async def not_yet_received(
    connection: db.Connection, keys: Iterable[tuple[str, bytes]], at: dt.datetime
) -> set[tuple[str, bytes]]:
    """Store message ids; give back those that were not there before."""
    rows = [{"channel": channel, "key_hash": key, "received_at": at} for channel, key in sorted(keys)]
    new = db.upsert(connection, tables.received, returning=("channel", "key_hash"))
    return {(row[0], row[1]) for row in await connection.execute(new, rows)}


async def add_contacts(connection: db.Connection, contacts: list[Row], addresses: list[Row]) -> None:
    """New phones. An address that was erased before is taken up again.

    One that another process adds just now raises `db.IntegrityError`, and the group is replayed.
    """
    if contacts:
        await connection.execute(sa.insert(tables.contact), contacts)
        addresses.sort(key=lambda row: row["key_hash"])
        erased = sa.delete(tables.address).where(
            tables.address.c.channel == sa.bindparam("at"),
            tables.address.c.key_hash == sa.bindparam("hash"),
            tables.address.c.contact_id.is_(None),
        )
        await connection.execute(erased, [{"at": row["channel"], "hash": row["key_hash"]} for row in addresses])
        await connection.execute(sa.insert(tables.address), addresses)


async def lock_contacts(connection: db.Connection, ids: Sequence[str]) -> dict[str, bytes | None]:
    """The sealed conversation of each contact, its row locked until the end of the transaction.

    Raises `db.Outdated` if one of them has just been forgotten.
    """
    found = {row[0]: row[1] for row in await connection.execute(_HELD, {"ids": list(ids)})}
    if found.keys() != set(ids):
        raise db.Outdated
    return found


async def talk_of(connection: db.Connection, contact_id: str) -> bytes | None:
    """The sealed conversation of a contact, for whoever only looks."""
    found: bytes | None = await connection.scalar(
        sa.select(tables.contact.c.sealed).where(tables.contact.c.id == contact_id)
    )
    return found


async def responses(connection: db.Connection, ids: Sequence[str]) -> dict[str, Response]:
    """Responses by id."""
    if not ids:
        return {}
    return {row[0]: Response(*row) for row in await connection.execute(_RESPONSES, {"ids": list(ids)})}


async def responses_of(connection: db.Connection, people: Sequence[str]) -> list[Response]:
    """All responses of these people, the oldest first."""
    if not people:
        return []
    order = (tables.response.c.begun_at, tables.response.c.id)
    rows = await connection.execute(_RESPONSE.where(tables.response.c.respondent_id.in_(people)).order_by(*order))
    return [Response(*row) for row in rows]


# -- writing -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Writes:
    """Everything a group of turns changes. Rows are dicts of column values; keys as in `tables`."""

    contacts: list[Row] = field(default_factory=list)
    heard: list[Row] = field(default_factory=list)
    #: Addresses that their person opened or shut without writing.
    shut: list[Row] = field(default_factory=list)
    respondents: list[Row] = field(default_factory=list)
    consent_texts: dict[str, str] = field(default_factory=dict)
    consents: list[Row] = field(default_factory=list)
    new_responses: list[Row] = field(default_factory=list)
    #: Changed ones, by `of`; `more_<counter>` is added to each of `COUNTERS`.
    responses: list[Row] = field(default_factory=list)
    #: Ids of responses of which nothing is kept.
    discarded: list[str] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    cleared: list[Row] = field(default_factory=list)
    #: What was sent as an answer, and ids of what is no answer any more.
    attached: list[Row] = field(default_factory=list)
    detached: list[str] = field(default_factory=list)
    #: New pledges, others' new states, the events that made them so, and what to add to the totals.
    pledges: list[Row] = field(default_factory=list)
    pledge_states: list[Row] = field(default_factory=list)
    pledge_events: list[Row] = field(default_factory=list)
    #: Of each pledge that something happened to: how many events it had when that was decided.
    pledge_seen: dict[str, int] = field(default_factory=dict)
    ledger_totals: dict[tuple[str, str, str, str], list[int]] = field(default_factory=dict)
    #: What people say of how a campaign ended, as `opinions.write` takes it.
    opinions: list[Row] = field(default_factory=list)
    #: Where people said they live: `of` the person, `country`, `place`.
    located: list[Row] = field(default_factory=list)
    #: Names shown with pledges; promises in another's name, their new codes, and whose the answered are ("" of a no).
    names: list[Row] = field(default_factory=list)
    vouchings: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    #: Pledges of which no photo of a receipt is kept any more.
    receipts_dropped: list[str] = field(default_factory=list)
    #: Contacts whose shown web pages have been seen, whose waiting messages are dropped, of whom nothing may lie aside.
    seen: list[str] = field(default_factory=list)
    silenced: list[str] = field(default_factory=list)
    cleaned: list[str] = field(default_factory=list)
    #: People who are erased.
    erased: list[str] = field(default_factory=list)
    #: Offices that are taken.
    taken: list[offices.Taken] = field(default_factory=list)
    #: Codes to go on elsewhere that are given, and addresses that go over to another contact by one.
    given_codes: list[Row] = field(default_factory=list)
    moves: list[codes.Move] = field(default_factory=list)
    #: E-mails that are asked about by a letter, as `mailing.ask` takes them, those that are shown to be somebody's, and
    #: people who want letters no more.
    mail_asked: list[tuple[Row, Row]] = field(default_factory=list)
    mail_given: list[Row] = field(default_factory=list)
    mail_dropped: list[str] = field(default_factory=list)
    #: Relatives who hear for others, as `confiding.write` takes them: new codes, those that were agreed to, people who
    #: want nobody to hear for them any more, and people who want to hear for nobody.
    confided: list[Row] = field(default_factory=list)
    confidants: list[Row] = field(default_factory=list)
    unconfided: list[str] = field(default_factory=list)
    unhearing: list[str] = field(default_factory=list)
    outgoing: list[Row] = field(default_factory=list)
    #: Beside each row of `outgoing` whatever its writer wants to keep of it.
    said: list[Any] = field(default_factory=list)
    #: How many messages of each channel may go at once instead of waiting in the outbox, and until when they are
    #: then nobody else's.
    room: dict[str, int] = field(default_factory=dict)
    until: dt.datetime | None = None
    #: Filled by `write`: the places in `outgoing` of those that go at once -> their numbers; contacts of whom others
    #: wait behind them.
    at_once: dict[int, int] = field(default_factory=dict)
    behind: set[str] = field(default_factory=set)
    due: list[Row] = field(default_factory=list)
    #: Tally key (the columns of its primary key, in order) -> what to add.
    tallies: dict[Any, int] = field(default_factory=dict)

    def add_tallies(self, changed: Mapping[Any, int]) -> None:
        """Add to tallies."""
        for key, count in changed.items():
            self.tallies[key] = self.tallies.get(key, 0) + count


_CONTACT = sa.update(tables.contact).where(tables.contact.c.id == _b("of"))
_ADDRESS = sa.update(tables.address).where(tables.address.c.id == _b("of"))
_NEW_RESPONSE = sa.insert(tables.response)
_CHANGED_RESPONSE = (
    sa.update(tables.response)
    .where(tables.response.c.id == _b("of"))
    .values({name: tables.response.c[name] + _b(f"more_{name}") for name in COUNTERS})
)
_CLEARED = sa.delete(tables.answer).where(
    tables.answer.c.response_id == _b("of"), tables.answer.c.question == _b("name")
)


async def write(connection: db.Connection, writes: Writes, at: dt.datetime) -> None:
    """Write it all; tallies last and in sorted order, so that processes never wait for each other in a ring.

    Raises `db.Outdated` where a pledge is not as it was decided upon: its giver and its treasurer wrote at once.
    """
    many = connection.execute
    if writes.contacts:
        await many(_CONTACT, writes.contacts)
    for addresses in (writes.heard, writes.shut):
        if addresses:
            # In order, for whoever delivers locks several of them too.
            addresses.sort(key=lambda row: str(row["of"]))
            await many(_ADDRESS, addresses)
    if writes.respondents:
        await many(sa.insert(tables.respondent), writes.respondents)
    if writes.consent_texts:
        rows = [{"version": version, "text": text} for version, text in sorted(writes.consent_texts.items())]
        await many(db.upsert(connection, tables.consent_text), rows)
    if writes.consents:
        # Given again after it was taken back: the newest word counts, and the taking back is gone with the rest.
        renewed = ("text_version", "language", "channel", "given_at", "withdrawn_at")
        consent = db.upsert(connection, tables.consent, ("respondent_id", "purpose"), replaced=renewed)
        await many(consent, writes.consents)
    if writes.new_responses:
        await many(_NEW_RESPONSE, writes.new_responses)
    if writes.responses:
        await many(_CHANGED_RESPONSE, writes.responses)
    if writes.cleared:
        await many(_CLEARED, writes.cleared)
    if writes.answers:
        changed = ("value", "sealed", "answered_at", "seconds")
        await many(db.upsert(connection, tables.answer, ("response_id", "question"), replaced=changed), writes.answers)
    if writes.detached:
        await media.drop(connection, at, writes.detached)
    if writes.discarded:
        await media.drop_of(connection, at, sorted(writes.discarded))
        ids = [{"of": rid} for rid in writes.discarded]
        await many(sa.delete(tables.answer).where(tables.answer.c.response_id == _b("of")), ids)
        await many(sa.delete(tables.response).where(tables.response.c.id == _b("of")), ids)
    if writes.taken:
        await offices.take(connection, writes.taken, at)
    await ledger.hold(connection, writes.pledge_seen)
    await ledger.write(connection, writes.pledges, writes.pledge_states, writes.pledge_events)
    await opinions.write(connection, writes.opinions)
    await whence.locate(connection, writes.located)
    await ledger.rename(connection, writes.names)
    await vouching.write(connection, writes.vouchings, writes.links, writes.answered)
    if writes.attached:
        await media.add(connection, writes.attached)
    if writes.receipts_dropped:
        await media.drop_of_pledges(connection, at, writes.receipts_dropped)
    await codes.give(connection, writes.given_codes)
    await codes.move(connection, writes.moves)
    await mailing.withdraw(connection, writes.mail_dropped, "email", at)
    await mailing.ask(connection, writes.mail_asked, at)
    await mailing.give(connection, writes.mail_given)
    kin = writes.confided, writes.confidants, writes.unconfided, writes.unhearing
    if any(kin):
        await confiding.write(connection, *kin, at)
    await _write_outbox(connection, writes, at)
    if writes.due:
        await many(db.upsert(connection, tables.due, ("kind", "key"), replaced=("at",)), writes.due)
    await ledger.add(connection, writes.ledger_totals)
    await add_tallies(connection, writes.tallies)


async def _write_outbox(connection: db.Connection, writes: Writes, at: dt.datetime) -> None:
    outgoing = tables.outgoing
    if writes.erased:
        await erasing.erase(connection, writes.erased, at)
    if writes.cleaned:
        hashes = sa.select(tables.address.c.key_hash).where(tables.address.c.contact_id.in_(writes.cleaned))
        await connection.execute(sa.delete(tables.set_aside).where(tables.set_aside.c.key_hash.in_(hashes)))
        await codes.drop(connection, writes.cleaned)
    if writes.silenced:
        theirs = outgoing.c.contact_id.in_(writes.silenced), outgoing.c.status.in_(["waiting", "unknown"])
        await connection.execute(sa.update(outgoing).where(*theirs).values(status="dropped"))
    people = [row["of"] for row in writes.contacts]
    pending = await outbox.pending(connection, people, at) if people else {}
    if any("unknown" in statuses for statuses in pending.values()):
        # Who writes has seen what came before, or asks again: the answer need not wait for what may have got lost.
        overtaken = sa.update(outgoing).where(outgoing.c.contact_id.in_(people), outgoing.c.status == "unknown")
        await connection.execute(overtaken.values(status="sent", code="unknown"))
    if writes.seen:
        shown = outgoing.c.contact_id.in_(writes.seen), outgoing.c.status == "waiting", outgoing.c.channel == "web"
        await connection.execute(sa.update(outgoing).where(*shown).values(status="sent"))
    if writes.outgoing:
        free = set(people) - {contact for contact, statuses in pending.items() if statuses - {"unknown"}}
        numbers = await outbox.add(connection, writes.outgoing, rings=_choose(writes, free))
        writes.at_once = {place: numbers[place] for place in writes.at_once}


def _choose(writes: Writes, free: set[str]) -> bool:
    """Which messages go at once: the first of each contact for whom nothing waits, while their channel has room.

    Whether another process may have to know of the rest: for it has room, or what stands before it on its way.
    """
    rings, at_once = False, set(free)
    for place, row in enumerate(writes.outgoing):
        contact, channel = row["contact_id"], row["channel"]
        if contact in free and writes.room.get(channel, 0) > 0:
            free.remove(contact)
            writes.room[channel] -= 1
            writes.at_once[place] = 0
            row |= {"status": "sending", "not_before": writes.until}
        else:
            writes.behind.add(contact)
            # Without any room there is no postman here, and it is for another one.
            rings |= not writes.room or (channel in writes.room and not (contact in at_once and writes.room[channel]))
    return rings


_TALLY_KEY = tuple(column.name for column in tables.tally.primary_key.columns)


async def add_tallies(connection: db.Connection, tallies: Mapping[Any, int]) -> None:
    """Add to tallies, in sorted order."""
    rows = [
        dict(zip(_TALLY_KEY, key, strict=True)) | {"count": count} for key, count in sorted(tallies.items()) if count
    ]
    if rows:
        await connection.execute(db.upsert(connection, tables.tally, _TALLY_KEY, added=("count",)), rows)
