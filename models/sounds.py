"""Recordings that authors gave with their forms: kept once each, and never changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from models import db, tables

_sound = tables.sound


class Sound(NamedTuple):
    """One recording; `hash` is the SHA-256 of its bytes, in hexadecimal digits."""

    hash: str
    mime: str
    content: bytes


async def add(connection: db.Connection, sounds: Collection[Sound]) -> None:
    """Keep those that are not kept yet."""
    found = await connection.scalars(sa.select(_sound.c.hash).where(_sound.c.hash.in_(sorted(s.hash for s in sounds))))
    known = set(found)
    rows = {sound.hash: sound._asdict() for sound in sounds if sound.hash not in known}
    if rows:
        await connection.execute(db.insert(connection, _sound).on_conflict_do_nothing(), list(rows.values()))


async def get(connection: db.Connection, name: str) -> Sound | None:
    """The recording with this hash; None if there is none."""
    row = (await connection.execute(sa.select(_sound).where(_sound.c.hash == name))).first()
    return Sound(*row) if row else None
