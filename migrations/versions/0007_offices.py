"""Offices of a campaign, whose signature a step bears, and numbered receipts.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: nobody holds an office yet, and nothing was signed."""
    op.create_table(
        "role",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.Column("office", sa.String(length=16), nullable=False),
        sa.Column("respondent_id", sa.String(length=32), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_name"], ["campaign.name"], name=op.f("fk_role_campaign_name_campaign")),
        sa.ForeignKeyConstraint(["respondent_id"], ["respondent.id"], name=op.f("fk_role_respondent_id_respondent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
    )
    op.create_index(op.f("ix_role_campaign_name"), "role", ["campaign_name"])
    op.create_index(op.f("ix_role_respondent_id"), "role", ["respondent_id"])
    op.create_table(
        "office_code",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.Column("office", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_name"], ["campaign.name"], name=op.f("fk_office_code_campaign_name_campaign")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_office_code")),
    )
    op.add_column("pledge_event", sa.Column("hand", sa.String(length=32), server_default="", nullable=False))
    op.add_column("pledge", sa.Column("receipt_number", sa.Integer(), nullable=True))
    op.create_index(
        "ix_pledge_campaign_name_receipt_number", "pledge", ["campaign_name", "receipt_number"], unique=True
    )


def downgrade() -> None:
    """Back: signatures and the numbers of receipts are forgotten."""
    op.drop_index("ix_pledge_campaign_name_receipt_number", "pledge")
    op.drop_column("pledge", "receipt_number")
    op.drop_column("pledge_event", "hand")
    op.drop_table("office_code")
    op.drop_index(op.f("ix_role_respondent_id"), "role")
    op.drop_index(op.f("ix_role_campaign_name"), "role")
    op.drop_table("role")
