"""Where givers live, as coarsely as figures need it.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: of nobody is it known."""
    op.add_column("pledge", sa.Column("country", sa.String(length=2), server_default="", nullable=False))
    op.add_column("pledge", sa.Column("place", sa.String(length=32), server_default="", nullable=False))


def downgrade() -> None:
    """Back: it is forgotten."""
    op.drop_column("pledge", "place")
    op.drop_column("pledge", "country")
