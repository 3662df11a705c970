"""The ledger: every step of a pledge, its state, and totals by stage and in som.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: what was promised stands as it stood, not yet due."""
    with op.batch_alter_table("pledge") as pledge:
        pledge.add_column(sa.Column("som", sa.BigInteger(), nullable=True))
        pledge.add_column(sa.Column("state", sa.String(length=16), server_default="confirmed", nullable=False))
        pledge.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        pledge.drop_index(op.f("ix_pledge_campaign_name"))
        pledge.create_index("ix_pledge_campaign_name_state", ["campaign_name", "state"])
    with op.batch_alter_table("pledge") as pledge:
        pledge.alter_column("state", server_default=None, existing_type=sa.String(16), existing_nullable=False)
    op.add_column("pledge_event", sa.Column("fee", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("pledge_event", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("pledge_event", sa.Column("actor", sa.String(length=16), server_default="giver", nullable=False))
    op.execute(
        "UPDATE pledge SET state = 'withdrawn'"
        " WHERE id IN (SELECT pledge_id FROM pledge_event WHERE step = 'withdrawn')"
    )
    op.execute("UPDATE pledge SET som = quantity WHERE unit = 'KGS'")
    op.create_table(
        "ledger_total",
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("som", sa.BigInteger(), nullable=False),
        sa.Column("pledges", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_name"], ["campaign.name"], name=op.f("fk_ledger_total_campaign_name_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_name", "need", "unit", "stage", name=op.f("pk_ledger_total")),
    )
    # In all, and by the only stage there was.
    op.execute(
        "INSERT INTO ledger_total (campaign_name, need, unit, stage, quantity, som, pledges)"
        " SELECT campaign_name, need, unit, stage, quantity, CASE unit WHEN 'KGS' THEN quantity ELSE 0 END, pledges"
        " FROM pledge_total CROSS JOIN (SELECT '' AS stage UNION ALL SELECT 'not_due') AS stages"
    )
    op.drop_table("pledge_total")


def downgrade() -> None:
    """Back: only what is promised is kept, in one number."""
    op.create_table(
        "pledge_total",
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("pledges", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_name"], ["campaign.name"], name=op.f("fk_pledge_total_campaign_name_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_name", "need", "unit", name=op.f("pk_pledge_total")),
    )
    op.execute(
        "INSERT INTO pledge_total (campaign_name, need, unit, quantity, pledges)"
        " SELECT campaign_name, need, unit, quantity, pledges FROM ledger_total WHERE stage = ''"
    )
    op.drop_table("ledger_total")
    with op.batch_alter_table("pledge_event") as event:
        for name in ("actor", "due_on", "fee"):
            event.drop_column(name)
    with op.batch_alter_table("pledge") as pledge:
        pledge.drop_index("ix_pledge_campaign_name_state")
        pledge.create_index(op.f("ix_pledge_campaign_name"), ["campaign_name"])
        for name in ("due_on", "state", "som"):
            pledge.drop_column(name)
