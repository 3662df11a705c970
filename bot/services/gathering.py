"""Gathering: what somebody has not heard of yet, and when there will be something to remind them of."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bot.engine import daytime, giving, heralding, messages, tidings
from bot.engine.pledging import campaigns, events, reminding
from bot.engine.pledging import spending as book
from bot.services import booking, campaigning, maturing, publishing, revising, spending, steering
from models import confiding, courses, db, hearing, ledger, opinions
from models import publishing as stored
from models import spending as kept


class Stand(NamedTuple):
    """Where one person stands with all that happened."""

    news: heralding.News
    facts: messages.Facts
    #: How far they have heard once they are told, as rows of `heard`.
    further: list[dict[str, Any]]
    #: The day on which there is more to say; None: when something happens.
    again: dt.date | None


class _Spent(NamedTuple):
    """One thing that was spent, or turned out not to be."""

    number: int
    at: dt.datetime
    line: messages.Line


class _Read(NamedTuple):
    """What is read for all of them at once."""

    campaigns: Mapping[str, messages.Campaign]
    course: Mapping[str, Sequence[courses.Event]]
    turned: Mapping[str, Sequence[tuple[int, tidings.Turned]]]
    pledges: Sequence[ledger.Pledge]
    numbers: Mapping[str, Sequence[int]]
    heard: Mapping[str, Mapping[str, hearing.Heard]]
    opinions: Sequence[opinions.Opinion]
    spent: Mapping[str, Sequence[_Spent]]


async def gather(
    connection: db.Connection,
    library: publishing.Library,
    people: Mapping[str, daytime.Hours],
    at: dt.datetime,
    *,
    confided: bool = False,
) -> dict[str, Stand]:
    """Where each of these people stands; they must be held. `people`: the clocks where each of them is.

    With `confided` it is who hears for each that is to be told, and the clocks are theirs.
    """
    if not people:
        return {}
    # Their numbers first: what happens in between is not heard of, and looked at after.
    numbers = await hearing.happened(connection, list(people))
    pledges = await ledger.of(connection, list(people))
    asked = await opinions.of(connection, list(people))
    catalogue = await library.catalogue(connection)
    names = {each.campaign for each in pledges} | {each.campaign for each in asked}
    known = {name: each for name, each in catalogue.campaigns.items() if name in names}
    standing = await booking.standing(connection, known)
    past = await courses.history(connection, sorted(standing))
    upto = await (confiding.heard if confided else hearing.heard)(connection, list(people))
    read = _Read(
        standing,
        past,
        {name: await _turned(connection, catalogue.plans[name], past[name]) for name in standing},
        pledges,
        numbers,
        upto,
        asked,
        await _spent(connection, standing),
    )
    stands = {person: _stand(read, person, daytime.today(at, there)) for person, there in people.items()}
    if confided:
        for stand in stands.values():
            stand.further[:] = [row | {"about": confiding.about(row["about"])} for row in stand.further]
    return stands


async def _spent(connection: db.Connection, known: Mapping[str, messages.Campaign]) -> dict[str, list[_Spent]]:
    """Campaign -> what those who gave are told of its spending, in order."""
    found: dict[str, list[_Spent]] = {}
    for name, rows in (await kept.rows(connection, known)).items():
        turns = book.turns(map(spending.entry, rows))
        found[name] = [_Spent(row.number, row.at, tidings.of_spending(item, known[name])) for row, item in turns]
    return found


async def _turned(
    connection: db.Connection, plan: campaigning.Plan, past: Sequence[courses.Event]
) -> list[tuple[int, tidings.Turned]]:
    """What became of a campaign, each with its number."""
    titles = {each.name: each.title for each in plan.milestones}
    turned: list[tuple[int, tidings.Turned]] = []
    before: courses.Event | None = None
    for event in past:
        state = campaigns.State(event.state)
        was = campaigns.State(before.state) if before else None
        milestone = titles.get(event.milestone, {"": event.milestone}) if event.milestone else {}
        version = await _version(connection, before, event) if before and before.version != event.version else {}
        why = dict(steering.said(event.why))
        turned.append((event.id, tidings.Turned(event.at, state, was, why, milestone, version)))
        before = event
    return turned


async def _version(
    connection: db.Connection, before: courses.Event, event: courses.Event
) -> dict[frozenset[str], tuple[messages.Line, ...]]:
    """Who is told what of a new version, by the states of their pledges; nobody, where it concerns nobody."""
    found = await stored.campaign_definitions(connection, [before.version, event.version])
    old, new = found[before.version][0], found[event.version][0]
    revision = revising.decide(before.state, old, new, event.at.date())
    if isinstance(revision, campaigns.Refusal):
        # It was published all the same: by a program that knew other rules.
        return {}
    was, is_now = (campaigning.campaign(version, *found[version]) for version in (before.version, event.version))
    return {
        frozenset(each.value for each in states): revising.words(was, is_now, revision.matters, asked=asked)
        for states, asked in ((revision.asked, True), (revision.told, False))
        if states
    }


def _stand(read: _Read, person: str, today: dt.date) -> Stand:
    heard = read.heard[person]
    gifts: dict[str, list[tidings.Gift]] = {}
    further: list[dict[str, Any]] = []
    reminded: list[tuple[messages.Promise, reminding.Kind]] = []
    revised: list[messages.Promise] = []
    again: list[dt.date] = []
    for pledge in (each for each in read.pledges if each.respondent_id == person):
        for promise in booking.promises([pledge]):
            if promise.campaign not in read.campaigns:
                continue
            upto = heard.get(promise.id, hearing.NOTHING)
            gift = _gift(read, pledge, promise, upto)
            gifts.setdefault(promise.campaign, []).append(gift)
            coming = _reminders(read, promise, upto, today)
            on, due = upto.reminded_on, upto.due_on
            if coming and coming[0].on <= today and coming[0].kind is not reminding.Kind.LAPSES:
                reminded.append((promise, coming[0].kind))
                on, due, coming = today, coming[0].due, coming[1:]
            again += [each.on for each in coming if each.kind is not reminding.Kind.LAPSES][:1]
            numbers = read.numbers.get(promise.id, ())
            further.append(_further(person, promise.id, max([upto.upto, *numbers]), on, due))
    happened: dict[str, list[messages.Line]] = {}
    for name, theirs in gifts.items():
        upto = heard.get(f"a-{name}", hearing.NOTHING)
        fresh = [(number, turned) for number, turned in read.turned[name] if number > upto.upto]
        lines = tidings.of_campaign([turned for _, turned in fresh], theirs)
        if read.campaigns[name].state in campaigns.TAKING:
            revised += tidings.asks([turned for _, turned in fresh], theirs)
        for gift in theirs:
            lines += tidings.of_gift(gift, read.campaigns[name])
        further.append(_further(person, f"a-{name}", max([upto.upto, *(number for number, _ in fresh)])))
        upto = heard.get(f"s-{name}", hearing.NOTHING)
        since = min(gift.events[0].at for gift in theirs if gift.events)
        fresh_ = [each for each in read.spent[name] if each.number > upto.upto]
        if any(giving.stands(gift.promise) for gift in theirs):
            # Who pledged since could read it on the campaign's page.
            lines += [each.line for each in fresh_ if each.at > since]
        if fresh_:
            further.append(_further(person, f"s-{name}", fresh_[-1].number))
        happened[name] = lines
    asked = "" if reminded else _asked(read, person)
    if reminded and _asked(read, person):
        again.append(today + dt.timedelta(days=1))
    mine = [gift.promise for each in gifts.values() for gift in each]
    facts = messages.Facts({}, {}, read.campaigns, promises=tuple(mine), ended=(asked,) if asked else ())
    return Stand(heralding.News(happened, reminded, asked, revised), facts, further, min(again, default=None))


def _gift(read: _Read, pledge: ledger.Pledge, promise: messages.Promise, upto: hearing.Heard) -> tidings.Gift:
    rows = [events.read(events.Row(*event)) for event in pledge.events]
    numbers = read.numbers.get(pledge.id, ())
    # What was written since the numbers were read is not heard of yet.
    happened = tuple(rows[: len(numbers)])
    return tidings.Gift(promise, happened, sum(number <= upto.upto for number in numbers))


def _reminders(
    read: _Read, promise: messages.Promise, upto: hearing.Heard, today: dt.date
) -> tuple[reminding.Reminder, ...]:
    campaign = read.campaigns[promise.campaign]
    since = maturing.called(campaign, read.course[campaign.name])
    terms = dataclasses.replace(giving.terms(campaign, promise.offer), called=since)
    told = []
    if upto.reminded_on and upto.due_on:
        told.append(reminding.Reminder(reminding.Kind.TODAY, upto.reminded_on, upto.due_on))
    return reminding.reminders(promise.standing, terms, told, today)


def _asked(read: _Read, person: str) -> str:
    """The campaign that this person is to be asked about now."""
    over = (campaigns.State.DONE, campaigns.State.CONFIRMED)
    waiting = (
        each.campaign
        for each in read.opinions
        if each.person == person and each.asked_at is None and each.campaign in read.campaigns
    )
    return next((name for name in waiting if read.campaigns[name].state in over), "")


def _further(
    person: str, about: str, upto: int, on: dt.date | None = None, due: dt.date | None = None
) -> dict[str, Any]:
    return {"respondent_id": person, "about": about, "upto": upto, "reminded_on": on, "due_on": due}
