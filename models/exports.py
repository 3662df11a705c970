"""Responses with their answers, page by page: what an export is made of, in constant memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, tables


class Response(NamedTuple):
    """One response. What is called "by key" is a JSON object of answer keys; None where there is nothing."""

    id: str
    version: str
    wave: str
    status: str
    channel: str
    language: str
    #: ISO 8601 in UTC, to the second, as `moment` takes it.
    begun: str
    finished: str | None
    assisted: bool
    #: Open answers as they are stored, by key.
    values: str | None
    #: The rest is there only if asked for. The person, and the engine's state, sealed.
    respondent: str | None
    state: bytes | None
    #: Seconds and times (as above) of answers, by key.
    seconds: str | None
    answered: str | None
    messages_in: int | None
    messages_out: int | None
    bytes_in: int | None
    bytes_out: int | None


def moment(text: str | None) -> str:
    """A time of a response as ISO 8601: SQLite keeps "2027-03-01 09:00:00.000000"."""
    if not text:
        return ""
    return f"{text[:10]}T{text[11:19]}Z" if text[10] == " " else text


class Sealed(NamedTuple):
    """One answer that is closed."""

    response: str
    key: str
    text: bytes


async def published(connection: db.Connection, form: str) -> tuple[dt.datetime, dt.datetime]:
    """When the first and the last version of a form were published."""
    version = tables.form_version
    found = await connection.execute(
        sa.select(sa.func.min(version.c.published_at), sa.func.max(version.c.published_at)).where(
            version.c.form_name == form
        )
    )
    first, last = found.one()
    return first, last


async def count(connection: db.Connection, form: str, statuses: Collection[str]) -> int:
    """How many responses there are."""
    response = tables.response
    found = await connection.scalar(
        sa.select(sa.func.count()).where(response.c.form_name == form, response.c.status.in_(sorted(statuses)))
    )
    return int(found or 0)


async def page(
    connection: db.Connection,
    form: str,
    *,
    after: str = "",
    statuses: Collection[str] = ("finished",),
    size: int,
    extras: Collection[str] = (),
) -> list[Response]:
    """The next responses of a form in the order of their ids, at most `size`.

    `extras` names what else is wanted: "respondent", "state", "seconds", "answered", "traffic".

    Pages instead of one long cursor: whoever downloads over a slow line would keep a transaction open for as long,
    which the database ends after ten idle seconds, and on SQLite the log could not be written back meanwhile.
    """
    response, answer = tables.response, tables.answer
    sqlite = connection.dialect.name == "sqlite"

    def utc(moment: sa.ColumnElement[dt.datetime]) -> sa.ColumnElement[str]:
        # As text: making times of a hundred thousand texts, and texts of them, takes longer than reading the rows.
        if sqlite:
            return sa.type_coerce(moment, sa.String)
        return sa.func.to_char(sa.func.timezone("UTC", moment), 'YYYY-MM-DD"T"HH24:MI:SS"Z"', type_=sa.String)

    def by_key(value: sa.ColumnElement[str] | sa.ColumnElement[int]) -> sa.ScalarSelect[str]:
        # One object a response instead of one row an answer: the database packs them faster than rows are fetched.
        packed = (sa.func.json_group_object if sqlite else sa.func.json_object_agg)(answer.c.question, value)
        return (
            sa.select(sa.cast(packed, sa.Text))
            .where(answer.c.response_id == response.c.id, value.is_not(None))
            .scalar_subquery()
        )

    def wanted(extra: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return column if extra in extras else sa.null()

    traffic = (response.c.messages_in, response.c.messages_out, response.c.bytes_in, response.c.bytes_out)
    found = await connection.execute(
        sa.select(
            response.c.id,
            response.c.form_version,
            response.c.wave,
            response.c.status,
            response.c.channel,
            response.c.language,
            utc(response.c.begun_at),
            utc(response.c.finished_at),
            response.c.recorded_by.is_not(None),
            by_key(answer.c.value),
            wanted("respondent", response.c.respondent_id),
            wanted("state", response.c.sealed),
            wanted("seconds", by_key(answer.c.seconds)),
            wanted("answered", by_key(utc(answer.c.answered_at))),
            *(wanted("traffic", column) for column in traffic),
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
    return list(map(Response._make, found))


async def sealed(
    connection: db.Connection, first: str, last: str, form: str, questions: Collection[str], repeated: Collection[str]
) -> list[Sealed]:
    """The closed answers to these questions in the form's responses from the id `first` to `last`.

    `repeated` are those among them that are asked once a round.
    """
    response, answer = tables.response, tables.answer
    found = await connection.execute(
        sa.select(answer.c.response_id, answer.c.question, answer.c.sealed)
        .join(response, response.c.id == answer.c.response_id)
        .where(
            answer.c.response_id.between(first, last),
            response.c.form_name.concat("") == form,
            answer.c.sealed.is_not(None),
            sa.or_(
                answer.c.question.in_(sorted(questions)),
                *(answer.c.question.startswith(f"{name}#", autoescape=True) for name in sorted(repeated)),
            ),
        )
    )
    return [Sealed(*row) for row in found]
