"""Responses with their answers, page by page: what an export is made of, in constant memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from models import db, tables

#: Responses in one page: what is made of it must not hold up whoever else waits for this process, some 20 ms.
PAGE = 200


@dataclass(slots=True)
class Response:
    """One response. `values` are answers as they are stored, `sealed` those that are closed, by question."""

    id: str
    version: str
    wave: str
    status: str
    channel: str
    language: str
    begun: dt.datetime
    finished: dt.datetime | None
    values: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, bytes] = field(default_factory=dict)


async def page(
    connection: db.Connection,
    form: str,
    *,
    after: str = "",
    statuses: Collection[str] = ("finished",),
    sealed: Collection[str] = (),
    size: int = PAGE,
) -> list[Response]:
    """The next responses of a form in the order of their ids, at most `size`; sealed answers only to these questions.

    Pages instead of one long cursor: whoever downloads over a slow line would keep a transaction open for as long,
    which the database ends after ten idle seconds, and on SQLite the log could not be written back meanwhile.
    """
    response, answer = tables.response, tables.answer
    found = await connection.execute(
        sa.select(
            response.c.id,
            response.c.form_version,
            response.c.wave,
            response.c.status,
            response.c.channel,
            response.c.language,
            response.c.begun_at,
            response.c.finished_at,
        )
        .where(
            response.c.id > after,
            # Joined to nothing, so that no index on it is used: SQLite would take that one and sort all of the
            # form's responses again for every page, instead of walking along the ids.
            response.c.form_name.concat("") == form,
            response.c.status.concat("").in_(sorted(statuses)),
        )
        .order_by(response.c.id)
        .limit(size)
    )
    responses = {row.id: Response(*row) for row in found}
    if not responses:
        return []
    columns: list[Any] = [answer.c.response_id, answer.c.question, answer.c.value]
    wanted: sa.ColumnElement[bool] = answer.c.value.is_not(None)
    if sealed:
        columns.append(answer.c.sealed)
        wanted = sa.or_(wanted, answer.c.question.in_(sorted(sealed)))
    answers = await connection.execute(sa.select(*columns).where(answer.c.response_id.in_(list(responses)), wanted))
    for response_id, question, value, *closed in answers:
        if value is not None:
            responses[response_id].values[question] = value
        elif closed[0] is not None:
            responses[response_id].sealed[question] = closed[0]
    return list(responses.values())
