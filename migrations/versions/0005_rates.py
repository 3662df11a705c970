"""Rates of the National Bank, and by which of them a pledge was counted in som.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INDEX = "ix_pledge_campaign_name_need_rate_on"
_RATED = sa.text("rate_on IS NOT NULL")


def upgrade() -> None:
    """Forward: what was promised in other money stays unvalued, for its days had no rates."""
    op.create_table(
        "rate",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "currency", name=op.f("pk_rate")),
    )
    op.add_column("pledge", sa.Column("rate", sa.BigInteger(), nullable=True))
    op.add_column("pledge", sa.Column("rate_on", sa.Date(), nullable=True))
    op.create_index(
        _INDEX,
        "pledge",
        ["campaign_name", "need", "rate_on", "state"],
        postgresql_where=_RATED,
        sqlite_where=_RATED,
    )
    op.add_column("ledger_total", sa.Column("unvalued", sa.Integer(), server_default="0", nullable=False))
    # What is no money has its need's name for a unit.
    op.execute("UPDATE ledger_total SET unvalued = pledges WHERE unit <> 'KGS' AND unit <> need")


def downgrade() -> None:
    """Back: only the sums in som are kept."""
    op.drop_column("ledger_total", "unvalued")
    op.drop_index(_INDEX, table_name="pledge")
    op.drop_column("pledge", "rate_on")
    op.drop_column("pledge", "rate")
    op.drop_table("rate")
