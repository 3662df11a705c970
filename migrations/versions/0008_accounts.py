"""What was spent of what was received, and which lines of bank statements are in the ledger.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: nothing is spent yet."""
    op.create_table(
        "spending",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("about", sa.Integer(), server_default="0", nullable=False),
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("mime", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("hand", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_name"], ["campaign.name"], name=op.f("fk_spending_campaign_name_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending")),
    )
    op.create_index(op.f("ix_spending_photo"), "spending", ["photo"])
    op.create_index("ix_spending_campaign_name_number", "spending", ["campaign_name", "number"], unique=True)
    op.create_table(
        "statement_line",
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.Column("line_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_name"], ["campaign.name"], name=op.f("fk_statement_line_campaign_name_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_name", "line_hash", name=op.f("pk_statement_line")),
    )


def downgrade() -> None:
    """Back: what was spent is forgotten, and which lines were booked."""
    op.drop_table("statement_line")
    op.drop_index("ix_spending_campaign_name_number", "spending")
    op.drop_index(op.f("ix_spending_photo"), "spending")
    op.drop_table("spending")
    op.execute("DELETE FROM ledger_total WHERE stage IN ('spent', 'accounted')")
