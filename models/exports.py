"""Responses with their answers, page by page: what an export is made of, in constant memory."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, tables

#: Comes after every id, for those are made of hex digits.
END = "z"
#: Between the responses of a page, and between what each is made of. JSON has none, nor have ids and times.
_NEXT, _THEN = "\n", "\t"
#: Within a lead.
_BESIDE = "\x1f"


class Extra(NamedTuple):
    """What is told of a response only if asked for. "By key" is a JSON object of answer keys, or ""."""

    #: The person, and the engine's state, sealed, in hex digits.
    respondent: str
    state: str
    #: Seconds and times of answers, by key.
    seconds: str
    answered: str
    #: Messages each way, and bytes.
    messages_in: str
    messages_out: str
    bytes_in: str
    bytes_out: str


class Lead(NamedTuple):
    """What a response has in common with many."""

    version: str
    wave: str
    status: str
    channel: str
    language: str
    #: "1" or "0".
    assisted: str


def responses(page: str) -> Iterator[list[str]]:
    """Those of a `page` by their ids: [id, begun, finished, lead, values, closed], and an `Extra` behind them.

    Times are ISO 8601, to the second, or ""; the lead is as `lead` takes it. Values are open answers as they are
    stored, closed ones in hex digits; either is a JSON object by key, or "".
    """
    # Lines begin with them. The order in which a database joins texts is its own business.
    return (line.split(_THEN) for line in sorted(page.split(_NEXT)) if line)


def counted(page: str) -> int:
    """How many are on a `page`."""
    return page.count(_NEXT) + 1 if page else 0


def lead(text: str) -> Lead:
    """The lead of a response."""
    version, wave, *rest = text.split(_BESIDE)
    return Lead(version, json.loads(wave), *rest)


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


async def reach(connection: db.Connection, after: str, size: int) -> str:
    """The id up to which the next `size` responses to any form go; `END` for the last ones."""
    response = tables.response
    found: str | None = await connection.scalar(
        sa.select(response.c.id).where(response.c.id > after).order_by(response.c.id).offset(size - 1).limit(1)
    )
    return found or END


async def page(
    connection: db.Connection,
    form: str,
    *,
    after: str = "",
    until: str = END,
    statuses: Collection[str] = ("finished",),
    extras: Collection[str] = (),
    closed: Collection[str] = (),
    repeated: Collection[str] = (),
) -> str:
    """The responses to a form from behind the id `after` to `until`, for `responses` to be taken apart.

    `extras` names what else is wanted: "respondent", "state", "seconds", "answered", "traffic"; `closed` are questions
    whose sealed answers are, `repeated` those among them that are asked once a round.

    Pages instead of one long cursor: whoever downloads over a slow line would keep a transaction open for as long,
    which the database ends after ten idle seconds, and on SQLite the log could not be written back meanwhile. One
    text instead of rows: the database puts it together without this process, where each row would have to be asked
    for, and each cell made an object.
    """
    response, answer = tables.response, tables.answer
    sqlite = connection.dialect.name == "sqlite"
    pack, joined, quoted = (
        (sa.func.json_group_object, sa.func.group_concat, sa.func.json_quote)
        if sqlite
        else (sa.func.json_object_agg, sa.func.string_agg, sa.func.to_json)
    )

    def utc(moment: sa.ColumnElement[dt.datetime]) -> sa.ColumnElement[str]:
        if not sqlite:
            return sa.func.to_char(sa.func.timezone("UTC", moment), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        text = sa.type_coerce(moment, sa.Text)
        return _joined([sa.func.substr(text, 1, 10), sa.func.substr(text, 12, 8).concat("Z")], "T")

    def hexed(sealed: sa.ColumnElement[bytes]) -> sa.ColumnElement[str]:
        return sa.func.hex(sealed) if sqlite else sa.func.encode(sealed, "hex")

    def by_key(value: sa.ColumnElement[Any], *which: sa.ColumnElement[bool]) -> sa.ColumnElement[str]:
        packed = sa.cast(pack(answer.c.question, value).filter(value.is_not(None), *which), sa.Text)
        return sa.func.coalesce(packed, "", type_=sa.Text)

    def of_each(packed: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        # Looked up for one response after the other, for those between them may be to other forms.
        return sa.select(packed).where(answer.c.response_id == response.c.id).scalar_subquery()

    # Open and closed ones in one step: going through a million answers a second time costs as much as the first.
    values: list[sa.ColumnElement[str]] = [by_key(answer.c.value), sa.literal("")]
    if closed:
        rounds = (answer.c.question.startswith(f"{name}#", autoescape=True) for name in sorted(repeated))
        asked = sa.or_(answer.c.question.in_(sorted(closed)), *rounds)
        values[1] = by_key(hexed(answer.c.sealed), answer.c.sealed.is_not(None), asked)

    assisted = sa.case((response.c.recorded_by.is_(None), "0"), else_="1")
    # An author may call a wave anything, also what would take the line apart.
    shared = [response.c.form_version, sa.cast(quoted(response.c.wave), sa.Text), response.c.status]
    shared += [response.c.channel, response.c.language, assisted]
    own = [response.c.id, utc(response.c.begun_at), utc(response.c.finished_at), _joined(shared, _BESIDE)]
    own.append(of_each(_joined(values, _THEN)))
    more: dict[str, list[sa.ColumnElement[str]]] = {
        "respondent": [response.c.respondent_id],
        "state": [hexed(response.c.sealed)],
        "seconds": [of_each(by_key(answer.c.seconds))],
        "answered": [of_each(by_key(utc(answer.c.answered_at)))],
        "traffic": [sa.cast(response.c[name], sa.Text) for name in Extra._fields[-4:]],
    }
    for extra, columns in more.items() if extras else ():
        own += columns if extra in extras else [sa.literal("")] * len(columns)
    found: str | None = await connection.scalar(
        sa.select(joined(_joined([sa.func.coalesce(each, "", type_=sa.Text) for each in own], _THEN), _NEXT)).where(
            response.c.id > after,
            response.c.id <= until,
            # Joined to nothing, so that no index on it is used: SQLite would take that one and sort all of the
            # form's responses again for every page, instead of walking along the ids.
            response.c.form_name.concat("") == form,
            response.c.status.concat("").in_(sorted(statuses)),
        )
    )
    return found or ""


def _joined(columns: Sequence[sa.ColumnElement[Any]], between: str) -> sa.ColumnElement[str]:
    """Texts with something between them; none may be null."""
    return functools.reduce(lambda one, other: one.concat(between).concat(other), columns)
