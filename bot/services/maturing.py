"""What time does to pledges: they fall due, lapse, or are let go, one by one, whatever happens meanwhile.

Nothing is remembered but the pledges themselves: whoever is stopped in the middle, or comes second, finds what is left.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Mapping, Sequence

from bot.engine import giving, messages
from bot.engine.pledging import campaigns, deciding, events, ledger, maturing, wishes
from bot.services import booking, publishing
from models import courses, db, turns
from models import ledger as book
from models import maturing as ripening

_log = logging.getLogger(__name__)

#: Pledges in one transaction: a giver who writes just then waits for no more than these.
BATCH = 50

_CLOCK = wishes.Actor(events.Role.CLOCK)
#: Since when pledges are called for.
_CALLS = {campaigns.Model.THRESHOLD: campaigns.State.REACHED, campaigns.Model.OPEN: campaigns.State.OPEN}


async def mature(database: db.Database, library: publishing.Library, at: dt.datetime) -> int:
    """Make every step of a pledge that time makes; how many there were."""
    async with database.reading() as connection:
        catalogue = await library.catalogue(connection)
        standing = await booking.standing(connection, catalogue.campaigns)
        searches = _searches(standing, at.date())
        found = await ripening.find(connection, searches, "", BATCH)
    made = 0
    while found:
        try:
            made += await _batch(database, library, found, at)
        except db.DatabaseError as error:
            # In the next round again.
            _log.warning("the clock of %d pledges stood still: %s", len(found), type(error).__name__)
        async with database.reading() as connection:
            found = await ripening.find(connection, searches, found[-1].id, BATCH)
    return made


async def _batch(
    database: db.Database, library: publishing.Library, found: Sequence[ripening.Ripe], at: dt.datetime
) -> int:
    writes = turns.Writes()
    async with database.transaction() as connection:
        held = await ripening.hold(connection, found)
        # Only now, for they may have changed while nobody held them.
        pledges = await book.named(connection, held)
        known = (await library.catalogue(connection)).campaigns
        standing = await booking.standing(connection, {each.campaign: known[each.campaign] for each in pledges})
        past = await courses.history(connection, standing)
        since = {name: called(campaign, past[name]) for name, campaign in standing.items()}
        for promise in booking.promises(pledges):
            campaign = standing[promise.campaign]
            terms = dataclasses.replace(giving.terms(campaign, promise.offer), called=since[campaign.name])
            if steps := _steps(promise.standing, terms, at):
                booking.step(writes, promise, steps)
        await book.write(connection, writes.pledges, writes.pledge_states, writes.pledge_events)
        # Last and in order, for whoever pledges comes to them too.
        await book.add(connection, writes.ledger_totals)
    return len(writes.pledge_events)


def _steps(standing: ledger.Standing, terms: wishes.Terms, at: dt.datetime) -> tuple[events.Event, ...]:
    """What the clock's wish comes to; nothing, where another process or the giver was quicker."""
    for each in maturing.rounds(terms.course, at.date()):
        if standing.state in each.states:
            decided = deciding.decide(standing, wishes.Wish(each.step), _CLOCK, terms, at)
            if not isinstance(decided, wishes.Refusal):
                return decided
    return ()


def _searches(standing: Mapping[str, messages.Campaign], today: dt.date) -> list[ripening.Search]:
    return [
        ripening.Search(
            name,
            [state.value for state in each.states],
            each.until,
            each.until is None or campaign.deadline <= each.until,
        )
        for name, campaign in standing.items()
        for each in maturing.rounds(giving.course(campaign), today)
    ]


def called(campaign: messages.Campaign, past: Sequence[courses.Event]) -> dt.date | None:
    """The day on which it began to call for what was pledged."""
    begins = _CALLS[campaign.model].value
    return next((event.at.date() for event in past if event.state == begins), None)
