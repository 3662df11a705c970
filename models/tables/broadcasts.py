"""What many are told at once, and who of them has not been told yet."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import Serial, When, ref
from models.tables.metadata import metadata

broadcast = sa.Table(
    "broadcast",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    #: As its author calls it: whoever sends it a second time under this name sends nothing.
    sa.Column("name", sa.String(48), nullable=False, unique=True),
    #: Whom it is for: "form", "campaign" or "place", and which.
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("whom", sa.String(64), nullable=False),
    #: JSON of the text by language: for everybody to read, so it lies open and stands here once.
    sa.Column("text", sa.Text, nullable=False),
    #: "running", "paused", "cancelled", or "over" once its time has passed.
    sa.Column("state", sa.String(16), nullable=False),
    #: The contact up to which it has been queued, in the order of their ids; NULL: to the last one. Once it is over or
    #: cancelled: up to which it is forgotten whom it was for.
    sa.Column("cursor", sa.String(32), server_default=""),
    #: How many it was queued for.
    sa.Column("people", sa.Integer, nullable=False, server_default="0"),
    sa.Column("begun_at", When, nullable=False),
    #: Nobody is told any more from then on.
    sa.Column("ends_at", When, nullable=False),
)

#: Somebody a broadcast is for. A row a phone: nobody is told twice, by whichever address, nor for two people behind it.
recipient = sa.Table(
    "recipient",
    metadata,
    ref("contact_id", "contact.id"),
    # Without foreign keys: a million rows are put in within a minute, and nothing deletes a broadcast with its rows.
    sa.Column("broadcast_id", Serial, nullable=False),
    #: The person for whose sake; erasure finds it by the contact.
    sa.Column("respondent_id", sa.String(32), nullable=False),
    #: On which channel they are told, as far as is known: looked at anew when it is their turn.
    sa.Column("channel", sa.String(16), nullable=False),
    #: "waiting", "out" (in the outbox, or sent), "dropped" (stopped or unreachable for good).
    sa.Column("status", sa.String(8), nullable=False),
    #: When they may be told; not at night.
    sa.Column("not_before", When, nullable=False),
    sa.PrimaryKeyConstraint("contact_id", "broadcast_id"),
    # Whose turn it is, however many have been told.
    sa.Index(
        "ix_recipient_waiting",
        "broadcast_id",
        "channel",
        "not_before",
        "contact_id",
        postgresql_where=sa.text("status = 'waiting'"),
        sqlite_where=sa.text("status = 'waiting'"),
    ),
)
