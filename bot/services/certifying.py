"""Certifying: what those who sign for a campaign write down from the shell; the same steps as in the chat."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence

from bot.engine import drafting, giving, happenings, messages, passage, signing
from bot.engine.gifts import pieces
from bot.engine.pledging import events, wishes
from bot.engine.pledging.events import Role
from bot.services import booking, publishing, quoting, reckoning, steering
from models import courses, db, files, ledger, media, sealing, turns
from models import treasury as chest

#: What is wished of a pledge as it stands.
Wished = Callable[[messages.Promise], wishes.Wish]
#: Listed at once.
MOST = 500


class NoSuchCode(Exception):
    """No pledge to this campaign bears that code."""


class NoPhoto(Exception):
    """There is no photo of that pledge's receipt; its text says why."""


class Unclear(Exception):
    """The words of a gift are none, or may mean several things; nothing was written down."""


async def waiting(
    database: db.Database, library: publishing.Library, seal: sealing.Seal, name: str
) -> list[messages.Promise]:
    """What waits for a signature, then what is on the way, the oldest first. Raises `NoSuchCampaign`."""
    async with database.reading() as connection:
        await _campaign(connection, library, name)
        ids, _ = await chest.waiting(connection, name, MOST)
        pledges = reckoning.Reckoning(seal, await ledger.named(connection, ids))
    return [found for each in ids if (found := pledges.shown(each, ()))]


async def photo(database: db.Database, library: publishing.Library, kept: files.Files, name: str, code: str) -> bytes:
    """The newest photo of that pledge's receipt. Raises `NoSuchCampaign`; `NoSuchCode`; `NoPhoto`."""
    async with database.reading() as connection:
        await _campaign(connection, library, name)
        ids = await chest.coded(connection, name, [code])
        if code not in ids:
            raise NoSuchCode(code)
        found = await media.receipts(connection, ids.values())
    hashes = [each.content_hash for each in found if each.status == "kept" and each.content_hash]
    if not hashes:
        raise NoPhoto(found[-1].status if found else "none was sent, or it is kept no more")
    try:
        return await asyncio.to_thread(kept.read, hashes[-1])
    except FileNotFoundError:
        raise NoPhoto(f"its file is not in {kept.folder}") from None
    except sealing.Unreadable:
        raise NoPhoto("its file was sealed with another key") from None


async def sign(
    database: db.Database,
    library: publishing.Library,
    name: str,
    office: Role,
    asked: Mapping[str, Wished],
    at: dt.datetime,
) -> dict[str, events.Event | wishes.Reason]:
    """By code, what came of each wish of that office: the event, or why there is none.

    Raises `NoSuchCampaign`; `NoSuchCode`, and then nothing is written.
    """
    writes = turns.Writes()
    made: dict[str, events.Event | wishes.Reason] = {}
    async with database.transaction() as connection:
        campaign, duty = await _campaign(connection, library, name, office)
        ids = await chest.coded(connection, name, asked)
        if missing := [code for code in asked if code not in ids]:
            raise NoSuchCode(", ".join(missing))
        await chest.hold(connection, list(ids.values()))
        # Only now, for they may have changed while nobody held them.
        known = {each.code: each for each in booking.promises(await ledger.named(connection, list(ids.values())))}
        for code, wished in asked.items():
            # One whose rows are broken is told of in the log, and by `ashar tally check`.
            promise = known.get(code)
            decided = signing.decide(campaign, promise, wished(promise), duty, at) if promise else None
            if promise is None or decided is None:
                made[code] = wishes.Reason.NO_PLEDGE
            elif isinstance(decided, wishes.Refusal):
                made[code] = decided.reason
            else:
                booking.step(writes, promise, decided)
                made[code] = decided[-1]
        await ledger.write(connection, [], writes.pledge_states, writes.pledge_events)
        # Last and in order, for whoever pledges comes to them too.
        await ledger.add(connection, writes.ledger_totals)
    return made


async def enter(
    database: db.Database,
    library: publishing.Library,
    seal: sealing.Seal,
    name: str,
    office: Role,
    words: str,
    giver: str,
    at: dt.datetime,
) -> list[happenings.Pledged]:
    """Gifts that nobody promised have come, each with a numbered receipt; the giver's name stands on it alone.

    Raises `NoSuchCampaign`; `Unclear`.
    """
    writes = turns.Writes()
    async with database.transaction() as connection:
        campaign, duty = await _campaign(connection, library, name, office)
        await courses.hold(connection, name)
        worth = await quoting.worth(connection, at)
        number = await chest.next_receipt(connection, name)
        made: list[happenings.Pledged] = []
        for place, offered in enumerate(_offers(campaign, words, worth, at)):
            code, rate = giving.reference_code(secrets.token_hex(16)), worth.get(offered.unit)
            gift = signing.blank(name, offered, rate, db.new_id(), code)
            entered = signing.enter(campaign, gift, duty, giver, number + place, at)
            if isinstance(entered, wishes.Refusal):
                raise Unclear(entered.reason.value)
            made.append(entered)
        sealed = seal.close("pledge", giver) if giver else None
        for each in made:
            booking.pledge(writes, each, campaign.version, sealed)
        await ledger.write(connection, writes.pledges, [], writes.pledge_events)
        await ledger.add(connection, writes.ledger_totals)
    return made


async def _campaign(
    connection: db.Connection, library: publishing.Library, name: str, office: Role = Role.TREASURER
) -> tuple[messages.Campaign, messages.Duty]:
    catalogue = await library.catalogue(connection)
    if name not in catalogue.campaigns:
        raise steering.NoSuchCampaign(name)
    campaign = (await booking.standing(connection, {name: catalogue.campaigns[name]}))[name]
    # A hand of its own for each office, so that nobody signs twice as one; whoever has the shell has both.
    hand, bound = f"shell:{office.value}", catalogue.plans[name].second_signature_above
    return campaign, messages.Duty(name, campaign.title, office, hand, bound)


def _offers(
    campaign: messages.Campaign, words: str, worth: Mapping[str, messages.Rate], at: dt.datetime
) -> Sequence[messages.Offer]:
    today = at.astimezone(passage.KYRGYZ_TIME).date()
    facts = messages.Facts({}, {}, {}, worth=worth)
    draft = drafting.Ear(campaign, facts, today, given=True).heard(words)
    if draft.doubt:
        readings = [drafting.key(each) for each in draft.doubt.readings]
        raise Unclear(f"{draft.doubt.what} of “{draft.doubt.said}”: {' / '.join(readings) or 'how much?'}")
    if draft.aside:
        first = draft.aside[0]
        why = "of what, or how much?" if isinstance(first, pieces.Unasked) else first.why.value
        raise Unclear(f"“{first.said}”: {why}")
    if len(draft.offers) > drafting.MOST:
        raise Unclear(f"more than {drafting.MOST} gifts at once")
    return draft.offers
