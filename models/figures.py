"""What the figures are made of: sums of tallies."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from models import db, tables


class Count(NamedTuple):
    """How many gave `value` to a question in one wording, in one level of a breakdown ("" for everybody)."""

    question: str
    version: str
    level: str
    value: str
    people: int


class Line(NamedTuple):
    """What finished responses took on the line on average: messages each way, bytes each way."""

    channel: str
    language: str
    responses: int
    messages_in: float
    messages_out: float
    bytes_in: float
    bytes_out: float


async def versions(connection: db.Connection, form: str) -> list[str]:
    """Every version of a form, the current one first, then the latest."""
    version, shelf = tables.form_version, tables.form
    found = await connection.scalars(
        sa.select(version.c.version)
        .join(shelf, shelf.c.name == version.c.form_name)
        .where(version.c.form_name == form)
        .order_by(
            sa.case((version.c.version == shelf.c.current, 0), else_=1),
            version.c.published_at.desc(),
            version.c.version,
        )
    )
    return list(found)


async def counts(
    connection: db.Connection, form: str, wave: str, *, apart: bool, by: str = ""
) -> tuple[list[Count], list[Count]]:
    """Everybody's counts, and the same by the levels of the margin `by`."""
    tally = tables.tally
    # One statement, so that both come from one moment: the parts must add up to the whole.
    found = await connection.execute(
        sa.select(
            tally.c.margin, tally.c.question, tally.c.question_version, tally.c.level, tally.c.value, tally.c["count"]
        ).where(
            tally.c.form_name == form,
            tally.c.wave == wave,
            tally.c.apart == apart,
            tally.c.margin.in_(sorted({"", by})),
            tally.c["count"] != 0,
        )
    )
    everybody: list[Count] = []
    broken_down: list[Count] = []
    for margin, *count in found:
        (broken_down if margin else everybody).append(Count(*count))
    return everybody, broken_down


async def line(connection: db.Connection, form: str) -> list[Line]:
    """A form's finished responses by channel and language, as they were counted while they were under way."""
    response = tables.response
    columns = (response.c.messages_in, response.c.messages_out, response.c.bytes_in, response.c.bytes_out)
    rows = await connection.execute(
        sa.select(response.c.channel, response.c.language, sa.func.count(), *map(sa.func.avg, columns))
        .where(response.c.form_name == form, response.c.status == "finished")
        .group_by(response.c.channel, response.c.language)
        .order_by(response.c.channel, response.c.language)
    )
    return [Line(channel, language, count, *map(float, averages)) for channel, language, count, *averages in rows]
