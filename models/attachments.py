"""Pictures and recordings that authors gave with their forms: kept once each, and never changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from models import db, tables

_attachment = tables.form_attachment


class Attachment(NamedTuple):
    """One file; `hash` is the SHA-256 of its bytes, in hexadecimal digits."""

    hash: str
    mime: str
    content: bytes


async def add(connection: db.Connection, attachments: Collection[Attachment]) -> None:
    """Keep those that are not kept yet."""
    rows = {each.hash: each._asdict() for each in attachments}
    known = await connection.scalars(sa.select(_attachment.c.hash).where(_attachment.c.hash.in_(sorted(rows))))
    for name in known:
        del rows[name]
    if rows:
        await connection.execute(db.insert(connection, _attachment).on_conflict_do_nothing(), list(rows.values()))


async def get(connection: db.Connection, name: str) -> Attachment | None:
    """The one with this hash; None if there is none."""
    row = (await connection.execute(sa.select(_attachment).where(_attachment.c.hash == name))).first()
    return Attachment(*row) if row else None
