"""Tallies of one thing at a time: a place is a margin beside the others, and nothing is crossed with it.

Contract: the program before it counts otherwise, so it is stopped first, or `ashar tally rebuild` run after it.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SAME = ("form_name", "wave", "apart", "margin", "level", "question", "question_version", "value")


def _create(*columns: str) -> None:
    made: dict[str, sa.Column[Any]] = {
        "form_name": sa.Column("form_name", sa.String(length=64), nullable=False),
        "wave": sa.Column("wave", sa.String(length=32), nullable=False),
        "apart": sa.Column("apart", sa.Boolean(), nullable=False),
        "margin": sa.Column("margin", sa.String(length=64), nullable=False),
        "level": sa.Column("level", sa.String(length=64), nullable=False),
        "place": sa.Column("place", sa.String(length=32), nullable=False),
        "question": sa.Column("question", sa.String(length=64), nullable=False),
        "question_version": sa.Column("question_version", sa.String(length=8), nullable=False),
        "value": sa.Column("value", sa.String(length=400), nullable=False),
    }
    op.create_table(
        "tally",
        *(made[column] for column in columns),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*columns, name="pk_tally"),
        sqlite_with_rowid="place" in columns,
    )


def upgrade() -> None:
    """Forward: sums over all places, and the places' own figures from the rows that stood for everybody there.

    In a margin a ranking ("water>road>light") counts as each of its first three places ("1>water").
    """
    counted = Counter[tuple[object, ...]]() if op.get_context().as_sql else _counted()
    op.drop_table("tally")
    _create(*_SAME)
    tally = sa.table("tally", *map(sa.column, _SAME), sa.column("count", sa.Integer))
    rows = [dict(zip(_SAME, key, strict=True)) | {"count": count} for key, count in counted.items() if count]
    if rows:
        op.get_bind().execute(sa.insert(tally), rows)


def _counted() -> Counter[tuple[object, ...]]:
    counted: Counter[tuple[object, ...]] = Counter()
    crossed = sa.table("tally", *map(sa.column, (*_SAME, "place")), sa.column("count", sa.Integer))
    for name, wave, apart, margin, level, question, version, value, place, count in op.get_bind().execute(
        sa.select(*crossed.c).where(crossed.c["count"] != 0)
    ):
        ranked = value.split(">")[:3] if ">" in value else []
        within = [f"{at}>{option}" for at, option in enumerate(ranked, start=1)] or [value]
        for of_margin, of_level in ((margin, level), *((("/place", place),) if place and not margin else ())):
            for each in within if of_margin else [value]:
                counted[name, wave, apart, of_margin, of_level, question, version, each] += count
    return counted


def downgrade() -> None:
    """Back: what was crossed cannot be had from the sums; `ashar tally rebuild` makes it from the answers."""
    op.drop_table("tally")
    _create("form_name", "wave", "question", "question_version", "apart", "margin", "level", "place", "value")
