"""After a storm: whether all that was acknowledged is kept, once, and whether everybody was told in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from bot import settings as settings_
from bot import wiring
from bot.channels import plain
from bot.services import counting, folding, posting
from models import sealing, tables
from tests.faults import people, storm

#: What may happen to a message that is not to be sent any more.
_PENDING = ("waiting", "sending", "unknown")


class Account(NamedTuple):
    """What came of it."""

    people: int
    finished: int
    kills: int
    acknowledged: int
    lost: int
    #: Messages that somebody saw twice, and messages that were sent without that being known.
    repeated: int
    unknown: int
    pledges: int
    helps: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.people} people ({self.finished} to the end), {self.kills} kills in {self.seconds:.0f} s, "
            f"{self.acknowledged} answers acknowledged, {self.lost} lost, {self.repeated} messages repeated "
            f"({self.unknown} sends whose answer was lost on the road), {self.pledges} pledges, "
            f"help asked for {self.helps} times"
        )


async def reckon(world: storm.World) -> Account:
    """Wait for calm and look at everything; raises AssertionError with the seed where anything is not as promised."""
    world.calm()
    # Where the platforms are concerns nobody here; from machines of their own they have another address.
    environ = {name: value for name, value in world.environ.items() if not name.endswith("_API")}
    async with wiring.memory(settings_.read(environ)) as memory:
        await _drained(memory, 100 / world.plan.pace + 40)
        shown = await asyncio.gather(*(_where(talker) for talker in world.talkers))
        await _drained(memory, 100 / world.plan.pace + 40)
        faults = [f"{talker}: {said}" for talker, said in zip(world.talkers, shown, strict=True) if said]
        lost = await _lost(memory, world.talkers)
        faults += lost
        faults += await _pledged(memory, world.talkers)
        repeated, disorder = await _heard(memory, world)
        faults += disorder
        if differing := await counting.check(memory.database, memory.seal):
            faults.append(f"{differing} tallies differ from a recount")
        if any(folded := await folding.check(memory.database)):
            faults.append(f"the ledger does not fold: {folded}")
        async with memory.database.reading() as connection:
            if aside := (await connection.scalars(sa.select(tables.set_aside.c.error))).all():
                faults.append(f"set aside: {aside}")
    account = Account(
        len(world.talkers),
        sum(each.finished for each in world.talkers),
        world.kills,
        sum(len(each.acknowledged) for each in world.talkers),
        len(lost),
        repeated,
        sum(count for lane in world.lanes for whom, count in lane.unknown.items() if whom),
        sum(each.pledged for each in world.talkers),
        sum(each.helps for each in world.talkers),
        world.took,
    )
    listed = "\n".join(faults[:30])
    assert not faults, f"seed {world.seed}, {world.plan}:\n{account}\n{len(faults)} faults:\n{listed}"
    return account


async def _drained(memory: wiring.Memory, seconds: float) -> None:
    """Wait until nothing is to be sent any more."""
    waits = sa.select(sa.func.count()).where(tables.outgoing.c.status.in_(_PENDING), tables.outgoing.c.channel != "web")
    async with asyncio.timeout(seconds):
        while True:
            async with memory.database.reading() as connection:
                if not await connection.scalar(waits):
                    return
            await asyncio.sleep(0.1)


async def _where(talker: people.Talker) -> str:
    """What is wrong with where their conversation stands, "" if it is where they saw it."""
    asked = await talker.looks_again()
    expected = "" if talker.finished else talker.seen[-1]
    return "" if asked == expected else f"asked “{asked}”, and saw “{expected}” before"


def _hash(seal: sealing.Seal, talker: people.Talker) -> bytes:
    return seal.hash(f"address/{talker.line.channel}", talker.line.address)


async def _lost(memory: wiring.Memory, talkers: Sequence[people.Talker]) -> list[str]:
    """What was acknowledged and is not kept, or kept otherwise, or was never said."""
    address, respondent, response, answer = tables.address, tables.respondent, tables.response, tables.answer
    rows = (
        sa.select(address.c.key_hash, response.c.id, answer.c.question, answer.c.value, answer.c.sealed)
        .join(respondent, respondent.c.contact_id == address.c.contact_id)
        .join(response, response.c.respondent_id == respondent.c.id)
        .join(answer, answer.c.response_id == response.c.id)
        .where(response.c.form_version.in_(sa.select(tables.form_version.c.version).filter_by(form_name="priorities")))
    )
    kept: dict[bytes, dict[str, str]] = {}
    responses: dict[bytes, set[str]] = {}
    async with memory.database.reading() as connection:
        for row in await connection.execute(rows):
            text = row.value if row.sealed is None else memory.seal.open("answer", row.sealed)
            kept.setdefault(row.key_hash, {})[row.question] = text
            responses.setdefault(row.key_hash, set()).add(row.id)
    faults = []
    for talker in talkers:
        mine = kept.get(_hash(memory.seal, talker), {})
        for question, value in talker.acknowledged.items():
            if mine.get(question) != value:
                faults.append(f"{talker}: said “{value}” to {question}, kept is “{mine.get(question)}”")
        for question in mine.keys() & talker.attempted.keys() - talker.acknowledged.keys():
            if mine[question] != talker.attempted[question]:
                faults.append(f"{talker}: never said “{mine[question]}” to {question}")
        if len(responses.get(_hash(memory.seal, talker), ())) > 1:
            faults.append(f"{talker}: has several responses")
    return faults


async def _pledged(memory: wiring.Memory, talkers: Sequence[people.Talker]) -> list[str]:
    """Promises that are missing, or there twice."""
    address, respondent, pledge = tables.address, tables.respondent, tables.pledge
    rows = (
        sa.select(address.c.key_hash, pledge.c.quantity)
        .join(respondent, respondent.c.contact_id == address.c.contact_id)
        .join(pledge, pledge.c.respondent_id == respondent.c.id)
    )
    async with memory.database.reading() as connection:
        found = Counter((row.key_hash, row.quantity) for row in await connection.execute(rows))
    wanted = Counter((_hash(memory.seal, each), 500_000) for each in talkers if each.pledged)
    differ = (found - wanted) + (wanted - found)
    return [f"{sum(differ.values())} pledges are missing or too many"] if differ else []


async def _heard(memory: wiring.Memory, world: storm.World) -> tuple[int, list[str]]:
    """How many messages were repeated; and who was told in another order than was decided, or a thing too often."""
    address, outgoing = tables.address, tables.outgoing
    query = (
        sa.select(address.c.key_hash, outgoing.c.sealed)
        .join(address, address.c.id == outgoing.c.address_id)
        .order_by(outgoing.c.id)
    )
    decided: dict[bytes, list[str]] = {}
    async with memory.database.reading() as connection:
        for row in await connection.execute(query):
            outbound = posting.opened(memory.seal, row.sealed)
            text = plain.numbered(plain.beside_buttons(outbound)).strip()
            decided.setdefault(row.key_hash, []).append(text)
    told = _told(world)
    repeated, faults = 0, []
    for talker in world.talkers:
        rows = decided.get(_hash(memory.seal, talker), [])
        mine = told.get((talker.line.channel, talker.line.address), [])
        if talker.line.channel == "telegram":
            extra, wrong = _against(mine, rows)
        else:
            # A template shows the words in another shape; there are as many all the same.
            extra, wrong = max(len(mine) - len(rows), 0), []
        faults += [f"{talker}: {each}" for each in wrong]
        unknown = sum(lane.unknown[name] for lane in world.lanes for name in _names(talker))
        if extra > world.kills + unknown:
            faults.append(f"{talker}: {extra} messages were repeated, with {world.kills} kills and {unknown} unknown")
        repeated += extra
    return repeated, faults


def _names(talker: people.Talker) -> tuple[str, ...]:
    return talker.line.address, f"whatsapp:{talker.line.address}"


def _told(world: storm.World) -> dict[tuple[str, str], list[str]]:
    """Who was shown what, in order: new messages and changed ones."""
    found: dict[tuple[str, str], list[str]] = {}
    edited: dict[tuple[object, object], str] = {}
    for method, given in world.telegram.calls:
        text = str(given.get("text", "")).strip()
        if method.lower() == "editmessagetext":
            # To what it says already: nobody sees that.
            before, edited[given["chat_id"], given["message_id"]] = (
                edited.get((given["chat_id"], given["message_id"])),
                text,
            )
            if before == text:
                continue
        elif method.lower() != "sendmessage":
            continue
        found.setdefault(("telegram", str(given["chat_id"])), []).append(text)
    for (channel, number), person in world.twilio.people.items():
        found[channel, number] = [seen.text for seen in person.screen()]
    return found


def _against(told: Sequence[str], decided: Sequence[str]) -> tuple[int, list[str]]:
    """How many of these messages were repeats, and what was told that was not decided so, or not in that order."""
    place, repeats = 0, 0
    before: Counter[str] = Counter()
    wrong = []
    for text in told:
        following = next((at for at in range(place, len(decided)) if decided[at] == text), None)
        if following is not None:
            place = following + 1
        elif before[text]:
            repeats += 1
        else:
            wrong.append(f"was told out of order, or what nobody decided: {text[:80]!r}")
        before[text] += 1
    for text, count in before.items():
        # Each may be repeated once, and no more.
        if count > 2 * decided.count(text):
            wrong.append(f"was told {count} times, decided {decided.count(text)} times: {text[:80]!r}")
    return repeats, wrong
