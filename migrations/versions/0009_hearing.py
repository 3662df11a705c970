"""One digest a day for everybody who pledged, how far each has heard, and what they say in the end.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward: what happened until now was told or was not for telling; a notice under way goes on where it stands."""
    op.create_table(
        "hearing",
        sa.Column("respondent_id", sa.String(length=32), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["respondent_id"], ["respondent.id"], name=op.f("fk_hearing_respondent_id_respondent")),
        sa.PrimaryKeyConstraint("respondent_id", name=op.f("pk_hearing")),
    )
    op.create_index(op.f("ix_hearing_look_at"), "hearing", ["look_at"])
    op.create_table(
        "heard",
        sa.Column("respondent_id", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=50), nullable=False),
        sa.Column("upto", _SERIAL, nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["respondent_id"], ["respondent.id"], name=op.f("fk_heard_respondent_id_respondent")),
        sa.PrimaryKeyConstraint("respondent_id", "about", name=op.f("pk_heard")),
    )
    op.create_table(
        "opinion",
        sa.Column("campaign_name", sa.String(length=48), nullable=False),
        sa.Column("respondent_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.String(length=8), nullable=True),
        sa.Column("satisfaction", sa.SmallInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_name"], ["campaign.name"], name=op.f("fk_opinion_campaign_name_campaign")),
        sa.ForeignKeyConstraint(["respondent_id"], ["respondent.id"], name=op.f("fk_opinion_respondent_id_respondent")),
        sa.PrimaryKeyConstraint("campaign_name", "respondent_id", name=op.f("pk_opinion")),
    )
    op.create_index(op.f("ix_opinion_respondent_id"), "opinion", ["respondent_id"])
    # The clock looks at everybody once, for the days on which they are to be reminded.
    op.execute(
        "INSERT INTO hearing (respondent_id, look_at)"
        " SELECT DISTINCT respondent_id, CURRENT_TIMESTAMP FROM pledge WHERE respondent_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO heard (respondent_id, about, upto)"
        " SELECT pledge.respondent_id, pledge.id, max(pledge_event.id) FROM pledge"
        " JOIN pledge_event ON pledge_event.pledge_id = pledge.id"
        " WHERE pledge.respondent_id IS NOT NULL GROUP BY pledge.respondent_id, pledge.id"
    )
    op.execute(
        "INSERT INTO heard (respondent_id, about, upto)"
        " SELECT gives.id, 'a-' || gives.campaign_name, coalesce("
        "(SELECT min(notice.event_id) - 1 FROM notice JOIN campaign_event ON campaign_event.id = notice.event_id"
        " WHERE campaign_event.campaign_name = gives.campaign_name AND notice.told < gives.contact_id),"
        " (SELECT max(campaign_event.id) FROM campaign_event"
        " WHERE campaign_event.campaign_name = gives.campaign_name), 0)"
        " FROM (SELECT DISTINCT respondent.id, coalesce(respondent.contact_id, '') AS contact_id,"
        " pledge.campaign_name FROM pledge JOIN respondent ON respondent.id = pledge.respondent_id) AS gives"
    )
    op.drop_table("notice")


def downgrade() -> None:
    """Back: nobody knows who has heard what; nothing is told a second time."""
    op.create_table(
        "notice",
        sa.Column("event_id", _SERIAL, nullable=False),
        sa.Column("told", sa.String(length=32), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["campaign_event.id"], name=op.f("fk_notice_event_id_campaign_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_notice")),
    )
    op.drop_index(op.f("ix_opinion_respondent_id"), "opinion")
    op.drop_table("opinion")
    op.drop_table("heard")
    op.drop_index(op.f("ix_hearing_look_at"), "hearing")
    op.drop_table("hearing")
