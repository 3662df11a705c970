"""Steering: a campaign's course, changed by whoever looks after it or by time; each change kept with who and why."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from bot.engine import form, giving, messages
from bot.engine.pledging import campaigns
from bot.engine.pledging.events import Role
from bot.services import booking, campaigning, publishing
from models import courses, db, ledger, opinions


class NoSuchCampaign(Exception):
    """No campaign of that name was published."""


class Unmarked(StrEnum):
    """Why a milestone is not marked as reached."""

    ALREADY_SO = "already_so"
    NO_SUCH_MILESTONE = "no_such_milestone"
    #: The campaign is not open yet, or over.
    NOT_UNDER_WAY = "not_under_way"


async def change(
    database: db.Database,
    library: publishing.Library,
    name: str,
    to: campaigns.State,
    role: Role,
    at: dt.datetime,
    why: form.Text | None = None,
) -> campaigns.Change | campaigns.Refusal:
    """Change a campaign's state, or say why not. What it does to pledges the clock does, in its next round.

    Raises `NoSuchCampaign`.
    """
    async with database.transaction() as connection:
        campaign, stand = await _held(connection, library, name)
        said = " ".join((why or {}).values())
        made = campaigns.change(giving.course(campaign), to, role, at.date(), said)
        if isinstance(made, campaigns.Change):
            now_ = stand._replace(state=made.to.value)
            await courses.write(connection, name, now_, role.value, at, why=_kept(why))
            if made.to is campaigns.State.DONE:
                plan = (await library.catalogue(connection)).plans[name]
                await opinions.ask(connection, name, plan.place, at)
        return made


async def by_clock(database: db.Database, library: publishing.Library, at: dt.datetime) -> int:
    """Make every change of a campaign that time makes by itself; how many there were."""
    async with database.reading() as connection:
        catalogue = await library.catalogue(connection)
        standing = await booking.standing(connection, catalogue.campaigns)
        # Looked at before anything is held, for nearly always there is nothing to do.
        done = [name for name, campaign in standing.items() if campaign.state is campaigns.State.DONE]
        said = await opinions.counts(connection, done) if done else {}
    late = [name for name, campaign in standing.items() if campaigns.by_clock(giving.course(campaign), at.date())]
    moved = sum([await _move(database, library, name, at) for name in sorted(late)])
    certain = [name for name in sorted(done) if _confirmed(standing[name], said[name], at)]
    return moved + sum([await _confirm(database, library, name, at) for name in certain])


def _confirmed(campaign: messages.Campaign, said: opinions.Counts, at: dt.datetime) -> bool:
    """Whether those who were asked confirm that it is done; who does not know says nothing of it."""
    answered = sum(count for answer, count in said.done.items() if answer != "unknown")
    course = dataclasses.replace(giving.course(campaign), done_by=said.done.get("yes", 0), answered=answered)
    made = campaigns.change(course, campaigns.State.CONFIRMED, Role.RESIDENTS, at.date())
    return isinstance(made, campaigns.Change)


async def _confirm(database: db.Database, library: publishing.Library, name: str, at: dt.datetime) -> int:
    async with database.transaction() as connection:
        campaign, stand = await _held(connection, library, name)
        # Somebody may have changed their mind, or the facilitator the campaign, while we waited.
        if not _confirmed(campaign, (await opinions.counts(connection, [name]))[name], at):
            return 0
        now_ = stand._replace(state=campaigns.State.CONFIRMED.value)
        await courses.write(connection, name, now_, Role.RESIDENTS.value, at)
        return 1


async def _move(database: db.Database, library: publishing.Library, name: str, at: dt.datetime) -> int:
    moved = 0
    async with database.transaction() as connection:
        campaign, stand = await _held(connection, library, name)
        course = giving.course(campaign)
        while made := campaigns.by_clock(course, at.date()):
            stand, moved = stand._replace(state=made.to.value), moved + 1
            await courses.write(connection, name, stand, Role.CLOCK.value, at)
            course = campaigns.Course(made.to, course.model, course.deadline, course.minimum_reached)
    return moved


async def mark(
    database: db.Database, library: publishing.Library, name: str, milestone: str, at: dt.datetime
) -> Unmarked | None:
    """Write down that a milestone is reached, or say why not. Raises `NoSuchCampaign`."""
    async with database.transaction() as connection:
        campaign, stand = await _held(connection, library, name)
        plan = (await library.catalogue(connection)).plans[name]
        if milestone not in {each.name for each in plan.milestones}:
            return Unmarked.NO_SUCH_MILESTONE
        past = await courses.history(connection, [name])
        if any(event.milestone == milestone for event in past[name]):
            return Unmarked.ALREADY_SO
        if campaign.state not in campaigns.GIVING:
            return Unmarked.NOT_UNDER_WAY
        await courses.write(connection, name, stand, Role.FACILITATOR.value, at, milestone=milestone)
        return None


async def _held(
    connection: db.Connection, library: publishing.Library, name: str
) -> tuple[messages.Campaign, courses.Stand]:
    """The campaign as it stands, that nobody else changes meanwhile."""
    known = (await library.catalogue(connection)).campaigns
    if name not in known:
        raise NoSuchCampaign(name)
    stand = await courses.hold(connection, name)
    # Read once more behind the lock: somebody else may have changed it while we waited.
    known = (await library.catalogue(connection)).campaigns
    return (await booking.standing(connection, {name: known[name]}))[name], stand


# -- as they stand ---------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """All that there is to be said of a campaign: how it stands, what became of it, what it adds up to."""

    campaign: messages.Campaign
    plan: campaigning.Plan
    past: Sequence[courses.Event]
    totals: Sequence[ledger.Total]


async def standing(database: db.Database, library: publishing.Library) -> dict[str, messages.Campaign]:
    """Every campaign as it stands, in the order of publishing."""
    async with database.reading() as connection:
        return await booking.standing(connection, (await library.catalogue(connection)).campaigns)


async def told(database: db.Database, library: publishing.Library, name: str) -> Told:
    """One campaign; raises `NoSuchCampaign`."""
    async with database.reading() as connection:
        catalogue = await library.catalogue(connection)
        if name not in catalogue.campaigns:
            raise NoSuchCampaign(name)
        known = await booking.standing(connection, {name: catalogue.campaigns[name]})
        past, totals = await courses.history(connection, [name]), await ledger.totals(connection)
    return Told(known[name], catalogue.plans[name], past[name], totals[name])


def _kept(why: form.Text | None) -> str:
    return json.dumps(dict(why), ensure_ascii=False, sort_keys=True) if why else ""


def said(why: str) -> Mapping[str, str]:
    """The text by language that was kept with a change; {} where there is none."""
    read: dict[str, str] = json.loads(why) if why else {}
    return read


def ways(campaign: messages.Campaign, today: dt.date) -> list[campaigns.State]:
    """Into which states a facilitator may bring a campaign now, given a reason where one is wanted."""
    course = giving.course(campaign)
    changes = (campaigns.change(course, to, Role.FACILITATOR, today, "why") for to in campaigns.State)
    return [made.to for made in changes if isinstance(made, campaigns.Change)]
