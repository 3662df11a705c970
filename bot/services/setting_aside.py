"""Setting aside: a message that fails even alone is kept with its error, its person told, and tried again by hand."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import hashlib
import traceback
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from bot.channels import base
from bot.engine import messages
from bot.engine.messages import phrase
from bot.services import answering, posting, recording
from models import aside, db, sealing, turns

#: Digits of an id that are shown, and enough to name it.
SHOWN = 12
_LATE = phrase("Your message has arrived and is not lost. We are a little late in answering.")
_LOST = phrase("We are sorry: our program could not take in one of your messages. Please write it once more.")
#: Tries of one message that ran into somebody else.
_REPLAYS = 5


class NoSuchMessage(LookupError):
    """No message set aside, or more than one, is called so; its text says which."""


class Outcome(NamedTuple):
    """What became of those that were tried again: how many, and the ids of the others."""

    answered: int
    #: Somebody else had them already.
    gone: int
    failed: tuple[str, ...]
    #: Their people have gone on since, and a late answer would be taken for another question's.
    overtaken: tuple[str, ...]


def where(error: Exception) -> str:
    """Where it happened, never what was said: an exception's text may quote the person."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{at}"[:300]


async def put(
    connection: db.Connection,
    kit: recording.Kit,
    inbound: base.Inbound,
    error: str,
    writes: turns.Writes,
    at: dt.datetime,
) -> None:
    """Keep it in this transaction and tell its person so; nothing happens where it was handled meanwhile."""
    if not await turns.not_yet_received(connection, [answering.received_key(kit.seal, inbound)], at):
        return
    owner = await tell(connection, kit, inbound, _LATE, writes, at)
    plain = inbound._asdict()
    if inbound.media:
        # What came with it lies in the media directory; JSON has no word for bytes.
        plain["media"] = {k: v for k, v in dataclasses.asdict(inbound.media).items() if k != "content"}
    plain["stands"] = _stands(kit.seal, owner.talk) if owner else ""
    key_hash, sealed = answering.address_hash(kit.seal, inbound), kit.seal.close_json("set_aside", plain)
    await aside.put(connection, aside.Aside(db.new_id(), inbound.channel, key_hash, sealed, error, at))


async def tell(
    connection: db.Connection,
    kit: recording.Kit,
    inbound: base.Inbound,
    line: messages.Phrase,
    writes: turns.Writes,
    at: dt.datetime,
) -> aside.Owner | None:
    """One line to whoever wrote this, without asking the mind; their contact is locked then. None: nobody is there.

    Who only shuts us out is told nothing, and remembered if they were known.
    """
    key_hash = answering.address_hash(kit.seal, inbound)
    known = await turns.find_addresses(connection, [(inbound.channel, key_hash)])
    if inbound.kind in answering.SHUTTING and not known:
        return None
    ((_, address),) = await answering.introduce(connection, kit.seal, [inbound], known, at)
    await turns.lock_contacts(connection, [address.contact_id])
    owner = await aside.owner(connection, inbound.channel, key_hash)
    if owner is None:
        # It went over to another contact while we waited for this one.
        raise db.Outdated
    if inbound.kind not in answering.SHUTTING:
        said = base.Outbound(
            head=kit.voice.say(line, owner.language), language=owner.language, callback=inbound.callback
        )
        if not known:
            writes.due.append({"kind": "forget", "key": owner.contact_id, "at": at + recording.UNCONSENTED})
        channel = kit.channels.get(inbound.channel)
        posting.put_out(kit.seal, channel, writes, inbound, said, owner.contact_id, owner.address_id, "", at)
        writes.heard.append({"of": owner.address_id, "heard_at": at, "closed": None})
        await turns.write(connection, writes, at)
    return owner


def _stands(seal: sealing.Seal, talk: bytes | None) -> str:
    """What tells one standing of a conversation from another, whatever key it is sealed with."""
    try:
        plain = seal.open("contact", talk).encode() if talk else b""
    except sealing.Unreadable:
        plain = talk or b""
    return hashlib.sha256(plain).hexdigest()[:16]


# -- the operator's hand --------------------------------------------------------------------------------------------


async def listed(database: db.Database) -> list[aside.Aside]:
    """All that lie there, the oldest first."""
    async with database.reading() as connection:
        return await aside.listed(connection)


def named(kept: Sequence[aside.Aside], names: Collection[str]) -> list[aside.Aside]:
    """Those whose ids begin so, in their order; all without a name. Raises `NoSuchMessage`."""
    found: set[str] = set()
    for name in names:
        ids = [each.id for each in kept if each.id.startswith(name.lower())] if name else []
        if len(ids) != 1:
            raise NoSuchMessage(f"several messages begin with {name}" if ids else f"there is no message {name}")
        found.update(ids)
    return [each for each in kept if not names or each.id in found]


async def retry(
    database: db.Database,
    kit: recording.Kit,
    chosen: Sequence[aside.Aside],
    at: dt.datetime,
    *,
    anyway: bool = False,
) -> Outcome:
    """Hand them to the desk's mind again, in order, each in a transaction of its own: it is answered and removed, once.

    After one that fails the later ones of its address wait. Where somebody has written since and was answered, their
    message is left unless `anyway`: a typed "2" belongs to the question it was typed at.
    """
    answered, gone = 0, 0
    failed: list[str] = []
    overtaken: list[str] = []
    #: Addresses of which one was answered here, so that the next of them follows it; and that must wait.
    following: set[bytes] = set()
    waiting: set[bytes] = set()
    for each in chosen:
        if each.key_hash in waiting:
            failed.append(each.id)
            continue
        try:
            follows = anyway or each.key_hash in following
            done = await _again(database, kit, each, at, anyway=follows)
        except Exception as error:
            if db.is_away(error) or db.must_replay(error):
                raise
            await db.replayed(functools.partial(_note, database, each, where(error)))
            failed.append(each.id)
            waiting.add(each.key_hash)
            continue
        if done is None:
            overtaken.append(each.id)
        elif done:
            answered += 1
            following.add(each.key_hash)
        else:
            gone += 1
    return Outcome(answered, gone, tuple(failed), tuple(overtaken))


async def _note(database: db.Database, kept: aside.Aside, error: str) -> None:
    async with database.transaction() as connection:
        await aside.failed_again(connection, kept.id, error)


async def _again(
    database: db.Database, kit: recording.Kit, kept: aside.Aside, at: dt.datetime, *, anyway: bool
) -> bool | None:
    """True once it is answered; False where somebody else has taken it; None where its person has gone on."""
    plain = kit.seal.open_json("set_aside", kept.sealed)
    stands, inbound = plain.pop("stands", ""), _inbound(plain)
    for attempt in range(_REPLAYS):
        try:
            async with database.transaction() as connection:
                owner = await aside.owner(connection, kept.channel, kept.key_hash)
                if not anyway and not (owner and _stands(kit.seal, owner.talk) == stands):
                    return None
                # Its key first, as everybody locks.
                await aside.forget_received(connection, *answering.received_key(kit.seal, inbound))
                await answering.take(connection, kit, [inbound], turns.Writes(), at)
                if not await aside.take_out(connection, [kept.id]):
                    raise _Taken
                return True
        except _Taken:
            return False
        except Exception as error:
            if attempt + 1 == _REPLAYS or not (db.must_replay(error) or isinstance(error, db.IntegrityError)):
                raise
    raise AssertionError


class _Taken(Exception):
    """Somebody else has taken it up: nothing of this transaction may stay."""


def _inbound(plain: dict[str, Any]) -> base.Inbound:
    """As it came, but answered by a new message: nobody looks for it in one of days ago."""
    media = base.Media(**plain["media"]) if plain["media"] else None
    tap = tuple(plain["tap"]) if plain["tap"] else None
    return base.Inbound(**plain | {"media": media, "tap": tap, "edits": "", "callback": ""})


async def drop(
    database: db.Database, kit: recording.Kit, chosen: Sequence[aside.Aside], at: dt.datetime
) -> tuple[int, int]:
    """Remove them for good: how many, and how many people were asked to write once more.

    Whoever said stop or shut us out is told nothing, and each of the others once.
    """
    dropped, told = 0, set[bytes]()
    for each in chosen:
        asks = each.key_hash not in told
        with contextlib.suppress(_Taken):
            if await db.replayed(functools.partial(_drop, database, kit, each, at, asks=asks)):
                told.add(each.key_hash)
            dropped += 1
    return dropped, len(told)


async def _drop(database: db.Database, kit: recording.Kit, kept: aside.Aside, at: dt.datetime, *, asks: bool) -> bool:
    """Whether its person was asked to write once more."""
    async with database.transaction() as connection:
        asked = asks and await _ask_again(connection, kit, kept, at)
        if not await aside.take_out(connection, [kept.id]):
            raise _Taken
    return asked


async def _ask_again(connection: db.Connection, kit: recording.Kit, kept: aside.Aside, at: dt.datetime) -> bool:
    owner = await aside.owner(connection, kept.channel, kept.key_hash)
    if owner is None or owner.stopped or owner.closed:
        return False
    try:
        plain = kit.seal.open_json("set_aside", kept.sealed)
    except sealing.Unreadable:
        return False
    inbound = _inbound({name: value for name, value in plain.items() if name != "stands"})
    return bool(await tell(connection, kit, inbound, _LOST, turns.Writes(), at))


def lines(kept: Sequence[aside.Aside], at: dt.datetime) -> Iterator[str]:
    """The list as a table: when, channel, error. What was said stays sealed."""
    if not kept:
        yield "No message is set aside."
        return
    yield f"{len(kept)} messages are set aside, the oldest since {kept[0].created_at:%Y-%m-%d %H:%M} UTC."
    people = {key_hash: number for number, key_hash in enumerate(dict.fromkeys(e.key_hash for e in kept), 1)}
    for each in kept:
        who = f"person {people[each.key_hash]}"
        yield f"  {each.id[:SHOWN]}  {each.created_at:%m-%d %H:%M}  {each.channel:8}  {who:10}  {each.error}"
