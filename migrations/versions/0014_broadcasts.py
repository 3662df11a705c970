"""Broadcasts, and whom each is for.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("status = 'waiting'")
_OURS = sa.text("broadcast_id IS NOT NULL")


def upgrade() -> None:
    """Forward: nothing was ever told to many at once. An old program goes on writing replies beside it."""
    op.create_table(
        "broadcast",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("whom", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cursor", sa.String(length=32), server_default="", nullable=True),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("name", name=op.f("uq_broadcast_name")),
    )
    op.create_table(
        "recipient",
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("broadcast_id", _SERIAL, nullable=False),
        sa.Column("respondent_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_recipient_contact_id_contact")),
        sa.PrimaryKeyConstraint("contact_id", "broadcast_id", name=op.f("pk_recipient")),
    )
    op.create_index(
        "ix_recipient_waiting",
        "recipient",
        ["broadcast_id", "channel", "not_before", "contact_id"],
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    )
    op.add_column("outgoing", sa.Column("broadcast_id", _SERIAL, nullable=True))
    op.create_index(
        "ix_outgoing_broadcast",
        "outgoing",
        ["broadcast_id", "channel", "status"],
        postgresql_where=_OURS,
        sqlite_where=_OURS,
    )


def downgrade() -> None:
    """Back: what waits in the outbox still goes; who was not told is not told."""
    op.drop_index("ix_outgoing_broadcast", "outgoing")
    op.drop_column("outgoing", "broadcast_id")
    op.drop_index("ix_recipient_waiting", "recipient")
    op.drop_table("recipient")
    op.drop_table("broadcast")
