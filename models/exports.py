"""Responses with their answers, page by page: what an export is made of, in constant memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
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

    def wanted(extra: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return column if extra in extras else sa.null()

    traffic = ("messages_in", "messages_out", "bytes_in", "bytes_out")
    responses = (
        sa.select(
            response.c.id,
            response.c.form_version,
            response.c.wave,
            response.c.status,
            response.c.channel,
            response.c.language,
            utc(response.c.begun_at).label("begun"),
            utc(response.c.finished_at).label("finished"),
            response.c.recorded_by.is_not(None).label("assisted"),
            wanted("respondent", response.c.respondent_id).label("respondent"),
            wanted("state", response.c.sealed).label("state"),
            *(wanted("traffic", response.c[name]).label(name) for name in traffic),
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
        .cte("page")
    )
    packs = _packs(
        responses,
        {
            "values": answer.c.value,
            "seconds": wanted("seconds", answer.c.seconds),
            "answered": wanted("answered", utc(answer.c.answered_at)),
        },
        sqlite=sqlite,
    )
    rest = (responses.c[name] for name in ("respondent", "state"))
    lead = list(responses.c)[:9]
    more = (packs.columns["seconds"], packs.columns["answered"], *(responses.c[name] for name in traffic))
    columns = (*lead, packs.columns["values"], *rest, *more)
    found = await connection.execute(sa.select(*columns).select_from(packs.source).order_by(responses.c.id))
    return list(map(Response._make, found))


class _Packs(NamedTuple):
    """Answers by key, as JSON objects beside each response of a page: where they are selected from, and the columns."""

    source: sa.FromClause
    columns: Mapping[str, sa.ColumnElement[str | None]]


def _packs(page: sa.CTE, values: Mapping[str, sa.ColumnElement[Any]], *, sqlite: bool) -> _Packs:
    # One object a response instead of one row an answer: the database packs them faster than rows are fetched.
    answer = tables.answer
    pack = sa.func.json_group_object if sqlite else sa.func.json_object_agg

    def packed(value: sa.ColumnElement[Any]) -> sa.ColumnElement[str | None]:
        return sa.cast(pack(answer.c.question, value).filter(value.is_not(None)), sa.Text)

    asked = {name: value for name, value in values.items() if not isinstance(value, sa.Null)}
    nothing: dict[str, sa.ColumnElement[Any]] = dict.fromkeys(values, sa.null())
    # SQLite looks up the answers of one response after the other fastest, PostgreSQL those of a page together.
    if sqlite:
        own = {
            name: sa.select(packed(value)).where(answer.c.response_id == page.c.id).scalar_subquery()
            for name, value in asked.items()
        }
        return _Packs(page, nothing | own)
    first, last = (sa.select(f(page.c.id)).scalar_subquery() for f in (sa.func.min, sa.func.max))
    together = (
        sa.select(answer.c.response_id, *(packed(value).label(name) for name, value in asked.items()))
        .where(answer.c.response_id.between(first, last))
        .group_by(answer.c.response_id)
        .subquery()
    )
    source = page.outerjoin(together, together.c.response_id == page.c.id)
    return _Packs(source, nothing | {name: together.c[name] for name in asked})


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
