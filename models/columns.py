"""The kinds of columns our tables are made of."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


@functools.lru_cache(maxsize=512)
def _as_text(value: dt.datetime | None) -> str | None:
    # SQLAlchemy's own way to keep an instant in SQLite: always with microseconds, so that texts sort like instants.
    return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if value else None


def _as_utc(value: dt.datetime | None) -> dt.datetime | None:
    return value.astimezone(dt.UTC) if value else None


class When(sa.TypeDecorator[dt.datetime]):
    """An instant: aware and in UTC on both sides, though SQLite keeps no zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[dt.datetime | None], Any]:
        # One group of messages writes the same instant a hundred times; putting it into words each time was a
        # fiftieth of all work.
        return _as_text if dialect.name == "sqlite" else _as_utc

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        return value.replace(tzinfo=dt.UTC) if value is not None and value.tzinfo is None else value


def identity() -> sa.Column[str]:
    return sa.Column("id", sa.String(32), primary_key=True)


def ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), sa.ForeignKey(target), nullable=nullable, index=index)
