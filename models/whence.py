"""Whence gifts come: where givers live, and how many live where."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, tables


class Givers(NamedTuple):
    """So many people who gave to a campaign, and live there; country and place as in `pledge`."""

    campaign: str
    country: str
    place: str
    people: int


async def told(connection: db.Connection, person: str, questions: Collection[str]) -> str:
    """The smallest place that this person named in the survey they finished last; "" if none.

    `questions` are those that ask for one, and codes of places are longer the smaller the place within one survey: the
    last answer of the survey is the smallest.
    """
    if not questions:
        return ""
    answer, response = tables.answer, tables.response
    found = await connection.scalars(
        sa.select(answer.c.value)
        .join(response, response.c.id == answer.c.response_id)
        .where(
            response.c.respondent_id == person,
            response.c.status == "finished",
            answer.c.question.in_(sorted(questions)),
            answer.c.value.is_not(None),
        )
        .order_by(response.c.finished_at.desc(), answer.c.answered_at.desc())
        .limit(1)
    )
    return str(found.first() or "")


async def locate(connection: db.Connection, located: Sequence[dict[str, Any]]) -> None:
    """Write where people live (`of`, `country`, `place`) to all their pledges."""
    if located:
        pledge, b = tables.pledge, sa.bindparam
        changed = sa.update(pledge).where(pledge.c.respondent_id == b("of"))
        rows = [{"of": row["of"], "to_country": row["country"], "to_place": row["place"]} for row in located]
        await connection.execute(changed.values(country=b("to_country"), place=b("to_place")), rows)


async def givers(connection: db.Connection, states: Collection[str]) -> list[Givers]:
    """How many people with pledges in these states live where, by campaign. Whoever was erased is not among them."""
    pledge = tables.pledge
    # A person counts once in a campaign, wherever each of their pledges was made.
    each = (
        sa.select(
            pledge.c.campaign_name,
            pledge.c.respondent_id,
            sa.func.max(pledge.c.country).label("country"),
            sa.func.max(pledge.c.place).label("place"),
        )
        .where(pledge.c.respondent_id.is_not(None), pledge.c.state.in_(sorted(states)))
        .group_by(pledge.c.campaign_name, pledge.c.respondent_id)
        .subquery()
    )
    columns = (each.c.campaign_name, each.c.country, each.c.place)
    rows = await connection.execute(sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns))
    return [Givers(*row) for row in rows]
