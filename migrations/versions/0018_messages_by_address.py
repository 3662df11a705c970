"""An index of messages by their address: found where it is closed or shown, and when it goes.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from alembic import op

from models import migrating

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: beside those who write."""
    with migrating.beside_writers():
        op.drop_index("ix_outgoing_address_id", "outgoing", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_outgoing_address_id", "outgoing", ["address_id"], postgresql_concurrently=True)


def downgrade() -> None:
    """Back: every message is looked at."""
    op.drop_index("ix_outgoing_address_id", "outgoing")
