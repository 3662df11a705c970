"""One group of turns in one transaction: read what the mind must know, let it decide, write what it decided."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from bot.channels import base
from bot.engine import (
    commands,
    contribution,
    conversation,
    doing,
    happenings,
    messages,
    opining,
    reviewing,
    state,
    trying,
    whereabouts,
)
from bot.engine.pledging import campaigns
from bot.services import (
    booking,
    confiding,
    entrusting,
    mailing,
    notifying,
    posting,
    publishing,
    quoting,
    reckoning,
    recording,
    vouching,
)
from models import broadcasts, codes, db, media, opinions, sealing, turns, whence
from models import vouching as vouched

#: Kinds of message that say nothing: the person shut us out, or let us in again.
SHUTTING = ("blocked", "unblocked")


async def take(
    connection: db.Connection, kit: recording.Kit, group: Sequence[base.Inbound], writes: turns.Writes, at: dt.datetime
) -> list[base.Inbound]:
    """Handle the group in this transaction; all it changes is in `writes`, and written.

    Gives back messages that must wait for the next group, because another one of the same person (by another
    address) is in this one.
    """
    addresses = await turns.find_addresses(connection, [_key(kit.seal, inbound) for inbound in group])
    now_: list[base.Inbound] = []
    later: list[base.Inbound] = []
    contacts: set[str] = set()
    for inbound in group:
        known = addresses.get(address_hash(kit.seal, inbound))
        (later if known and known.contact_id in contacts else now_).append(inbound)
        if known:
            contacts.add(known.contact_id)
    keyed: dict[tuple[str, bytes], base.Inbound] = {}
    for inbound in now_:
        keyed.setdefault(received_key(kit.seal, inbound), inbound)
    fresh = await turns.not_yet_received(connection, keyed, at)
    now_ = [
        inbound
        for key, inbound in keyed.items()
        if key in fresh
        # A stranger who shuts us out is nobody to remember.
        and (inbound.kind not in SHUTTING or address_hash(kit.seal, inbound) in addresses)
    ]
    if now_:
        known_ = await _meet(connection, kit.seal, now_, addresses, at)
        await _decide(connection, kit, known_, writes, at)
    return later


def address_hash(seal: sealing.Seal, inbound: base.Inbound) -> bytes:
    """What an address is found by."""
    return seal.hash(f"address/{inbound.channel}", inbound.address)


def _key(seal: sealing.Seal, inbound: base.Inbound) -> tuple[str, bytes]:
    return inbound.channel, address_hash(seal, inbound)


def received_key(seal: sealing.Seal, inbound: base.Inbound) -> tuple[str, bytes]:
    """What a repeat is found by."""
    return inbound.channel, seal.hash("received", inbound.key)


async def introduce(
    connection: db.Connection,
    seal: sealing.Seal,
    group: Sequence[base.Inbound],
    addresses: Mapping[bytes, turns.Address],
    at: dt.datetime,
) -> list[tuple[base.Inbound, turns.Address]]:
    """Whose each message is; strangers are made known."""
    new_contacts, new_addresses, who = [], [], []
    for inbound in group:
        key_hash = address_hash(seal, inbound)
        known = addresses.get(key_hash)
        if known is None:
            known = turns.Address(db.new_id(), key_hash, db.new_id())
            new_contacts.append({"id": known.contact_id, "created_at": at})
            new_addresses.append(
                {
                    "id": known.id,
                    "channel": inbound.channel,
                    "key_hash": key_hash,
                    "sealed": seal.close("address", inbound.address),
                    "contact_id": known.contact_id,
                }
            )
        who.append((inbound, known))
    await turns.add_contacts(connection, new_contacts, new_addresses)
    return who


async def _meet(
    connection: db.Connection,
    seal: sealing.Seal,
    group: Sequence[base.Inbound],
    addresses: Mapping[bytes, turns.Address],
    at: dt.datetime,
) -> list[recording.Known]:
    """Find or make everybody's contact, and lock the rows."""
    who = await introduce(connection, seal, group, addresses, at)
    talks = await turns.lock_contacts(connection, sorted(known.contact_id for _, known in who))
    met = [
        recording.Known(
            inbound,
            known.id,
            known.contact_id,
            _talk(seal, talks[known.contact_id]),
            known.key_hash not in addresses,
        )
        for inbound, known in who
    ]
    if any(known.talk.scene == "moved" for known in met):
        # The address went over to another contact while we waited for this one.
        found = await turns.find_addresses(connection, [(inbound.channel, known.key_hash) for inbound, known in who])
        if any(found.get(known.key_hash) != known for _, known in who):
            raise db.Outdated
    return met


async def _decide(
    connection: db.Connection,
    kit: recording.Kit,
    group: Sequence[recording.Known],
    writes: turns.Writes,
    at: dt.datetime,
) -> None:
    catalogue = await kit.library.catalogue(connection)
    running = [rid for known in group for rid in _needed(known)]
    stored = await turns.responses(connection, running)
    asking = [known.talk.person for known in group if known.talk.person and _wants_promises(known)]
    pledges = reckoning.Reckoning(kit.seal, await vouched.of(connection, asking))
    held = await entrusting.look(connection, kit, group, catalogue, at)
    await held.read(connection, group, pledges)
    promised = await vouching.promised(connection, kit, group, pledges, at)
    telling = [known.talk.person for known in group if known.talk.person and _wants_data(known)]
    finished = await turns.responses_of(connection, telling)
    rating = [known.talk.person for known in group if known.talk.person and _wants_to_rate(known)]
    rated = await opinions.of(connection, [*rating, *telling])
    mailboxes = await mailing.of(connection, kit.seal, [known.talk.person for known in group if _wants_mailbox(known)])
    kin = await confiding.read(connection, kit.seal, group, at)
    theirs = [promise.id for person in telling for promise in pledges.of(person)]
    photographed = frozenset(each.pledge_id for each in await media.receipts(connection, theirs))
    heard = await media.heard_of(connection, telling)
    told = await broadcasts.kept_of(connection, telling)
    pledging = any(catalogue.forms[response.form_version].emits == "pledge" for response in stored.values())
    facts = messages.Facts(
        forms=catalogue.forms,
        surveys=catalogue.surveys,
        campaigns=await opened(connection, catalogue),
        phone=kit.phone,
        site=kit.site,
        # Only while somebody is about to promise something, or writes down what nobody promised.
        worth=await quoting.worth(connection, at) if pledging or held.anybody else {},
        ways=kit.ways(),
        mails="email" in kit.channels,
        rings=any(each.capabilities.push and each.capabilities.hears for each in kit.channels.values()),
    )
    resumable = await _resumable(connection, kit, group, at)
    attaching = {name for name, channel in kit.channels.items() if channel.capabilities.attachments}
    for each in group:
        known = each
        if known.inbound.kind in SHUTTING:
            closed = "blocked" if known.inbound.kind == "blocked" else None
            writes.shut.append({"of": known.address_id, "closed": closed})
            continue
        if known.talk.held:
            known = await _tell_first(connection, kit, known, writes, at)
        person = known.talk.person
        code = commands.resume_code(known.inbound.text, known.inbound.start)
        own = facts._replace(
            promises=pledges.of(person) if _wants_promises(known) else (),
            vouched=pledges.vouched(promised.get(vouching.followed(known), ()), person),
            finished=tuple(
                recording.response(kit.seal, response.sealed)
                for response in finished
                if response.respondent_id == person and response.status == "finished"
            ),
            opinions=tuple(_opinion(kit.seal, each) for each in rated if each.person == person) if person else (),
            photographed=photographed,
            heard=tuple(kit.seal.open("media", text) for text in heard.get(person, ())),
            broadcasts=tuple(json.loads(text) for text in told.get(person, ())),
            # First what they have not said yet.
            ended=tuple(
                each.campaign
                for each in sorted(rated, key=lambda each: each.done is not None)
                if each.person == person and each.campaign in facts.campaigns
            ),
            code_is_good=code in resumable,
            mailbox=mailboxes.get(person),
            near=near(known.inbound.address),
            country=country(known.inbound.address),
        )
        own = held.facts(kin.facts(own, known), known, pledges)
        mine = {rid: recording.response(kit.seal, stored[rid].sealed) for rid in _needed(known) if rid in stored}
        incoming = messages.Incoming(
            text=known.inbound.text,
            now=at,
            entropy=kit.entropy(),
            facts=own,
            channel=known.inbound.channel,
            kind=known.inbound.kind,
            start=known.inbound.start,
            tap=known.inbound.tap,
            attaches=known.inbound.channel in attaching,
        )
        turn = conversation.turn(known.talk, mine, incoming)
        recording.Recording(kit, known, mine, turn, own, writes, at, resumable.get(code, "")).record()
        await vouching.tell(connection, kit, known, turn.events, own, at)
        await confiding.tell(connection, kit, known, turn.events, at)
        await entrusting.tell(connection, kit, known, turn.events, at)
        for event in turn.events:
            pledges.happened(event)
            held.happened(event)
            kin.happened(event)
            if isinstance(event, happenings.Moved):
                # Once: whoever comes later in this group comes too late.
                del resumable[event.code]
            if isinstance(event, happenings.Pledged | happenings.Located) and event.country:
                await _locate(connection, catalogue, event, writes)
            if isinstance(event, happenings.Erased) and event.person:
                await _erase(connection, kit, catalogue, event.person, pledges, writes, at)
    await turns.write(connection, writes, at)


#: Where people of Kyrgyzstan work: what a telephone number begins with, and the money there.
_CALLING = {
    "+996": "KGS",
    "+76": "KZT",
    "+77": "KZT",
    "+7": "RUB",
    "+90": "TRY",
    "+82": "KRW",
    "+1": "USD",
    **dict.fromkeys(("+33", "+34", "+39", "+48", "+49"), "EUR"),
}


def near(address: str) -> tuple[str, ...]:
    """The currency to suggest first to whoever writes from there; most addresses say nothing."""
    number = address.removeprefix("whatsapp:")
    if number[:1] != "+":
        return ()
    return tuple(money for begins, money in _CALLING.items() if number.startswith(begins))[:1]


#: In which country a number of another one than ours is; whoever moved there keeps theirs of Kyrgyzstan for years, so
#: that +996 tells nothing.
_COUNTRIES = {"+76": "KZ", "+77": "KZ", "+7": "RU", "+90": "TR", "+82": "KR"}


def country(address: str) -> str:
    """The country that a number of abroad tells, as in `whereabouts`; "" where the person must be asked."""
    number = address.removeprefix("whatsapp:")
    if not number.startswith("+") or number.startswith("+996"):
        return ""
    return next((code for begins, code in _COUNTRIES.items() if number.startswith(begins)), whereabouts.OTHER)


def _talk(seal: sealing.Seal, sealed: bytes | None) -> state.Talk:
    return state.talk_from(seal.open_json("contact", sealed)) if sealed else state.Talk()


def _needed(known: recording.Known) -> list[str]:
    """The responses under way, and a finished one where somebody asks for it."""
    looked_at = reviewing.wanted(known.talk, known.inbound.text)
    open_ = [rid for person in known.talk.people for rid in person.open]
    return [*open_, looked_at] if looked_at and looked_at not in open_ else open_


def _wants_promises(known: recording.Known) -> bool:
    """Pledges are read only for those who may ask for them now."""
    return doing.wanted(known.talk.scene, known.inbound.text, known.inbound.kind)


def _wants_mailbox(known: recording.Known) -> bool:
    """Whether somebody looks at what is kept of them, or at their e-mail."""
    asked = commands.recognise(known.inbound.text) in (commands.Command.DATA, commands.Command.MAIL)
    return bool(known.talk.person) and (asked or known.talk.scene == "mailbox")


def _wants_to_rate(known: recording.Known) -> bool:
    return known.talk.scene in opining.SCENES or commands.recognise(known.inbound.text) is commands.Command.RATING


async def _tell_first(
    connection: db.Connection, kit: recording.Kit, known: recording.Known, writes: turns.Writes, at: dt.datetime
) -> recording.Known:
    """What could not reach them before they wrote stands above the answer, unless they want to hear nothing."""
    command = commands.recognise(known.inbound.text)
    if command not in (commands.Command.STOP, commands.Command.ERASE):
        for person, outbound in await notifying.first(connection, kit, known, at):
            posting.put_out(
                kit.seal,
                kit.channels.get(known.inbound.channel),
                writes,
                known.inbound,
                outbound,
                known.contact_id,
                known.address_id,
                person,
                at,
            )
    return known._replace(talk=known.talk._replace(held=False))


def _opinion(seal: sealing.Seal, said: opinions.Opinion) -> messages.Opinion:
    why = seal.open("opinion", said.sealed) if said.sealed else ""
    return messages.Opinion(said.campaign, said.done, said.satisfaction, why)


def _wants_data(known: recording.Known) -> bool:
    return commands.recognise(known.inbound.text) is commands.Command.DATA


async def _resumable(
    connection: db.Connection, kit: recording.Kit, group: Sequence[recording.Known], at: dt.datetime
) -> dict[str, str]:
    """Of the codes to go on elsewhere that are entered here, the good ones: code -> contact."""
    entered: dict[bytes, str] = {}
    for known in group:
        code = commands.resume_code(known.inbound.text, known.inbound.start)
        if code and trying.may_try(known.talk, at):
            entered[recording.code_hash(kit.seal, code)] = code
    found = await codes.find(connection, sorted(entered), at) if entered else {}
    return {entered[hash_]: contact for hash_, contact in found.items()}


async def opened(connection: db.Connection, catalogue: publishing.Catalogue) -> dict[str, messages.Campaign]:
    """The campaigns as they stand, without those that are only being prepared: nobody hears of them."""
    standing = await booking.standing(connection, catalogue.campaigns)
    return {name: each for name, each in standing.items() if each.state is not campaigns.State.DRAFT}


async def _locate(
    connection: db.Connection,
    catalogue: publishing.Catalogue,
    event: happenings.Pledged | happenings.Located,
    writes: turns.Writes,
) -> None:
    """Where its giver lives goes with a pledge: the country, and at home the raion, if a finished survey told it."""
    place = ""
    if event.country == whereabouts.HOME:
        asked = {name for survey in catalogue.surveys.values() for name in catalogue.forms[survey].places}
        place = await whence.told(connection, event.person, asked)
    if isinstance(event, happenings.Located):
        writes.located.append({"of": event.person, "country": event.country, "place": place})
    else:
        next(row for row in writes.pledges if row["id"] == event.pledge)["place"] = place


async def _erase(
    connection: db.Connection,
    kit: recording.Kit,
    catalogue: publishing.Catalogue,
    person: str,
    pledges: reckoning.Reckoning,
    writes: turns.Writes,
    at: dt.datetime,
) -> None:
    """Subtract everything this person was counted with; what was only promised becomes withdrawn."""
    for row in await turns.responses_of(connection, [person]):
        response = recording.response(kit.seal, row.sealed)
        writes.add_tallies(contribution.change(catalogue.forms[row.form_version], response, None))
    # What its giver has confirmed is no relative's to let go.
    theirs = [each for each in await vouched.of(connection, [person]) if pledges.giver(each) in (None, person)]
    for promise in booking.promises(theirs):
        let_go = booking.let_go(writes, pledges.latest(promise), catalogue.campaigns[promise.campaign], at)
        pledges.happened(happenings.Stepped(promise.id, tuple(let_go)))
    writes.erased.append(person)
