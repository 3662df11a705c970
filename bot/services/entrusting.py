"""Entrusting: offices of campaigns given out by code, and what their holders must know while they write."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.engine import acknowledging, commands, giving, happenings, holding, messages, treasury, trying
from bot.engine.messages import phrase
from bot.engine.pledging.events import Role
from bot.services import attaching, publishing, reckoning, recording, steering, telling
from models import courses, db, ledger, media, offices, sealing
from models import treasury as chest

OFFICES = (Role.TREASURER, Role.SECOND)


# -- from the shell ------------------------------------------------------------------------------------------------


async def appoint(
    database: db.Database, library: publishing.Library, seal: sealing.Seal, name: str, office: Role, at: dt.datetime
) -> str:
    """A fresh code by which that office is taken, once; an older one is good no more. Raises `NoSuchCampaign`."""
    async with database.transaction() as connection:
        await _known(connection, library, name)
        code = giving.office_code(secrets.token_hex(16))
        until = at + holding.GOOD_FOR
        await offices.give(connection, name, office.value, recording.office_hash(seal, code), until)
    return code


async def end(database: db.Database, library: publishing.Library, name: str, office: Role, at: dt.datetime) -> bool:
    """Nobody holds the office any more, and its code is good no more; False if neither was so. `NoSuchCampaign`."""
    async with database.transaction() as connection:
        await _known(connection, library, name)
        # The code before the campaign, as whoever takes the office holds them.
        dropped = await offices.drop(connection, name, office.value)
        await courses.hold(connection, name)
        return await offices.end(connection, name, office.value, at) or dropped


class Listed(NamedTuple):
    """One office: since when it is held, None if it is not; until when a code for it is good; its former holders."""

    office: Role
    since: dt.datetime | None
    code_until: dt.datetime | None
    former: tuple[offices.Held, ...]


async def listed(database: db.Database, library: publishing.Library, name: str, at: dt.datetime) -> tuple[Listed, ...]:
    """Both offices of a campaign; nobody is named. Raises `NoSuchCampaign`."""
    async with database.reading() as connection:
        await _known(connection, library, name)
        held, codes = await offices.all_of(connection, name), await offices.waiting(connection, name)
    found = []
    for office in OFFICES:
        mine = [each for each in held if each.office == office.value]
        until = codes.get(office.value)
        found.append(
            Listed(
                office,
                next((each.begun_at for each in mine if each.ended_at is None), None),
                until if until and until > at else None,
                tuple(each for each in mine if each.ended_at is not None),
            )
        )
    return tuple(found)


async def _known(connection: db.Connection, library: publishing.Library, name: str) -> None:
    if name not in (await library.catalogue(connection)).campaigns:
        raise steering.NoSuchCampaign(name)


# -- while they write ----------------------------------------------------------------------------------------------


class Offices:
    """What holders of offices, and those who take one, must know in a group of turns; of nobody else anything is read.

    Pledges are among those of `Reckoning`, so that everybody of the group sees what came of them before.
    """

    def __init__(self, codes: Mapping[str, messages.Duty], duties: Mapping[str, tuple[messages.Duty, ...]]) -> None:
        self._codes, self._duties = dict(codes), duties
        self._shown: dict[str, tuple[str, ...]] = {}
        self._more: dict[str, int] = {}
        self._receipts: dict[str, int] = {}
        self._photos: dict[str, list[media.Receipt]] = {}

    @property
    def anybody(self) -> bool:
        """Whether anybody of the group holds an office and may be about it."""
        return bool(self._duties)

    def facts(self, facts: messages.Facts, known: recording.Known, pledges: reckoning.Reckoning) -> messages.Facts:
        """With what this person must know of it."""
        code, person = _code(known), known.talk.person
        duties = self._duties.get(person, ())
        if not duties and not code:
            return facts
        behind = {each.id for each in known.talk.people}
        hands = {each.campaign: each.hand for each in duties}
        shown = (pledges.shown(each, behind) for each in self._shown.get(person, ()))
        entries = (self._with_photos(each, hands) for each in shown if each)
        numbered = (dataclasses.replace(each, receipt=self._receipts.get(each.campaign, 0)) for each in duties)
        return facts._replace(
            office=self._codes.get(code),
            duties=tuple(numbered),
            entries=tuple(entries),
            more=self._more.get(person, 0),
        )

    def _with_photos(self, entry: messages.Promise, hands: Mapping[str, str]) -> messages.Promise:
        photos, hand = self._photos.get(entry.id), hands.get(entry.campaign)
        if not photos or not hand:
            return entry
        kept = tuple(attaching.receipt(each, hand) for each in photos if each.status == "kept")
        return dataclasses.replace(entry, photos=kept, coming=any(each.status == "waiting" for each in photos))

    def happened(self, event: happenings.Event) -> None:
        """What comes later in the group finds it so."""
        match event:
            case happenings.Appointed():
                self._codes.pop(event.code, None)
            case happenings.Pledged() if event.receipt:
                self._receipts[event.campaign] = event.receipt + 1

    async def read(
        self,
        connection: db.Connection,
        group: Iterable[recording.Known],
        pledges: reckoning.Reckoning,
    ) -> None:
        """What is on the way in their campaigns; and hold, where one writes down a gift, the number of its receipt."""
        for name in sorted({each.talk.pending for each in group if each.talk.scene == "gift"}):
            if any(duty.campaign == name for mine in self._duties.values() for duty in mine):
                await courses.hold(connection, name)
                self._receipts[name] = await chest.next_receipt(connection, name)
        for known in group:
            for duty in self._duties.get(known.talk.person, ()):
                await self._look(connection, known, duty.campaign)
        ids = {pledge for shown in self._shown.values() for pledge in shown}
        pledges.know(await ledger.named(connection, sorted(ids)))
        for photo in await media.receipts(connection, ids):
            self._photos.setdefault(photo.pledge_id, []).append(photo)

    async def _look(self, connection: db.Connection, known: recording.Known, campaign: str) -> None:
        found, whole = await chest.waiting(connection, campaign, treasury.MOST)
        code = commands.reference_code(known.inbound.text)
        shown = [*found, *(marked.partition(":")[0] for marked in known.talk.listed if ":" in marked)]
        shown += (await chest.coded(connection, campaign, [code] if code else [])).values()
        person = known.talk.person
        self._shown[person] = tuple(dict.fromkeys((*self._shown.get(person, ()), *shown)))
        self._more[person] = self._more.get(person, 0) + max(whole - len(found), 0)


async def look(
    connection: db.Connection,
    kit: recording.Kit,
    group: Sequence[recording.Known],
    catalogue: publishing.Catalogue,
    at: dt.datetime,
) -> Offices:
    """Whose offices they are; the codes that were entered, held until the end of the transaction."""
    entered = {code: known for known in group if (code := _code(known))}
    tried = {code: known for code, known in entered.items() if trying.may_try(known.talk, at)}
    hashes = {recording.office_hash(kit.seal, code): code for code in tried}
    found = await offices.find(connection, hashes, at)
    codes = {hashes[hash_]: _duty(catalogue, *of) for hash_, of in found.items() if of[0] in catalogue.campaigns}
    busy = [known.talk.person for known in group if known.talk.person and (_is_busy(known) or _code(known))]
    duties: dict[str, tuple[messages.Duty, ...]] = {}
    for each in await offices.of(connection, busy):
        if each.person and each.campaign in catalogue.campaigns:
            duty = _duty(catalogue, each.campaign, each.office, each.id)
            duties[each.person] = (*duties.get(each.person, ()), duty)
    return Offices(codes, duties)


_OVER = phrase("The office you held is held by somebody else from now on: {title}, {office}. Thank you for your work!")


async def tell(
    connection: db.Connection,
    kit: recording.Kit,
    known: recording.Known,
    events: Iterable[happenings.Event],
    at: dt.datetime,
) -> None:
    """One line to whoever held until now the office that is taken in this turn."""
    for event in events:
        if isinstance(event, happenings.Appointed):
            duty = event.duty
            former = await offices.holder(connection, duty.campaign, duty.role.value)
            line = phrase(_OVER.msgid, title=duty.title, office=treasury.OFFICE[duty.role])
            await telling.tell(connection, kit, known, [(former, line)] if former else [], at)


def _code(known: recording.Known) -> str:
    inbound = known.inbound
    return commands.office_code(inbound.text, inbound.start) or holding.wanted(known.talk.pending)


def _is_busy(known: recording.Known) -> bool:
    """Whether whoever took an office once may be about it now."""
    talk = known.talk
    if not any(each.id == talk.person and each.offices for each in talk.people):
        return False
    meant = commands.recognise(known.inbound.text) in (commands.Command.TREASURY, commands.Command.DATA)
    return meant or talk.scene == "home" or talk.scene in acknowledging.SCENES


def _duty(catalogue: publishing.Catalogue, name: str, office: str, hand: str = "") -> messages.Duty:
    campaign, plan = catalogue.campaigns[name], catalogue.plans[name]
    return messages.Duty(name, campaign.title, Role(office), hand, plan.second_signature_above)
