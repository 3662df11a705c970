"""Rounds of repeats, seconds by question, media, what a response cost on the line, and forms that are closed.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COUNTERS = ("messages_in", "messages_out", "bytes_in", "bytes_out")


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("answer") as answer:
        answer.alter_column("question", type_=sa.String(length=96), existing_nullable=False)
        # All the options of a long list together may have more than a thousand letters.
        answer.alter_column("value", type_=sa.Text(), existing_nullable=True)
        answer.add_column(sa.Column("seconds", sa.SmallInteger(), nullable=True))
    for name in _COUNTERS:
        op.add_column("response", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("form", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("provider_object") as provider_object:
        provider_object.alter_column("provider_id", type_=sa.String(length=160), existing_nullable=False)
    op.create_table(
        "sound",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sound")),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=96), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("mime", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.SmallInteger(), nullable=True),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("transcript", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_media_response_id_response")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index(op.f("ix_media_response_id"), "media", ["response_id"])
    op.create_index(op.f("ix_media_content_hash"), "media", ["content_hash"])
    op.create_index("ix_media_status_not_before", "media", ["status", "not_before"])


def downgrade() -> None:
    """Back."""
    op.drop_table("media")
    op.drop_table("sound")
    with op.batch_alter_table("provider_object") as provider_object:
        provider_object.alter_column("provider_id", type_=sa.String(length=64), existing_nullable=False)
    op.drop_column("form", "closed_at")
    for name in reversed(_COUNTERS):
        op.drop_column("response", name)
    with op.batch_alter_table("answer") as answer:
        answer.drop_column("seconds")
        answer.alter_column("value", type_=sa.String(length=1000), existing_nullable=True)
        answer.alter_column("question", type_=sa.String(length=64), existing_nullable=False)
