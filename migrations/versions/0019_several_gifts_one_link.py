"""Several promises in another's name share the link by which that one confirms them.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

from alembic import op

from models import migrating

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NAME, _TABLE, _COLUMNS = "ix_vouching_code_hash", "vouching", ["code_hash"]


def upgrade() -> None:
    """Forward: beside those who write."""
    with migrating.beside_writers():
        op.drop_index(_NAME, _TABLE, if_exists=True, postgresql_concurrently=True)
        op.create_index(_NAME, _TABLE, _COLUMNS, postgresql_concurrently=True)


def downgrade() -> None:
    """Back: one link, one promise; refused by the database where some share one."""
    op.drop_index(_NAME, _TABLE)
    op.create_index(_NAME, _TABLE, _COLUMNS, unique=True)
