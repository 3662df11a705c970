"""The course of campaigns: every change of state or version, and which notice of one goes on where.

Revision ID: 0006
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: campaigns stand as they stood, which is the first thing told of them."""
    op.create_table(
        "campaign_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("milestone", sa.String(length=32), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_name"], ["campaign.name"], name=op.f("fk_campaign_event_campaign_name_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["campaign_version.version"], name=op.f("fk_campaign_event_version_campaign_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_event")),
    )
    op.create_index(op.f("ix_campaign_event_campaign_name"), "campaign_event", ["campaign_name"])
    op.execute(
        "INSERT INTO campaign_event (campaign_name, state, version, actor, at)"
        " SELECT campaign.name, campaign.state, campaign.current, 'facilitator', campaign_version.published_at"
        " FROM campaign JOIN campaign_version ON campaign_version.version = campaign.current"
    )
    op.create_table(
        "notice",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("told", sa.String(length=32), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["campaign_event.id"], name=op.f("fk_notice_event_id_campaign_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("pledge") as pledge:
        pledge.drop_index("ix_pledge_campaign_name_state")
        pledge.create_index("ix_pledge_campaign_name_state_due_on", ["campaign_name", "state", "due_on"])


def downgrade() -> None:
    """Back: campaigns stand as they stand, and nobody knows since when."""
    with op.batch_alter_table("pledge") as pledge:
        pledge.drop_index("ix_pledge_campaign_name_state_due_on")
        pledge.create_index("ix_pledge_campaign_name_state", ["campaign_name", "state"])
    op.drop_table("notice")
    op.drop_index(op.f("ix_campaign_event_campaign_name"), "campaign_event")
    op.drop_table("campaign_event")
