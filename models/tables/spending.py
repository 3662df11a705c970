"""Spending: what became of what was received; and which lines of bank statements are in the ledger."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import Serial, When
from models.tables.metadata import metadata

_A_CAMPAIGN = "campaign.name"

#: As `engine.pledging.spending.Entry`: never changed, never deleted; a mistake is taken back by a row that names it.
spending = sa.Table(
    "spending",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    #: From 1, without a gap, in each campaign.
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("step", sa.String(16), nullable=False),
    #: The number of the row that is signed or taken back; 0 of a row about no other.
    sa.Column("about", sa.Integer, nullable=False, server_default="0"),
    sa.Column("need", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(32), nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    #: What for, or why it is taken back: JSON of a text by language.
    sa.Column("what", sa.Text, nullable=False),
    #: Of the picture, by which its file is found; NULL where there is none.
    sa.Column("photo", sa.String(64), index=True),
    sa.Column("mime", sa.String(64)),
    #: In what part somebody wrote it, and by which signature: "shell", or the id of a `role`.
    sa.Column("actor", sa.String(16), nullable=False),
    sa.Column("hand", sa.String(32), nullable=False),
    sa.Column("at", When, nullable=False),
    sa.Index("ix_spending_campaign_name_number", "campaign_name", "number", unique=True),
)

#: Lines of bank statements that are in the ledger, so that none comes into it twice. Only a keyed hash is kept.
statement_line = sa.Table(
    "statement_line",
    metadata,
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    sa.Column("line_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("at", When, nullable=False),
    sa.PrimaryKeyConstraint("campaign_name", "line_hash"),
)
