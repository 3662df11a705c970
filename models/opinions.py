"""What people say in the end: whether it is done, how satisfied they are; who is asked, and how many said what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, hearing, tables

_opinion, _pledge = tables.opinion, tables.pledge

#: By this name a form asks whether they want to hear what came of it, and this is a yes.
HEAR, YES = "hear", "yes"
#: Pledges in these states are nobody's to answer for any more.
LET_GO = ("withdrawn", "lapsed", "returned", "blank")


class Opinion(NamedTuple):
    """One person about one campaign."""

    person: str
    campaign: str
    asked_at: dt.datetime | None
    done: str | None
    satisfaction: int | None
    #: Why, in their own words.
    sealed: bytes | None


class Counts(NamedTuple):
    """How many said what of a campaign, each in the order of their first mention."""

    done: Mapping[str, int]
    satisfaction: Mapping[int, int]


async def ask(connection: db.Connection, campaign: str, place: str, at: dt.datetime) -> None:
    """Let everybody be asked who pledged to the campaign and did not take it back, or lives in the place and wants to
    hear what came of things. Whoever said before that it is not (all) done is asked anew."""
    gives = sa.select(_pledge.c.respondent_id).where(
        _pledge.c.campaign_name == campaign,
        _pledge.c.respondent_id.is_not(None),
        _pledge.c.state.not_in(LET_GO),
    )
    people: sa.Select[Any] = gives
    if place:
        people = sa.select(sa.union(gives, _residents(place)).subquery())
    found = people.distinct().subquery()
    rows = sa.select(sa.literal(campaign), found.c[0]).order_by(found.c[0])
    new = db.insert(connection, _opinion).from_select(["campaign_name", "respondent_id"], rows)
    await connection.execute(new.on_conflict_do_nothing())
    of = _opinion.c.campaign_name == campaign
    doubted = sa.or_(_opinion.c.done.is_(None), _opinion.c.done != "yes")
    await connection.execute(sa.update(_opinion).where(of, doubted).values(asked_at=None))
    asked = sa.select(_opinion.c.respondent_id).where(of, _opinion.c.asked_at.is_(None))
    await hearing.look_soon(connection, asked, at)


def _residents(place: str) -> sa.Select[Any]:
    """Who said in a survey that they are from there, and that they want to hear."""
    response, wants, lives = tables.response, tables.answer.alias(), tables.answer.alias()
    return (
        sa.select(response.c.respondent_id)
        .join(wants, wants.c.response_id == response.c.id)
        .join(lives, lives.c.response_id == response.c.id)
        .join(tables.respondent, tables.respondent.c.id == response.c.respondent_id)
        .where(
            response.c.status == "finished",
            wants.c.question == HEAR,
            wants.c.value == YES,
            lives.c.value == place,
            tables.respondent.c.contact_id.is_not(None),
        )
    )


async def of(connection: db.Connection, people: Collection[str]) -> list[Opinion]:
    """What these people are asked, and have said: first what they have not been asked yet, then the newest."""
    if not people:
        return []
    waits = sa.case((_opinion.c.asked_at.is_(None), 0), else_=1)
    rows = await connection.execute(
        sa.select(
            _opinion.c.respondent_id,
            _opinion.c.campaign_name,
            _opinion.c.asked_at,
            _opinion.c.done,
            _opinion.c.satisfaction,
            _opinion.c.sealed,
        )
        .where(_opinion.c.respondent_id.in_(people))
        .order_by(waits, _opinion.c.asked_at.desc(), _opinion.c.campaign_name)
    )
    return [Opinion(*row) for row in rows]


async def write(connection: db.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The question went out, or somebody says something: `of_campaign`, `of_person`, and the columns that change."""
    mine = (
        _opinion.c.campaign_name == sa.bindparam("of_campaign"),
        _opinion.c.respondent_id == sa.bindparam("of_person"),
    )
    # One by one, for each changes others.
    for row in rows:
        await connection.execute(sa.update(_opinion).where(*mine), row)


async def counts(connection: db.Connection, campaigns: Collection[str]) -> dict[str, Counts]:
    """Campaign -> how many said what."""
    found = {name: Counts({}, {}) for name in campaigns}
    for column, kept in ((_opinion.c.done, 0), (_opinion.c.satisfaction, 1)):
        rows = await connection.execute(
            sa.select(_opinion.c.campaign_name, column, sa.func.count())
            .where(_opinion.c.campaign_name.in_(sorted(campaigns)), column.is_not(None))
            .group_by(_opinion.c.campaign_name, column)
        )
        for campaign, value, count in rows:
            found[campaign][kept][value] = count  # type: ignore[index] # the dicts made above
    return found
