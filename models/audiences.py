"""Audiences: who a broadcast is for. Only those who agreed to be written to, and can be; a phone counts once.

Agreed have: of a form that asks whether they want to hear (`opinions.HEAR`), those who said yes; of a form that does
not ask, those who consented to it; of a campaign, those whose promise stands. Of a place and of a campaign's place,
residents who said yes in some form. A later no to that question, in whichever form, goes before all but a promise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, opinions, tables

_response, _respondent, _contact = tables.response, tables.respondent, tables.contact
_answer, _consent, _pledge, _address = tables.answer, tables.consent, tables.pledge, tables.address


#: Contacts behind the first id, up to the second; None: to the last. No text stands for that: every database sorts by
#: the signs of its own language.
Between = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something is for: "form", "campaign" or "place", and which."""

    kind: str
    whom: str
    #: Of a form: whether it asks if people want to hear.
    asks: bool = True
    #: Questions that ask for a place; the place of the campaign, or "".
    placing: Collection[str] = ()
    place: str = ""


class Reached(NamedTuple):
    """So many phones that are told on one channel in one language; `silent` have not written lately."""

    channel: str
    language: str
    silent: bool
    people: int


async def count(
    connection: db.Connection, audience: Audience, pushed: Collection[str], between: Between, since: dt.datetime
) -> list[Reached]:
    """How many of those whose contact lies there are told where and in what language; `silent` are those who have not
    written `since`."""
    chosen = _chosen(audience, pushed, between).subquery()
    quiet = sa.or_(chosen.c.heard_at.is_(None), chosen.c.heard_at < since)
    silent = sa.case((quiet, 1), else_=0)
    columns = (chosen.c.channel, chosen.c.language, silent)
    rows = await connection.execute(sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns))
    return [Reached(channel, language, bool(silent), people) for channel, language, silent, people in rows]


async def queue(
    connection: db.Connection,
    audience: Audience,
    pushed: Collection[str],
    broadcast: int,
    between: Between,
    at: dt.datetime,
) -> int:
    """Put the same people among the recipients; how many they are. Whoever is there already is passed over."""
    recipient = tables.recipient
    chosen = _chosen(audience, pushed, between).subquery()
    rows = sa.select(
        chosen.c.contact_id,
        sa.literal(broadcast, recipient.c.broadcast_id.type),
        chosen.c.person,
        chosen.c.channel,
        sa.literal("waiting"),
        sa.literal(at, recipient.c.not_before.type),
    ).order_by(chosen.c.contact_id)
    columns = ["contact_id", "broadcast_id", "respondent_id", "channel", "status", "not_before"]
    new = db.insert(connection, recipient).from_select(columns, rows)
    return (await connection.execute(new.on_conflict_do_nothing())).rowcount


async def next_contact(connection: db.Connection, after: str, step: int) -> str | None:
    """The id of the contact that is `step` behind this one; None where fewer are left."""
    found: str | None = await connection.scalar(
        sa.select(_contact.c.id).where(_contact.c.id > after).order_by(_contact.c.id).offset(step - 1).limit(1)
    )
    return found


async def contacts(connection: db.Connection, after: str) -> int:
    """How many contacts there are behind this one."""
    return int(await connection.scalar(sa.select(sa.func.count()).where(_contact.c.id > after)) or 0)


def _chosen(audience: Audience, pushed: Collection[str], between: Between) -> sa.Select[Any]:
    """The phones: one row each, with the person for whose sake and the address at which they are told.

    Always of some contacts only, all of them by their indexes: over all tables at once PostgreSQL may go astray.
    """
    of = [*within(_respondent.c.contact_id, between), _WHO[audience.kind](audience)]
    people = (
        sa.select(_respondent.c.contact_id, sa.func.min(_respondent.c.id).label("person"))
        .where(*of)
        .group_by(_respondent.c.contact_id)
        .subquery()
    )
    # As `hearing.addresses` has it: one that rings before one that does not, and where they wrote last.
    rings = sa.case((_address.c.channel.in_(sorted(pushed)), 0), else_=1)
    first = (
        sa.select(_address.c.id)
        .where(
            _address.c.contact_id == people.c.contact_id, _address.c.closed.is_(None), _address.c.sealed.is_not(None)
        )
        .order_by(rings, _address.c.heard_at.desc().nulls_last(), _address.c.id)
        .limit(1)
        .correlate(people)
        .scalar_subquery()
    )
    there = _address.alias()
    return (
        sa.select(people.c.contact_id, people.c.person, there.c.channel, there.c.heard_at, _contact.c.language)
        .join(_contact, _contact.c.id == people.c.contact_id)
        .join(there, there.c.id == first)
        .where(_contact.c.stopped.is_(sa.false()))
    )


def within(column: sa.Column[str], between: Between) -> list[sa.ColumnElement[bool]]:
    """The conditions for it."""
    return [column > between[0], *([] if between[1] is None else [column <= between[1]])]


# Each of these is a value, not an EXISTS: that, PostgreSQL may turn into a join of whole tables, once for each step.


def _agreed(which: sa.ColumnElement[bool], *joined: tuple[Any, Any], asked: bool) -> sa.ColumnElement[bool]:
    """They said that they want to hear, in one of these responses of theirs, or began one if that is not `asked`; and
    have not said no since."""
    says = _answer.alias()
    consented = sa.and_(
        _consent.c.respondent_id == _response.c.respondent_id,
        _consent.c.purpose == sa.literal("survey:") + _response.c.form_name,
        _consent.c.withdrawn_at.is_(None),
    )
    hear = sa.and_(says.c.response_id == _response.c.id, says.c.question == opinions.HEAR)
    of = _response.outerjoin(says, hear).outerjoin(_consent, consented)
    for table, on in joined:
        of = of.outerjoin(table, on)
    good = sa.and_(which, _consent.c.respondent_id.is_not(None))
    if asked:
        agreed = sa.func.max(sa.case((sa.and_(good, says.c.value == opinions.YES), says.c.answered_at)))
    else:
        agreed = sa.func.max(sa.case((good, _response.c.begun_at)))
    denied = sa.func.max(sa.case((says.c.value != opinions.YES, says.c.answered_at)))
    theirs = sa.select(sa.case((agreed >= sa.func.coalesce(denied, agreed), 1), else_=0)).select_from(of)
    return theirs.where(_response.c.respondent_id == _respondent.c.id).correlate(_respondent).scalar_subquery() == 1


def _gives(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """They promised something that stands, and agreed to that."""
    gifts = sa.select(sa.func.count()).where(
        _pledge.c.respondent_id == _respondent.c.id,
        _pledge.c.state.not_in(opinions.LET_GO),
        _consent.c.respondent_id == _respondent.c.id,
        _consent.c.purpose == sa.literal("pledge:") + _pledge.c.campaign_name,
        _consent.c.withdrawn_at.is_(None),
        *which,
    )
    return gifts.correlate(_respondent).scalar_subquery() > 0


def _lives(audience: Audience, place: str) -> sa.ColumnElement[bool]:
    """They said in a survey that they are from there, and that they want to hear."""
    lives = _answer.alias()
    there = sa.and_(
        lives.c.response_id == _response.c.id,
        lives.c.question.in_(sorted(audience.placing)),
        lives.c.value == place,
    )
    return _agreed(lives.c.value.is_not(None), (lives, there), asked=True)


def _of_form(audience: Audience) -> sa.ColumnElement[bool]:
    return _agreed(_response.c.form_name == audience.whom, asked=audience.asks)


def _of_campaign(audience: Audience) -> sa.ColumnElement[bool]:
    gives = _gives(_pledge.c.campaign_name == audience.whom)
    return sa.or_(gives, _lives(audience, audience.place)) if audience.place else gives


def _of_place(audience: Audience) -> sa.ColumnElement[bool]:
    return sa.or_(_gives(_pledge.c.place == audience.whom), _lives(audience, audience.whom))


_WHO = {"form": _of_form, "campaign": _of_campaign, "place": _of_place}
