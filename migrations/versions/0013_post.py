"""The post: what is written to many goes after replies, and processes share what a provider lets us send.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PENDING = sa.text("status IN ('waiting', 'sending', 'unknown')")
_OPEN = sa.text("status NOT IN ('sent', 'failed', 'dropped')")


def upgrade() -> None:
    """Forward: what waits was written to one person."""
    op.add_column("outgoing", sa.Column("bulk", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("ix_outgoing_pending", table_name="outgoing")
    columns = ["status", "channel", "bulk", "not_before"]
    op.create_index("ix_outgoing_pending", "outgoing", columns, postgresql_where=_PENDING, sqlite_where=_PENDING)
    op.create_index("ix_outgoing_open", "outgoing", ["contact_id"], postgresql_where=_OPEN, sqlite_where=_OPEN)
    op.create_table(
        "share",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("process", sa.String(length=32), nullable=False),
        sa.Column("permits", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", "process", name=op.f("pk_share")),
    )


def downgrade() -> None:
    """Back: what waits goes in the order in which it was written."""
    op.drop_table("share")
    op.drop_index("ix_outgoing_open", table_name="outgoing")
    op.drop_index("ix_outgoing_pending", table_name="outgoing")
    columns = ["status", "not_before"]
    op.create_index("ix_outgoing_pending", "outgoing", columns, postgresql_where=_PENDING, sqlite_where=_PENDING)
    op.drop_column("outgoing", "bulk")
