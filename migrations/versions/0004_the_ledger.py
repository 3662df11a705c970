"""The ledger: every step of a pledge, totals by stage, offices, spending, rates, and what people think of it all.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

_CAMPAIGN = ["campaign.name"]


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=nullable)


def _campaign(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_campaign_name_campaign")
    return (
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.ForeignKeyConstraint(["campaign_name"], _CAMPAIGN, name=name),
    )


def _fk(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _when(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Forward: what was promised stands as it stood, not yet due."""
    op.add_column("campaign", sa.Column("receipts", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "role",
        _id("id"),
        *_campaign("role"),
        sa.Column("office", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        _when("expires_at", nullable=True),
        _id("respondent_id", nullable=True),
        _when("offered_at"),
        _when("since", nullable=True),
        _when("until", nullable=True),
        _fk("role", "respondent_id", "respondent"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_role_code_hash")),
    )
    op.create_index(op.f("ix_role_campaign_name"), "role", ["campaign_name"])
    op.create_index(op.f("ix_role_respondent_id"), "role", ["respondent_id"])
    op.create_table(
        "campaign_event",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        *_campaign("campaign_event"),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        _id("role_id", nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        _when("at"),
        sa.ForeignKeyConstraint(
            ["version"], ["campaign_version.version"], name=op.f("fk_campaign_event_version_campaign_version")
        ),
        _fk("campaign_event", "role_id", "role"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_event")),
    )
    op.create_index(op.f("ix_campaign_event_campaign_name"), "campaign_event", ["campaign_name"])
    op.execute(
        "INSERT INTO campaign_event (campaign_name, state, version, actor, at)"
        " SELECT c.name, c.state, c.current, 'facilitator', MIN(v.published_at)"
        " FROM campaign c JOIN campaign_version v ON v.campaign_name = c.name GROUP BY c.name, c.state, c.current"
    )
    _pledges()
    _totals()
    op.create_table(
        "spending",
        _id("id"),
        *_campaign("spending"),
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=16), nullable=False),
        _id("role_id", nullable=True),
        _when("at"),
        _fk("spending", "role_id", "role"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending")),
    )
    op.create_index(op.f("ix_spending_campaign_name"), "spending", ["campaign_name"])
    op.create_table(
        "told",
        *_campaign("told"),
        _id("respondent_id"),
        _when("until"),
        _fk("told", "respondent_id", "respondent"),
        sa.PrimaryKeyConstraint("campaign_name", "respondent_id", name=op.f("pk_told")),
    )
    op.create_index(op.f("ix_told_respondent_id"), "told", ["respondent_id"])
    op.create_table(
        "opinion",
        _id("id"),
        *_campaign("opinion"),
        _id("respondent_id", nullable=True),
        sa.Column("gave", sa.Boolean(), nullable=False),
        sa.Column("done", sa.String(length=16), nullable=False),
        sa.Column("satisfied", sa.SmallInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        _when("at"),
        _fk("opinion", "respondent_id", "respondent"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("campaign_name", "respondent_id", name=op.f("uq_opinion_campaign_name_respondent_id")),
    )
    op.create_table(
        "rate",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("currency", "on", name=op.f("pk_rate")),
    )
    op.create_table(
        "bank_line",
        *_campaign("bank_line"),
        sa.Column("line_hash", sa.LargeBinary(length=32), nullable=False),
        _id("pledge_id", nullable=True),
        _when("at"),
        _fk("bank_line", "pledge_id", "pledge"),
        sa.PrimaryKeyConstraint("campaign_name", "line_hash", name=op.f("pk_bank_line")),
    )


def _pledges() -> None:
    with op.batch_alter_table("pledge") as pledge:
        pledge.add_column(sa.Column("som", sa.BigInteger(), nullable=True))
        pledge.add_column(sa.Column("rate", sa.BigInteger(), nullable=True))
        pledge.add_column(sa.Column("rate_on", sa.Date(), nullable=True))
        pledge.add_column(sa.Column("state", sa.String(length=16), server_default="confirmed", nullable=False))
        pledge.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        pledge.add_column(_id("relative_id", nullable=True))
        pledge.add_column(_id("response_id", nullable=True))
        pledge.add_column(sa.Column("shown", sa.String(length=16), server_default="", nullable=False))
        pledge.add_column(sa.Column("receipt", sa.Integer(), nullable=True))
        pledge.create_foreign_key(op.f("fk_pledge_relative_id_respondent"), "respondent", ["relative_id"], ["id"])
        pledge.create_foreign_key(op.f("fk_pledge_response_id_response"), "response", ["response_id"], ["id"])
        pledge.create_unique_constraint(op.f("uq_pledge_campaign_name_receipt"), ["campaign_name", "receipt"])
        pledge.drop_index(op.f("ix_pledge_campaign_name"))
        pledge.create_index("ix_pledge_campaign_name_state", ["campaign_name", "state"])
        pledge.create_index(op.f("ix_pledge_relative_id"), ["relative_id"])
    with op.batch_alter_table("pledge") as pledge:
        pledge.alter_column("state", server_default=None, existing_type=sa.String(16), existing_nullable=False)
    with op.batch_alter_table("pledge_event") as event:
        event.add_column(sa.Column("fee", sa.BigInteger(), server_default="0", nullable=False))
        event.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        event.add_column(sa.Column("actor", sa.String(length=16), server_default="giver", nullable=False))
        event.add_column(_id("role_id", nullable=True))
        event.create_foreign_key(op.f("fk_pledge_event_role_id_role"), "role", ["role_id"], ["id"])
    op.execute(
        "UPDATE pledge SET state = 'withdrawn'"
        " WHERE id IN (SELECT pledge_id FROM pledge_event WHERE step = 'withdrawn')"
    )
    op.execute("UPDATE pledge SET som = quantity WHERE unit = 'KGS'")
    # Where a name was given to be shown, it was a person's.
    op.execute("UPDATE pledge SET shown = 'person' WHERE sealed IS NOT NULL")


def _totals() -> None:
    op.create_table(
        "ledger_total",
        *_campaign("ledger_total"),
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("som", sa.BigInteger(), nullable=False),
        sa.Column("pledges", sa.Integer(), nullable=False),
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
        *_campaign("pledge_total"),
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("pledges", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_name", "need", "unit", name=op.f("pk_pledge_total")),
    )
    op.execute(
        "INSERT INTO pledge_total (campaign_name, need, unit, quantity, pledges)"
        " SELECT campaign_name, need, unit, quantity, pledges FROM ledger_total WHERE stage = ''"
    )
    for table in ("ledger_total", "bank_line", "rate", "opinion", "told", "spending"):
        op.drop_table(table)
    with op.batch_alter_table("pledge_event") as event:
        event.drop_constraint(op.f("fk_pledge_event_role_id_role"), type_="foreignkey")
        for name in ("role_id", "actor", "due_on", "fee"):
            event.drop_column(name)
    with op.batch_alter_table("pledge") as pledge:
        pledge.drop_index(op.f("ix_pledge_relative_id"))
        pledge.drop_index("ix_pledge_campaign_name_state")
        pledge.create_index(op.f("ix_pledge_campaign_name"), ["campaign_name"])
        pledge.drop_constraint(op.f("uq_pledge_campaign_name_receipt"), type_="unique")
        pledge.drop_constraint(op.f("fk_pledge_response_id_response"), type_="foreignkey")
        pledge.drop_constraint(op.f("fk_pledge_relative_id_respondent"), type_="foreignkey")
        for name in ("receipt", "shown", "response_id", "relative_id", "due_on", "state", "rate_on", "rate", "som"):
            pledge.drop_column(name)
    op.drop_table("campaign_event")
    op.drop_table("role")
    op.drop_column("campaign", "receipts")
